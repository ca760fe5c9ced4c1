"""Columns that hold an id and show a name, for lists whose people and rooms are ids without a foreign key."""

from collections.abc import Callable, Iterable
from typing import Any

from django.urls import reverse
from django.utils.html import format_html

from chatsite.accounts.models import User
from chatsite.languages import Words

Column = Callable[[Any], str]


def person(column: str, title: Words) -> Column:
    """Who stands in a column: by name where the page of the list looked it up, else (in a file, say) by id."""
    return _named(column, title, "admin:accounts_user_change")


def room(column: str, title: Words) -> Column:
    """As `person`, of a room."""
    return _named(column, title, "admin:rooms_room_change")


def _named(column: str, title: Words, page: str) -> Column:
    def shown(row: Any) -> str:
        id = getattr(row, column)
        name = getattr(row, "looked_up", {}).get(id)
        if not name:
            return str(id or "")
        return format_html('<a href="{}" title="{}">{}</a>', reverse(page, args=[id]), id, name)

    shown.__name__ = column
    shown.short_description = title  # type: ignore[attr-defined]  # how Django names a column
    shown.column = column  # type: ignore[attr-defined]
    shown.page = page  # type: ignore[attr-defined]
    return shown


def look_up(rows: Iterable[Any], columns: Iterable[Any]) -> None:
    """Read the names of all people and rooms that a page's columns show, in one query each."""
    wanted: dict[str, set[str]] = {}
    for shown in columns:
        if hasattr(shown, "page"):
            ids = {id for row in rows if (id := getattr(row, shown.column))}
            wanted.setdefault(shown.page, set()).update(ids)
    names: dict[str, str] = {}
    if people := wanted.get("admin:accounts_user_change"):
        names |= dict(User.objects.filter(id__in=people).values_list("id", "username"))
    if rooms := wanted.get("admin:rooms_room_change"):
        from rooms.models import Room  # noqa: PLC0415 (rooms' admin is built on this)

        names |= dict(Room.objects.filter(id__in=rooms).exclude(name="").values_list("id", "name"))
    for row in rows:
        row.looked_up = names
