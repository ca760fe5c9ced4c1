"""Who opens a socket: a bearer token, a one-use ticket, or a session cookie from one of our own pages."""

from collections.abc import Mapping, Sequence
from http.cookies import CookieError, SimpleCookie
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from django.conf import settings

from chatsite.accounts.credentials import Credential, resolve_many
from chatsite.accounts.tickets import take_tickets
from chatsite.shared_reading import SharedReading


class Shown(NamedTuple):
    """What a connecting socket shows: one of the three."""

    session_key: str | None = None
    bearer: str | None = None
    ticket: str | None = None


async def who_is_there(scope: Mapping[str, Any]) -> Credential | None:
    """The credential of a connecting socket; None when it is nobody's.

    A cookie counts only with an `Origin` that is ours, scheme and port included: a browser sends it
    with requests of foreign pages, too. A bearer token and a ticket are not sent by themselves, so no
    origin is asked. What is shown first counts alone: a bad token or ticket is not saved by a cookie.
    """
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    scheme, _, bearer = headers.get(b"authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer.strip():
        return await _signing_in.ask(Shown(bearer=bearer.strip()))
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    if "ticket" in query:
        return await _signing_in.ask(Shown(ticket=query["ticket"][0]))
    if headers.get(b"origin") not in settings.ORIGINS:
        return None
    session_key = _cookie(headers.get(b"cookie", ""), settings.SESSION_COOKIE_NAME)
    return await _signing_in.ask(Shown(session_key=session_key)) if session_key else None


def _cookie(header: str, name: str) -> str | None:
    try:
        morsel = SimpleCookie(header).get(name)
    except CookieError:
        return None
    return morsel.value if morsel else None


def _who(shown: Sequence[Shown]) -> list[Credential | None]:
    """Whom each lets in; of two who show the same ticket at one moment, the first."""
    found = resolve_many([(each.session_key, each.bearer) for each in shown])
    tickets = [each.ticket for each in shown]
    let_in = take_tickets({ticket for ticket in tickets if ticket is not None})
    for place, ticket in enumerate(tickets):
        if ticket is not None:
            found[place] = let_in.pop(ticket, None)
    return found


_signing_in = SharedReading(_who, most=500)
