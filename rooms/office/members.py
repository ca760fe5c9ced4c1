"""The members of a room for its page: a page of them, with their names."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Q

from chatsite.accounts.models import User
from chatsite.accounts.queries import search_users, users_by_id
from rooms.models import Membership, Room
from rooms.queries import open_memberships

PAGE = 25


class Member(NamedTuple):
    """One row."""

    membership: Membership
    user: User | None

    @property
    def name(self) -> str:
        """How others call them; the id of somebody who is nowhere any more."""
        return self.user.shown_name if self.user else self.membership.user_id


class Members(NamedTuple):
    """A page of members in the order of their coming; `after` leads to the next."""

    rows: Sequence[Member]
    after: int | None


def members_page(room: Room, *, after: int = 0, search: str = "") -> Members:
    """The members that came after the event `after`: all, or those whose name or id `search` finds."""
    found = open_memberships(room.id).filter(joined_seq__gt=after).order_by("joined_seq")
    if search:
        named = search_users(search).values("id")
        found = found.filter(Q(user_id=search) | Q(user_id__in=named))
    memberships = list(found[: PAGE + 1])
    page = memberships[:PAGE]
    users = {user.id: user for user in users_by_id([one.user_id for one in page])}
    rows = [Member(one, users.get(one.user_id)) for one in page]
    return Members(rows, page[-1].joined_seq if len(memberships) > PAGE else None)
