"""Facts that Django itself announces: where a session begins, and that it has ended."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from .models import User
from .services import end_session
from .sessions import DEVICE

LONGEST_DEVICE = 200


@receiver(user_logged_out)
def end_sockets_of_session(request: HttpRequest, user: User | None, **_: Any) -> None:
    """Signing out, in the page, over REST or in the admin, ends the session's sockets too."""
    if user is not None and request.session.session_key:
        end_session(by=user, session_key=request.session.session_key)


@receiver(user_logged_in)
def note_device(request: HttpRequest, **_: Any) -> None:
    """A session remembers in which browser it began, for the list that it can be ended from."""
    request.session[DEVICE] = request.META.get("HTTP_USER_AGENT", "")[:LONGEST_DEVICE].replace("\x00", "")
