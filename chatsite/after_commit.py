"""What is done when a transaction is committed, and may fail without undoing it."""

from collections.abc import Callable
from typing import ParamSpec

from django.db import transaction

P = ParamSpec("P")


def after_commit(do: Callable[P, object], *args: P.args, **options: P.kwargs) -> None:
    """Call `do` when the transaction is committed (at once without one). Where it fails, that is logged, and whoever
    committed hears nothing of it.
    """

    # Django's log names the function by its `__qualname__`, which a partial has not: the commit would be answered by that.
    def done() -> None:
        do(*args, **options)

    transaction.on_commit(done, robust=True)
