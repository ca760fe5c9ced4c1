"""The SQL of the way of a message: one text for batches of any size.

A batch travels as one JSON parameter, so the text never changes: the driver neither splits it anew nor counts
thousands of placeholders, and PostgreSQL plans it once. Django's own query building cost more than the database did:
processor time of one stored message, in a batch of 200, 203 us with the ORM and 62 with these; alone, 4.7 ms
and 0.9; stored plain, without asking first, 0.4.

Nothing else knows these texts: `room_log` and `services` call the functions.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db import connection

from rooms.rights import READ_ONLY, Right, bit_of

from .models import Event, RoomLog

_encode = msgspec.json.Encoder().encode


class Asked(NamedTuple):
    """Who wants to send what where, as far as the database is asked about it."""

    room_id: str
    by_id: str
    client_id: UUID


class Known(NamedTuple):
    """What the database says to one `Asked`: the sender's open membership, and an event of the same key.

    Without a membership `joined_seq` is None; without such an event `event_id` is. `may` are the rights of the sender's
    role as a number, `slow_seconds` what it waits between two messages; `spoke_at` is kept in slow rooms only.
    """

    joined_seq: int | None
    muted_until: dt.datetime | None
    archived: bool
    event_id: int | None
    may: int
    slow_seconds: int
    spoke_at: dt.datetime | None


_LOCK = "SELECT room_id, epoch, head, min_seq FROM messaging_roomlog WHERE room_id {among} ORDER BY room_id {lock}"

# Each look-up is a subquery of its own with a limit, so that the planner, who cannot know how many rows the JSON has,
# never reads a whole table for a single message.
_KNOWN_POSTGRESQL = """
SELECT m.joined_seq, m.muted_until, r.archived_at IS NOT NULL, e.id,
    CASE m.role WHEN 'owner' THEN r.owner_may WHEN 'moderator' THEN r.moderator_may
        WHEN 'member' THEN r.member_may ELSE r.guest_may END,
    CASE WHEN m.role IN ('owner', 'moderator') THEN 0 ELSE r.slow_seconds END, m.spoke_at
FROM json_to_recordset(%s::json) AS k(n int, room text, by text, client uuid)
LEFT JOIN LATERAL (
    SELECT joined_seq, muted_until, role, spoke_at FROM rooms_membership
    WHERE room_id = k.room AND user_id = k.by AND left_seq IS NULL LIMIT 1
) m ON true
LEFT JOIN LATERAL (
    SELECT archived_at, owner_may, moderator_may, member_may, guest_may, slow_seconds
    FROM rooms_room WHERE id = k.room LIMIT 1
) r ON true
LEFT JOIN LATERAL (
    SELECT id FROM messaging_event WHERE room_id = k.room AND by_id = k.by AND client_id = k.client LIMIT 1
) e ON true
ORDER BY k.n
"""
_KNOWN_SQLITE = """
SELECT m.joined_seq, m.muted_until, r.archived_at IS NOT NULL, e.id,
    CASE m.role WHEN 'owner' THEN r.owner_may WHEN 'moderator' THEN r.moderator_may
        WHEN 'member' THEN r.member_may ELSE r.guest_may END,
    CASE WHEN m.role IN ('owner', 'moderator') THEN 0 ELSE r.slow_seconds END, m.spoke_at
FROM json_each(%s) k
LEFT JOIN rooms_membership m ON m.room_id = json_extract(k.value, '$.room')
    AND m.user_id = json_extract(k.value, '$.by') AND m.left_seq IS NULL
LEFT JOIN rooms_room r ON r.id = json_extract(k.value, '$.room')
LEFT JOIN messaging_event e ON e.room_id = json_extract(k.value, '$.room')
    AND e.by_id = json_extract(k.value, '$.by')
    AND e.client_id = replace(json_extract(k.value, '$.client'), '-', '')
ORDER BY k.key
"""

_STORE_POSTGRESQL = """
WITH new AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%s::json) AS n(
        room_id text, seq bigint, kind text, by_id text, at timestamptz, client_id uuid, body_digest text,
        subject bigint, text text, reply_to bigint, data jsonb
    )
), moved AS (
    UPDATE messaging_roomlog SET head = top.head
    FROM (SELECT room_id, max(seq) AS head FROM new GROUP BY room_id) top
    WHERE messaging_roomlog.room_id = top.room_id
)
INSERT INTO messaging_event
    (room_id, seq, kind, by_id, at, client_id, body_digest, subject, text, reply_to, data)
SELECT room_id, seq, kind, by_id, at, client_id, decode(body_digest, 'hex'), subject, text, reply_to, data FROM new
RETURNING room_id, seq, id
"""


# Numbers and stores what needs no judging, in one statement: its rows are a part of what the rules allow, and a row left out
# says nothing but that somebody has to judge it.
_STORE_PLAIN_POSTGRESQL = f"""
WITH asked AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%s::json) AS n(
        n int, room_id text, kind text, by_id text, at timestamptz, client_id uuid, body_digest text, text text, data jsonb
    )
), new AS MATERIALIZED (
    SELECT asked.*, log.head + row_number() OVER (PARTITION BY asked.room_id ORDER BY asked.n) AS seq
    FROM asked
    JOIN LATERAL (SELECT head FROM messaging_roomlog WHERE room_id = asked.room_id LIMIT 1) log ON true
    JOIN LATERAL (
        SELECT owner_may, moderator_may, member_may, guest_may, slow_seconds
        FROM rooms_room WHERE id = asked.room_id AND archived_at IS NULL LIMIT 1
    ) r ON true
    JOIN LATERAL (
        SELECT 1 FROM rooms_membership m
        WHERE m.room_id = asked.room_id AND m.user_id = asked.by_id AND m.left_seq IS NULL
            AND (m.muted_until IS NULL OR m.muted_until <= asked.at)
            AND (r.slow_seconds = 0 OR m.role IN ('owner', 'moderator'))
            AND {bit_of(Right.POST)} = {bit_of(Right.POST) | READ_ONLY} & CASE m.role WHEN 'owner' THEN r.owner_may WHEN 'moderator' THEN r.moderator_may
                WHEN 'member' THEN r.member_may ELSE r.guest_may END
        LIMIT 1
    ) allowed ON true
    LEFT JOIN LATERAL (
        SELECT id FROM messaging_event
        WHERE room_id = asked.room_id AND by_id = asked.by_id AND client_id = asked.client_id LIMIT 1
    ) earlier ON true
    WHERE earlier.id IS NULL
), moved AS (
    UPDATE messaging_roomlog SET head = top.head
    FROM (SELECT room_id, max(seq) AS head FROM new GROUP BY room_id) top
    WHERE messaging_roomlog.room_id = top.room_id
)
INSERT INTO messaging_event (room_id, seq, kind, by_id, at, client_id, body_digest, text, data)
SELECT room_id, seq, kind, by_id, at, client_id, decode(body_digest, 'hex'), text, data FROM new
RETURNING room_id, by_id, client_id, seq, id
"""  # noqa: S608 (no input in it)


def can_store_plain() -> bool:
    """Whether this database has `store_plain`, and a transaction of its own for it."""
    return connection.vendor == "postgresql" and not connection.in_atomic_block


def store_plain(events: Sequence[Event]) -> list[RoomLog]:
    """Store those of these events, whose `seq` is 0, that need no judging: by members who may speak, with unused keys.

    Stored ones have their `seq` and `id` then. Answers the logs of the rooms as they were before. Everything travels at once and is one
    transaction, which PostgreSQL commits at the end of the pipeline: the lock, then, with a snapshot taken under it,
    the judging and storing. For a lone message that is one round trip in place of three. Raises `DatabaseError`, and
    then it is not known whether they are stored.
    """
    rows = [{"n": n, **_row(event)} for n, event in enumerate(events)]
    with connection.cursor() as locking, connection.cursor() as storing:
        with _at_once():
            locking.execute(*_lock({event.room_id for event in events}))
            storing.execute(_STORE_PLAIN_POSTGRESQL, [_encode(rows).decode()])
        by_key = {(event.room_id, event.by_id, event.client_id): event for event in events}
        for room_id, by_id, client_id, seq, id in storing.fetchall():
            event = by_key[room_id, by_id, client_id]
            event.seq, event.id = seq, id
            event._state.adding, event._state.db = False, connection.alias
        return _logs(locking.fetchall())


def lock_logs(room_ids: Collection[str]) -> list[RoomLog]:
    """The logs of these rooms in the order of their ids, locked where the database has row locks."""
    with connection.cursor() as cursor:
        cursor.execute(*_lock(room_ids))
        return _logs(cursor.fetchall())


def lock_and_find(asked: Sequence[Asked]) -> tuple[list[RoomLog], list[Known]]:
    """Lock the logs of the rooms of all `asked`, and find under the locks what is known to each, in their order.

    PostgreSQL gets both statements at once and still runs the second after the first, with a snapshot of its own:
    half a millisecond less for a lone message than one after the other.
    """
    with connection.cursor() as locking, connection.cursor() as finding:
        with _at_once():
            locking.execute(*_lock({each.room_id for each in asked}))
            finding.execute(*_find(asked))
        return _logs(locking.fetchall()), [
            Known(
                joined_seq,
                _moment(muted_until),
                bool(archived),
                event_id,
                may,
                slow_seconds,
                _moment(spoke_at),
            )
            for joined_seq, muted_until, archived, event_id, may, slow_seconds, spoke_at in finding.fetchall()
        ]


@contextmanager
def _at_once() -> Iterator[None]:
    """Send the statements of the block without waiting for the answer of each; all are there at its end."""
    if connection.vendor == "postgresql":
        with connection.wrap_database_errors, connection.connection.pipeline():
            yield
    else:
        yield


def _lock(room_ids: Collection[str]) -> tuple[str, list[str]]:
    if connection.vendor == "postgresql":
        among, lock = "= ANY (ARRAY(SELECT json_array_elements_text(%s::json)))", "FOR UPDATE"
    else:
        among, lock = "IN (SELECT value FROM json_each(%s))", ""
    return _LOCK.format(among=among, lock=lock), [_encode(list(room_ids)).decode()]


def _logs(rows: Iterable[tuple[Any, ...]]) -> list[RoomLog]:
    fields = ("room_id", "epoch", "head", "min_seq")
    return [RoomLog.from_db(connection.alias, fields, row) for row in rows]


def _find(asked: Iterable[Asked]) -> tuple[str, list[str]]:
    keys = [{"n": n, "room": room, "by": by, "client": client} for n, (room, by, client) in enumerate(asked)]
    text = _KNOWN_POSTGRESQL if connection.vendor == "postgresql" else _KNOWN_SQLITE
    return text, [_encode(keys).decode()]


def _moment(value: dt.datetime | str | None) -> dt.datetime | None:
    """A time as PostgreSQL gives it, or as SQLite does: in UTC without saying so, as text where it lost its type."""
    moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=dt.UTC) if moment is not None and moment.tzinfo is None else moment


def store(events: Sequence[Event], heads: Collection[RoomLog]) -> None:
    """Insert numbered events and move the heads of their rooms.

    Raises `IntegrityError` and `DataError`, as the ORM does.
    """
    if connection.vendor != "postgresql":
        Event.objects.bulk_create(events)
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE messaging_roomlog SET head = %s WHERE room_id = %s",
                [(log.head, log.pk) for log in heads],
            )
        return
    with connection.cursor() as cursor:
        cursor.execute(_STORE_POSTGRESQL, [_encode([_row(event) for event in events]).decode()])
        ids = {(room_id, seq): id for room_id, seq, id in cursor.fetchall()}
    for event in events:  # as bulk_create leaves them
        event.id = ids[event.room_id, event.seq]
        event._state.adding, event._state.db = False, connection.alias


def _row(event: Event) -> dict[str, object]:
    return {
        "room_id": event.room_id,
        "seq": event.seq,
        "kind": str(event.kind),
        "by_id": event.by_id,
        "at": event.at,
        "client_id": event.client_id,
        "body_digest": None if event.body_digest is None else bytes(event.body_digest).hex(),
        "subject": event.subject,
        "text": event.text,
        "reply_to": event.reply_to,
        "data": event.data,
    }
