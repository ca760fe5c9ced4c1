"""Pages of lists: `{"results": [...], "next": cursor or null}`.

A page begins after the last one's key, not at an offset: what is added or removed meanwhile
neither repeats nor hides an entry.
"""

import base64
import json
from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter

from chatsite.errors import BadRequest

from . import query

DEFAULT_LIMIT = 100
LARGEST_LIMIT = 300

PAGE_PARAMETERS = [
    OpenApiParameter("cursor", str, description="The `next` of the page before."),
    query.whole("limit", low=1, high=LARGEST_LIMIT, about=f"How many at most; {DEFAULT_LIMIT} if absent."),
]

M = TypeVar("M", bound=Model)


def page(
    rows: QuerySet[M],
    *,
    by: str,
    params: QueryDict,
    kind: type[str] | type[int],
    show: Callable[[list[M]], list[dict[str, Any]]],
    newest_first: bool = False,
) -> dict[str, Any]:
    """One page of `rows` in the order of `by`, a unique column or annotation of type `kind`; `newest_first` turns it round.

    `params` may hold `cursor` and `limit` (1..300); `show` turns the page's rows into JSON.
    """
    limit = query.number(params, "limit", low=1, high=LARGEST_LIMIT, default=DEFAULT_LIMIT) or DEFAULT_LIMIT
    cursor = params.get("cursor")
    if cursor is not None:
        rows = rows.filter(**{f"{by}__{'lt' if newest_first else 'gt'}": decode(cursor, kind)})
    found = list(rows.order_by(f"-{by}" if newest_first else by)[: limit + 1])
    shown = found[:limit]
    more = len(found) > limit
    return {"results": show(shown), "next": encode(getattr(shown[-1], by)) if more else None}


def encode(key: str | int) -> str:
    """The cursor that stands for a key."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).rstrip(b"=").decode()


def decode(cursor: str, kind: type[str] | type[int]) -> str | int:
    """The key of a cursor. Raises `BadRequest`."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        key = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadRequest("This is no cursor that was given out.", field="cursor") from error
    fits = type(key) is kind and (key.isprintable() if isinstance(key, str) else 0 <= key < 2**53)
    if not fits:
        raise BadRequest("This is no cursor that was given out.", field="cursor")
    return key  # type: ignore[no-any-return]
