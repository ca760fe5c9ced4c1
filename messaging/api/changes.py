# ruff: noqa: ARG002 (Django hands each view its request)
"""What is done to messages that are there: edit, delete, react, pin. Each answers the event that it made."""

from uuid import uuid4

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from chatsite.accounts.models import Scope
from chatsite.rest.views import ApiView
from messaging import changes, pins
from messaging.delivery.frames import to_frame
from messaging.services import Sent
from messaging.turn import Change

from .addresses import message_in_address, room_in_address
from .shapes import EventSerializer, MessageChange, PinPageSerializer, event_json, message_json


class ChangeView(ApiView):
    """A view whose calls each change one message."""

    change_scope = Scope.WRITE

    def change(self, room_id: str, seq: str) -> Change:
        """Who changes which message. Raises `NoSuchRoom`, `NoSuchMessage` and `BadRequest`."""
        key = self.idempotency_key()
        room, number = message_in_address(room_id, seq, by=self.me.id)
        return Change(by=self.me.id, room_id=room, client_id=key.value or uuid4(), seq=number)


def answer(sent: Sent) -> Response:
    """The event of a change; of a repetition, the first one's."""
    return Response(event_json(to_frame(sent.event, epoch=sent.epoch)))


class MessageView(ChangeView):
    """`rooms/{room}/messages/{seq}/`."""

    @extend_schema(operation_id="edit_message", request=MessageChange, responses={200: EventSerializer})
    def patch(self, request: Request, room_id: str, seq: str) -> Response:
        """Replace the text of one's own message."""
        text = self.read(MessageChange)["text"]
        return answer(changes.edit_message(self.change(room_id, seq), text=text))

    @extend_schema(operation_id="delete_message", request=None, responses={200: EventSerializer})
    def delete(self, request: Request, room_id: str, seq: str) -> Response:
        """Erase a message's text."""
        return answer(changes.delete_message(self.change(room_id, seq)))


class ReactionView(ChangeView):
    """`rooms/{room}/messages/{seq}/reactions/{emoji}/`."""

    @extend_schema(operation_id="add_reaction", request=None, responses={200: EventSerializer})
    def put(self, request: Request, room_id: str, seq: str, emoji: str) -> Response:
        """React with one emoji."""
        return answer(changes.add_reaction(self.change(room_id, seq), emoji=emoji))

    @extend_schema(operation_id="remove_reaction", request=None, responses={200: EventSerializer})
    def delete(self, request: Request, room_id: str, seq: str, emoji: str) -> Response:
        """Take one's own reaction back."""
        return answer(changes.remove_reaction(self.change(room_id, seq), emoji=emoji))


class PinView(ChangeView):
    """`rooms/{room}/messages/{seq}/pin/`."""

    change_scope = Scope.ADMIN

    @extend_schema(operation_id="pin_message", request=None, responses={200: EventSerializer})
    def put(self, request: Request, room_id: str, seq: str) -> Response:
        """Keep a message at hand."""
        return answer(pins.pin_message(self.change(room_id, seq)))

    @extend_schema(operation_id="unpin_message", request=None, responses={200: EventSerializer})
    def delete(self, request: Request, room_id: str, seq: str) -> Response:
        """Take a pinned message off again."""
        return answer(pins.unpin_message(self.change(room_id, seq)))


class PinsView(ApiView):
    """`rooms/{room}/pins/`."""

    @extend_schema(operation_id="list_pins", responses={200: PinPageSerializer})
    def get(self, request: Request, room_id: str) -> Response:
        """The pinned messages that one may read, the newest pin first."""
        found, reactions = pins.pins_of(by=self.me.id, room_id=room_in_address(room_id))
        shown = [
            {"by": pin.by_id, "message": message_json(message, reactions=reactions.get(message.seq, {}))}
            for pin, message in found
        ]
        return Response({"results": shown, "next": None})
