# ruff: noqa: ARG002 (Django hands each view its request)
"""Rooms: found, made, changed, closed, joined and left."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from chatsite.accounts.models import Scope
from chatsite.errors import BadRequest
from chatsite.rest import query
from chatsite.rest.pages import PAGE_PARAMETERS, page
from chatsite.rest.views import ApiView
from rooms import queries, services

from .shapes import (
    DirectRoom,
    NewRoom,
    RoomChange,
    RoomMarks,
    RoomPageSerializer,
    RoomSerializer,
    marks_json,
    room_json,
    rooms_json,
)

ROOM_MADE = {201: RoomSerializer, 200: RoomSerializer}


class RoomsView(ApiView):
    """`rooms/`."""

    @extend_schema(
        operation_id="list_rooms",
        parameters=[
            OpenApiParameter("mine", bool, description="Only the rooms that one is a member of."),
            OpenApiParameter(
                "joinable", bool, description="Only public rooms that one is not in and may join."
            ),
            OpenApiParameter("q", str, description="With `joinable`: a part of the name or topic."),
            *PAGE_PARAMETERS,
        ],
        responses={200: RoomPageSerializer},
    )
    def get(self, request: Request) -> Response:
        """A page of the rooms that one may know of: one's own, and the public ones."""
        mine, joinable = (query.yes_or_no(request.query_params, name) for name in ("mine", "joinable"))
        q = query.text(request.query_params, "q", longest=80).strip()
        if q and not joinable:
            raise BadRequest("Tell joinable, too.", field="q")
        if mine and joinable:
            raise BadRequest("Nobody joins a room of their own.", field="joinable")
        found = (
            queries.joinable_rooms(by=self.me, q=q)
            if joinable
            else queries.visible_rooms(by=self.me, mine=mine)
        )
        return Response(
            page(
                found,
                by="id",
                params=request.query_params,
                kind=str,
                show=lambda rooms: rooms_json(rooms, by=self.me),
            )
        )

    @extend_schema(operation_id="create_room", request=NewRoom, responses=ROOM_MADE)
    def post(self, request: Request) -> Response:
        """A new room of one's own."""
        key = self.idempotency_key()
        room = services.create_room(by=self.me, key=key, **self.read(NewRoom))
        return Response(room_json(room, by=self.me), status=200 if key.repeated else 201)


class RoomView(ApiView):
    """`rooms/{room}/`."""

    @extend_schema(operation_id="read_room", responses={200: RoomSerializer})
    def get(self, request: Request, room_id: str) -> Response:
        """One room."""
        return Response(room_json(queries.visible_room(by=self.me, room_id=room_id), by=self.me))

    @extend_schema(operation_id="change_room", request=RoomChange, responses={200: RoomSerializer})
    def patch(self, request: Request, room_id: str) -> Response:
        """Change its name, its topic, whether it is public or private, or some of its settings."""
        room = queries.find_room(room_id)
        room = services.change_room(
            by=self.me, room=room, key=self.idempotency_key(), **self.read(RoomChange)
        )
        return Response(room_json(room, by=self.me))

    @extend_schema(operation_id="archive_room", request=None, responses={204: None})
    def delete(self, request: Request, room_id: str) -> Response:
        """Archive it: it can only be read and left from then on."""
        services.archive_room(by=self.me, room=queries.find_room(room_id), key=self.idempotency_key())
        return Response(status=204)


class ReopenView(ApiView):
    """`rooms/{room}/reopen/`."""

    @extend_schema(operation_id="reopen_room", request=None, responses={200: RoomSerializer})
    def post(self, request: Request, room_id: str) -> Response:
        """Let people speak in it again. For those who may archive it."""
        room = services.reopen_room(by=self.me, room=queries.find_room(room_id), key=self.idempotency_key())
        return Response(room_json(room, by=self.me))


class JoinView(ApiView):
    """`rooms/{room}/join/`."""

    @extend_schema(operation_id="join_room", request=None, responses=ROOM_MADE)
    def post(self, request: Request, room_id: str) -> Response:
        """Come into a public room; 200 when one was there already."""
        key = self.idempotency_key()
        room = queries.find_room(room_id)
        services.join_room(by=self.me, room=room, key=key)
        return Response(room_json(room, by=self.me), status=200 if key.repeated else 201)


class LeaveView(ApiView):
    """`rooms/{room}/leave/`."""

    @extend_schema(operation_id="leave_room", request=None, responses={204: None})
    def post(self, request: Request, room_id: str) -> Response:
        """Go; nothing that is said afterwards is for one's eyes."""
        services.leave_room(by=self.me, room=queries.find_room(room_id), key=self.idempotency_key())
        return Response(status=204)


class MarksView(ApiView):
    """`rooms/{room}/marks/`."""

    change_scope = Scope.WRITE

    @extend_schema(operation_id="mark_room", request=RoomMarks, responses={200: RoomMarks})
    def put(self, request: Request, room_id: str) -> Response:
        """Keep the room among one's favourites, mute it, or say what to be told of; what is not told stays."""
        asked = self.read(RoomMarks)
        if not asked:
            raise BadRequest("Tell favourite, muted or notify.", field="favourite")
        member = services.mark_room(by=self.me, room_id=room_id, **asked)
        return Response(marks_json(member, kind=member.room.kind))


class DirectRoomsView(ApiView):
    """`direct-rooms/`."""

    @extend_schema(operation_id="open_direct_room", request=DirectRoom, responses=ROOM_MADE)
    def post(self, request: Request) -> Response:
        """The one direct room of oneself and these people; 200 when it was there already."""
        key = self.idempotency_key()
        room = services.open_direct_room(by=self.me, user_ids=self.read(DirectRoom)["users"], key=key)
        return Response(room_json(room, by=self.me), status=200 if key.repeated else 201)
