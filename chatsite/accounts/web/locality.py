"""Pages in the time zone and the language that somebody chose in their profile."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation

from chatsite.accounts.models import User
from chatsite.accounts.time_zones import time_zones

_PAGES_OF_NOBODY = ("/api/", "/healthz", "/readyz", "/metrics")


@contextmanager
def as_at_home(user: User | None) -> Iterator[None]:
    """In the block, times are told in this person's time zone and words in their language, as far as they chose any."""
    with ExitStack() as stack:
        if user is not None:
            if user.time_zone in time_zones():
                stack.enter_context(timezone.override(ZoneInfo(user.time_zone)))
            if user.language in dict(settings.LANGUAGES):
                stack.enter_context(translation.override(user.language))
        yield


def at_home(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A middleware: pages for people, not answers for programs."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(_PAGES_OF_NOBODY) or not isinstance(request.user, User):
            return get_response(request)
        with as_at_home(request.user):
            response = get_response(request)
            response.headers["Content-Language"] = translation.get_language() or settings.LANGUAGE_CODE
            return response

    return middleware
