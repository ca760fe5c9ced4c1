"""Mail leaves by a task: a request never waits for a mail server, and takes as long whether or not it sends one."""

import logging
import threading
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

SCHEMES = ("smtp", "smtps", "console")


def from_url(url: str) -> dict[str, Any]:
    """Django's settings for `smtp://user:password@host:587` (STARTTLS), `smtps://…` (TLS) or `console://`."""
    parts = urlsplit(url)
    if parts.scheme in ("", "console"):
        return {"MAIL_CARRIER": "django.core.mail.backends.console.EmailBackend"}
    if not parts.hostname:
        raise ValueError("names no mail server")
    tls = parts.scheme == "smtps"
    return {
        "MAIL_CARRIER": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if tls else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": tls,
        # To a server on this machine there is no wire to protect, and it seldom has a certificate.
        "EMAIL_USE_TLS": not tls and parts.hostname not in ("localhost", "127.0.0.1", "::1"),
        "EMAIL_TIMEOUT": 15,
    }


class TaskBackend(BaseEmailBackend):
    """Django's mail goes to the task queue; while that is away, a thread of this process takes it."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        """Hand all over; how many."""
        from chatsite.tasks import deliver_mail  # noqa: PLC0415 (the settings name this module)

        for message in messages:
            mail = (str(message.subject), str(message.body), message.from_email, list(message.to))
            try:
                deliver_mail.delay(*mail)
            except OperationalError as error:
                logger.warning("the task queue does not answer (%r); a thread carries the mail", error)
                threading.Thread(target=deliver_mail.apply, args=(mail,), daemon=True).start()
        return len(messages)
