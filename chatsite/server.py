"""`manage.py serve`: uvicorn with our WebSocket protocol, and a stop that loses nobody.

On SIGTERM a server says that it is not ready, takes no new sockets, finishes the commits under way
and sends its sockets elsewhere (1012) in batches, so that not all come back at one moment.
"""

import asyncio
import logging
import random
import socket

from django.conf import settings
from uvicorn import Config, Server

from chatsite import health, limits
from chatsite.direct_socket import DirectSocketProtocol
from chatsite.patient_http import PatientHttpProtocol
from chatsite.workers import Workers
from messaging.protocol import CLOSE_RESTARTING
from messaging.realtime.process import Process, this_process

logger = logging.getLogger(__name__)

DRAIN_STEP_SECONDS = 0.25
# A load balancer asks /readyz about once a second; until it has, it still sends us people.
NOTICE_SECONDS = 1.5
# Proxies keep idle connections to us for later requests: nginx for a minute, Caddy for two. Whoever closes first must be
# the proxy: a request that meets a connection just closed is lost, and a POST is not sent again.
KEEP_ALIVE_SECONDS = 150


class DrainingServer(Server):
    """Uvicorn's server, which sends its sockets away before it stops."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain, then stop as uvicorn does."""
        health.draining = True
        if not settings.EMBEDDED:
            await asyncio.sleep(NOTICE_SECONDS)
        for server in self.servers:
            server.close()
        try:
            await drain(this_process())
        except Exception:
            logger.exception("draining failed; stopping all the same")
        await super().shutdown(sockets)


async def drain(process: Process) -> None:
    """Close every socket with 1012 over `DRAIN_SECONDS`, each batch when the commits under way are finished."""
    connections = list(process.hub.connections.values())
    random.shuffle(connections)
    steps = max(1, int(limits.DRAIN_SECONDS / DRAIN_STEP_SECONDS))
    for step in range(steps):
        batch = connections[step::steps]
        if not batch:
            break
        await process.writer.finish()
        for connection in batch:
            connection.close(CLOSE_RESTARTING, after_ms=random.randrange(100, 2000))
        await asyncio.sleep(DRAIN_STEP_SECONDS)


def configure(*, host: str, port: int) -> Config:
    """Uvicorn's configuration, as the product needs it."""
    return Config(
        "chatsite.asgi:application",
        host=host,
        port=port,
        loop="uvloop",
        http=PatientHttpProtocol,
        ws=DirectSocketProtocol,
        ws_max_size=limits.FRAME_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=None,  # our own heartbeat asks, and a timer a socket would cost memory
        ws_ping_timeout=None,
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.TRUSTED_PROXIES,
        server_header=False,
        backlog=2048,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=5,
    )


def serve(*, host: str, port: int, workers: int = 1, fd: int | None = None) -> None:
    """Serve until told to stop, and drain. With `fd` on a listening socket that was handed down."""
    if workers > 1:
        Workers(host=host, port=port, count=workers).run()
        return
    listening = None if fd is None else [socket.socket(fileno=fd)]
    DrainingServer(configure(host=host, port=port)).run(sockets=listening)
