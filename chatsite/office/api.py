# ruff: noqa: ARG002 (Django hands each view its request)
"""The office over HTTP."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from chatsite.errors import Forbidden
from chatsite.rest.fields import StrictSerializer, Text, WholeNumber
from chatsite.rest.views import ApiView

from .audit_api import AuditView
from .live import LEVELS, MOST_MINUTES, announce, can_announce


class NewAnnouncement(StrictSerializer):
    """Words to everybody who is connected now, shown for some minutes; an hour if it is not said."""

    text = Text()
    level = serializers.ChoiceField(choices=LEVELS, required=False)
    minutes = WholeNumber(required=False, min_value=1, max_value=MOST_MINUTES)


class AnnouncementsView(ApiView):
    """`site/announcements/`."""

    @extend_schema(operation_id="announce", request=NewAnnouncement, responses={204: None})
    def post(self, request: Request) -> Response:
        """Say something to everybody who is connected. For site administrators."""
        if not can_announce(self.me):
            raise Forbidden
        asked: dict[str, Any] = self.read(NewAnnouncement)
        announce(by=self.me, **asked)
        return Response(status=204)


urlpatterns = [
    path("site/announcements/", AnnouncementsView.as_view()),
    path("site/audit/", AuditView.as_view()),
]
