"""Lists as files: what is chosen in a list of the admin, in the columns that it shows."""

import csv
import json
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import label_for_field, lookup_field
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from chatsite.accounts.models import User
from chatsite.audit.actions import Action
from chatsite.audit.record import record

# A spreadsheet takes what begins with one of these for a formula, and would carry it out.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class Exporting(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """A list that can be had as CSV and as JSON, by whoever may see it."""

    actions = ["export_csv", "export_json"]

    @admin.action(description=_("Export as CSV"), permissions=["view"])
    def export_csv(self, request: HttpRequest, queryset: QuerySet[Any]) -> StreamingHttpResponse:
        """The chosen rows, one a line."""
        return self._file(request, queryset, "csv", "text/csv; charset=utf-8", _csv_lines)

    @admin.action(description=_("Export as JSON"), permissions=["view"])
    def export_json(self, request: HttpRequest, queryset: QuerySet[Any]) -> StreamingHttpResponse:
        """The chosen rows, one object a line."""
        return self._file(request, queryset, "jsonl", "application/jsonl; charset=utf-8", _json_lines)

    def _file(
        self, request: HttpRequest, rows: QuerySet[Any], ending: str, kind: str, lines: Any
    ) -> StreamingHttpResponse:
        assert isinstance(request.user, User)
        name = self.model._meta.label_lower
        record(Action.LIST_EXPORTED, by=request.user, target=name, details={"as": ending})
        columns = [column for column in self.get_list_display(request) if column != "action_checkbox"]
        titles = [str(label_for_field(column, self.model, self)) for column in columns]
        values = ([_value(column, row, self) for column in columns] for row in rows.iterator(chunk_size=2000))
        return StreamingHttpResponse(
            lines(titles, values),
            content_type=kind,
            headers={"Content-Disposition": f'attachment; filename="{name}.{ending}"'},
        )


def _value(column: Any, row: Any, model_admin: Any) -> object:
    _, _, value = lookup_field(column, row, model_admin)
    if value is None or isinstance(value, bool | int | float):
        return value
    return strip_tags(value) if isinstance(value, SafeString) else str(value)


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _csv_lines(titles: list[str], rows: Iterator[list[object]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(titles)
    for row in rows:
        yield writer.writerow([harmless(value) for value in row])


def _json_lines(titles: list[str], rows: Iterator[list[object]]) -> Iterator[str]:
    for row in rows:
        yield json.dumps(dict(zip(titles, row, strict=True)), ensure_ascii=False) + "\n"


def harmless(value: object) -> object:
    """A value of a CSV file that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
