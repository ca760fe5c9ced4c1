"""Every address of the site, from the URLconf, with something in place of its parameters."""

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLResolver, get_resolver

# A sample for each kind of converter, or for a name that wants something of its own.
_SAMPLES = {
    "int": "1",
    "path": "1",
    "str": "0" * 16,
    "uuid": "6f1d0a52-9c1e-4b0b-8f43-0c6d5a7e2b11",
    "slug": "x",
}
_GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")


def every_address() -> list[str]:
    """Each address once, in order."""
    return list(dict.fromkeys(_addresses(get_resolver().url_patterns, "/")))


def _addresses(patterns: Any, before: str) -> Iterator[str]:
    for pattern in patterns:
        address = before + _filled(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, address)
        else:
            yield address


def _filled(pattern: str) -> str:
    """A pattern as an address: parameters replaced, the signs of regular expressions taken away."""
    plain = _PARAMETER.sub(lambda found: _SAMPLES[found[1] or "str"], _GROUP.sub("x1", pattern))
    return re.sub(r"\\Z|[\^$?]|\(.*?\)", "", plain).replace("\\.", ".").replace("\\", "")
