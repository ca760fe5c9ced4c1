"""Who finds what: the newest messages that match, of all that somebody may read.

What is indexed is found by the index, what is not yet by reading the end of the logs. Whatever is found is judged once
more by its present text and by the reader's slice of its room, so that an index that lags or errs shows nobody too much.
"""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from chatsite import limits
from chatsite.accounts.models import User
from chatsite.accounts.queries import ids_of_people_named
from chatsite.errors import Overloaded
from messaging import queries
from messaging.models import Event, EventKind, IndexedMessage
from messaging.queries import View
from rooms.models import Membership
from rooms.queries import rooms_named

from . import index
from .asking import Asked
from .words import fold

# Of what is not indexed yet at most so much is read; a server that the sweep reaches has a few hundred.
UNINDEXED = 2000
# Looked through before the index of trigrams is asked: a word that many messages have is found here at once, and its list in the index is long.
RECENT = 20_000


class SearchTooSlow(Overloaded):
    """The time that one search may take is over."""

    default_message = "This search takes too long. Narrow it by a room, a person or a date."


@dataclass(frozen=True, slots=True)
class Found:
    """Messages, the newest first; `more`: there are older ones. Not `complete`: some older messages are not indexed yet."""

    messages: Sequence[Event]
    more: bool
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """What is asked, by whom, in which rooms; `older_than` is the key of the last message of the page before."""

    by: str
    asked: Asked
    views: Mapping[str, View]
    people: Collection[str] | None
    older_than: int | None

    def rows(self) -> QuerySet[IndexedMessage]:
        """The entries that may match, in no order."""
        rows = IndexedMessage.objects.filter(self._readable(), **self._bounds("event_id"))
        for name in self.asked.has | ({"file"} if "image" in self.asked.has else set()):
            rows = rows.filter(**{f"has_{name}": True})
        for term in self.asked.terms:
            rows = rows.filter(words__contains=term.pattern)
        return rows

    def unindexed(self) -> tuple[QuerySet[Event], bool]:
        """The messages that are not in the index yet, and whether these are all of them."""
        indexed = index.positions(self.views.keys())
        behind = {
            room_id: indexed.get(room_id, 0)
            for room_id, view in self.views.items()
            if view.head.head > indexed.get(room_id, 0)
        }
        share = UNINDEXED // len(behind) + 1 if behind else 0
        ends = {room_id: max(seq, self.views[room_id].head.head - share) for room_id, seq in behind.items()}
        where = Q(pk__in=[])
        for room_id, seq in ends.items():
            where |= Q(room_id=room_id, seq__gt=seq)
        events = Event.objects.filter(
            where, kind=EventKind.MESSAGE_CREATED, deleted_at=None, **self._bounds("pk")
        )
        return events, ends == behind

    def matches(self, message: Event) -> bool:
        """Whether it is the reader's to see, and says now what is searched for."""
        view = self.views[message.room_id]
        if message.deleted_at is not None or message.seq > view.head.head or not view.slice.sees(message.seq):
            return False
        held = index.holds(message)
        if not all(held[f"has_{name}"] for name in self.asked.has):
            return False
        words = fold(index.content(message)) if self.asked.terms else ""
        return all(term.pattern in words for term in self.asked.terms)

    def _bounds(self, key: str) -> dict[str, Any]:
        bounds: dict[str, Any] = {}
        if self.older_than is not None:
            bounds[f"{key}__lt"] = self.older_than
        if self.people is not None:
            bounds["by_id__in"] = self.people
        if self.asked.before is not None:
            bounds["at__lt"] = self.asked.before
        if self.asked.after is not None:
            bounds["at__gte"] = self.asked.after
        return bounds

    def _readable(self) -> Q:
        """The rooms, and in those whose history is not open to the reader the intervals of their membership."""
        parts = {room_id for room_id, view in self.views.items() if not _sees_all(view)}
        theirs = Membership.objects.filter(
            Q(left_seq=None) | Q(left_seq__gte=OuterRef("seq")),
            room_id=OuterRef("room_id"),
            user_id=self.by,
            joined_seq__lte=OuterRef("seq"),
        )
        return Q(room_id__in=self.views.keys() - parts) | Q(Exists(theirs), room_id__in=parts)


def find_messages(
    *, by: User, asked: Asked, room_id: str | None, older_than: int | None, limit: int
) -> Found:
    """A page of what somebody searches for, in a room or in all of theirs.

    Raises `NoSuchRoom`, and `SearchTooSlow` when it takes more than `LIMIT_SEARCH_SECONDS`.
    """
    views = queries.views(by=by.id) if room_id is None else {room_id: queries.view(by=by.id, room_id=room_id)}
    if asked.rooms:
        named = rooms_named(asked.rooms, by=by, among=views.keys())
        views = {room_id: view for room_id, view in views.items() if room_id in named}
    people = ids_of_people_named(asked.people, me=by.id) if asked.people else None
    if not views or (people is not None and not people):
        return Found([], more=False, complete=True)
    search = _Search(by=by.id, asked=asked, views=views, people=people, older_than=older_than)
    with _within(limits.SEARCH_SECONDS):
        unindexed, complete = search.unindexed()
        found = {message.pk: message for message in unindexed.iterator(200) if search.matches(message)}
        for message in _indexed(search, wanted=limit + 1):
            found[message.pk] = message
    newest = sorted(found.values(), key=lambda message: message.pk, reverse=True)
    return Found(newest[:limit], more=len(newest) > limit, complete=complete)


def _indexed(search: _Search, *, wanted: int) -> list[Event]:
    """The newest messages that the index knows of."""
    newest = IndexedMessage.objects.order_by("-event_id").values_list("event_id", flat=True).first()
    if newest is None:
        return []
    edge = min(newest + 1, search.older_than or newest + 1) - RECENT
    found = _matching(search, search.rows().filter(event_id__gte=edge), wanted=wanted)
    if len(found) < wanted:
        older = _by_trigrams(search, search.rows().filter(event_id__lt=edge))
        found += _matching(search, older, wanted=wanted - len(found))
    return found


def _by_trigrams(search: _Search, rows: QuerySet[IndexedMessage]) -> QuerySet[IndexedMessage]:
    """The same entries, looked up in the index of trigrams: on SQLite that is a table of its own."""
    if connection.vendor == "postgresql" or not search.asked.terms:
        return rows
    trigrams = {
        term.pattern[at : at + 3] for term in search.asked.terms for at in range(len(term.pattern) - 2)
    }
    match = " AND ".join(f'"{trigram}"' for trigram in sorted(trigrams))
    return rows.filter(
        event_id__in=RawSQL("SELECT rowid FROM messaging_trigram WHERE messaging_trigram MATCH %s", [match])
    )


def _matching(search: _Search, rows: QuerySet[IndexedMessage], *, wanted: int) -> list[Event]:
    """The newest of these entries' messages that match indeed.

    The order is that of a sum, so that PostgreSQL finds the rows first: to walk down the key until enough are found is
    what it would choose, and is wrong for what is rare.
    """
    rows = rows.select_related("event").order_by((F("event_id") + 0).desc())
    found: list[Event] = []
    while True:
        page = list(rows[: wanted + 10])
        found += [entry.event for entry in page if search.matches(entry.event)]
        if len(found) >= wanted or len(page) < wanted + 10:
            return found[:wanted]
        rows = rows.filter(event_id__lt=page[-1].pk)


def _sees_all(view: View) -> bool:
    """Whether the reader may see all of the room that is left."""
    return view.slice.intervals == ((view.head.min_seq, None),)


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Give the searching in the block so much time and no more. Raises `SearchTooSlow`."""
    try:
        if connection.vendor == "postgresql":
            with transaction.atomic(), connection.cursor() as cursor:
                # What is searched for decides how: a plan for any text would be a bad one.
                cursor.execute(
                    f"SET LOCAL statement_timeout = {int(seconds * 1000)}; SET LOCAL plan_cache_mode = force_custom_plan"
                )
                yield
        else:
            with _interrupted(seconds):
                yield
    except OperationalError as error:
        if "timeout" in str(error) or "interrupted" in str(error):
            raise SearchTooSlow from error
        raise


@contextmanager
def _interrupted(seconds: float) -> Iterator[None]:
    """SQLite is asked whether to go on, every some thousand steps."""
    until = time.monotonic() + seconds
    connection.ensure_connection()
    connection.connection.set_progress_handler(lambda: time.monotonic() > until, 10_000)
    try:
        yield
    finally:
        connection.connection.set_progress_handler(None, 0)
