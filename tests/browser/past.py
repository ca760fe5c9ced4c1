"""Rooms with a long past, written straight into the embedded database: nobody waits for a hundred thousand sends."""

import sqlite3
from pathlib import Path

from tests.support.deployments import Deployment
from tests.support.rest import Person

_FILL = """
WITH RECURSIVE n(seq) AS (SELECT :first UNION ALL SELECT seq + 1 FROM n WHERE seq < :last)
INSERT INTO messaging_event (room_id, seq, kind, by_id, at, client_id, body_digest, text, data)
SELECT :room, seq, 'message.created', :by, datetime('now', '-' || ((:last - seq) * 2) || ' minutes'),
       lower(hex(randomblob(16))), randomblob(16), 'Line ' || seq, '{"attachments": [], "mentions": []}'
FROM n
"""


def fill(site: Deployment, room: str, by: Person, *, to: int) -> None:
    """Let `by` have said something every two minutes until the room's log has `to` entries: "Line <seq>"."""
    assert isinstance(site.source, Path)
    with sqlite3.connect(site.source, timeout=30) as database:
        (head,) = database.execute("SELECT head FROM messaging_roomlog WHERE room_id = ?", [room]).fetchone()
        database.execute(_FILL, {"room": room, "by": by.id, "first": head + 1, "last": to})
        database.execute("UPDATE messaging_roomlog SET head = ? WHERE room_id = ?", [to, room])
