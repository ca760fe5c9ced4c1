"""Work of the site itself that no request waits for."""

from importlib import import_module

from celery import Task, shared_task
from django.conf import settings
from django.core.mail import EmailMessage, get_connection


@shared_task
def clear_expired_sessions() -> None:
    """Delete the sessions that ended; they count no more, but their rows stay until somebody does this."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


@shared_task(bind=True, max_retries=5, retry_backoff=10)
def deliver_mail(self: Task, subject: str, body: str, sender: str, to: list[str]) -> None:  # type: ignore[type-arg]
    """Give one mail to the mail server; again a few times while it does not answer."""
    message = EmailMessage(subject, body, sender, to, connection=get_connection(settings.MAIL_CARRIER))
    try:
        message.send()
    except OSError as error:
        raise self.retry(exc=error, countdown=10 * 2**self.request.retries) from error
