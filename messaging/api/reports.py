# ruff: noqa: ARG002 (Django hands each view its request)
"""Reports of messages: made by members, judged by those who may delete what others said."""

import re

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from chatsite.accounts.models import Scope
from chatsite.errors import BadRequest
from chatsite.rest.pages import PAGE_PARAMETERS, page
from chatsite.rest.views import ApiView
from messaging import reports
from messaging.errors import NoSuchReport
from messaging.models import ReportState
from rooms.queries import visible_room

from .addresses import message_in_address
from .shapes import NewReport, ReportChange, ReportPageSerializer, ReportSerializer, report_json

_NUMBER = re.compile(r"[1-9][0-9]{0,15}", re.ASCII)


class MessageReportsView(ApiView):
    """`rooms/{room}/messages/{seq}/reports/`."""

    change_scope = Scope.WRITE

    @extend_schema(
        operation_id="report_message",
        request=NewReport,
        responses={201: ReportSerializer, 200: ReportSerializer},
    )
    def post(self, request: Request, room_id: str, seq: str) -> Response:
        """Point the moderators at a message; 200 when one had done so before."""
        self.idempotency_key()
        room, number = message_in_address(room_id, seq, by=self.me.id)
        reason = self.read(NewReport)["reason"]
        report, fresh = reports.report_message(by=self.me.id, room_id=room, seq=number, reason=reason)
        return Response(report_json(report), status=201 if fresh else 200)


class ReportsView(ApiView):
    """`rooms/{room}/reports/`."""

    @extend_schema(
        operation_id="list_reports",
        parameters=[
            OpenApiParameter("state", str, enum=ReportState.values, description="`open` if absent."),
            *PAGE_PARAMETERS,
        ],
        responses={200: ReportPageSerializer},
    )
    def get(self, request: Request, room_id: str) -> Response:
        """A page of reports, the oldest first. For those who may delete what others said."""
        state = request.query_params.get("state", ReportState.OPEN)
        found = reports.reports_of(by=self.me, room_id=room_id)
        if state not in ReportState.values:
            raise BadRequest(f"This is one of {', '.join(ReportState.values)}.", field="state")
        return Response(
            page(
                found.filter(state=state),
                by="id",
                params=request.query_params,
                kind=int,
                show=lambda rows: [report_json(report) for report in rows],
            )
        )


class ReportView(ApiView):
    """`rooms/{room}/reports/{report}/`."""

    @extend_schema(operation_id="close_report", request=ReportChange, responses={200: ReportSerializer})
    def patch(self, request: Request, room_id: str, report_id: str) -> Response:
        """Say what came of it. Whoever is second and judges otherwise is told so (`conflict`)."""
        self.idempotency_key()
        state = self.read(ReportChange)["state"]
        room = visible_room(by=self.me, room_id=room_id)
        if not _NUMBER.fullmatch(report_id):
            reports.reports_of(by=self.me, room_id=room.id)
            raise NoSuchReport
        report = reports.close_report(by=self.me, room=room, report_id=int(report_id), state=state)
        return Response(report_json(report))
