"""Exports and deletions on the wire."""

from typing import Any

from rest_framework import serializers

from chatsite.accounts.api.shapes import UserSerializer, user_json
from chatsite.accounts.models import User
from chatsite.rest.fields import StrictSerializer, Text
from messaging.protocol import rfc3339
from rooms.models import Room

from .models import Export, ExportState


class ExportSerializer(serializers.Serializer[Any]):
    """An export; `done` of `whole` events are in it. `room` is null in one of oneself, `url` until it is ready."""

    id = serializers.CharField()
    room = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(choices=ExportState.choices)
    done = serializers.IntegerField()
    whole = serializers.IntegerField()
    made_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    url = serializers.CharField(allow_null=True)


class ExportPageSerializer(serializers.Serializer[Any]):
    """A page of exports."""

    results = ExportSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class RoomToHandOverSerializer(serializers.Serializer[Any]):
    """A room that wants a new owner, and who can be it, the likeliest first."""

    id = serializers.CharField()
    name = serializers.CharField()
    candidates = UserSerializer(many=True)


class DeletionPlanSerializer(serializers.Serializer[Any]):
    """What the deletion of one's account means; `messages` says what becomes of them."""

    messages = serializers.ChoiceField(choices=("keep", "erase"))
    rooms = RoomToHandOverSerializer(many=True)


class Deletion(StrictSerializer):
    """One's password once more (and `otp` with a second factor); who owns one's rooms from now on, by room."""

    password = Text()
    otp = Text(required=False)
    successors = serializers.DictField(child=Text(), required=False)


def export_json(export: Export) -> dict[str, Any]:
    """An export as its owner sees it."""
    return {
        "id": export.id,
        "room": export.room_id or None,
        "state": export.state,
        "done": export.done,
        "whole": export.whole,
        "made_at": rfc3339(export.made_at),
        "expires_at": rfc3339(export.expires_at),
        "url": export.address if export.state == ExportState.READY else None,
    }


def room_to_hand_over_json(room: Room, people: list[User]) -> dict[str, Any]:
    """A room that wants a new owner."""
    return {"id": room.id, "name": room.name, "candidates": [user_json(user) for user in people]}
