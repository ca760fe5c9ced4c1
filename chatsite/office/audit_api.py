"""The audit log over HTTP, for those who may see it in the admin."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from chatsite.accounts.models import Scope, User
from chatsite.audit.actions import Action
from chatsite.audit.doors import Door
from chatsite.audit.models import Entry
from chatsite.errors import BadRequest, Forbidden
from chatsite.rest import query
from chatsite.rest.pages import PAGE_PARAMETERS, page
from chatsite.rest.views import ApiView
from messaging.protocol import rfc3339

LONGEST_FILTER = 40
_FILTERS = {"by": "by_id", "user": "user_id", "room": "room_id", "action": "action"}


class EntrySerializer(serializers.Serializer[Any]):
    """One privileged act. `by` is null for the operator at the command line and for the site itself."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    action = serializers.ChoiceField(choices=Action.choices)
    door = serializers.ChoiceField(choices=[door.value for door in Door])
    by = serializers.CharField(allow_null=True)
    user = serializers.CharField(allow_null=True)
    room = serializers.CharField(allow_null=True)
    target = serializers.CharField(allow_null=True)
    details = serializers.DictField()
    address = serializers.CharField(required=False, allow_null=True)


class EntryPageSerializer(serializers.Serializer[Any]):
    """A page of the audit log."""

    results = EntrySerializer(many=True)
    next = serializers.CharField(allow_null=True)


def can_read_audit(by: User) -> bool:
    """Administrators whom Django's permissions let see the log."""
    return by.is_staff and by.has_perm("audit.view_entry")


def can_read_addresses(by: User) -> bool:
    """Those who may also see from where acts came."""
    return can_read_audit(by) and by.has_perm("audit.view_entryaddress")


def entry_json(entry: Entry, *, with_address: bool) -> dict[str, Any]:
    """One entry; with its address, as long as that is kept, only for who may see it."""
    shown: dict[str, Any] = {
        "id": entry.pk,
        "at": rfc3339(entry.at),
        "action": entry.action,
        "door": entry.door,
        "by": entry.by_id or None,
        "user": entry.user_id or None,
        "room": entry.room_id or None,
        "target": entry.target or None,
        "details": entry.details,
    }
    if with_address:
        origin = getattr(entry, "origin", None)
        shown["address"] = origin.address if origin else None
    return shown


class AuditView(ApiView):
    """`site/audit/`."""

    read_scope = Scope.ADMIN

    @extend_schema(
        operation_id="read_audit_log",
        parameters=[
            OpenApiParameter("by", str, description="Only acts of this person."),
            OpenApiParameter("user", str, description="Only acts on this person."),
            OpenApiParameter("room", str, description="Only acts in this room."),
            OpenApiParameter("action", str, enum=Action.values, description="Only acts of this kind."),
            *PAGE_PARAMETERS,
        ],
        responses={200: EntryPageSerializer},
    )
    def get(self, request: Request) -> Response:
        """A page of the audit log, the newest first. For site administrators."""
        if not can_read_audit(self.me):
            raise Forbidden
        with_address = can_read_addresses(self.me)
        wanted = {
            column: query.text(request.query_params, name, longest=LONGEST_FILTER)
            for name, column in _FILTERS.items()
            if name in request.query_params
        }
        if wanted.get("action", Action.ANNOUNCED) not in Action.values:
            raise BadRequest("There is no such act.", field="action")
        return Response(
            page(
                Entry.objects.filter(**wanted).select_related("origin"),
                by="id",
                params=request.query_params,
                kind=int,
                show=lambda rows: [entry_json(row, with_address=with_address) for row in rows],
                newest_first=True,
            )
        )
