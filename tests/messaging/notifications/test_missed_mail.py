"""The mail with what somebody missed, by a real mail server, and its end by one click."""

import datetime as dt
import re
import socket
import uuid
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from chatsite import clock
from chatsite.accounts.models import User
from chatsite.figures.tallies import Tally, read_tallies
from messaging import changes, receipts, services
from messaging.models import Event
from messaging.notifications import missed, preferences
from messaging.notifications.models import Preferences
from messaging.turn import Change
from rooms.models import Room
from rooms.services import open_direct_room, remove_member
from tests.support.mail_server import HOST, MailServer

pytestmark = pytest.mark.storage


@pytest.fixture(scope="module")
def running() -> Iterator[MailServer]:
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    with MailServer(port) as server:
        yield server


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    people: set[str] = set()
    monkeypatch.setattr(missed, "people_here", lambda asked: people & set(asked))
    return people


@pytest.fixture
def server(running: MailServer, settings: Any, here: set[str]) -> MailServer:
    settings.MAIL_CARRIER = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = HOST, running.port, False
    running.mails.clear()
    running.refused.clear()
    running.asked = 0
    return running


@pytest.fixture
def bobs(bob: User, server: MailServer) -> str:
    """Bob's address; he asked for the mails."""
    EmailAddress.objects.create(user=bob, email="bob@example.com", primary=True, verified=True)
    preferences.change_preferences(by=bob, email=True)
    Preferences.objects.update(mailed_until=clock.now() - dt.timedelta(days=1))
    return "bob@example.com"


def say(by: User, room: Room, text: str, *, minutes_ago: int = 20) -> int:
    sent = services.send_message(by=by.id, room_id=room.id, text=text, client_id=uuid.uuid4())
    at = clock.now() - dt.timedelta(minutes=minutes_ago)
    Event.objects.filter(room=room, seq=sent.event.seq).update(at=at)
    return sent.event.seq


def pass_by(**time: float) -> None:
    for kept in Preferences.objects.all():
        Preferences.objects.filter(pk=kept.pk).update(mail_after=kept.mail_after - dt.timedelta(**time))


def parts(mail: EmailMessage) -> tuple[str, str]:
    plain, rich = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert rich is not None
    return plain.get_content(), rich.get_content()


def test_what_was_missed_comes_by_mail_once_and_not_often(
    room: Room, alice: User, bob: User, bobs: str, server: MailServer
) -> None:
    direct = open_direct_room(by=alice, user_ids=[bob.id])
    say(alice, room, "for nobody")
    seq = say(alice, room, "<b>look</b>, @bob")
    say(alice, direct, "psst")
    say(alice, direct, "just now", minutes_ago=0)
    assert missed.mail_missed() == 1
    (mail,) = server.mails
    assert (mail["To"], mail["Subject"]) == (bobs, "Parley: 2 messages wait for you")
    plain, rich = parts(mail)
    for text in (plain, rich):
        assert f"/rooms/{room.id}/{seq}/" in text
        assert "psst" in text
        assert "for nobody" not in text
        assert "just now" not in text
    assert "&lt;b&gt;look" in rich
    assert "<b>look</b>, @bob" in plain
    say(alice, room, "again, @bob", minutes_ago=16)
    Preferences.objects.update(mailed_until=clock.now() - dt.timedelta(minutes=17))
    assert missed.mail_missed() == 0
    pass_by(minutes=60)
    assert missed.mail_missed() == 1
    assert "1 message waits" in server.mails[1]["Subject"]
    pass_by(minutes=60)
    assert missed.mail_missed() == 0


def test_nothing_comes_of_what_was_read_deleted_or_is_out_of_sight(
    room: Room, alice: User, bob: User, bobs: str, server: MailServer, here: set[str]
) -> None:
    seq = say(alice, room, "@bob, secret")
    here.add(bob.id)
    assert missed.mail_missed() == 0
    here.clear()
    change = Change(by=alice.id, room_id=room.id, seq=seq, client_id=uuid.uuid4())
    changes.delete_message(change)
    pass_by(minutes=5)
    assert missed.mail_missed() == 0
    seq = say(alice, room, "@bob, read")
    receipts.advance(by=bob.id, room_id=room.id, read=seq)
    pass_by(minutes=5)
    assert missed.mail_missed() == 0
    say(alice, room, "@bob, gone")
    remove_member(by=alice, room=room, user_id=bob.id)
    pass_by(minutes=5)
    assert missed.mail_missed() == 0
    assert server.mails == []


def test_nobody_gets_mail_who_did_not_ask(room: Room, alice: User, bob: User, server: MailServer) -> None:
    EmailAddress.objects.create(user=bob, email="bob@example.com", primary=True, verified=True)
    preferences.change_preferences(by=bob, push=True)
    say(alice, room, "@bob")
    assert missed.mail_missed() == 0
    assert server.asked == 0


def test_without_text_a_mail_only_counts(
    room: Room, alice: User, bob: User, bobs: str, server: MailServer
) -> None:
    preferences.change_preferences(by=bob, show_text=False)
    say(alice, room, "@bob, a secret")
    assert missed.mail_missed() == 1
    for text in parts(server.mails[0]):
        assert "secret" not in text
        assert "1 message" in text


def test_one_click_ends_the_mails_without_signing_in(
    room: Room, alice: User, bob: User, bobs: str, server: MailServer
) -> None:
    say(alice, room, "@bob")
    missed.mail_missed()
    (mail,) = server.mails
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.fullmatch(r"<http://[^/]+(/mail/end/\S+/)>", mail["List-Unsubscribe"].strip())
    assert found is not None
    assert found[1] in parts(mail)[0]
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.get(found[1]).status_code == 200
    assert Preferences.objects.get(user=bob).email
    for wrong in ("/mail/end/x/", found[1].replace("/end/", "/end/x")):
        assert stranger.post(wrong, {"List-Unsubscribe": "One-Click"}).status_code == 404
    assert stranger.post(found[1], {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert stranger.post(found[1], {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Preferences.objects.get(user=bob).email


def test_an_address_that_is_refused_is_asked_less_and_less_and_then_no_more(
    room: Room, alice: User, bob: User, bobs: str, server: MailServer
) -> None:
    server.refused = {bobs}
    say(alice, room, "@bob")
    for _ in range(5):
        assert missed.mail_missed() == 0
    kept = Preferences.objects.get(user=bob)
    assert (server.asked, kept.mail_failures, kept.mail_error) == (1, 1, "550 No such person here")
    for _ in range(missed.MOST_FAILURES + 3):
        pass_by(days=1)
        missed.mail_missed()
    assert server.asked == missed.MOST_FAILURES
    assert not Preferences.objects.get(user=bob).email


def test_a_mail_server_that_is_down_is_asked_once_a_round_and_nothing_is_lost(
    room: Room,
    alice: User,
    bob: User,
    bobs: str,
    server: MailServer,
    settings: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    say(alice, room, "@bob")
    tallies = read_tallies()
    settings.EMAIL_PORT = 1
    for _ in range(3):
        assert missed.mail_missed() == 0
    assert caplog.text.count("the mail server does not take mail") == 1
    settings.EMAIL_PORT = server.port
    pass_by(minutes=1)
    assert missed.mail_missed() == 1
    happened = {tally: total - tallies[tally] for tally, total in read_tallies().items()}
    assert (happened[Tally.MAIL_FAILED], happened[Tally.MAIL_SENT]) == (1, 1)
