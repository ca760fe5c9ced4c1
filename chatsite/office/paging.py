"""Pages of long lists."""

from functools import cached_property
from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.http import HttpRequest

from .columns import look_up

MOST_COUNTED = 2_000


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # not subscriptable at run time
    """Counts no further than `MOST_COUNTED` rows: to count two million would cost more than the page itself.

    What lies beyond is found by searching and filtering.
    """

    most_counted = MOST_COUNTED

    @cached_property
    def count(self) -> int:
        """How many rows there are, at most `MOST_COUNTED`."""
        rows = self.object_list
        return rows.order_by()[:MOST_COUNTED].count() if hasattr(rows, "order_by") else len(rows)


class BoundedChangeList(ChangeList):
    """Sorts by no other columns than those of `sortable_by`, whatever the address says: the others have no index."""

    def get_results(self, request: HttpRequest) -> None:
        """The rows of the page, with the names of whom they are about."""
        super().get_results(request)
        look_up(self.result_list, self.list_display)

    def get_ordering_field(self, field_name: Any) -> Any:
        """What a column is sorted by; None if it is not."""
        return super().get_ordering_field(field_name) if field_name in (self.sortable_by or ()) else None
