"""The start and the end of a server process, as ASGI servers announce them."""

import gc
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings

from chatsite import celery
from messaging.realtime.process import stop_process, this_process


async def lifespan(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Start the hub, and without Redis the worker; stop them when the server stops."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            this_process()
            if settings.EMBEDDED:
                await sync_to_async(celery.start_embedded, thread_sensitive=False)()
            spare_the_collector()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await stop_process()
            if settings.EMBEDDED:
                await sync_to_async(celery.stop_embedded, thread_sensitive=False)(at_exit=True)
            await send({"type": "lifespan.shutdown.complete"})
            return


def spare_the_collector() -> None:
    """Take what was loaded at the start out of the garbage collector's sight, and let it look less often.

    All of Django would be gone through again and again for the short-lived objects of messages: measured, a
    quarter of the processor time of storing them. What lives in cycles is still found, a little later.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
