"""The table of commands: what each one needs, and the service it calls.

The order of judging is the protocol's (rule 8): shape has been checked by the decoder; then the
token bucket, whether the session is alive, and the rest is the service's.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import DatabaseError, InterfaceError

from chatsite import limits
from chatsite.accounts.models import Scope
from chatsite.audit.doors import Door, at_door
from chatsite.buckets import Buckets
from chatsite.env import Rate
from chatsite.errors import BadRequest, ChatError, Forbidden, Overloaded, RateLimited
from chatsite.threads import DatabaseThreads, readers
from messaging import changes, protocol, queries
from messaging.delivery import broker
from messaging.delivery.hub import Hub
from messaging.presence.keeper import PresenceKeeper
from messaging.presence.writing import is_writing_told
from messaging.protocol import AnyCommand, CommandId, rfc3339
from messaging.receipts import Mark
from messaging.services import Draft, Outcome, Sent
from messaging.turn import Change

from .receipt_book import ReceiptBook
from .session import Session
from .subscribing import subscribe
from .typing_book import TypingBook
from .writer import Writer

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Services:
    """What the commands of one process work with."""

    hub: Hub
    writer: Writer
    buckets: Buckets
    receipts: ReceiptBook
    changers: DatabaseThreads
    presence: PresenceKeeper
    typing: TypingBook


Handler = Callable[[Services, Session, "AnyCommand"], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a command needs: a scope of the token, a token of a bucket, and a limit of time if it `waits`.

    A limit of time costs a timer; the hot path, which only queues, does without: 8 % of the way of a message.
    """

    handle: Callable[..., Awaitable[None]]
    scope: str
    bucket: str = "commands"
    waits: bool = True


def _rate(bucket: str) -> Rate:
    return limits.MESSAGE_SEND if bucket == "send" else limits.COMMANDS


class NotYet(BadRequest):
    """A command of the protocol that this server does not carry out."""

    default_message = "This server does not know this command yet."


async def run_command(services: Services, session: Session, command: AnyCommand) -> None:
    """Carry out one command; a refusal is sent as its one reply."""
    if not isinstance(command, protocol.Pong):
        await _answer(session, command, _judge_and_handle(services, session, command))


async def _judge_and_handle(services: Services, session: Session, command: AnyCommand) -> None:
    rule = COMMANDS.get(type(command))
    if rule is None:
        raise NotYet(field="type")
    taken = await services.buckets.take(f"{rule.bucket}:{session.user_id}", _rate(rule.bucket))
    if not taken.allowed:
        raise RateLimited(retry_after_ms=taken.retry_after_ms)
    if rule.scope not in session.credential.scopes:
        raise Forbidden(f"This token lacks the scope {rule.scope}.")
    if not rule.waits:
        await rule.handle(services, session, command)
        return
    async with asyncio.timeout(limits.COMMAND_SECONDS):
        await rule.handle(services, session, command)


async def _answer(session: Session, command: AnyCommand, work: Coroutine[Any, Any, None]) -> None:
    """Await the work of a command; a refusal is sent."""
    room: str | None = getattr(command, "room", None)
    try:
        await work
    except ChatError as error:
        session.refuse(error, id=command.id, room=room)
    except (DatabaseError, InterfaceError, TimeoutError) as error:
        logger.warning("%s was not carried out: %r", type(command).__name__, error)
        session.refuse(Overloaded(retry_after_ms=500), id=command.id, room=room)


async def _subscribe(services: Services, session: Session, command: protocol.Subscribe) -> None:
    await subscribe(services.hub, session, command)


async def _unsubscribe(services: Services, session: Session, command: protocol.Unsubscribe) -> None:
    for room_id in command.rooms:
        subscription = session.connection.subscriptions.get(room_id)
        if subscription is not None:
            subscription.end()
    session.reply(protocol.Ok(id=command.id))


async def _send(services: Services, session: Session, command: protocol.SendMessage) -> None:
    draft = Draft(
        by=session.user_id,
        room_id=command.room,
        client_id=command.client_id,
        text=command.text,
        reply_to=command.reply_to,
        attachments=tuple(command.attachments),
    )

    def answer(outcome: Outcome) -> None:
        if isinstance(outcome, Sent):
            _end_typing(services, session, command.room)
        _acknowledge(session, command.id, command.room, outcome)

    services.writer.send(draft, answer)


def _acknowledge(session: Session, id: CommandId | None, room: str, outcome: Outcome) -> None:
    if isinstance(outcome, Sent):
        event = outcome.event
        session.reply(
            protocol.Ok(id=id, room=room, seq=event.seq, at=rfc3339(event.at), duplicate=outcome.duplicate)
        )
    else:
        session.refuse(outcome, id=id, room=room)


async def _edit(services: Services, session: Session, command: protocol.EditMessage) -> None:
    await _change(services, session, command, partial(changes.edit_message, text=command.text))


async def _delete(services: Services, session: Session, command: protocol.DeleteMessage) -> None:
    await _change(services, session, command, changes.delete_message)


async def _react(services: Services, session: Session, command: protocol.AddReaction) -> None:
    await _change(services, session, command, partial(changes.add_reaction, emoji=command.emoji))


async def _unreact(services: Services, session: Session, command: protocol.RemoveReaction) -> None:
    await _change(services, session, command, partial(changes.remove_reaction, emoji=command.emoji))


ChangeCommand = protocol.EditMessage | protocol.DeleteMessage | protocol.AddReaction | protocol.RemoveReaction


async def _change(
    services: Services, session: Session, command: ChangeCommand, work: Callable[[Change], Sent]
) -> None:
    change = Change(
        by=session.user_id,
        room_id=command.room,
        client_id=command.client_id,
        seq=command.seq,
        epoch=command.epoch,
    )
    _acknowledge(session, command.id, command.room, await services.changers.run(_by_socket, work, change))


def _by_socket(work: Callable[[Change], Sent], change: Change) -> Sent:
    with at_door(Door.SOCKET):
        return work(change)


async def _mark(
    services: Services, session: Session, command: protocol.MarkDelivered | protocol.MarkRead
) -> None:
    subscription = session.connection.subscriptions.get(command.room)
    head = subscription.feed.head if subscription is not None else 0
    # Another server may have stored what this one has not heard of yet, and the member has it from there.
    if command.seq > head:
        head = (await readers.run(queries.view, by=session.user_id, room_id=command.room)).head.head
    seq = min(command.seq, head)
    read = seq if isinstance(command, protocol.MarkRead) else 0
    services.receipts.note(Mark(command.room, session.user_id, seq, read))


async def _fetch(services: Services, session: Session, command: protocol.FetchEvents) -> None:
    if (command.after is None) == (command.before is None):
        raise BadRequest("Name either after or before.", field="after")
    seen, events, more = await readers.run(
        queries.events_page,
        by=session.user_id,
        room_id=command.room,
        after=command.after,
        before=command.before,
        limit=command.limit,
    )
    if command.epoch is not None and command.epoch != seen.head.epoch:
        raise BadRequest("The log has another epoch now: reload.", field="epoch")
    session.reply(
        protocol.EventsPage(
            id=command.id,
            room=command.room,
            epoch=seen.head.epoch,
            events=[event.body for event in events],
            more=more,
        )
    )


async def _start_typing(services: Services, session: Session, command: protocol.StartTyping) -> None:
    if services.typing.start(session.user_id, command.room):
        # Beside the socket's other commands: a message right behind must not wait for the database.
        services.hub.run(_answer(session, command, _tell_typing(services, session, command.room)))


async def _tell_typing(services: Services, session: Session, room_id: str) -> None:
    by = session.user_id
    try:
        async with asyncio.timeout(limits.COMMAND_SECONDS):
            told = await readers.run(is_writing_told, by=by, room_id=room_id)
    except BaseException:
        services.typing.take_back(by, room_id)
        raise
    if told and services.typing.is_on(by, room_id):
        broker.publish_typing(room_id, by, on=True)


async def _stop_typing(services: Services, session: Session, command: protocol.StopTyping) -> None:
    ended = _end_typing(services, session, command.room)
    if not ended and command.room not in session.connection.subscriptions:
        check = readers.run(queries.view, by=session.user_id, room_id=command.room)
        services.hub.run(_answer(session, command, _discard(check)))


def _end_typing(services: Services, session: Session, room_id: str) -> bool:
    """Tell that one stopped writing, if it was told that one writes."""
    ended = services.typing.end(session.user_id, room_id)
    if ended:
        broker.publish_typing(room_id, session.user_id, on=False)
    return ended


async def _discard(work: Awaitable[Any]) -> None:
    async with asyncio.timeout(limits.COMMAND_SECONDS):
        await work


async def _set_presence(services: Services, session: Session, command: protocol.SetPresence) -> None:
    services.presence.set_state(session.connection, command.state)


COMMANDS: dict[type[AnyCommand], Rule] = {
    protocol.Subscribe: Rule(_subscribe, Scope.READ),
    protocol.Unsubscribe: Rule(_unsubscribe, Scope.READ),
    protocol.SendMessage: Rule(_send, Scope.WRITE, "send", waits=False),
    protocol.EditMessage: Rule(_edit, Scope.WRITE),
    protocol.DeleteMessage: Rule(_delete, Scope.WRITE),
    protocol.AddReaction: Rule(_react, Scope.WRITE),
    protocol.RemoveReaction: Rule(_unreact, Scope.WRITE),
    protocol.MarkDelivered: Rule(_mark, Scope.WRITE),
    protocol.MarkRead: Rule(_mark, Scope.WRITE),
    protocol.FetchEvents: Rule(_fetch, Scope.READ),
    protocol.StartTyping: Rule(_start_typing, Scope.WRITE),
    protocol.StopTyping: Rule(_stop_typing, Scope.WRITE),
    protocol.SetPresence: Rule(_set_presence, Scope.READ),
}
