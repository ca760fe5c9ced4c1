"""Facts that Django itself announces and that end a credential."""

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from .models import User
from .services import end_session


@receiver(user_logged_out)
def end_sockets_of_session(request: HttpRequest, user: User | None, **_: Any) -> None:
    """Signing out, in the page, over REST or in the admin, ends the session's sockets too."""
    if user is not None and request.session.session_key:
        end_session(by=user, session_key=request.session.session_key)
