"""Searching messages."""

import datetime as dt
import zoneinfo
from typing import Any

from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from chatsite import clock, limits
from chatsite.errors import BadRequest
from chatsite.rest import pages, query
from chatsite.rest.throttle import spend
from chatsite.rest.views import ApiView
from messaging import history
from messaging.models import Event
from messaging.search import index, words
from messaging.search.asking import LONGEST, Asked, read_moment, read_query
from messaging.search.finding import find_messages

from .addresses import room_in_address
from .shapes import SearchPageSerializer, message_json

LARGEST_PAGE = 50
DEFAULT_PAGE = 20


class SearchView(ApiView):
    """`search/`."""

    @extend_schema(
        operation_id="search_messages",
        parameters=[
            OpenApiParameter(
                "q",
                str,
                description='Words, parts of words, "words in quotes", and filters: `from:` a person or `me`, `in:` a room, '
                f"`before:` and `after:` a day, `has:link`, `has:file`, `has:image`. At most {LONGEST} characters.",
            ),
            OpenApiParameter("room", str, description="Only this room."),
            OpenApiParameter(
                "before", str, description="Only before this moment, or the beginning of this day."
            ),
            OpenApiParameter(
                "after", str, description="Only from this moment on, or the beginning of this day."
            ),
            OpenApiParameter(
                "tz", str, description="The time zone of days, as `Europe/Berlin`; UTC if absent."
            ),
            OpenApiParameter("cursor", str, description="The `next` of the page before."),
            query.whole(
                "limit", low=1, high=LARGEST_PAGE, about=f"How many at most; {DEFAULT_PAGE} if absent."
            ),
        ],
        responses={200: SearchPageSerializer},
    )
    def get(self, request: Request) -> Response:
        """Messages that match, the newest first, of all rooms that the caller is in."""
        params = request.query_params
        limit = query.number(params, "limit", low=1, high=LARGEST_PAGE, default=DEFAULT_PAGE) or DEFAULT_PAGE
        room = query.text(params, "room", longest=64)
        cursor = query.text(params, "cursor", longest=64)
        asked = _asked(params)
        spend(f"search:{self.me.id}", limits.SEARCHES)
        found = find_messages(
            by=self.me,
            asked=asked,
            room_id=room_in_address(room) if room else None,
            older_than=int(pages.decode(cursor, int)) if cursor else None,
            limit=limit,
        )
        reactions = history.reactions_of(found.messages)
        return Response(
            {
                "results": [
                    _result(message, asked, reactions.get((message.room_id, message.seq), {}))
                    for message in found.messages
                ],
                "next": pages.encode(found.messages[-1].pk) if found.more else None,
                "complete": found.complete,
            }
        )


def _asked(params: QueryDict) -> Asked:
    """What the query's parameters ask. Raises `BadRequest` with the one at fault."""
    zone = _zone(query.text(params, "tz", longest=64))
    today = clock.now().astimezone(zone).date()
    asked = read_query(query.text(params, "q", longest=LONGEST), zone=zone, today=today)
    for name, pick in (("before", min), ("after", max)):
        if raw := query.text(params, name, longest=64):
            moment = read_moment(raw, zone=zone, today=today, field=name)
            known = getattr(asked, name)
            setattr(asked, name, moment if known is None else pick(known, moment))
    if asked.empty:
        raise BadRequest("Write a word to search for.", field="q")
    return asked


def _zone(name: str) -> dt.tzinfo:
    if not name:
        return dt.UTC
    try:
        return zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        raise BadRequest("There is no such time zone.", field="tz") from None


def _result(message: Event, asked: Asked, reactions: dict[str, list[str]]) -> dict[str, Any]:
    parts = words.snippet(index.content(message), asked.terms)
    return {
        **message_json(message, reactions=reactions),
        "snippet": [{"text": part.text, "match": part.match} for part in parts],
    }
