"""The log itself, over HTTP: in pages, or awaited (see `long_poll`)."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from chatsite.errors import BadRequest
from chatsite.rest import query
from chatsite.rest.views import ApiView
from messaging import queries
from messaging.protocol import MAX_SEQ

from .long_poll import SCOPE_KEY
from .shapes import EventPageSerializer, event_json

LARGEST_PAGE = 300
DEFAULT_PAGE = 100
LONGEST_WAIT = 30


class EventsView(ApiView):
    """`rooms/{room}/events/`."""

    @extend_schema(
        operation_id="list_events",
        parameters=[
            query.whole("after", low=0, high=MAX_SEQ, about="Only events with a greater `seq`; 0 if absent."),
            OpenApiParameter("epoch", str, description="Refuse when the log has another epoch."),
            query.whole(
                "limit", low=1, high=LARGEST_PAGE, about=f"How many at most; {DEFAULT_PAGE} if absent."
            ),
            query.whole("wait", low=0, high=LONGEST_WAIT, about="Seconds to wait for an event; 0 if absent."),
        ],
        responses={200: EventPageSerializer},
    )
    def get(self, request: Request, room_id: str) -> Response:
        """A page of the room's log, ascending by `seq`. What is not the caller's stands as a `tombstone`."""
        params = request.query_params
        after = query.number(params, "after", low=0, high=MAX_SEQ, default=0)
        limit = query.number(params, "limit", low=1, high=LARGEST_PAGE, default=DEFAULT_PAGE) or DEFAULT_PAGE
        epoch = query.text(params, "epoch", longest=64)
        wait = query.number(params, "wait", low=0, high=LONGEST_WAIT, default=0) or 0
        seen, events, more = queries.events_page(by=self.me.id, room_id=room_id, after=after, limit=limit)
        if epoch and epoch != seen.head.epoch:
            raise BadRequest("The log has another epoch now: reload.", field="epoch")
        wish = getattr(request._request, "scope", {}).get(SCOPE_KEY)
        if wish is not None and not events:
            wish.room_id, wish.after, wish.seconds = room_id, after, wait
        return Response(
            {
                "epoch": seen.head.epoch,
                "head": seen.head.head,
                "events": [event_json(event) for event in events],
                "more": more,
            }
        )
