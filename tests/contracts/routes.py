"""Every route and method of the HTTP API, from the URLconf."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from chatsite.api import urlpatterns
from chatsite.rest.views import ApiView

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class Route(NamedTuple):
    """One call: `path` is below /api/v1/, with its parameters in braces."""

    method: str
    path: str


def api_routes() -> list[Route]:
    """All of them, in the order of the URLconf."""
    return [
        Route(method, path)
        for path, view in _views(urlpatterns)
        for method in METHODS
        if hasattr(view, method.lower())
    ]


def _views(patterns: Any) -> Iterator[tuple[str, type[ApiView]]]:
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _views(pattern.url_patterns)
        elif isinstance(view := getattr(pattern.callback, "cls", None), type):
            assert issubclass(view, ApiView), pattern
            yield re.sub(r"<\w+:(\w+)>", r"{\1}", str(pattern.pattern)), view
