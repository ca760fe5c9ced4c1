"""Rooms and the intervals in which people belong to them.

People are ids here, without a foreign key: a room and all that is its own can live in
another database than the catalog of people.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from chatsite.ids import new_id

from .levels import Level
from .rights import DEFAULTS, Right, Role

__all__ = ["Ban", "Invite", "Membership", "Role", "RoleRule", "Room", "RoomKind"]


class RoomKind(models.TextChoices):
    """How a room is found and joined: by everyone, by invitation, or by being one of its people."""

    PUBLIC = "public"
    PRIVATE = "private"
    DIRECT = "direct"


class Room(models.Model):
    """A place where people talk: an append-only log with a name and members.

    `*_may` are the rights of each role as numbers (`rights.py`), and `slow_seconds` what members and guests wait
    between two messages: what follows from `settings` and all rules, kept here by `rules.settle_rights`.
    """

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    kind = models.CharField(max_length=8, choices=RoomKind)
    name = models.CharField(max_length=80, blank=True)
    topic = models.CharField(max_length=500, blank=True)
    settings = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    owner_may = models.PositiveIntegerField(default=DEFAULTS[Role.OWNER], editable=False)
    moderator_may = models.PositiveIntegerField(default=DEFAULTS[Role.MODERATOR], editable=False)
    member_may = models.PositiveIntegerField(default=DEFAULTS[Role.MEMBER], editable=False)
    guest_may = models.PositiveIntegerField(default=DEFAULTS[Role.GUEST], editable=False)
    slow_seconds = models.PositiveIntegerField(default=0, editable=False)
    # A digest of the sorted ids of a direct room's people; unique, so that two servers make one room.
    direct_key = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=RoomKind.values), name="room_kind_known"),
            models.CheckConstraint(
                condition=Q(kind=RoomKind.DIRECT) | Q(direct_key__isnull=True),
                name="room_direct_key_only_direct",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.id

    @property
    def archived(self) -> bool:
        """Whether the room can only be read."""
        return self.archived_at is not None

    def rights_of(self, role: str) -> int:
        """The rights of a role here, as a number."""
        bits: int = getattr(self, f"{Role(role).value}_may")
        return bits


class RoleRule(models.Model):
    """One right that a role has or has not, other than by default: on the whole site, or in one room."""

    room = models.ForeignKey(
        Room,
        models.CASCADE,
        related_name="rules",
        null=True,
        blank=True,
        db_index=False,
        help_text="Empty: the whole site.",
    )
    role = models.CharField(max_length=9, choices=Role)
    right = models.CharField(max_length=20, choices=Right)
    allowed = models.BooleanField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["room", "role", "right"], name="rule_of_room_once"),
            models.UniqueConstraint(
                fields=["role", "right"], condition=Q(room__isnull=True), name="rule_of_site_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {'may' if self.allowed else 'may not'} {self.right} in {self.room_id or 'all rooms'}"


class Membership(models.Model):
    """One interval in which a person belonged to a room, by the room's sequence numbers.

    It begins with the `member.joined` event at `joined_seq` and ends with the
    `member.left` event at `left_seq`, both included; open while `left_seq` is null.
    """

    room = models.ForeignKey(Room, models.CASCADE, related_name="memberships")
    user_id = models.CharField(max_length=16)
    role = models.CharField(max_length=9, choices=Role, default=Role.MEMBER)
    joined_seq = models.PositiveBigIntegerField()
    left_seq = models.PositiveBigIntegerField(null=True, blank=True)
    muted_until = models.DateTimeField(null=True, blank=True)
    # Why, for them and for those who may mute; not in the log, which is for all.
    mute_reason = models.CharField(max_length=200, blank=True, default="", db_default="")
    # When they last spoke; kept only in rooms with slow mode.
    spoke_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What the person made of this room in their own list: nobody else sees it, and it is no event.
    favourite = models.BooleanField(default=False, db_default=False)
    muted = models.BooleanField(
        default=False, db_default=False, help_text="They want to hear of mentions only."
    )
    notify = models.CharField(
        max_length=10, choices=Level, blank=True, db_default="", help_text="Empty: as the site has it."
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["room", "user_id"], condition=Q(left_seq__isnull=True), name="membership_one_open"
            ),
            models.UniqueConstraint(
                fields=["room", "user_id", "joined_seq"], name="membership_interval_once"
            ),
            models.CheckConstraint(
                condition=Q(left_seq__isnull=True) | Q(left_seq__gt=models.F("joined_seq")),
                name="membership_ends_after_it_begins",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["user_id"], condition=Q(left_seq__isnull=True), name="membership_open_of_user"
            ),
            # A page of a room of a hundred thousand is read without sorting them.
            models.Index(
                fields=["room", "joined_seq"],
                condition=Q(left_seq__isnull=True),
                name="membership_open_of_room",
            ),
            models.Index(
                fields=["user_id"], condition=Q(left_seq__isnull=False), name="membership_ended_of_user"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.room_id} [{self.joined_seq}, {self.left_seq or ''}]"


class Ban(models.Model):
    """Somebody who may not come into a room, nor be brought in; for ever, or until a moment."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="bans", db_index=False)
    user_id = models.CharField(max_length=16)
    by_id = models.CharField(max_length=16)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["room", "user_id"], name="ban_of_person_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} from {self.room_id}"


class Invite(models.Model):
    """An open door into a room, for whoever holds its code. Only the code's digest is kept.

    It lets in `max_uses` people at most (None: any number) until `expires_at` (None: for ever).
    """

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    room = models.ForeignKey(Room, models.CASCADE, related_name="invites")
    by_id = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    role = models.CharField(max_length=9, choices=Role, default=Role.MEMBER)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True, db_index=True)
    max_uses = models.PositiveIntegerField(null=True, blank=True)
    uses = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(max_uses__isnull=True) | Q(uses__lte=models.F("max_uses")),
                name="invite_not_used_too_often",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} into {self.room_id}"
