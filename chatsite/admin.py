# ruff: noqa: ARG002 (the arguments are the framework's)
"""What the apps' admin pages share."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeVar

from django.contrib import messages
from django.http import HttpRequest

from chatsite.accounts.models import User
from chatsite.errors import ChatError
from chatsite.languages import Words, told
from chatsite.office.export import Exporting
from chatsite.office.paging import BoundedChangeList, BoundedPaginator
from chatsite.office.searching import Searching

T = TypeVar("T")


class ListAdmin(Exporting, Searching):
    """A list that stays quick however long it grows. Only columns with an index may be sorted by (`sortable_by`)."""

    sortable_by: ClassVar[tuple[str, ...]] = ()

    show_full_result_count = False
    paginator = BoundedPaginator
    list_per_page = 50
    empty_value_display = "-"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[BoundedChangeList]:
        """The list itself."""
        return BoundedChangeList

    def do_to_each(
        self, request: HttpRequest, rows: Iterable[T], work: Callable[[T], object], done: Words
    ) -> None:
        """Do something to each row, and say how often it was done and what refused it."""
        count, refused = 0, set()
        for row in rows:
            try:
                work(row)
                count += 1
            except ChatError as error:
                refused.add(told(error))
        if count:
            self.message_user(request, f"{done}: {count}.", messages.SUCCESS)
        for message in sorted(refused):
            self.message_user(request, message, messages.ERROR)


class ReadOnlyAdmin(ListAdmin):
    """To be looked at. Rooms change only by events in their log, and the log by nothing."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


def who(request: HttpRequest) -> User:
    """The administrator who asks."""
    assert isinstance(request.user, User)
    return request.user
