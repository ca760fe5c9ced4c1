"""One-use tickets for sockets: whom they let in, how often, and for how long."""

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.utils import timezone

from chatsite.accounts import services
from chatsite.accounts.credentials import Credential
from chatsite.accounts.models import ApiToken, SocketTicket, User
from chatsite.accounts.tasks import forget_late_tickets
from chatsite.accounts.tickets import take_tickets
from tests.support.http import Caller, browser, caller

pytestmark = pytest.mark.storage


def ticket_of(calls: Caller) -> str:
    made = calls.post("socket-tickets/")
    assert made.status == 201
    assert made.body["expires_in"] == 30
    return str(made.body["ticket"])


def take(ticket: str) -> Credential | None:
    return take_tickets([ticket]).get(ticket)


def test_a_ticket_lets_in_whoever_asked_once(bob: User) -> None:
    ticket = ticket_of(browser(bob))
    found = take(ticket)
    assert found is not None
    assert (found.user_id, found.key.partition(":")[0]) == (bob.id, "session")
    assert take(ticket) is None


def test_a_tickets_scopes_are_its_tokens(bob: User) -> None:
    found = take(ticket_of(caller(bob, scopes=("read",))))
    assert found is not None
    assert found.scopes == {"read"}
    assert found.key == f"token:{ApiToken.objects.get(user=bob).id}"


def test_a_late_ticket_lets_nobody_in(bob: User) -> None:
    ticket = ticket_of(caller(bob))
    SocketTicket.objects.update(expires_at=timezone.now() - dt.timedelta(milliseconds=5))
    assert take(ticket) is None


@pytest.mark.parametrize("ticket", ["", "nonsense", "x" * 5000, "\x00", "ⓧ", "\ud800"])
def test_a_made_up_ticket_lets_nobody_in(db: None, ticket: str) -> None:
    assert take(ticket) is None


def test_a_ticket_ends_with_its_token(bob: User) -> None:
    ticket = ticket_of(caller(bob))
    services.end_token(by=bob, token_id=ApiToken.objects.get(user=bob).id)
    assert take(ticket) is None


def test_a_ticket_ends_with_its_session(bob: User) -> None:
    page = browser(bob)
    ticket = ticket_of(page)
    assert page.post("auth/logout/").status == 204
    assert take(ticket) is None


def test_a_ticket_ends_with_the_password_of_its_session(bob: User) -> None:
    ticket = ticket_of(browser(bob))
    services.change_password(by=bob, user=bob, password="another-long-one-42")
    assert take(ticket) is None


def test_a_ticket_ends_with_the_account(bob: User) -> None:
    ticket = ticket_of(caller(bob))
    services.deactivate_user(by=None, user=bob)
    assert take(ticket) is None


def test_only_a_digest_is_kept(bob: User) -> None:
    ticket = ticket_of(caller(bob))
    assert ticket not in str(SocketTicket.objects.values().get())


def test_a_repeated_key_shows_no_ticket_again(bob: User) -> None:
    calls, key = caller(bob), str(uuid.uuid4())
    assert calls.post("socket-tickets/", Idempotency_Key=key).status == 201
    assert calls.post("socket-tickets/", Idempotency_Key=key).refusal == (409, "conflict", None)
    assert SocketTicket.objects.count() == 1


def test_nobody_gets_a_ticket(db: None) -> None:
    assert Caller().post("socket-tickets/").refusal == (401, "unauthenticated", None)


def test_the_sweep_forgets_late_tickets_and_no_others(bob: User) -> None:
    late, good = ticket_of(caller(bob)), ticket_of(caller(bob))
    first = SocketTicket.objects.order_by("expires_at")[0]
    SocketTicket.objects.filter(pk=first.pk).update(expires_at=timezone.now() - dt.timedelta(milliseconds=5))
    forget_late_tickets()
    forget_late_tickets()
    assert SocketTicket.objects.count() == 1
    assert take(late) is None
    assert take(good) is not None


@pytest.mark.django_db(transaction=True)
def test_of_many_at_one_moment_one_is_let_in(bob: User) -> None:
    ticket = ticket_of(caller(bob))

    def try_it(_: int) -> bool:
        try:
            return take(ticket) is not None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(try_it, range(16))) == 1
