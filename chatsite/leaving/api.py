# ruff: noqa: ARG002 (Django hands each view its request)
"""Exports and the deletion of one's account over HTTP."""

from django.conf import settings
from django.http.response import HttpResponseBase
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from chatsite.accounts.models import Scope
from chatsite.accounts.passwords import check_everything
from chatsite.rest.pages import PAGE_PARAMETERS, page
from chatsite.rest.views import ApiView
from chatsite.streaming import FileStream

from . import departures, exports
from .errors import PasswordWanted
from .shapes import (
    Deletion,
    DeletionPlanSerializer,
    ExportPageSerializer,
    ExportSerializer,
    export_json,
    room_to_hand_over_json,
)


class MyExportsView(ApiView):
    """`me/exports/`."""

    @extend_schema(
        operation_id="list_exports", parameters=PAGE_PARAMETERS, responses={200: ExportPageSerializer}
    )
    def get(self, request: Request) -> Response:
        """A page of the exports of oneself."""
        return Response(_page(self, ""))

    @extend_schema(
        operation_id="begin_export", request=None, responses={201: ExportSerializer, 200: ExportSerializer}
    )
    def post(self, request: Request) -> Response:
        """Ask for what is kept of oneself; 200 while one is being made already."""
        self.idempotency_key()
        export, fresh = exports.begin_export(by=self.me)
        return Response(export_json(export), status=201 if fresh else 200)


class ExportView(ApiView):
    """`me/exports/{export}/`: an export of oneself or of a room, by whoever asked for it."""

    @extend_schema(operation_id="read_export", responses={200: ExportSerializer})
    def get(self, request: Request, export_id: str) -> Response:
        """How far it is."""
        return Response(export_json(exports.find_export(by=self.me, export_id=export_id)))

    @extend_schema(operation_id="end_export", request=None, responses={204: None})
    def delete(self, request: Request, export_id: str) -> Response:
        """Throw it away."""
        exports.end_export(by=self.me, export_id=export_id)
        return Response(status=204)


class ExportFileView(ApiView):
    """`me/exports/{export}/file/`."""

    @extend_schema(operation_id="fetch_export", responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request, export_id: str) -> HttpResponseBase:
        """The zip, once it is ready; for whoever asked for it only."""
        name, parts = exports.open_export(by=self.me, export_id=export_id)
        return FileStream(
            parts, name=name, content_type="application/zip", headers={"Cache-Control": "no-store"}
        )


class RoomExportsView(ApiView):
    """`rooms/{room}/exports/`: for its owners, each of whom sees their own."""

    @extend_schema(
        operation_id="list_room_exports", parameters=PAGE_PARAMETERS, responses={200: ExportPageSerializer}
    )
    def get(self, request: Request, room_id: str) -> Response:
        """A page of one's own exports of this room."""
        return Response(_page(self, exports.owned_room(by=self.me, room_id=room_id).id))

    @extend_schema(
        operation_id="begin_room_export",
        request=None,
        responses={201: ExportSerializer, 200: ExportSerializer},
    )
    def post(self, request: Request, room_id: str) -> Response:
        """Ask for the room as one sees it; 200 while one is being made already."""
        self.idempotency_key()
        export, fresh = exports.begin_export(by=self.me, room_id=room_id)
        return Response(export_json(export), status=201 if fresh else 200)


def _page(view: ApiView, room_id: str) -> dict[str, object]:
    return page(
        exports.exports_of(view.me, room_id=room_id),
        by="id",
        params=view.request.query_params,
        kind=str,
        show=lambda rows: [export_json(export) for export in rows],
    )


class DeletionView(ApiView):
    """`me/deletion/`."""

    change_scope = Scope.ADMIN

    @extend_schema(operation_id="read_deletion", responses={200: DeletionPlanSerializer})
    def get(self, request: Request) -> Response:
        """What the deletion of one's account means, and which rooms want a new owner before."""
        rooms = departures.rooms_to_hand_over(self.me)
        return Response(
            {
                "messages": settings.DELETED_MESSAGES,
                "rooms": [
                    room_to_hand_over_json(room, departures.candidates(room, but=self.me)) for room in rooms
                ],
            }
        )

    @extend_schema(operation_id="delete_account", request=Deletion, responses={204: None})
    def post(self, request: Request) -> Response:
        """Delete one's account, for ever."""
        asked = self.read(Deletion)
        if not self.me.has_usable_password():
            raise PasswordWanted(field="password")
        check_everything(
            request._request, login=self.me.username, password=asked["password"], otp=asked.get("otp")
        )
        departures.delete_account(by=self.me, user=self.me, successors=asked.get("successors"))
        return Response(status=204)


urlpatterns = [
    path("me/exports/", MyExportsView.as_view()),
    path("me/exports/<str:export_id>/", ExportView.as_view()),
    path("me/exports/<str:export_id>/file/", ExportFileView.as_view()),
    path("me/deletion/", DeletionView.as_view()),
    path("rooms/<str:room_id>/exports/", RoomExportsView.as_view()),
]
