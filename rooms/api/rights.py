# ruff: noqa: ARG002 (Django hands each view its request)
"""What each role may do: in one room, and on the whole site."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from chatsite.errors import Forbidden
from chatsite.rest.views import ApiView
from rooms import permissions, queries, rules
from rooms.errors import NotYourRole
from rooms.models import Room
from rooms.rights import DEFAULTS

from .shapes import RightsChange, RightsSerializer, rights_json


class RoomRightsView(ApiView):
    """`rooms/{room}/permissions/`."""

    @extend_schema(operation_id="read_room_permissions", responses={200: RightsSerializer})
    def get(self, request: Request, room_id: str) -> Response:
        """What each role may do here, and the room's own rules. For members."""
        room = queries.visible_room(by=self.me, room_id=room_id)
        if not permissions.can_read(actor=queries.find_member(room.id, self.me.id)):
            raise NotYourRole("Join this room first.")
        return Response(_room_json(room))

    @extend_schema(
        operation_id="change_room_permissions", request=RightsChange, responses={200: RightsSerializer}
    )
    def patch(self, request: Request, room_id: str) -> Response:
        """Make rules of the room's own, or take them back with null: then the site's hold again. For owners."""
        key = self.idempotency_key()
        wanted = self.read(RightsChange)["permissions"]
        room = rules.change_room_rules(by=self.me, room=queries.find_room(room_id), wanted=wanted, key=key)
        return Response(_room_json(room))


def _room_json(room: Room) -> dict[str, Any]:
    return rights_json(rules.rights_in_room(room), rules.room_rules(room), below=rules.rights_below(room))


class SiteRightsView(ApiView):
    """`site/permissions/`. For site administrators."""

    @extend_schema(operation_id="read_site_permissions", responses={200: RightsSerializer})
    def get(self, request: Request) -> Response:
        """What each role may do in rooms without rules of their own, and the site's rules over the defaults."""
        if not permissions.can_change_site_rules(self.me):
            raise Forbidden
        return Response(rights_json(rules.site_rights(), rules.site_rules(), below=DEFAULTS))

    @extend_schema(
        operation_id="change_site_permissions", request=RightsChange, responses={200: RightsSerializer}
    )
    def patch(self, request: Request) -> Response:
        """Make rules, or take them back with null. They hold in every room that has none of its own about it."""
        if not permissions.can_change_site_rules(self.me):
            raise Forbidden
        rules.change_site_rules(by=self.me, wanted=self.read(RightsChange)["permissions"])
        return Response(rights_json(rules.site_rights(), rules.site_rules(), below=DEFAULTS))
