"""The shapes of rooms and members on the wire."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from chatsite.accounts.models import User
from chatsite.rest.fields import StrictSerializer, Text, WholeNumber
from messaging import pins, room_log
from messaging import queries as messages
from messaging.protocol import rfc3339
from rooms import queries
from rooms.invites import MOST_USES
from rooms.levels import Level, level_of
from rooms.models import Ban, Invite, Membership, Role, Room, RoomKind
from rooms.rights import Right, Rights, bit_of, rights_in
from rooms.room_settings import MOST_DAYS, MOST_SLOW_SECONDS, YEAR_SECONDS, shown_settings

# What people choose between: a direct room is made by its people, and stays so.
CHOSEN_KINDS = [RoomKind.PUBLIC.value, RoomKind.PRIVATE.value]


def room_json(room: Room, *, by: User) -> dict[str, Any]:
    """One room as `by` sees it."""
    return rooms_json([room], by=by)[0]


def rooms_json(rooms: Sequence[Room], *, by: User) -> list[dict[str, Any]]:
    """Rooms as `by` sees them, in the same order; some queries for all together.

    `my_role` is null, and `unread` 0, for somebody outside. Direct rooms, which have no name, tell their `people`.
    """
    ids = [room.id for room in rooms]
    mine = queries.my_memberships(by=by, room_ids=ids)
    roles = {room_id: member.role for room_id, member in mine.items()}
    heads = room_log.heads(ids)
    seen = messages.views(by=by.id, room_ids=list(roles))
    standings = messages.standings_of(seen.values())
    pinned = pins.pinned_in(seen.values())
    people = queries.joined_of([room.id for room in rooms if room.kind == RoomKind.DIRECT])
    shown = []
    for room in rooms:
        head = heads[room.id]
        standing = standings.get(seen[room.id].membership) if room.id in seen else None
        one = {
            "id": room.id,
            "kind": room.kind,
            "name": room.name,
            "topic": room.topic,
            "epoch": head.epoch,
            "head": standing.head if standing else head.head,
            "min_seq": seen[room.id].slice.min_seq if room.id in seen else head.min_seq,
            "archived": room.archived,
            "my_role": roles.get(room.id),
            "my_rights": rights_in(room.rights_of(roles[room.id])) if room.id in roles else [],
            "my_marks": marks_json(mine[room.id], kind=room.kind) if room.id in mine else None,
            "settings": shown_settings(room.settings),
            "unread": standing.unread if standing else 0,
            "pins": pinned.get(room.id, []),
        }
        if room.kind == RoomKind.DIRECT:
            one["people"] = list(people.get(room.id, ()))
        shown.append(one)
    return shown


def marks_json(member: Membership, *, kind: str) -> dict[str, Any]:
    """What the person themselves made of the room, which is of that `kind`; `notify` is what holds."""
    notify = level_of(kind=kind, notify=member.notify, muted=member.muted)
    return {"favourite": member.favourite, "muted": member.muted, "notify": notify}


def member_json(member: Membership, *, reason: bool = False) -> dict[str, Any]:
    """One membership; `muted_until` is there only while it is set, and why with `reason`: for whom it is to know."""
    shown: dict[str, Any] = {"user": member.user_id, "role": member.role, "joined_seq": member.joined_seq}
    if member.muted_until is not None:
        shown["muted_until"] = rfc3339(member.muted_until)
        if reason and member.mute_reason:
            shown["mute_reason"] = member.mute_reason
    return shown


def ban_json(ban: Ban) -> dict[str, Any]:
    """One ban; `until` is null for one without an end."""
    return {
        "user": ban.user_id,
        "by": ban.by_id,
        "reason": ban.reason,
        "at": rfc3339(ban.at),
        "until": rfc3339(ban.until) if ban.until else None,
    }


def invite_json(invite: Invite, *, code: str | None = None) -> dict[str, Any]:
    """One invite; with its code and address only in the answer that made it."""
    shown: dict[str, Any] = {"id": invite.id}
    if code is not None:
        shown |= {"code": code, "url": f"{settings.PUBLIC_URL}/rooms/?invite={code}"}
    return shown | {
        "role": invite.role,
        "expires_at": rfc3339(invite.expires_at) if invite.expires_at else None,
        "max_uses": invite.max_uses,
        "uses": invite.uses,
    }


def invitation_json(invite: Invite) -> dict[str, Any]:
    """What the holder of a code is told before they come in."""
    room = invite.room
    return {
        "room": {"id": room.id, "kind": room.kind, "name": room.name, "topic": room.topic},
        "by": invite.by_id,
        "role": invite.role,
        "expires_at": rfc3339(invite.expires_at) if invite.expires_at else None,
    }


def rights_json(rights: Rights, rules: Mapping[tuple[str, str], bool], *, below: Rights) -> dict[str, Any]:
    """Who may do what: every right of every role, the rules of this layer's own, and what holds `below` it."""
    own: dict[str, dict[str, bool]] = {}
    for (role, right), allowed in sorted(rules.items()):
        own.setdefault(role, {})[right] = allowed
    return {"permissions": _by_name(rights), "rules": own, "below": _by_name(below)}


def _by_name(rights: Rights) -> dict[str, dict[str, bool]]:
    return {
        role: {right: bool(rights[role] & bit_of(right)) for right in Right.values} for role in Role.values
    }


class SettingsSerializer(serializers.Serializer[Any]):
    """What a room's owners decide. Seconds count from sending; null is for ever, 0 not at all."""

    edit_seconds = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=YEAR_SECONDS,
        help_text="To edit one's own message.",
    )
    delete_seconds = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=YEAR_SECONDS, help_text="To delete it."
    )
    moderators_delete = serializers.BooleanField(
        required=False, help_text="Whether owners and moderators may delete others' messages."
    )
    history = serializers.ChoiceField(
        choices=["beginning", "joined"],
        required=False,
        allow_null=True,
        help_text="From where new members read; null: public rooms from the beginning, others from joining.",
    )
    retention_days = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=MOST_DAYS,
        help_text="After so many days messages are erased; null keeps them.",
    )
    read_only = serializers.BooleanField(  # type: ignore[assignment]  # its class has an attribute of that name
        required=False, help_text="Whether only owners and moderators speak."
    )
    slow_seconds = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=MOST_SLOW_SECONDS,
        help_text="How long members and guests wait between two messages.",
    )


@extend_schema_field(SettingsSerializer)
class SettingsField(serializers.DictField):
    """Some of a room's settings, judged by `rooms.room_settings`."""


class RoomMarks(StrictSerializer):
    """How the caller keeps the room in their own list; nobody else sees it."""

    favourite = serializers.BooleanField(required=False)
    muted = serializers.BooleanField(required=False, help_text="They want to hear of mentions only.")
    notify = serializers.ChoiceField(
        choices=Level.choices,
        required=False,
        help_text="What they are told of by notices and mail: what holds, after the site's default and `muted`. "
        "`everything` unmutes.",
    )


class RoomSerializer(serializers.Serializer[Any]):
    """A room as the caller sees it."""

    id = serializers.CharField()
    kind = serializers.ChoiceField(choices=RoomKind.choices)
    name = serializers.CharField(allow_blank=True)
    topic = serializers.CharField(allow_blank=True)
    epoch = serializers.CharField()
    head = serializers.IntegerField(help_text="The newest sequence number of the room's log.")
    min_seq = serializers.IntegerField(help_text="The first event that the caller may see.")
    archived = serializers.BooleanField()
    my_role = serializers.ChoiceField(choices=Role.choices, allow_null=True)
    my_rights = serializers.ListField(
        child=serializers.ChoiceField(choices=Right.choices), help_text="What the caller's role may do here."
    )
    my_marks = RoomMarks(allow_null=True)
    settings = SettingsSerializer()
    unread = serializers.IntegerField(help_text="Messages of others after one's own read mark.")
    pins = serializers.ListField(
        child=serializers.IntegerField(), help_text="`seq` of the pinned messages, the newest pin first."
    )
    people = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Who a direct room belongs to."
    )


class RoomPageSerializer(serializers.Serializer[Any]):
    """A page of rooms."""

    results = RoomSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class RightsSerializer(serializers.Serializer[Any]):
    """Who may do what; `rules` are only those that differ from what holds without them."""

    permissions = serializers.DictField(
        child=serializers.DictField(child=serializers.BooleanField()), help_text="By role, then by right."
    )
    rules = serializers.DictField(child=serializers.DictField(child=serializers.BooleanField()))
    below = serializers.DictField(
        child=serializers.DictField(child=serializers.BooleanField()),
        help_text="What holds without these rules: in a room the site's, on the site the defaults.",
    )


class Rule(serializers.BooleanField):
    """True, false or null, and nothing that might mean one of them."""

    def __init__(self) -> None:
        super().__init__(allow_null=True)

    def to_internal_value(self, data: Any) -> bool:
        """`data`, if it is a boolean."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class RightsChange(StrictSerializer):
    """Rules to be made, by role and right; null takes one back."""

    permissions = serializers.DictField(child=serializers.DictField(child=Rule()), allow_empty=False)


class MemberSerializer(serializers.Serializer[Any]):
    """A member of a room."""

    user = serializers.CharField()
    role = serializers.ChoiceField(choices=Role.choices)
    joined_seq = serializers.IntegerField()
    muted_until = serializers.DateTimeField(required=False)
    mute_reason = serializers.CharField(required=False, help_text="For them, and for those who may mute.")


class MemberPageSerializer(serializers.Serializer[Any]):
    """A page of members."""

    results = MemberSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class NewRoom(StrictSerializer):
    """A room to be made."""

    name = Text()
    kind = serializers.ChoiceField(choices=CHOSEN_KINDS)
    topic = Text(required=False)


class RoomChange(StrictSerializer):
    """What may be changed of a room."""

    name = Text(required=False)
    topic = Text(required=False)
    kind = serializers.ChoiceField(choices=CHOSEN_KINDS, required=False)
    settings = SettingsField(required=False)


class NewMember(StrictSerializer):
    """Somebody to bring in."""

    user = Text()
    role = serializers.ChoiceField(choices=Role.choices, required=False)


class MemberChange(StrictSerializer):
    """What may be changed of a member: either or both. `muted_until` null lets them speak again."""

    role = serializers.ChoiceField(choices=Role.choices, required=False)
    muted_until = serializers.DateTimeField(required=False, allow_null=True)
    mute_reason = Text(required=False, help_text="With `muted_until`: at most 200 characters in one line.")


class BanSerializer(serializers.Serializer[Any]):
    """Somebody who may not come in; `until` is null for ever."""

    user = serializers.CharField()
    by = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True)


class BanPageSerializer(serializers.Serializer[Any]):
    """A page of bans."""

    results = BanSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class NewBan(StrictSerializer):
    """Why somebody is kept out, and until when; without `until` for ever."""

    reason = Text(required=False)
    until = serializers.DateTimeField(required=False, allow_null=True)


class InviteSerializer(serializers.Serializer[Any]):
    """An invite; `code` and `url` are only in the answer that made it."""

    id = serializers.CharField()
    code = serializers.CharField(required=False)
    url = serializers.URLField(required=False)
    role = serializers.ChoiceField(choices=Role.choices)
    expires_at = serializers.DateTimeField(allow_null=True)
    max_uses = serializers.IntegerField(allow_null=True)
    uses = serializers.IntegerField()


class InvitePageSerializer(serializers.Serializer[Any]):
    """A page of invites."""

    results = InviteSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class NewInvite(StrictSerializer):
    """An invite to be made: seven days long unless `expires_at` says otherwise (null for ever)."""

    role = serializers.ChoiceField(choices=Role.choices, required=False)
    expires_at = serializers.DateTimeField(required=False, allow_null=True)
    max_uses = WholeNumber(required=False, allow_null=True, min_value=1, max_value=MOST_USES)


class InvitedRoomSerializer(serializers.Serializer[Any]):
    """As much of a room as an invite tells."""

    id = serializers.CharField()
    kind = serializers.ChoiceField(choices=RoomKind.choices)
    name = serializers.CharField(allow_blank=True)
    topic = serializers.CharField(allow_blank=True)


class InvitationSerializer(serializers.Serializer[Any]):
    """What an invite leads to."""

    room = InvitedRoomSerializer()
    by = serializers.CharField(help_text="Who invites.")
    role = serializers.ChoiceField(choices=Role.choices)
    expires_at = serializers.DateTimeField(allow_null=True)


class DirectRoom(StrictSerializer):
    """The people of a direct room, with or without oneself."""

    users = serializers.ListField(child=Text(), max_length=100)
