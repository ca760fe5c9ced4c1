"""Values of a URL's query, judged: each raises `BadRequest` with the parameter's name."""

import re

from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter

from chatsite.errors import BadRequest

_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,16}", re.ASCII)


def whole(name: str, *, low: int, high: int, about: str) -> OpenApiParameter:
    """The description of a parameter that `number` reads."""
    return OpenApiParameter(name, {"type": "integer", "minimum": low, "maximum": high}, description=about)


def number(query: QueryDict, name: str, *, low: int, high: int, default: int | None = None) -> int | None:
    """A whole number from `low` to `high`; `default` when the parameter is absent."""
    raw = query.get(name)
    if raw is None:
        return default
    if not _WHOLE_NUMBER.fullmatch(raw) or not low <= int(raw) <= high:
        raise BadRequest(f"This is a whole number from {low} to {high}.", field=name)
    return int(raw)


def yes_or_no(query: QueryDict, name: str) -> bool:
    """`true` or `false`; False when the parameter is absent."""
    raw = query.get(name, "false")
    if raw not in ("true", "false"):
        raise BadRequest("This is true or false.", field=name)
    return raw == "true"


def text(query: QueryDict, name: str, *, longest: int) -> str:
    """A text without NUL; empty when the parameter is absent."""
    raw = query.get(name, "")
    if "\x00" in raw:
        raise BadRequest("Text may not hold NUL.", field=name)
    if len(raw) > longest:
        raise BadRequest(f"This takes at most {longest} characters.", field=name)
    return raw


def words(query: QueryDict, name: str, *, most: int) -> list[str]:
    """Words between commas, at most `most`; empty when the parameter is absent."""
    found = [word for word in text(query, name, longest=most * 65).split(",") if word]
    if len(found) > most:
        raise BadRequest(f"This takes at most {most} at once.", field=name)
    return found
