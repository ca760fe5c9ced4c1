"""The typed environment: every setting is declared once, with its type, default and meaning.

    from chatsite import env

    env.section("Messages")
    LIMIT_TEXT = env.integer("LIMIT_TEXT", default=16_384, low=1, help="Bytes of text in one message.")
    LIMIT_SEND = env.rate("LIMIT_SEND", default="10/s+40", help="Messages a person may send.")

A reader returns the value, typed, and remembers the declaration: `declared()` is what
`docs/configuration.md` is made from, in order of declaration. An empty variable is an unset one.
With `file=True` the value may also lie in the file that `<NAME>_FILE` names (Docker and
systemd hand over secrets that way). A wrong value ends the process with one line on
stderr and exit status 2; the value itself is shown only where it cannot hold a secret.

Readers: `text`, `integer`, `number`, `boolean`, `choice`, `words` (a list), `url`, `path`, `rate`.
`read` takes any parser that raises `ValueError` with the rest of a sentence, "must be …".
"""

import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, NoReturn, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")

_DURATIONS = {"s": 1, "m": 60, "h": 3600}
_RATE = re.compile(r"(?P<refill>\d+(?:\.\d+)?)/(?P<every>[smh])\+(?P<burst>\d+)", re.ASCII)


class Rate(NamedTuple):
    """A token bucket's size: tokens that come back a second, and tokens at most."""

    per_second: float
    burst: int


@dataclass(frozen=True, slots=True)
class Setting:
    """One declared setting; `default` is as a person would write it."""

    name: str
    kind: str
    default: str
    help: str
    section: str
    file: bool


_declared: dict[str, Setting] = {}
_section = ["General"]


def declared() -> list[Setting]:
    """All settings declared so far, in order."""
    return list(_declared.values())


def section(title: str) -> None:
    """Begin a section of the configuration document: what is declared next belongs to it."""
    _section[0] = title


def stop(name: str, why: str) -> NoReturn:
    """End the process: one line that names the setting and what is wrong, exit status 2."""
    print(" ".join(f"{name} {why}".split()), file=sys.stderr, flush=True)
    sys.exit(2)


def read(
    name: str,
    parse: Callable[[str], T],
    *,
    kind: str,
    default: T,
    shown: str = "",
    help: str,
    file: bool = False,
) -> T:
    """The value of one setting, through `parse`; `default` when it is unset or empty.

    `shown` is the default as the documentation names it.
    """
    _declared[name] = Setting(name, kind, shown, help, _section[0], file)
    raw = _raw(name, file=file)
    if raw == "":
        return default
    try:
        return parse(raw)
    except ValueError as wrong:
        stop(name, f"{wrong}." if file else f"{wrong}, not {raw!r}.")


def _raw(name: str, *, file: bool) -> str:
    value = os.environ.get(name, "").strip()
    path = os.environ.get(f"{name}_FILE", "").strip() if file else ""
    if not path:
        return value
    if value:
        stop(name, f"and {name}_FILE are both set: keep one.")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        stop(f"{name}_FILE", f"names {path!r}, which cannot be read: {reason}.")


def text(name: str, *, default: str = "", shown: str = "", help: str, file: bool = False) -> str:
    """Any text."""
    return read(name, str, kind="text", default=default, shown=shown or default, help=help, file=file)


def integer(
    name: str,
    *,
    default: int,
    low: int = 0,
    high: int | None = None,
    help: str,
) -> int:
    """A whole number from `low` to `high`, both included."""

    def parse(raw: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,18}", raw):
            raise ValueError("must be a whole number")
        return _within(int(raw), low, high)

    return read(name, parse, kind="number", default=default, shown=str(default), help=help)


def number(
    name: str,
    *,
    default: float,
    low: float = 0,
    high: float | None = None,
    help: str,
) -> float:
    """A decimal number from `low` to `high`, both included."""

    def parse(raw: str) -> float:
        if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,9})?", raw):
            raise ValueError("must be a number")
        return _within(float(raw), low, high)

    return read(name, parse, kind="number", default=default, shown=f"{default:g}", help=help)


N = TypeVar("N", int, float)


def _within(value: N, low: N, high: N | None) -> N:
    if value < low or (high is not None and value > high):
        raise ValueError(f"must be {low} or more" if high is None else f"must be from {low} to {high}")
    return value


def boolean(name: str, *, default: bool, help: str) -> bool:
    """`true`, `yes`, `on` or `1`; `false`, `no`, `off` or `0`; in any case."""

    def parse(raw: str) -> bool:
        answer = _TRUTH.get(raw.lower())
        if answer is None:
            raise ValueError("must be true or false")
        return answer

    return read(name, parse, kind="true or false", default=default, shown=str(default).lower(), help=help)


_TRUTH = dict.fromkeys(("true", "yes", "on", "1"), True) | dict.fromkeys(("false", "no", "off", "0"), False)


def choice(name: str, options: Sequence[str], *, default: str, help: str) -> str:
    """One of `options`, in any case."""
    spelled = {option.lower(): option for option in options}

    def parse(raw: str) -> str:
        if raw.lower() not in spelled:
            raise ValueError(f"must be one of {', '.join(options)}")
        return spelled[raw.lower()]

    return read(name, parse, kind="one of " + ", ".join(options), default=default, shown=default, help=help)


def words(
    name: str,
    *,
    default: Sequence[str] = (),
    shown: str = "",
    help: str,
    file: bool = False,
) -> list[str]:
    """A list, separated by commas or white space; order is kept."""

    def parse(raw: str) -> list[str]:
        return [word for word in re.split(r"[,\s]+", raw) if word]

    return read(
        name,
        parse,
        kind="list",
        default=list(default),
        shown=shown or ", ".join(default),
        help=help,
        file=file,
    )


def url(
    name: str,
    *,
    schemes: Sequence[str],
    default: str = "",
    shown: str = "",
    help: str,
    file: bool = False,
) -> str:
    """An address that begins with one of `schemes`. With `file=True` it may hold a password."""

    def parse(raw: str) -> str:
        try:
            scheme = urlsplit(raw).scheme
            _ = urlsplit(raw).port  # reading it checks it
        except ValueError:
            scheme = ""
        if scheme not in schemes or "://" not in raw:
            raise ValueError(f"must be an address that begins with {' or '.join(s + '://' for s in schemes)}")
        return raw

    return read(name, parse, kind="address", default=default, shown=shown or default, help=help, file=file)


def path(name: str, *, default: Path, shown: str, help: str) -> Path:
    """A file or folder; a relative one begins where the process was started."""
    return read(name, lambda raw: Path(raw).absolute(), kind="path", default=default, shown=shown, help=help)


def rate(name: str, *, default: str, help: str) -> Rate:
    """A token bucket as `<refill>/<s, m or h>+<burst>`: `20/s+60` refills 20 a second and holds 60."""
    return read(name, parse_rate, kind="rate", default=parse_rate(default), shown=default, help=help)


def parse_rate(raw: str) -> Rate:
    """Read `20/s+60`. Raises `ValueError` for anything else, and for a bucket that never has a token."""
    found = _RATE.fullmatch(raw)
    if not found or float(found["refill"]) == 0 or int(found["burst"]) == 0:
        raise ValueError("must be a rate such as 20/s+60 (refill a second, then burst)")
    return Rate(float(found["refill"]) / _DURATIONS[found["every"]], int(found["burst"]))
