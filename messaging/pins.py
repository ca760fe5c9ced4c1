"""Pinned messages: what a room keeps at hand. Each step is a `room.changed` that tells the message, and whether it is `pinned`."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from chatsite import limits
from chatsite.audit.actions import Action
from rooms.errors import NotYourRole

from . import history, queries
from .errors import TooManyPins
from .models import Event, EventKind, Pin
from .permissions import can_pin
from .services import Sent
from .turn import Change, Turn, turn_at


def pin_message(change: Change) -> Sent:
    """Keep a message at hand. One that is pinned changes nothing.

    Raises `NotYourRole`, `TooManyPins` and what any turn does (see `turn_at`).
    """
    with turn_at(change, {"pin": change.seq}) as turn:
        if turn.earlier:
            return turn.repetition(turn.earlier)
        message = _message(turn)
        pins = Pin.objects.filter(room_id=change.room_id)
        if pins.filter(message_seq=message.seq).exists():
            return turn.repetition(turn.latest(EventKind.ROOM_CHANGED) or message)
        if pins.count() >= limits.PINS:
            raise TooManyPins(
                _("A room takes {most} pinned messages. Unpin one first.").format(most=limits.PINS)
            )
        turn.record(Action.MESSAGE_PINNED, message)
        sent = turn.append(EventKind.ROOM_CHANGED, data={"pinned": True})
        pins.create(
            room_id=change.room_id, message_seq=message.seq, by_id=change.by, event_seq=sent.event.seq
        )
        return sent


def unpin_message(change: Change) -> Sent:
    """Take a message off again. One that is not pinned changes nothing. Raises what any turn does, and `NotYourRole`."""
    with turn_at(change, {"unpin": change.seq}, silent_too=True) as turn:
        if turn.earlier:
            return turn.repetition(turn.earlier)
        message = _message(turn)
        if not Pin.objects.filter(room_id=change.room_id, message_seq=message.seq).delete()[0]:
            return turn.repetition(turn.latest(EventKind.ROOM_CHANGED) or message)
        turn.record(Action.MESSAGE_UNPINNED, message)
        return turn.append(EventKind.ROOM_CHANGED, data={"pinned": False})


def _message(turn: Turn) -> Event:
    if not can_pin(member=turn.member):
        raise NotYourRole
    return turn.message()


def pinned_in(views: Collection[queries.View]) -> dict[str, list[int]]:
    """The `seq` of the pinned messages that these members may see, by room, the newest pin first."""
    slices = {view.room_id: view.slice for view in views}
    found: dict[str, list[int]] = {}
    rows = Pin.objects.filter(room_id__in=slices).order_by("-event_seq")
    for room_id, seq in rows.values_list("room_id", "message_seq"):
        if slices[room_id].sees(seq):
            found.setdefault(room_id, []).append(seq)
    return found


def pins_of(*, by: str, room_id: str) -> tuple[list[tuple[Pin, Event]], history.Reactions]:
    """The pinned messages that `by` may see, the newest pin first, and who reacted to them. Raises `NoSuchRoom`."""
    seen = queries.view(by=by, room_id=room_id)
    pins = Pin.objects.filter(room_id=room_id).order_by("-event_seq")
    shown = [pin for pin in pins if seen.slice.sees(pin.message_seq)]
    messages = _messages(room_id, (pin.message_seq for pin in shown))
    return [(pin, messages[pin.message_seq]) for pin in shown], history.reactions_to(room_id, list(messages))


def _messages(room_id: str, seqs: Iterable[int]) -> dict[int, Event]:
    rows = Event.objects.filter(room_id=room_id, seq__in=list(seqs), kind=EventKind.MESSAGE_CREATED)
    return {message.seq: message for message in rows}
