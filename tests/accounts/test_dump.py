"""Who has a dump of the database, or a copy of SQLite's file, can open nothing with it."""

import hashlib
import logging
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.core import mail
from django.db import connection
from django.test import Client

from chatsite.accounts import bots, credentials, first_run, invites, services, tickets
from chatsite.accounts.credentials import of_session
from chatsite.accounts.models import User
from rooms import invites as room_invites
from rooms import services as rooms
from tests.accounts.test_pages import link_in
from tests.accounts.test_second_factor import Pages
from tests.support.people import BOB
from tests.support.second_factor import turn_on
from tests.support.services import newest_postgres

_WORD = re.compile(r"[A-Za-z0-9_+/=.:-]{8,}")


def dumped() -> str:
    """The database as somebody takes it away: by `pg_dump`, or the file and its log as they lie there."""
    named = connection.settings_dict
    if connection.vendor == "sqlite":
        file = Path(str(named["NAME"]))
        parts = [file, file.with_name(file.name + "-wal")]
        return "\n".join(part.read_bytes().decode("latin-1") for part in parts if part.exists())
    url = f"postgresql://{named['USER']}:{named['PASSWORD']}@{named['HOST']}:{named['PORT']}/{named['NAME']}"
    done = subprocess.run(
        [newest_postgres() / "pg_dump", "--inserts", url], capture_output=True, check=True, text=True
    )
    return done.stdout


def everything_secret(caplog: pytest.LogCaptureFixture) -> dict[str, str]:
    """One of each thing that opens something, by name."""
    with caplog.at_level(logging.WARNING):
        first_run.print_code()
    (code,) = re.findall(r"code for /first-run/ is (\S+) ", caplog.text)
    anna = User.objects.create_superuser("anna", "anna@example.org", BOB.password)
    bob = services.create_user(by=None, username="bob", password=BOB.password, email="bob@example.org")
    address = EmailAddress.objects.create(user=bob, email=bob.email, verified=True, primary=True)
    client = Client()
    client.force_login(bob)
    session_key = client.cookies["sessionid"].value
    _, token = services.create_token(by=bob, name="ci")
    _, bot_token = services.create_token(by=bots.create_bot(by=bob, username="helper"), name="ci")
    ticket = tickets.create_ticket(by=bob, credential=of_session(bob, session_key))
    _, site_invite = invites.create_site_invite(by=anna)
    _, room_invite = room_invites.create_invite(
        by=anna, room=rooms.create_room(by=anna, name="Harbour", kind="private")
    )
    secret, recovery = turn_on(bob)
    pages = Pages()
    pages.post("/forgotten/", email=bob.email)
    reset = link_in(mail.outbox[-1])
    pages.get(reset)  # it is being followed: a session holds it
    return {
        "first-run code": code,
        "session": session_key,
        "token": token,
        "bot's token": bot_token,
        "ticket": ticket,
        "site invite": site_invite,
        "room invite": room_invite,
        "second factor": secret,
        "recovery code": recovery[0],
        "reset link": reset.rstrip("/").rpartition("/")[2].partition("-")[2],
        "confirmation link": EmailConfirmationHMAC.create(address).key,
        "password": BOB.password,
    }


@pytest.mark.storage
@pytest.mark.django_db(transaction=True)
def test_nothing_in_a_dump_opens_anything(caplog: pytest.LogCaptureFixture, settings: Any) -> None:
    secrets = everything_secret(caplog)
    dump = dumped()
    assert "anna@example.org" in dump  # it is one
    for name, secret in secrets.items():
        assert secret not in dump, name
        assert secret.encode().hex() not in dump, name
    words = set(_WORD.findall(dump))
    assert len(words) > 100
    for word in words:
        assert hashlib.sha256(word.encode()).hexdigest() not in dump, word
    assert credentials.resolve_many([(word, None) for word in words]) == [None] * len(words)
    assert credentials.resolve_many([(None, word) for word in words]) == [None] * len(words)
    assert tickets.take_tickets(words) == {}
    bob = User.objects.get(username="bob")
    assert not any(default_token_generator.check_token(bob, word) for word in words)
    # And the words that do open something are found to.
    assert credentials.resolve(session_key=secrets["session"], bearer=None) is not None
    assert credentials.resolve(session_key=None, bearer=secrets["token"]) is not None
    assert default_token_generator.check_token(bob, secrets["reset link"])
    assert tickets.take_tickets([secrets["ticket"]])
