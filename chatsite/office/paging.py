"""Pages of long lists."""

from functools import cached_property

from django.core.paginator import Paginator

MOST_COUNTED = 10_000


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # not subscriptable at run time
    """Counts no further than `MOST_COUNTED` rows: to count two million would cost more than the page itself.

    What lies beyond is found by searching and filtering.
    """

    @cached_property
    def count(self) -> int:
        """How many rows there are, at most `MOST_COUNTED`."""
        rows = self.object_list
        return rows.order_by()[:MOST_COUNTED].count() if hasattr(rows, "order_by") else len(rows)
