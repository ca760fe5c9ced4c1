"""Heartbeats: each socket is told the heads that moved, and shows that it is alive."""

import asyncio

from chatsite import limits
from messaging.delivery.connection import Connection
from messaging.delivery.hub import Hub
from messaging.protocol import CLOSE_HEARTBEAT_MISSED, Heartbeat, encode

# Two beats without an answer: the socket is dead, or its client frozen.
MISSED_BEATS = 2
SLICES = 20


async def beat_forever(hub: Hub) -> None:
    """Send heartbeats, spread evenly: each socket is due once an interval."""
    clock = asyncio.get_running_loop()
    interval = limits.HEARTBEAT_MS / 1000
    while True:
        await asyncio.sleep(interval / SLICES)
        now = clock.time()
        for connection in list(hub.connections.values()):
            if connection.next_beat <= now:
                connection.next_beat = now + interval
                beat(connection)


def beat(connection: Connection) -> None:
    """Send one heartbeat, or close the socket that did not answer the last ones."""
    if connection.unanswered >= MISSED_BEATS:
        connection.close(CLOSE_HEARTBEAT_MISSED)
        return
    connection.beat += 1
    connection.unanswered += 1
    heads = {}
    for room_id, subscription in connection.subscriptions.items():
        head = subscription.feed.head
        if head != subscription.told:
            subscription.told = heads[room_id] = head
    connection.send(encode(Heartbeat(n=connection.beat, heads=heads)))
