"""The database's side of a history: the stored events, memberships, heads and watermarks, by plain SQL.

It goes past the product's code on purpose: the checker compares what clients saw with what is really stored.
"""

import contextlib
import datetime as dt
import json
import sqlite3
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from tests.support.records import Interval, LogRow, RoomHead, Storage, StoredFile, StoredMark

_EVENTS = """
    SELECT room_id, seq, kind, by_id, at, client_id, subject, text, reply_to, edited_at, deleted_at, data
    FROM messaging_event ORDER BY room_id, seq
"""
_MEMBERSHIPS = "SELECT room_id, user_id, joined_seq, left_seq FROM rooms_membership"
_HEADS = "SELECT room_id, epoch, head FROM messaging_roomlog"
_MARKS = "SELECT room_id, user_id, delivered, read FROM messaging_watermark"
_QUERIES = (_EVENTS, _MEMBERSHIPS, _HEADS, _MARKS)
# What is noted first: a note goes in the moment in which a file gets its bytes.
_STORAGE = (
    "SELECT key FROM messaging_leftover",
    "SELECT room_id, id, key, preview FROM messaging_attachment",
)

Row = dict[str, Any]
Stored = tuple[list[LogRow], list[Interval], list[RoomHead], list[StoredMark]]


def read_database(source: str | Path, rooms: Collection[str]) -> Stored:
    """Everything stored about `rooms`: `source` is PostgreSQL's URL or SQLite's file."""
    events, memberships, heads, marks = (
        [row for row in rows if row["room_id"] in rooms] for rows in _read(source, _QUERIES)
    )
    return (
        [_log_row(event) for event in events],
        [Interval(row["room_id"], row["user_id"], row["joined_seq"], row["left_seq"]) for row in memberships],
        [RoomHead(row["room_id"], row["epoch"], row["head"]) for row in heads],
        [StoredMark(row["room_id"], row["user_id"], row["delivered"], row["read"]) for row in marks],
    )


def read_storage(source: str | Path, folder: Path, rooms: Collection[str]) -> Storage:
    """The files of `rooms`, and all bytes that lie in `folder`."""
    before = {path for path in folder.rglob("*") if path.is_file()}
    notes, rows = _read(source, _STORAGE)
    keys = {row["id"]: tuple(filter(None, (row["key"], row["preview"]))) for row in rows}
    return Storage(
        files=tuple(
            StoredFile(row["room_id"], row["id"], keys[row["id"]]) for row in rows if row["room_id"] in rooms
        ),
        # One that was erased while this was read is no finding.
        bytes=frozenset(path.relative_to(folder).as_posix() for path in before if path.is_file()),
        noted=frozenset(note["key"] for note in notes),
        owned=frozenset(key for each in keys.values() for key in each),
    )


def _read(source: str | Path, queries: Sequence[str]) -> list[list[Row]]:
    if isinstance(source, str):
        with psycopg.connect(source, row_factory=dict_row) as connection:
            return [connection.execute(query).fetchall() for query in queries]
    with contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as lite:
        lite.row_factory = sqlite3.Row
        return [[dict(row) for row in lite.execute(query)] for query in queries]


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
    data: dict[str, Any] = json.loads(event["data"]) if isinstance(event["data"], str) else event["data"]
    if event["kind"] == "message.created":
        files = [_wire_file(event["room_id"], kept) for kept in data.get("attachments", [])]
        lists = {"attachments": files, "mentions": data.get("mentions", [])}
        reply_to = {} if event["reply_to"] is None else {"reply_to": event["reply_to"]}
        return {"text": event["text"], **lists, **reply_to}
    if event["subject"] is not None:
        return {"message": event["subject"], **data}
    return data


def _wire_file(room: str, kept: dict[str, Any]) -> dict[str, Any]:
    url = f"/api/v1/rooms/{room}/attachments/{kept['id']}/"
    preview = {"preview_url": f"{url}preview/"} if kept.get("preview") else {}
    return {name: value for name, value in kept.items() if name != "preview"} | {"url": url} | preview


def _rfc3339(at: dt.datetime | str) -> str:
    moment = dt.datetime.fromisoformat(at) if isinstance(at, str) else at
    moment = moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
