"""Looking up rooms among those that a person may know, and who belongs to them."""

import datetime as dt
import hashlib
from collections.abc import Collection

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from chatsite.accounts.models import User
from chatsite.ids import is_id

from .errors import NoSuchMember, NoSuchRoom
from .models import Ban, Invite, Membership, Role, Room, RoomKind


def open_memberships(room_id: str) -> QuerySet[Membership]:
    """Who belongs to a room now."""
    return Membership.objects.filter(room_id=room_id, left_seq=None)


def visible_rooms(*, by: User, mine: bool = False) -> QuerySet[Room]:
    """The rooms that `by` belongs to and, unless `mine`, every public one."""
    belongs = Exists(Membership.objects.filter(room_id=OuterRef("pk"), user_id=by.id, left_seq=None))
    return Room.objects.filter(belongs if mine else Q(belongs) | Q(kind=RoomKind.PUBLIC))


def joinable_rooms(*, by: User, q: str = "") -> QuerySet[Room]:
    """The open public rooms that `by` is not in, whose name or topic contains `q`."""
    belongs = Exists(Membership.objects.filter(room_id=OuterRef("pk"), user_id=by.id, left_seq=None))
    rooms = Room.objects.filter(~belongs, kind=RoomKind.PUBLIC, archived_at=None)
    return rooms.filter(Q(name__icontains=q) | Q(topic__icontains=q)) if q else rooms


def visible_room(*, by: User, room_id: str) -> Room:
    """One of the rooms that `by` may know of. Raises `NoSuchRoom`."""
    room = visible_rooms(by=by).filter(id=room_id).first() if is_id(room_id) else None
    if room is None:
        raise NoSuchRoom
    return room


def find_room(room_id: str) -> Room:
    """A room, whosoever asks: for services, which judge under the room's lock. Raises `NoSuchRoom`."""
    room = Room.objects.filter(id=room_id).first() if is_id(room_id) else None
    if room is None:
        raise NoSuchRoom
    return room


def rooms_named(names: Collection[str], *, by: User, among: Collection[str]) -> set[str]:
    """The ids of those rooms that one of these names means: a room's own or its id, the other's of a direct room.

    Where nothing has exactly such a name, its beginning counts.
    """
    wanted = {name.casefold() for name in names}
    called: dict[str, set[str]] = {}
    for room in Room.objects.filter(id__in=among).only("id", "name"):
        called.setdefault(room.id, {room.id}).add(room.name.casefold())
    for room_id, user in _others_in_direct_rooms(by=by, among=among):
        called[room_id] |= {user.username.casefold(), user.display_name.casefold()}
    exactly = {room_id for room_id, own in called.items() if own & wanted}
    if exactly:
        return exactly
    return {room_id for room_id, own in called.items() if any(n.startswith(w) for n in own for w in wanted)}


def _others_in_direct_rooms(*, by: User, among: Collection[str]) -> list[tuple[str, User]]:
    others = Membership.objects.filter(room_id__in=among, room__kind=RoomKind.DIRECT).exclude(user_id=by.id)
    rows = list(others.values_list("room_id", "user_id"))
    people = User.objects.in_bulk([user_id for _, user_id in rows])
    return [(room_id, people[user_id]) for room_id, user_id in rows if user_id in people]


def my_memberships(*, by: User, room_ids: Collection[str]) -> dict[str, Membership]:
    """The open memberships of `by` in these rooms, by room."""
    return {
        m.room_id: m for m in Membership.objects.filter(user_id=by.id, room_id__in=room_ids, left_seq=None)
    }


def find_member(room_id: str, user_id: str) -> Membership | None:
    """The open membership of a person in a room; None for any other string too."""
    return open_memberships(room_id).filter(user_id=user_id).first() if is_id(user_id) else None


def member_of(room_id: str, user_id: str) -> Membership:
    """As `find_member`. Raises `NoSuchMember`."""
    member = find_member(room_id, user_id)
    if member is None:
        raise NoSuchMember
    return member


def has_other_owner(room_id: str, user_id: str) -> bool:
    """Whether the room has an owner beside this person."""
    return open_memberships(room_id).filter(role=Role.OWNER).exclude(user_id=user_id).exists()


def joined_of(room_ids: Collection[str]) -> dict[str, dict[str, int]]:
    """The ids of the people who belong to each of these rooms now, in the order in which they came, with their `joined_seq`."""
    people: dict[str, dict[str, int]] = {}
    rows = Membership.objects.filter(room_id__in=room_ids, left_seq=None).order_by("room_id", "joined_seq")
    for room_id, user_id, joined_seq in rows.values_list("room_id", "user_id", "joined_seq"):
        people.setdefault(room_id, {})[user_id] = joined_seq
    return people


def bans_now(room_id: str, *, now: dt.datetime) -> QuerySet[Ban]:
    """Who may not come into a room at this moment."""
    return Ban.objects.filter(Q(until=None) | Q(until__gt=now), room_id=room_id)


def invite_digest(code: str) -> str:
    """What is kept of an invite's code. A plain SHA-256 is enough for 144 random bits."""
    return hashlib.sha256(code.encode(errors="replace")).hexdigest()


def open_invites(*, now: dt.datetime) -> QuerySet[Invite]:
    """The invites that still let somebody in."""
    unused = Q(max_uses=None) | Q(uses__lt=F("max_uses"))
    return Invite.objects.filter(unused, Q(expires_at=None) | Q(expires_at__gt=now))
