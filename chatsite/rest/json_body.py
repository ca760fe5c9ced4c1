# ruff: noqa: ARG002 (the arguments are the framework's)
"""JSON as the API takes it: strict, bounded, and free of what a database would choke on."""

import json
import math
import re
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from rest_framework.parsers import BaseParser

from chatsite.errors import BadRequest, TooLarge

# A text of 16 KiB may take six times that when every sign is written as an escape.
LARGEST_BODY = 256 * 1024

# No body of the API is deeper than four; a limit of our own answers before Python's.
DEEPEST = 16

_BAD_SIGN = re.compile("[\x00\ud800-\udfff]")


class StrictJSONParser(BaseParser):
    """Refuses NaN and infinities, repeated names, NUL and lone surrogates, and what is too deep or too large."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The values of a request's body. Raises `BadRequest` with the field at fault, and `TooLarge`."""
        raw = stream.read(LARGEST_BODY + 1)
        if len(raw) > LARGEST_BODY:
            raise TooLarge(f"A body has at most {LARGEST_BODY} bytes.")
        return parse_json(raw)


def parse_json(raw: bytes) -> Any:
    """The values in `raw`. Raises `BadRequest` with the field at fault (`body` for the whole)."""
    try:
        values = json.loads(
            raw.decode("utf-8"),
            parse_constant=_refuse_number,
            parse_float=_finite,
            object_pairs_hook=_without_repeats,
        )
    except BadRequest:
        raise
    except (ValueError, RecursionError) as error:
        raise BadRequest("The body is not valid JSON.", field="body") from error
    check_values(values)
    return values


def check_values(values: Any) -> None:
    """Raise `BadRequest` where a string holds NUL or half a surrogate pair, or the values nest too deep."""
    waiting: list[tuple[str, int, Any]] = [("", 0, values)]
    while waiting:
        path, depth, value = waiting.pop()
        if depth > DEEPEST:
            raise BadRequest("The body is nested too deep.", field=path.split(".")[0].split("[")[0] or "body")
        if isinstance(value, str) and _BAD_SIGN.search(value):
            raise BadRequest("Text may not hold NUL or half of a surrogate pair.", field=path or "body")
        if isinstance(value, dict):
            if any(_BAD_SIGN.search(name) for name in value):
                raise BadRequest("A name may not hold NUL or half of a surrogate pair.", field=path or "body")
            waiting += [(f"{path}.{name}".lstrip("."), depth + 1, inner) for name, inner in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{path}[{place}]", depth + 1, inner) for place, inner in enumerate(value)]


def _refuse_number(name: str) -> NoReturn:
    raise BadRequest(f"{name} is not a number of JSON.", field="body")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise BadRequest("A number is too large.", field="body")
    return number


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two values under one name: a proxy might have judged the one, and we the other."""
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadRequest("This name is there twice.", field=_BAD_SIGN.sub("?", twice)[:64])
    return values
