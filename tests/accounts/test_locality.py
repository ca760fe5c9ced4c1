"""Pages and mails tell times by the clock of who reads them."""

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from chatsite.accounts.models import Session, User
from tests.accounts.test_second_factor import Pages
from tests.support.people import BOB

LATE = dt.datetime(2026, 3, 1, 23, 30, tzinfo=dt.UTC)


@pytest.fixture
def abroad(bob: User) -> User:
    """Bob, who lives where it is tomorrow already."""
    bob.time_zone, bob.email = "Pacific/Auckland", "bob@example.org"
    bob.save()
    EmailAddress.objects.create(user=bob, email=bob.email, verified=True, primary=True)
    return bob


def test_a_page_tells_the_day_that_it_was_there(abroad: User) -> None:
    pages = Pages()
    pages.sign_in()
    Session.objects.update(began_at=LATE)
    assert "2 Mar 2026" in pages.get("/account/sessions/").content.decode()
    pages.post("/account/", time_zone="Europe/Lisbon", language="", display_name="", status_text="")
    assert "1 Mar 2026" in pages.get("/account/sessions/").content.decode()
    assert timezone.get_current_timezone_name() == "UTC"  # nothing is left behind for whoever comes next


def test_who_chose_none_reads_utc(abroad: User) -> None:
    User.objects.update(time_zone="")
    pages = Pages()
    pages.sign_in()
    Session.objects.update(began_at=LATE)
    assert "1 Mar 2026" in pages.get("/account/sessions/").content.decode()


def test_a_zone_that_is_none_any_more_breaks_nothing(abroad: User) -> None:
    User.objects.update(time_zone="Atlantis/Harbour")
    pages = Pages()
    assert pages.sign_in().status_code == 200


def test_a_mail_tells_when_by_the_readers_clock(abroad: User) -> None:
    pages = Pages()
    pages.sign_in()
    pages.post("/account/password/", oldpassword=BOB.password, password1="a short sentence will do")
    assert "Pacific/Auckland" in mail.outbox[-1].body or "NZ" in mail.outbox[-1].body
