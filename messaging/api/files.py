# ruff: noqa: ARG002 (Django hands each view its request)
"""Files: sent before the message that names them, and fetched by those who may read it."""

import re
from typing import Any

from django.core.exceptions import TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict, multipartparser
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.utils.datastructures import MultiValueDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from chatsite.accounts.models import Scope
from chatsite.errors import BadRequest
from chatsite.rest import query
from chatsite.rest.pages import DEFAULT_LIMIT, LARGEST_LIMIT, PAGE_PARAMETERS, decode, encode
from chatsite.rest.views import AlwaysJSON, ApiView
from messaging.errors import NoSuchFile
from messaging.files import previews, reading, uploads

from .addresses import room_in_address
from .file_response import answer_with
from .shapes import (
    AttachmentChange,
    AttachmentSerializer,
    NewAttachment,
    RoomFilePageSerializer,
    attachment_json,
    room_file_json,
)

# Django gives the head of a part 1,024 bytes: a name of 500 characters that are not ASCII was none that can be read.
multipartparser.MAX_TOTAL_HEADER_SIZE = 4096  # type: ignore[attr-defined]

_SEQ = re.compile(r"[1-9][0-9]{0,15}", re.ASCII)
_BYTES = {(200, "*/*"): OpenApiTypes.BINARY, (206, "*/*"): OpenApiTypes.BINARY, 304: OpenApiResponse()}


class TakesForms(AlwaysJSON):
    """`multipart/form-data` comes in, JSON goes out."""

    def select_parser(self, request: Request, parsers: list[BaseParser]) -> BaseParser | None:  # type: ignore[override]
        """The parser of forms, for those only."""
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        return parsers[0] if kind == MultiPartParser.media_type else None


class AttachmentsView(ApiView):
    """`rooms/{room}/attachments/`."""

    change_scope = Scope.WRITE
    parser_classes = [MultiPartParser]
    content_negotiation_class = TakesForms

    @extend_schema(
        operation_id="list_files", parameters=PAGE_PARAMETERS, responses={200: RoomFilePageSerializer}
    )
    def get(self, request: Request, room_id: str) -> Response:
        """The files of the messages that one may read, the newest message first."""
        room = room_in_address(room_id)
        params = request.query_params
        limit = query.number(params, "limit", low=1, high=LARGEST_LIMIT, default=DEFAULT_LIMIT)
        page = reading.files_of(
            by=self.me.id, room_id=room, after=_place(params.get("cursor")), limit=limit or DEFAULT_LIMIT
        )
        last = page.files[-1] if page.more else None
        return Response(
            {
                "results": [
                    room_file_json(file, sent=page.sent)
                    for file in page.files
                    if file.message_seq in page.sent
                ],
                "next": last and encode(f"{last.message_seq}/{last.id}"),
            }
        )

    @extend_schema(
        operation_id="upload_file",
        request={"multipart/form-data": NewAttachment},
        responses={201: AttachmentSerializer, 200: AttachmentSerializer},
    )
    def post(self, request: Request, room_id: str) -> Response:
        """Give a file to the room; a message names it then, within a day. 200 when the same key came before."""
        room = room_in_address(room_id)
        uploads.check_uploader(by=self.me.id, room_id=room)
        key = self.idempotency_key()
        file, alt = _form(request)
        made = uploads.upload_file(by=self.me, room_id=room, file=file, alt=alt, key=key)
        return Response(attachment_json(made), status=200 if key.repeated else 201)


def _place(cursor: str | None) -> reading.Place | None:
    """Where the page before ended. Raises `BadRequest`."""
    if cursor is None:
        return None
    seq, _slash, file_id = str(decode(cursor, str)).partition("/")
    if not _SEQ.fullmatch(seq):
        raise BadRequest("This is no cursor that was given out.", field="cursor")
    return int(seq), file_id


def _form(request: Request) -> tuple["UploadedFile[Any]", str]:
    """The parts of the form. Django has put a large file on the disk already. Raises `BadRequest` with the field at fault."""
    if not (request.content_type or "").lower().startswith("multipart/form-data"):
        raise BadRequest("Send the file as multipart/form-data.", field="file")
    try:
        fields: QueryDict = request._request.POST
        files: MultiValueDict[str, UploadedFile[Any]] = request._request.FILES
    except (MultiPartParserError, TooManyFilesSent) as error:
        raise BadRequest("The form cannot be read.", field="body") from error
    for name in {*fields, *files} - {"file", "alt"}:
        raise BadRequest("This field is not known here.", field=name[:64])
    sent = files.getlist("file")
    if len(sent) != 1 or "alt" in files:
        raise BadRequest("Send one file, as `file`.", field="file")
    return sent[0], fields.get("alt", "")


class AttachmentView(ApiView):
    """`rooms/{room}/attachments/{file}/`."""

    change_scope = Scope.WRITE

    @extend_schema(operation_id="fetch_file", responses=_BYTES)
    def get(self, request: Request, room_id: str, file_id: str) -> HttpResponseBase:
        """The file itself, whole or a range of it. For those who may read the message that names it."""
        file = reading.find_file(by=self.me.id, room_id=room_in_address(room_id), file_id=file_id)
        return answer_with(request, key=file.key, kind=file.type, name=file.name, size=file.size)

    @extend_schema(
        operation_id="describe_file", request=AttachmentChange, responses={200: AttachmentSerializer}
    )
    def patch(self, request: Request, room_id: str, file_id: str) -> Response:
        """Say in words what one's own file shows, before a message names it."""
        self.idempotency_key()
        alt = self.read(AttachmentChange)["alt"]
        room = room_in_address(room_id)
        reading.find_file(by=self.me.id, room_id=room, file_id=file_id)
        return Response(
            attachment_json(uploads.describe_file(by=self.me.id, room_id=room, file_id=file_id, alt=alt))
        )

    @extend_schema(operation_id="remove_file", request=None, responses={204: None})
    def delete(self, request: Request, room_id: str, file_id: str) -> Response:
        """Throw away one's own file that no message names."""
        self.idempotency_key()
        room = room_in_address(room_id)
        reading.find_file(by=self.me.id, room_id=room, file_id=file_id)
        uploads.remove_file(by=self.me.id, room_id=room, file_id=file_id)
        return Response(status=204)


class PreviewView(ApiView):
    """`rooms/{room}/attachments/{file}/preview/`."""

    @extend_schema(operation_id="fetch_preview", responses=_BYTES)
    def get(self, request: Request, room_id: str, file_id: str) -> HttpResponseBase:
        """A picture made small, as WebP; `not_found` while it is being made, and where it cannot be."""
        file = reading.find_file(by=self.me.id, room_id=room_in_address(room_id), file_id=file_id)
        if not file.preview:
            raise NoSuchFile
        name = f"{file.name.rpartition('.')[0] or file.name}.webp"
        return answer_with(request, key=file.preview, kind=previews.KIND, name=name)
