# ruff: noqa: ARG002 (Django hands each view its request)
"""Who belongs to a room."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from chatsite import clock
from chatsite.errors import BadRequest
from chatsite.rest.pages import PAGE_PARAMETERS, page
from chatsite.rest.views import ApiView
from rooms import moderation, permissions, queries, services
from rooms.errors import NotYourRole
from rooms.rights import Right

from .shapes import (
    BanPageSerializer,
    BanSerializer,
    MemberChange,
    MemberPageSerializer,
    MemberSerializer,
    NewBan,
    NewMember,
    ban_json,
    member_json,
)


class MembersView(ApiView):
    """`rooms/{room}/members/`."""

    @extend_schema(
        operation_id="list_members", parameters=PAGE_PARAMETERS, responses={200: MemberPageSerializer}
    )
    def get(self, request: Request, room_id: str) -> Response:
        """A page of members, in the order in which they came. For members."""
        room = queries.visible_room(by=self.me, room_id=room_id)
        actor = queries.find_member(room.id, self.me.id)
        if not permissions.can_read(actor=actor):
            raise NotYourRole("Join this room first.")
        mutes = permissions.has_right(room, Right.MUTE, actor=actor)
        return Response(
            page(
                queries.open_memberships(room.id),
                by="joined_seq",
                params=request.query_params,
                kind=int,
                show=lambda members: [
                    member_json(member, reason=mutes or member.user_id == self.me.id) for member in members
                ],
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
        """Give a member another role, or mute them for a while."""
        key = self.idempotency_key()
        asked = self.read(MemberChange)
        if not asked:
            raise BadRequest("Tell role, muted_until or both.", field="role")
        room = queries.find_room(room_id)
        member = moderation.change_member(by=self.me, room=room, user_id=user_id, key=key, **asked)
        return Response(member_json(member, reason=True))

    @extend_schema(operation_id="remove_member", request=None, responses={204: None})
    def delete(self, request: Request, room_id: str, user_id: str) -> Response:
        """Remove a member, or oneself."""
        room = queries.find_room(room_id)
        services.remove_member(by=self.me, room=room, user_id=user_id, key=self.idempotency_key())
        return Response(status=204)


class BansView(ApiView):
    """`rooms/{room}/bans/`."""

    @extend_schema(operation_id="list_bans", parameters=PAGE_PARAMETERS, responses={200: BanPageSerializer})
    def get(self, request: Request, room_id: str) -> Response:
        """A page of those who may not come in. For owners and moderators."""
        room = queries.visible_room(by=self.me, room_id=room_id)
        if not permissions.can_see_bans(room, actor=queries.find_member(room.id, self.me.id)):
            raise NotYourRole
        return Response(
            page(
                queries.bans_now(room.id, now=clock.now()),
                by="id",
                params=request.query_params,
                kind=int,
                show=lambda bans: [ban_json(ban) for ban in bans],
            )
        )


class BanView(ApiView):
    """`rooms/{room}/bans/{user}/`."""

    @extend_schema(operation_id="ban_member", request=NewBan, responses={200: BanSerializer})
    def put(self, request: Request, room_id: str, user_id: str) -> Response:
        """Keep somebody out, a present member or not."""
        key = self.idempotency_key()
        asked = self.read(NewBan)
        room = queries.find_room(room_id)
        ban = moderation.ban_member(by=self.me, room=room, user_id=user_id, key=key, **asked)
        return Response(ban_json(ban))

    @extend_schema(operation_id="unban", request=None, responses={204: None})
    def delete(self, request: Request, room_id: str, user_id: str) -> Response:
        """Let somebody come in again."""
        moderation.unban(by=self.me, room=queries.find_room(room_id), user_id=user_id)
        return Response(status=204)
