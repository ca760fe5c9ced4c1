"""The language that somebody chose, in what the server sends them: pages, mails, refusals."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from chatsite.accounts.models import User
from tests.accounts.test_second_factor import Pages
from tests.support.people import BOB

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob_speaks_german(bob: User) -> User:
    """Bob has chosen German, whatever his browser asks for."""
    bob.language, bob.email = "de", "bob@example.org"
    bob.save()
    EmailAddress.objects.create(user=bob, email=bob.email, verified=True, primary=True)
    return bob


def test_pages_and_mails_come_in_the_language_of_the_profile(bob_speaks_german: User) -> None:
    pages = Pages()
    pages.sign_in()
    page = pages.get("/account/sessions/")
    assert page.headers["Content-Language"] == "de"
    assert '<html lang="de"' in page.content.decode()
    pages.post("/account/password/", oldpassword=BOB.password, password1="a short sentence will do")
    assert "Wenn du das nicht warst" in mail.outbox[-1].body
    assert "If that was not you" not in mail.outbox[-1].body


def test_a_forgotten_password_is_answered_in_the_readers_language(bob_speaks_german: User) -> None:
    Client().post("/forgotten/", {"email": bob_speaks_german.email}, headers={"accept-language": "es"})
    assert mail.outbox[-1].subject.startswith("Ein neues Passwort")


def test_refusals_over_rest_come_in_the_language_that_was_asked_for_and_the_code_stays(bob: User) -> None:
    said = {
        language: Client().get("/api/v1/rooms/", headers={"accept-language": language}).json()["error"]
        for language in ("en", "de", "ar", "tlh")
    }
    assert {error["code"] for error in said.values()} == {"unauthenticated"}
    assert said["en"]["message"] == said["tlh"]["message"] == "Sign in first."
    assert said["de"]["message"] == "Melde dich zuerst an."
    assert said["ar"]["message"] == "سجّل الدخول أولًا."


def test_the_door_can_be_switched_by_hand_and_keeps_it() -> None:
    client = Client(headers={"accept-language": "en"})
    answer = client.post("/language/", {"language": "ar", "next": "/forgotten/"})
    assert answer.status_code == 302
    page = client.get("/forgotten/").content.decode()
    assert '<html lang="ar" dir="rtl"' in page
    assert page.count('name="language"') == 4
