"""Lists as files: what is chosen in a list of the admin, in the columns that it shows, however many rows it has."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import label_for_field, lookup_field
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from chatsite.accounts.models import User
from chatsite.audit.actions import Action
from chatsite.audit.record import record
from chatsite.streaming import FileStream

# So many rows are held at a time; the next are read when these are on their way.
ROWS_AT_ONCE = 1000

# A spreadsheet takes what begins with one of these for a formula, and would carry it out.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class Exporting(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """A list that can be had as CSV and as JSON, by whoever may see it."""

    actions = ["export_csv", "export_json"]

    @admin.action(description=_("Export as CSV"), permissions=["view"])
    def export_csv(self, request: HttpRequest, queryset: QuerySet[Any]) -> FileStream:
        """The chosen rows, one a line."""
        return self._file(request, queryset, "csv", "text/csv; charset=utf-8", _csv_lines)

    @admin.action(description=_("Export as JSON"), permissions=["view"])
    def export_json(self, request: HttpRequest, queryset: QuerySet[Any]) -> FileStream:
        """The chosen rows, one object a line."""
        return self._file(request, queryset, "jsonl", "application/jsonl; charset=utf-8", _json_lines)

    def _file(
        self, request: HttpRequest, rows: QuerySet[Any], ending: str, kind: str, page: "Page"
    ) -> FileStream:
        assert isinstance(request.user, User)
        name = self.model._meta.label_lower
        record(Action.LIST_EXPORTED, by=request.user, target=name, details={"as": ending})
        columns = [column for column in self.get_list_display(request) if column != "action_checkbox"]
        titles = [str(label_for_field(column, self.model, self)) for column in columns]
        language = get_language() or "en"

        def parts() -> Iterator[str]:
            yield page(titles, None)
            for some in _pages(rows):
                with override(language):  # each part is made in a thread of its own
                    part = page(titles, [[_value(column, row, self) for column in columns] for row in some])
                yield part

        return FileStream(parts(), name=f"{name}.{ending}", content_type=kind)


Page = Callable[[list[str], list[list[object]] | None], str]


def _pages(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """Rows in the order of their keys. Each page is asked for anew, so none holds a connection between two parts."""
    rows, last = rows.order_by("pk"), None
    while some := list((rows if last is None else rows.filter(pk__gt=last))[:ROWS_AT_ONCE]):
        yield some
        last = some[-1].pk


def _value(column: Any, row: Any, model_admin: Any) -> object:
    _, _, value = lookup_field(column, row, model_admin)
    if value is None or isinstance(value, bool | int | float):
        return value
    return strip_tags(value) if isinstance(value, SafeString) else str(value)


def _csv_lines(titles: list[str], rows: list[list[object]] | None) -> str:
    lines = io.StringIO()
    csv.writer(lines).writerows([titles] if rows is None else [map(harmless, row) for row in rows])
    return lines.getvalue()


def _json_lines(titles: list[str], rows: list[list[object]] | None) -> str:
    return "".join(
        json.dumps(dict(zip(titles, row, strict=True)), ensure_ascii=False) + "\n" for row in rows or ()
    )


def harmless(value: object) -> object:
    """A value of a CSV file that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
