"""Deleting an account. Who a person was goes at once; a task then takes them out of their rooms.

The row of the user stays, because rooms remember people by id; nothing on it tells who it was. Whatever else points
at it goes as it would go with the row. What others said stays theirs, also where it names somebody.
"""

from collections.abc import Collection, Mapping

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db import connection, models, transaction
from django.utils import timezone

from chatsite.accounts.models import User, UserKind
from chatsite.accounts.permissions import can_change_user
from chatsite.accounts.services import announce_ended
from chatsite.audit.actions import Action
from chatsite.audit.models import EntryAddress
from chatsite.audit.record import record
from chatsite.errors import Forbidden
from messaging.models import Mention, Report, Watermark, WatermarkAdvance
from rooms.models import Ban, Invite, Membership, Role, Room, RoomKind
from rooms.queries import open_memberships

from .errors import LastAdministrator, NoSuccessor, SuccessorNeeded
from .models import Departure, Export
from .queue import start

DELETED = "Deleted user"

Successors = Mapping[str, str]
"""Who owns which room from now on: user ids by room id."""


def rooms_to_hand_over(user: User) -> list[Room]:
    """The rooms in which others are and this person is the last owner, by name."""
    mine = Membership.objects.filter(user_id=user.id, role=Role.OWNER, left_seq=None)
    others = Membership.objects.filter(room_id=models.OuterRef("room_id"), left_seq=None).exclude(
        user_id=user.id
    )
    alone = mine.exclude(room__kind=RoomKind.DIRECT).filter(
        models.Exists(others), ~models.Exists(others.filter(role=Role.OWNER))
    )
    return sorted(
        (member.room for member in alone.select_related("room")), key=lambda room: room.name.lower()
    )


def candidates(room: Room, *, but: User) -> list[User]:
    """Who can own the room from now on, the likeliest first: moderators, members, then guests, by how long they are there."""
    ranks = {Role.OWNER: 0, Role.MODERATOR: 1, Role.MEMBER: 2, Role.GUEST: 3}
    members = list(open_memberships(room.id).exclude(user_id=but.id))
    members.sort(key=lambda member: (ranks[Role(member.role)], member.joined_seq))
    people = User.objects.filter(is_active=True, kind=UserKind.PERSON).in_bulk(
        [member.user_id for member in members]
    )
    return [people[member.user_id] for member in members if member.user_id in people]


@transaction.atomic
def delete_account(*, by: User, user: User, successors: Successors | None = None) -> None:
    """Delete an account, for ever, and the bots that it looks after.

    `successors` names who owns the rooms of `rooms_to_hand_over`. Raises `Forbidden`, `LastAdministrator`,
    `SuccessorNeeded` and `NoSuccessor`.
    """
    User.objects.select_for_update().get(id=user.id)
    if not can_change_user(user, by=by):
        raise Forbidden
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(id=user.id)
    if user.is_superuser and not others.exists():
        raise LastAdministrator
    named = _judged(user, successors or {})
    record(Action.USER_DELETED, by=by, user=user.id)
    for bot in User.objects.filter(owner=user):
        _go(bot, {})
    _go(user, named)


def _judged(user: User, successors: Successors) -> dict[str, str]:
    named: dict[str, str] = {}
    for room in rooms_to_hand_over(user):
        found = candidates(room, but=user)
        if room.id in successors:
            if successors[room.id] not in {each.id for each in found}:
                raise NoSuccessor(field="successors")
            named[room.id] = successors[room.id]
        elif found:
            raise SuccessorNeeded(field="successors")
    return named


def _go(user: User, successors: dict[str, str]) -> None:
    _forget(user)
    Departure.objects.update_or_create(
        user=user,
        defaults={
            "successors": successors,
            "erase": settings.DELETED_MESSAGES == "erase",
            "moved_at": timezone.now(),
        },
    )
    announce_ended(user_id=user.id, credential=None)
    start("leaving.take_out", user.id)


def _forget(user: User) -> None:
    """Take from the database who this was."""
    _forget_what_points_at(user)
    _forget_by_id(user.id)
    User.objects.filter(id=user.id).update(
        username=f"deleted-{user.id}",
        look=f"deleted{user.id}",
        display_name=DELETED,
        email="",
        status_text="",
        time_zone="",
        language="",
        avatar_digest="",
        password="!",  # noqa: S106 (no password has this digest)
        last_login=None,
        is_active=False,
        is_staff=False,
        is_superuser=False,
        owner=None,
    )


def relations_to_users() -> list[models.ForeignObjectRel]:
    """All foreign keys to users, those without a name of their own at this end too."""
    found = User._meta.get_fields(include_hidden=True)
    return [each for each in found if isinstance(each, models.ManyToOneRel)]


def _forget_what_points_at(user: User) -> None:
    for relation in relations_to_users():
        if relation.on_delete is models.CASCADE:
            relation.related_model._base_manager.filter(**{relation.field.name: user.pk}).delete()


def _forget_by_id(user_id: str) -> None:
    """What is kept by id. Rooms keep who was there when, reports what was judged; neither who that was."""
    for model in (Watermark, WatermarkAdvance, Mention, Ban):
        model._base_manager.filter(user_id=user_id, **_in_rooms_of(user_id, model)).delete()
    Membership.objects.filter(user_id=user_id).exclude(mute_reason="").update(mute_reason="")
    Invite.objects.filter(by_id=user_id).delete()
    Report.objects.filter(by_id=user_id).update(reason="")
    Export.objects.filter(room_id__in=_rooms_of(user_id)).delete()  # they tell the names of members
    EntryAddress.objects.filter(entry__by_id=user_id).delete()
    LogEntry.objects.filter(object_id=user_id).update(object_repr=DELETED)


def _in_rooms_of(user_id: str, model: type[models.Model]) -> dict[str, Collection[str]]:
    """Most tables are indexed by room first."""
    return {} if model is Ban else {"room_id__in": _rooms_of(user_id)}


def _rooms_of(user_id: str) -> list[str]:
    return list(Membership.objects.filter(user_id=user_id).values_list("room_id", flat=True).distinct())


def forget_free_pages() -> None:
    """Bring what was overwritten into SQLite's own file: until then its log has the former pages."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
