"""The time zones that people may choose from."""

from functools import cache
from zoneinfo import available_timezones


@cache
def time_zones() -> frozenset[str]:
    """Their names. The standard library reads hundreds of files to tell them: once a process, not once a page."""
    return frozenset(available_timezones())
