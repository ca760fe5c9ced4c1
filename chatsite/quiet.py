"""Quiet hours: a part of the day, as in `22:00-07:00`, by the clock of whoever wants quiet."""

import datetime as dt
import re

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


def read(raw: str) -> str:
    """The hours, if they are some. Raises `ValueError`."""
    if not _HOURS.fullmatch(raw):
        raise ValueError("must be two times of day such as 22:00-07:00")
    return raw


def includes(hours: str, time: dt.time) -> bool:
    """Whether a time of day lies in these hours, which may go past midnight; none lies in empty ones.

    Begin and end at the same time are the whole day.
    """
    if not hours:
        return False
    begin, end = map(dt.time.fromisoformat, hours.split("-"))
    return begin <= time < end if begin < end else time >= begin or time < end
