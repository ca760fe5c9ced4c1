"""`manage.py serve`: uvicorn with our WebSocket protocol, and a stop that loses nobody.

On SIGTERM a server says it is not ready, takes no new sockets, finishes the commits under way and
sends its sockets elsewhere (1012) in batches, so that not all come back at one moment.
"""

import asyncio
import logging
import random
import socket

import django
from django.conf import settings
from uvicorn import Config, Server
from uvicorn.supervisors import Multiprocess

django.setup()  # a spawned worker process imports this module first

from chatsite import health, limits
from chatsite.direct_socket import DirectSocketProtocol
from messaging.protocol import CLOSE_RESTARTING
from messaging.realtime.process import Process, this_process

logger = logging.getLogger(__name__)

DRAIN_STEP_SECONDS = 0.25
# The load balancer looks at /readyz about once a second; meanwhile requests are still served.
NOTICE_SECONDS = 1.0


class DrainingServer(Server):
    """Uvicorn's server, which sends its sockets away before it stops."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain, then stop as uvicorn does."""
        health.draining = True
        for server in self.servers:
            server.close()
        try:
            await drain(this_process())
        except Exception:
            logger.exception("draining failed; stopping all the same")
        await super().shutdown(sockets)


async def drain(process: Process) -> None:
    """Close every socket with 1012 over `DRAIN_SECONDS`, once the commits under way are finished."""
    connections = list(process.hub.connections.values())
    random.shuffle(connections)
    steps = max(1, int(limits.DRAIN_SECONDS / DRAIN_STEP_SECONDS)) if connections else 1
    for step in range(steps):
        if not process.hub.connections:
            break
        for connection in connections[step::steps]:
            connection.close(CLOSE_RESTARTING, after_ms=random.randrange(100, 2000))
        await asyncio.sleep(DRAIN_STEP_SECONDS)
    await process.writer.finish()


def config(*, host: str, port: int, workers: int) -> Config:
    """Uvicorn's configuration, as the product needs it."""
    return Config(
        "chatsite.asgi:application",
        host=host,
        port=port,
        workers=workers,
        loop="uvloop",
        http="httptools",
        ws=DirectSocketProtocol,
        ws_max_size=limits.FRAME_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=None,  # our own heartbeat asks, and every socket's timer would cost memory
        ws_ping_timeout=None,
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.TRUSTED_PROXIES,
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=int(limits.DRAIN_SECONDS) + 10,
    )


def serve(*, host: str, port: int, workers: int) -> None:
    """Serve until told to stop. Returns after the drain."""
    configuration = config(host=host, port=port, workers=workers)
    server = DrainingServer(configuration)
    if workers == 1:
        server.run()
        return
    listening = configuration.bind_socket()
    Multiprocess(configuration, target=server.run, sockets=[listening]).run()
