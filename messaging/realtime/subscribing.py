"""From a `subscribe` to feeds: what the member may see, where they are, and what was missed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chatsite import clock, limits
from chatsite.errors import BadRequest
from chatsite.shared_reading import SharedReading
from chatsite.threads import readers
from messaging import queries, receipts
from messaging.delivery.connection import Connection
from messaging.delivery.hub import Hub
from messaging.protocol import (
    Cursor,
    Receipts,
    RefusedRoom,
    RoomCursor,
    RoomJoined,
    Subscribe,
    Subscribed,
    SubscribedRoom,
    encode,
    rfc3339,
)
from messaging.queries import Standing, View, at_head
from rooms.errors import NoSuchRoom
from rooms.queries import joined_of

from .session import Session

# Subscriptions that share one reading: a thousand sockets that come back at once cost a few dozen queries.
MOST_AT_ONCE = 100

Marks = Mapping[str, Sequence[tuple[str, int, int]]]


@dataclass(frozen=True, slots=True)
class State:
    """What was read of the rooms asked for; `marks` and `people` only of those named one by one, and not of large ones."""

    views: Mapping[str, View]
    standings: Mapping[int, Standing]
    marks: Marks
    people: Mapping[str, Mapping[str, int]]
    """With their `joined_seq`."""


class Question(NamedTuple):
    """Whose subscription it is, to which rooms, and whether these were named one by one."""

    user_id: str
    room_ids: Sequence[str]
    people_too: bool


async def subscribe(hub: Hub, session: Session, command: Subscribe) -> None:
    """Begin to feed the rooms asked for; the reply goes out before their first event."""
    asked = await _rooms_asked(session, command)
    # Listening comes before the heads are read: what is stored after that is then heard.
    await hub.feeds.listen(await _mine(hub, session, [room.room for room in asked]))
    by_name = command.rooms != "all"
    state = await _states.ask(Question(session.user_id, [room.room for room in asked], people_too=by_name))
    standings = await _present_standings(hub, session, state)
    if command.rooms == "all":
        session.connection.follows_all = True
    answers: list[SubscribedRoom | RefusedRoom] = []
    starts: list[tuple[View, int]] = []
    for room in asked:
        view = state.views.get(room.room)
        if view is None:
            if by_name:
                answers.append(_refused(room.room))
            continue
        cursor, recovered = _where(view, room)
        answer = _subscribed(view, standings[view.room_id], recovered=recovered)
        if by_name:
            answer.present = hub.attendance.present(state.people.get(view.room_id, ()))
        answers.append(_with_marks(hub, session, answer, state))
        starts.append((view, cursor))
    session.reply(Subscribed(id=command.id, rooms=answers))
    for view, cursor in starts:
        hub.subscribe(session.connection, view.room_id, visible=view.slice, head=view.head, cursor=cursor)


async def _present_standings(hub: Hub, session: Session, state: State) -> dict[str, Standing]:
    """The standing in each room. What was heard to be read since it was read from the database does not wait any more."""
    standings = {room_id: state.standings[view.membership] for room_id, view in state.views.items()}
    while heard := {
        room_id: read
        for room_id, standing in standings.items()
        if (read := hub.mark_of(room_id, session.user_id)[1]) > standing.read
    }:  # again, for what is heard while this reads
        for room_id, read in heard.items():
            standings[room_id] = await readers.run(
                queries.standing_after, standings[room_id], by=session.user_id, room_id=room_id, read=read
            )
    return standings


async def follow_joined_room(hub: Hub, connection: Connection, room_id: str, reason: str) -> None:
    """Begin to feed a room that the person of a socket, which follows all theirs, has just joined."""
    if not _wants(connection, room_id):
        return
    await hub.feeds.listen([room_id])
    view = (await _views.ask((connection.user_id, [room_id]))).get(room_id)
    if view is None or not _wants(connection, room_id):
        return
    connection.send(encode(RoomJoined(room=room_id, reason=reason)))
    hub.subscribe(connection, room_id, visible=view.slice, head=view.head, cursor=view.slice.joined_seq - 1)


def _wants(connection: Connection, room_id: str) -> bool:
    return not connection.closed and room_id not in connection.subscriptions


async def _rooms_asked(session: Session, command: Subscribe) -> Sequence[RoomCursor]:
    if command.rooms != "all":
        if len(command.rooms) > limits.SUBSCRIBE_ROOMS:
            raise BadRequest(f"At most {limits.SUBSCRIBE_ROOMS} rooms at once.", field="rooms")
        return list({room.room: room for room in command.rooms}.values())
    mine = await _views.ask((session.user_id, None))
    return [_with_cursor(room_id, command.cursors) for room_id in mine]


async def _mine(hub: Hub, session: Session, room_ids: Sequence[str]) -> Collection[str]:
    """Those worth listening to: strangers must not make the server hear rooms that nobody here is in."""
    if all(map(hub.feeds.get, room_ids)):
        return room_ids
    return (await _views.ask((session.user_id, room_ids))).keys()


def _with_cursor(room_id: str, cursors: Mapping[str, Cursor]) -> RoomCursor:
    cursor = cursors.get(room_id)
    if cursor is None:
        return RoomCursor(room=room_id)
    return RoomCursor(room=room_id, epoch=cursor.epoch, after=cursor.after)


def _read_states(questions: Sequence[Question]) -> list[State]:
    """What is read of the rooms; one that the person leaves between two of these readings is not theirs any more."""
    seen = queries.views_of([(question.user_id, question.room_ids) for question in questions])
    named = {
        room for question, views in zip(questions, seen, strict=True) if question.people_too for room in views
    }
    small = named - receipts.large_rooms(named) if named else named
    marks = receipts.stored_marks(small) if small else {}
    people = joined_of(small) if small else {}
    # Last, so that no mark read here lies above the one that the unread messages are counted from.
    standings = queries.standings_of(view for views in seen for view in views.values())
    return [
        State(
            {
                room: at_head(view, standings[view.membership].head)
                for room, view in views.items()
                if view.membership in standings
            },
            standings,
            marks if question.people_too else {},
            people if question.people_too else {},
        )
        for question, views in zip(questions, seen, strict=True)
    ]


_states = SharedReading(_read_states, most=MOST_AT_ONCE)
_views = SharedReading(queries.views_of, most=MOST_AT_ONCE)


def _with_marks(hub: Hub, session: Session, answer: SubscribedRoom, state: State) -> SubscribedRoom:
    """The answer with the newest marks, those heard of since the database was read included."""
    at = rfc3339(clock.now_on_loop())
    own = (session.user_id, answer.delivered, answer.read)
    highest = hub.raise_marks(answer.room, [own], at=at, large=True)
    people = state.people.get(answer.room)
    if people is not None:
        highest = hub.raise_marks(answer.room, state.marks[answer.room], at=at)
        marks = {user: highest.get(user, (joined, joined)) for user, joined in people.items()}
        answer.receipts = [Receipts(user=user, delivered=d, read=r) for user, (d, r) in marks.items()]
    answer.delivered, answer.read = highest.get(session.user_id, (answer.delivered, answer.read))
    return answer


def _where(view: View, room: RoomCursor) -> tuple[int, bool]:
    """The `seq` to go on from, and whether nothing was lost on the way (rule 5)."""
    head, first = view.head.head, view.slice.min_seq
    if room.epoch is not None and room.epoch != view.head.epoch:
        return head, False
    if room.after is None:
        return head, True
    if room.after > head or 0 < room.after < first - 1:
        return head, False
    return max(room.after, first - 1), True


def _subscribed(view: View, standing: Standing, *, recovered: bool) -> SubscribedRoom:
    return SubscribedRoom(
        room=view.room_id,
        epoch=view.head.epoch,
        head=view.head.head,
        min_seq=view.slice.min_seq,
        recovered=recovered,
        delivered=standing.delivered,
        read=standing.read,
        unread=standing.unread,
        mentions=standing.mentions,
    )


def _refused(room_id: str) -> RefusedRoom:
    error = NoSuchRoom()
    return RefusedRoom(room=room_id, error={"code": error.code, "message": error.message})
