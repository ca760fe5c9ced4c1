# ruff: noqa: ARG002 (Django hands each view its request)
"""Invites: made, seen and taken back by those who may add members; used by whoever holds the code."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from chatsite import clock, limits
from chatsite.rest.pages import PAGE_PARAMETERS, page
from chatsite.rest.throttle import spend
from chatsite.rest.views import ApiView
from rooms import invites, permissions, queries
from rooms.errors import NotYourRole

from .shapes import (
    InvitationSerializer,
    InvitePageSerializer,
    InviteSerializer,
    NewInvite,
    RoomSerializer,
    invitation_json,
    invite_json,
    room_json,
)


class InvitesView(ApiView):
    """`rooms/{room}/invites/`."""

    @extend_schema(
        operation_id="list_invites", parameters=PAGE_PARAMETERS, responses={200: InvitePageSerializer}
    )
    def get(self, request: Request, room_id: str) -> Response:
        """A page of the invites that still let somebody in, without their codes."""
        room = queries.visible_room(by=self.me, room_id=room_id)
        if not permissions.can_invite(room, actor=queries.find_member(room.id, self.me.id)):
            raise NotYourRole
        return Response(
            page(
                queries.open_invites(now=clock.now()).filter(room=room),
                by="id",
                params=request.query_params,
                kind=str,
                show=lambda found: [invite_json(invite) for invite in found],
            )
        )

    @extend_schema(operation_id="create_invite", request=NewInvite, responses={201: InviteSerializer})
    def post(self, request: Request, room_id: str) -> Response:
        """A new invite. This answer is the only one that holds its code."""
        key = self.idempotency_key()
        asked = self.read(NewInvite)
        room = queries.find_room(room_id)
        invite, code = invites.create_invite(by=self.me, room=room, key=key, **asked)
        return Response(invite_json(invite, code=code), status=201)


class InviteView(ApiView):
    """`rooms/{room}/invites/{id}/`."""

    @extend_schema(operation_id="end_invite", request=None, responses={204: None})
    def delete(self, request: Request, room_id: str, invite_id: str) -> Response:
        """Take an invite back."""
        invites.end_invite(by=self.me, room=queries.find_room(room_id), invite_id=invite_id)
        return Response(status=204)


class InvitationView(ApiView):
    """`invites/{code}/`: an invite as its holder sees it."""

    @extend_schema(operation_id="read_invite", responses={200: InvitationSerializer})
    def get(self, request: Request, code: str) -> Response:
        """Which room it leads to."""
        _count_try(self)
        return Response(invitation_json(invites.find_invite(code)))


class AcceptView(ApiView):
    """`invites/{code}/accept/`."""

    @extend_schema(
        operation_id="accept_invite", request=None, responses={201: RoomSerializer, 200: RoomSerializer}
    )
    def post(self, request: Request, code: str) -> Response:
        """Come in; 200 when one was there already, and then nothing is used up."""
        key = self.idempotency_key()
        _count_try(self)
        member = invites.accept_invite(by=self.me, code=code, key=key)
        return Response(room_json(member.room, by=self.me), status=200 if key.repeated else 201)


def _count_try(view: ApiView) -> None:
    """Codes are not to be tried at random: far fewer tries are given than other calls."""
    spend(f"invites:{view.me.id}", limits.INVITE_TRIES)
