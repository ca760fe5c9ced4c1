"""The figures of thirty days: samples are folded into quarters of an hour, and these into longer stretches when they are read.

A quarter of an hour, because the days of all time zones begin at one.
"""

import datetime as dt
from collections.abc import Iterable
from functools import reduce
from itertools import groupby
from operator import add
from typing import Any

import msgspec
from django.db import transaction

from .models import Period
from .series import columns_of, steps_after
from .store import read_figures_after
from .stretch import Stretch

PERIOD_S = 15 * 60
KEPT_S = 30 * 24 * 3600

SPANS = {"day": (24 * 3600, PERIOD_S), "month": (KEPT_S, 6 * 3600)}
"""What can be looked at, by name: how far back it goes, and how long each of its stretches is, in seconds."""


@transaction.atomic
def fold() -> None:
    """Put the samples since the last time into their periods, and forget periods that are too old."""
    newest = Period.objects.select_for_update().order_by("-at").first()
    figures = read_figures_after(newest.until if newest else 0)
    steps = steps_after(figures, newest.until if newest else 0)
    for at, ends in groupby(steps, key=lambda end: (end - 1) // 1000 // PERIOD_S * PERIOD_S):
        found = list(ends)
        stretches = [steps[end].told() for end in found]
        if newest is not None and newest.at == at:
            stretches.append(_stretch(newest.told))
        told = msgspec.to_builtins(reduce(add, stretches))
        Period.objects.update_or_create(at=at, defaults={"until": found[-1], "told": told})
    Period.objects.filter(at__lt=figures.now // 1000 - KEPT_S).delete()


def columns_over(span: str, *, now: int) -> dict[str, Any]:
    """The columns of a span that ends `now` (seconds). Each stretch is in them, by its beginning; of one of which
    nothing is known there is None.
    """
    back, length = SPANS[span]
    last = now // length
    first = last - back // length + 1
    rows = Period.objects.filter(at__gte=first * length, at__lte=now).order_by("at").values_list("at", "told")
    known = {
        place: reduce(add, (_stretch(told) for _at, told in group))
        for place, group in groupby(rows, key=lambda row: row[0] // length)
    }
    return columns_of([(place * length, known.get(place)) for place in range(first, last + 1)])


def stored_since(moment: dt.datetime) -> int:
    """How many messages were stored since then, to a quarter of an hour."""
    told: Iterable[dict[str, Any]] = Period.objects.filter(at__gte=moment.timestamp()).values_list(
        "told", flat=True
    )
    return sum(_stretch(one).stored for one in told)


def _stretch(told: dict[str, Any]) -> Stretch:
    return msgspec.convert(told, Stretch)
