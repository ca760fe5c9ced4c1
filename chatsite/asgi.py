"""The ASGI application: http to Django, websocket to the chat, lifespan to the process's own parts."""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()  # before anything that needs the apps

from channels.routing import ProtocolTypeRouter, URLRouter

from chatsite.lifespan import lifespan
from chatsite.rest.bounded_body import BoundedBody
from messaging.api.long_poll import LongPoll
from messaging.realtime.process import this_process
from messaging.realtime.routing import urlpatterns


class SocketRouter:
    """Channels' URLRouter, with a plain close in place of an exception for unknown paths."""

    def __init__(self) -> None:
        self._routes = URLRouter(urlpatterns)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serve a socket at one of our paths; refuse it at any other (HTTP 403, as ASGI has it)."""
        try:
            await self._routes(scope, receive, send)
        except ValueError as error:
            if "No route found" not in str(error):
                raise
            await receive()
            await send({"type": "websocket.close"})


async def wait_beyond(room_id: str, seq: int, seconds: float) -> None:
    """Return when the room has an event after `seq`, or when the time is over.

    Here the HTTP API meets the hub of the sockets; neither knows the other.
    """
    await this_process().hub.wait_beyond(room_id, seq, seconds=seconds)


application = ProtocolTypeRouter(
    {
        "http": BoundedBody(LongPoll(django_application, wait_beyond)),
        "websocket": SocketRouter(),
        "lifespan": lifespan,
    }
)
