# ruff: noqa: ARG002 (the arguments are the framework's)
"""Bodies that are a picture."""

from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from chatsite.accounts.avatars import KINDS, LARGEST_BYTES, NotAPicture
from chatsite.errors import TooLarge
from chatsite.rest.views import AlwaysJSON


class PictureParser(BaseParser):
    """The bytes as they come; what they are is judged by decoding them."""

    media_type = "image/*"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The body. Raises `TooLarge`."""
        raw = stream.read(LARGEST_BYTES + 1)
        if len(raw) > LARGEST_BYTES:
            raise TooLarge(
                _("A picture has at most {n} MB.").format(n=LARGEST_BYTES // 2**20), field="avatar"
            )
        return raw


class TakesPictures(AlwaysJSON):
    """A picture comes in, JSON goes out."""

    def select_parser(self, request: Request, parsers: list[BaseParser]) -> BaseParser | None:  # type: ignore[override]
        """The picture parser for the kinds that are taken. Raises `NotAPicture`."""
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        if kind not in KINDS:
            raise NotAPicture(field="avatar")
        return parsers[0]
