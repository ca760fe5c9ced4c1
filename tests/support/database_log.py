"""The database's side of a history: the stored events, memberships, heads and watermarks, by plain SQL.

It goes past the product's code on purpose: the checker compares what clients saw with what is really stored.
"""

import datetime as dt
import json
import sqlite3
from collections.abc import Collection
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from tests.support.records import Interval, LogRow, RoomHead, StoredMark

_EVENTS = """
    SELECT room_id, seq, kind, by_id, at, client_id, subject, text, reply_to, edited_at, deleted_at, data
    FROM messaging_event ORDER BY room_id, seq
"""
_MEMBERSHIPS = "SELECT room_id, user_id, joined_seq, left_seq FROM rooms_membership"
_HEADS = "SELECT room_id, epoch, head FROM messaging_roomlog"
_MARKS = "SELECT room_id, user_id, delivered, read FROM messaging_watermark"
_QUERIES = (_EVENTS, _MEMBERSHIPS, _HEADS, _MARKS)

Row = dict[str, Any]
Stored = tuple[list[LogRow], list[Interval], list[RoomHead], list[StoredMark]]


def read_database(source: str | Path, rooms: Collection[str]) -> Stored:
    """Everything stored about `rooms`: `source` is PostgreSQL's URL or SQLite's file."""
    read = _sqlite if isinstance(source, Path) else _postgres
    events, memberships, heads, marks = (
        [row for row in rows if row["room_id"] in rooms] for rows in read(str(source))
    )
    return (
        [_log_row(event) for event in events],
        [Interval(row["room_id"], row["user_id"], row["joined_seq"], row["left_seq"]) for row in memberships],
        [RoomHead(row["room_id"], row["epoch"], row["head"]) for row in heads],
        [StoredMark(row["room_id"], row["user_id"], row["delivered"], row["read"]) for row in marks],
    )


def _postgres(url: str) -> list[list[Row]]:
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return [connection.execute(query).fetchall() for query in _QUERIES]


def _sqlite(file: str) -> list[list[Row]]:
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        return [[dict(row) for row in connection.execute(query)] for query in _QUERIES]
    finally:
        connection.close()


def _log_row(event: Row) -> LogRow:
    client_id = event["client_id"]
    return LogRow(
        room=event["room_id"],
        seq=event["seq"],
        kind=event["kind"],
        by=event["by_id"],
        at=_rfc3339(event["at"]),
        client_id=str(UUID(str(client_id))) if client_id else None,
        data=_wire_data(event),
        subject=event["subject"],
        revised=bool(event["edited_at"] or event["deleted_at"]),
    )


def _wire_data(event: Row) -> dict[str, object]:
    """The `data` that the protocol promises for a stored event."""
    data: dict[str, object] = json.loads(event["data"]) if isinstance(event["data"], str) else event["data"]
    if event["kind"] == "message.created":
        lists = {name: data.get(name, []) for name in ("attachments", "mentions")}
        reply_to = {} if event["reply_to"] is None else {"reply_to": event["reply_to"]}
        return {"text": event["text"], **lists, **reply_to}
    if event["subject"] is not None:
        return {"message": event["subject"], **data}
    return data


def _rfc3339(at: dt.datetime | str) -> str:
    moment = dt.datetime.fromisoformat(at) if isinstance(at, str) else at
    moment = moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
