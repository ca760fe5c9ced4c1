# ruff: noqa: ARG002 (Django hands each view its request)
"""Messages and one's own receipts."""

from uuid import uuid4

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from chatsite.accounts.models import Scope
from chatsite.errors import BadRequest
from chatsite.figures.counters import counters
from chatsite.rest import query
from chatsite.rest.views import ApiView
from messaging import history, receipts, services
from messaging.delivery.frames import to_frame
from messaging.protocol import MAX_SEQ

from .addresses import message_in_address, room_in_address
from .shapes import (
    EventSerializer,
    MessagePageSerializer,
    MessageReceiptsSerializer,
    NewMessage,
    ReceiptChange,
    ReceiptSerializer,
    event_json,
    message_json,
    receipt_json,
    receipts_json,
)

LARGEST_PAGE = 300
DEFAULT_PAGE = 50


class MessagesView(ApiView):
    """`rooms/{room}/messages/`."""

    change_scope = Scope.WRITE
    bucket = "send"

    @extend_schema(
        operation_id="list_messages",
        parameters=[
            query.whole("before", low=1, high=MAX_SEQ, about="Only messages with a smaller `seq`."),
            query.whole(
                "after", low=0, high=MAX_SEQ, about="Only messages with a greater `seq`, the first ones."
            ),
            query.whole(
                "limit", low=1, high=LARGEST_PAGE, about=f"How many at most; {DEFAULT_PAGE} if absent."
            ),
            OpenApiParameter("cursor", str, description="The `next` of the page before."),
        ],
        responses={200: MessagePageSerializer},
    )
    def get(self, request: Request, room_id: str) -> Response:
        """A page of messages, ascending by `seq`: after a bound, else the last before one, else the newest."""
        params = request.query_params
        after = query.number(params, "after", low=0, high=MAX_SEQ)
        before = query.number(params, "before", low=1, high=MAX_SEQ)
        limit = query.number(params, "limit", low=1, high=LARGEST_PAGE, default=DEFAULT_PAGE) or DEFAULT_PAGE
        forward = after is not None
        cursor = query.number(params, "cursor", low=0, high=MAX_SEQ)
        if cursor is not None:
            after, before = (cursor, before) if forward else (None, cursor)
        found = history.messages_page(by=self.me.id, room_id=room_id, after=after, before=before, limit=limit)
        edge = found.messages[-1 if forward else 0].seq if found.more else None
        return Response(
            {
                "results": [
                    message_json(message, reactions=found.reactions.get(message.seq, {}))
                    for message in found.messages
                ],
                "next": None if edge is None else str(edge),
            }
        )

    @extend_schema(
        operation_id="send_message",
        request=NewMessage,
        responses={201: EventSerializer, 200: EventSerializer},
    )
    def post(self, request: Request, room_id: str) -> Response:
        """Say something: answers its `event`, with 200 in place of 201 when it was sent before."""
        asked = self.read(NewMessage)
        key = self.idempotency_key()
        sent = services.send_message(
            by=self.me.id,
            room_id=room_in_address(room_id),
            text=asked["text"],
            client_id=key.value or uuid4(),
            reply_to=asked.get("reply_to"),
            attachments=asked.get("attachments", ()),
        )
        if not sent.duplicate:
            counters.note_http_message()
        frame = to_frame(sent.event, epoch=sent.epoch)
        return Response(event_json(frame), status=200 if sent.duplicate else 201)


class ReceiptView(ApiView):
    """`rooms/{room}/receipt/`."""

    change_scope = Scope.WRITE

    @extend_schema(operation_id="move_receipt", request=ReceiptChange, responses={200: ReceiptSerializer})
    def put(self, request: Request, room_id: str) -> Response:
        """Move one's own watermarks forward; answers where they stand. They never fall."""
        asked = self.read(ReceiptChange)
        if not asked:
            raise BadRequest("Tell delivered, read or both.", field="read")
        mark = receipts.advance(by=self.me.id, room_id=room_in_address(room_id), **asked)
        return Response(receipt_json(mark))


class MessageReceiptsView(ApiView):
    """`rooms/{room}/messages/{seq}/receipts/`."""

    @extend_schema(operation_id="list_receipts", responses={200: MessageReceiptsSerializer})
    def get(self, request: Request, room_id: str, seq: str) -> Response:
        """Who has a message, who read it, since when."""
        room, number = message_in_address(room_id, seq, by=self.me.id)
        return Response(receipts_json(*receipts.message_receipts(by=self.me.id, room_id=room, seq=number)))
