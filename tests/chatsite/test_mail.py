"""Where mail goes, and by which way."""

from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.mail import EmailMessage

from chatsite import mail
from chatsite.mail import TaskBackend
from chatsite.tasks import deliver_mail

CARRIER = "django.core.mail.backends.locmem.EmailBackend"


@pytest.mark.parametrize(
    ("url", "host", "port", "tls", "ssl"),
    [
        ("smtp://mail.example.org", "mail.example.org", 587, True, False),
        ("smtp://mail.example.org:2525", "mail.example.org", 2525, True, False),
        ("smtps://mail.example.org", "mail.example.org", 465, False, True),
        ("smtp://localhost:25", "localhost", 25, False, False),
    ],
)
def test_the_address_says_how_the_server_is_spoken_to(
    url: str, host: str, port: int, tls: bool, ssl: bool
) -> None:
    found = mail.from_url(url)
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == (host, port)
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (tls, ssl)


def test_a_password_may_have_any_signs() -> None:
    found = mail.from_url("smtp://post%40example:a%2Fb%3Ac@mail.example.org")
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("post@example", "a/b:c")


def test_without_a_server_mails_are_printed() -> None:
    assert mail.from_url("")["MAIL_CARRIER"].endswith("console.EmailBackend")


def test_an_address_without_a_host_is_refused() -> None:
    with pytest.raises(ValueError, match="no mail server"):
        mail.from_url("smtp://")


def test_mail_leaves_by_a_task(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    queued: list[Any] = []
    monkeypatch.setattr(deliver_mail, "delay", lambda *args: queued.append(args))
    message = EmailMessage("Hello", "A link", "parley@example.org", ["bob@example.org"])
    assert TaskBackend().send_messages([message]) == 1
    assert not django_mail.outbox
    settings.MAIL_CARRIER = CARRIER
    deliver_mail(*queued[0])
    (sent,) = django_mail.outbox
    assert (sent.subject, sent.body, sent.from_email, sent.to) == (
        "Hello", "A link", "parley@example.org", ["bob@example.org"],
    )  # fmt: skip


def test_while_the_mail_server_is_away_it_is_tried_again(settings: Any) -> None:
    settings.MAIL_CARRIER = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 1, False
    retried = deliver_mail.apply(
        args=("Hello", "A link", "parley@example.org", ["bob@example.org"]), retries=5
    )
    assert isinstance(retried.result, OSError)
