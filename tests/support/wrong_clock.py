"""`manage.py` in a process whose clock is off: `python -m tests.support.wrong_clock <seconds> <command> …`.

What asks Python for the time of day gets the wrong one; time that is only measured goes on as it does.
"""

import datetime as dt
import runpy
import sys
import time
from datetime import datetime as _RightDatetime  # noqa: N812 (the class that takes its name is wrong)
from typing import Any

_right_time, _right_time_ns = time.time, time.time_ns


class _AnyDatetime(type):
    """Every right moment is one of the wrong class, too: databases and JSON make them past it."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, _RightDatetime)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, _RightDatetime)


def put_clock_off(seconds: float) -> None:
    """From now on it is so many seconds later."""
    off = dt.timedelta(seconds=seconds)

    class WrongDatetime(_RightDatetime, metaclass=_AnyDatetime):
        def __new__(cls, *parts: Any, **named: Any) -> _RightDatetime:  # type: ignore[misc]
            return _RightDatetime(*parts, **named)  # noqa: DTZ001 (as right as what it is told, by the database say)

        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]
            return _RightDatetime.now(tz) + off

        @classmethod
        def utcnow(cls) -> dt.datetime:  # type: ignore[override]
            return _RightDatetime.now(dt.UTC).replace(tzinfo=None) + off

    time.time = lambda: _right_time() + seconds
    time.time_ns = lambda: _right_time_ns() + int(seconds * 1e9)
    dt.datetime = WrongDatetime  # type: ignore[misc]


if __name__ == "__main__":
    put_clock_off(float(sys.argv[1]))
    sys.argv = ["manage.py", *sys.argv[2:]]
    runpy.run_path("manage.py", run_name="__main__")
