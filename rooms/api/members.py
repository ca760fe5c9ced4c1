# ruff: noqa: ARG002 (Django hands each view its request)
"""Who belongs to a room."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from chatsite.rest.pages import PAGE_PARAMETERS, page
from chatsite.rest.views import ApiView
from rooms import permissions, queries, services
from rooms.errors import NotYourRole

from .shapes import MemberChange, MemberPageSerializer, MemberSerializer, NewMember, member_json


class MembersView(ApiView):
    """`rooms/{room}/members/`."""

    @extend_schema(
        operation_id="list_members", parameters=PAGE_PARAMETERS, responses={200: MemberPageSerializer}
    )
    def get(self, request: Request, room_id: str) -> Response:
        """A page of members, in the order in which they came. For members."""
        room = queries.visible_room(by=self.me, room_id=room_id)
        if not permissions.can_read(actor=queries.find_member(room.id, self.me.id)):
            raise NotYourRole("Join this room first.")
        return Response(
            page(
                queries.open_memberships(room.id),
                by="joined_seq",
                params=request.query_params,
                kind=int,
                show=lambda members: [member_json(member) for member in members],
            )
        )

    @extend_schema(
        operation_id="add_member", request=NewMember, responses={201: MemberSerializer, 200: MemberSerializer}
    )
    def post(self, request: Request, room_id: str) -> Response:
        """Bring somebody in; 200 when they were there already, in that role."""
        key = self.idempotency_key()
        asked = self.read(NewMember)
        room = queries.find_room(room_id)
        member = services.add_member(
            by=self.me, room=room, user_id=asked["user"], role=asked.get("role", "member"), key=key
        )
        return Response(member_json(member), status=200 if key.repeated else 201)


class MemberView(ApiView):
    """`rooms/{room}/members/{user}/`."""

    @extend_schema(operation_id="change_member", request=MemberChange, responses={200: MemberSerializer})
    def patch(self, request: Request, room_id: str, user_id: str) -> Response:
        """Give a member another role."""
        room = queries.find_room(room_id)
        role = self.read(MemberChange)["role"]
        key = self.idempotency_key()
        return Response(
            member_json(services.change_role(by=self.me, room=room, user_id=user_id, role=role, key=key))
        )

    @extend_schema(operation_id="remove_member", request=None, responses={204: None})
    def delete(self, request: Request, room_id: str, user_id: str) -> Response:
        """Remove a member, or oneself."""
        room = queries.find_room(room_id)
        services.remove_member(by=self.me, room=room, user_id=user_id, key=self.idempotency_key())
        return Response(status=204)
