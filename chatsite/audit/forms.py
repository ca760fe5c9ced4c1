# ruff: noqa: A002, ARG002 (the arguments are the framework's)
"""Django's own forms in the admin, with an entry in the audit log for what is done by them."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from .actions import Action
from .record import record

LONGEST_ID = 16  # what is longer is a digest, of a session


class Recorded(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """What is added, changed or deleted leaves an entry, in the same transaction.

    An act is None where it cannot be done by a form, or where a service records it. Deleting goes through
    `delete_model`, also for many at once.
    """

    on_add: ClassVar[Action | None] = None
    on_change: ClassVar[Action | None] = None
    on_delete: ClassVar[Action | None] = None

    def log_addition(self, request: HttpRequest, object: Any, message: Any) -> Any:
        """Django's own note, and ours."""
        self._record(self.on_add, request, object, {})
        return super().log_addition(request, object, message)

    def log_change(self, request: HttpRequest, object: Any, message: Any) -> Any:
        """As `log_addition`, with the names of the fields."""
        if fields := _fields(message):
            self.record_change(request, object, fields)
        return super().log_change(request, object, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """As `log_addition`, for each."""
        for row in queryset:
            self._record(self.on_delete, request, row, {})
        return super().log_deletions(request, queryset)

    def record_change(self, request: HttpRequest, row: Any, fields: list[str]) -> None:
        """Note that these fields were changed."""
        self._record(self.on_change, request, row, {"fields": fields, **self.audit_details(row)})

    def audit_details(self, row: Any) -> dict[str, object]:
        """What else is to be known of a change: how it is now, by ids."""
        return {}

    def _record(
        self, action: Action | None, request: HttpRequest, row: Model, details: dict[str, object]
    ) -> None:
        if action is None:
            return
        whose = str(row.pk) if hasattr(row, "username") else str(getattr(row, "user_id", ""))
        target = "" if hasattr(row, "username") or len(str(row.pk)) > LONGEST_ID else str(row.pk)
        record(action, by=str(request.user.pk), user=whose, target=target, details=details)


def _fields(message: Any) -> list[str]:
    """The fields that Django's note of a change names."""
    return [
        name
        for part in message
        if isinstance(part, dict)
        for name in part.get("changed", {}).get("fields", [])
    ]
