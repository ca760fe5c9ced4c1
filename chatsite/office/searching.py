"""Searching lists of millions: what is an id is compared as it stands, by an index; a name is looked up where names are."""

from collections.abc import Collection, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Field, Q, QuerySet
from django.http import HttpRequest

from chatsite.accounts.models import User
from chatsite.ids import is_id

# So many people or rooms of a name are looked for; who means others writes more of it.
MOST_NAMED = 100


class Searching(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """A list that is searched by ids, and by the names of people and rooms.

    `finds` are columns compared as they stand, each with an index. `finds_people` hold a person's id, `finds_room` a
    room's: a text that is no id is taken for a name. What has none of these is searched as Django does it.
    """

    finds: ClassVar[Sequence[str]] = ()
    finds_people: ClassVar[Sequence[str]] = ()
    finds_room: ClassVar[str] = ""

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...] | list[str]:
        """Something, wherever there is a search."""
        columns = (*self.finds, *self.finds_people, *([self.finds_room] if self.finds_room else ()))
        return columns or super().get_search_fields(request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The rows that a text finds."""
        term = search_term.strip()
        own = (*self.finds, *self.finds_people, self.finds_room)
        if not term or not any(own):
            return super().get_search_results(request, queryset, search_term)
        found = Q(pk__in=[])
        for column in own:
            if column and self._fits(column, term):
                found |= self.of_column(column, [term])
        if not is_id(term):
            found |= self._named(term)
        return queryset.filter(found), False

    def of_column(self, column: str, values: Collection[str]) -> Q:
        """The rows whose column has one of some values."""
        return Q(**{f"{column}__in": values})

    def _named(self, term: str) -> Q:
        found = Q(pk__in=[])
        if self.finds_people and (people := _people_named(term)):
            for column in self.finds_people:
                found |= self.of_column(column, people)
        if self.finds_room and (rooms := _rooms_named(term)):
            found |= self.of_column(self.finds_room, rooms)
        return found

    def _fits(self, column: str, term: str) -> bool:
        """Whether the text can be a value of that column at all."""
        field = self.model._meta.get_field(column)
        if not isinstance(field, Field) or field.is_relation or field.max_length == 16:
            return is_id(term)
        try:
            field.clean(term, None)
        except ValidationError:
            return False
        return True


def _people_named(term: str) -> list[str]:
    """Ids of people, former ones too, whose username, name or email address contains the text."""
    named = Q(username__icontains=term) | Q(display_name__icontains=term) | Q(email__icontains=term)
    return list(User.objects.filter(named).order_by("username").values_list("id", flat=True)[:MOST_NAMED])


def _rooms_named(term: str) -> list[str]:
    from rooms.models import Room  # noqa: PLC0415 (rooms' admin is built on this)

    named = Room.objects.filter(name__icontains=term).order_by("id")
    return list(named.values_list("id", flat=True)[:MOST_NAMED])
