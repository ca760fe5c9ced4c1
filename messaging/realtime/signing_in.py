"""Who opens a socket: a bearer token, or a session cookie from one of our own pages."""

import asyncio
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

from django.conf import settings

from chatsite.accounts.credentials import Credential, resolve_many
from chatsite.threads import readers

Shown = tuple[str | None, str | None]


async def who_is_there(scope: Mapping[str, Any]) -> Credential | None:
    """The credential of a connecting socket; None when it is nobody's.

    A cookie counts only with an `Origin` that is ours, scheme and port included: a browser sends it
    with requests of foreign pages, too. A bearer token is not sent by itself, so no origin is asked.
    """
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    scheme, _, bearer = headers.get(b"authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer.strip():
        return await _resolve((None, bearer.strip()))
    if headers.get(b"origin") not in settings.ORIGINS:
        return None
    session_key = _cookie(headers.get(b"cookie", ""), settings.SESSION_COOKIE_NAME)
    return await _resolve((session_key, None)) if session_key else None


def _cookie(header: str, name: str) -> str | None:
    try:
        morsel = SimpleCookie(header).get(name)
    except CookieError:
        return None
    return morsel.value if morsel else None


_waiting: list[tuple[Shown, asyncio.Future[Credential | None]]] = []
_resolving: set[asyncio.Task[None]] = set()


async def _resolve(shown: Shown) -> Credential | None:
    """Those who come while one look-up is under way share the next: a stampede costs few queries."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Credential | None] = loop.create_future()
    _waiting.append((shown, future))
    if not _resolving:
        task = loop.create_task(_resolve_all())
        _resolving.add(task)
        task.add_done_callback(_resolving.discard)
    return await future


async def _resolve_all() -> None:
    while _waiting:
        batch = _waiting[:]
        _waiting.clear()
        try:
            found = await readers.run(resolve_many, [shown for shown, _ in batch])
        except Exception as error:
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            continue
        for (_, future), credential in zip(batch, found, strict=True):
            if not future.done():
                future.set_result(credential)
