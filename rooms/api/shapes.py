"""The shapes of rooms and members on the wire."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from chatsite.accounts.models import User
from chatsite.rest.fields import StrictSerializer, Text
from messaging import queries as messages
from messaging import room_log
from messaging.protocol import rfc3339
from rooms import queries
from rooms.models import Membership, Role, Room, RoomKind


def room_json(room: Room, *, by: User) -> dict[str, Any]:
    """One room as `by` sees it."""
    return rooms_json([room], by=by)[0]


def rooms_json(rooms: Sequence[Room], *, by: User) -> list[dict[str, Any]]:
    """Rooms as `by` sees them, in the same order; some queries for all together.

    `my_role` is null, and `unread` 0, for somebody outside. Direct rooms, which have no name, tell their `people`.
    """
    ids = [room.id for room in rooms]
    roles = {room_id: member.role for room_id, member in queries.my_memberships(by=by, room_ids=ids).items()}
    heads = room_log.heads(ids)
    seen = messages.views(by=by.id, room_ids=list(roles))
    standings = messages.standings(by=by.id, room_ids=list(roles))
    people = queries.people_of([room.id for room in rooms if room.kind == RoomKind.DIRECT])
    shown = []
    for room in rooms:
        head = heads[room.id]
        one = {
            "id": room.id,
            "kind": room.kind,
            "name": room.name,
            "topic": room.topic,
            "epoch": head.epoch,
            "head": head.head,
            "min_seq": seen[room.id].slice.min_seq if room.id in seen else head.min_seq,
            "archived": room.archived,
            "my_role": roles.get(room.id),
            "settings": room.settings,
            "unread": standings[room.id].unread if room.id in standings else 0,
        }
        if room.kind == RoomKind.DIRECT:
            one["people"] = people.get(room.id, [])
        shown.append(one)
    return shown


def member_json(member: Membership) -> dict[str, Any]:
    """One membership; `muted_until` is there only while it is set."""
    shown: dict[str, Any] = {"user": member.user_id, "role": member.role, "joined_seq": member.joined_seq}
    if member.muted_until is not None:
        shown["muted_until"] = rfc3339(member.muted_until)
    return shown


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
    settings = serializers.DictField()
    unread = serializers.IntegerField(help_text="Messages of others after one's own read mark.")
    people = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Who a direct room belongs to."
    )


class RoomPageSerializer(serializers.Serializer[Any]):
    """A page of rooms."""

    results = RoomSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class MemberSerializer(serializers.Serializer[Any]):
    """A member of a room."""

    user = serializers.CharField()
    role = serializers.ChoiceField(choices=Role.choices)
    joined_seq = serializers.IntegerField()
    muted_until = serializers.DateTimeField(required=False)


class MemberPageSerializer(serializers.Serializer[Any]):
    """A page of members."""

    results = MemberSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class NewRoom(StrictSerializer):
    """A room to be made."""

    name = Text()
    kind = serializers.ChoiceField(choices=[RoomKind.PUBLIC.value, RoomKind.PRIVATE.value])
    topic = Text(required=False)


class RoomChange(StrictSerializer):
    """What may be changed of a room."""

    name = Text(required=False)
    topic = Text(required=False)


class NewMember(StrictSerializer):
    """Somebody to bring in."""

    user = Text()
    role = serializers.ChoiceField(choices=Role.choices, required=False)


class MemberChange(StrictSerializer):
    """What may be changed of a member."""

    role = serializers.ChoiceField(choices=Role.choices)


class DirectRoom(StrictSerializer):
    """The people of a direct room, with or without oneself."""

    users = serializers.ListField(child=Text(), max_length=100)
