"""Who comes from a provider only proves themselves there, before anything that guards their account changes."""

import time
from typing import Any

import pytest
from allauth.account import app_settings
from allauth.socialaccount.models import SocialAccount

from chatsite.accounts.models import User
from tests.accounts.test_elsewhere import CHOSEN, DORA, at_github, come_back, leave, office, running, sign_in  # noqa: F401
from tests.accounts.test_pages import NEW
from tests.accounts.test_second_factor import Pages
from tests.support.openid import OpenIDServer

TURN_ON = "/account/two-step/totp/activate/"
CARD = "/account/confirm/elsewhere/"


@pytest.fixture
def dora(office: OpenIDServer) -> Pages:  # noqa: F811 (the fixture)
    """Dora's browser, signed in."""
    pages = Pages()
    sign_in(pages, office)
    pages.post("/sign-up/name/", **CHOSEN)
    return pages


def at(answer: Any) -> str:
    return str(answer.request["PATH_INFO"])


@pytest.mark.storage
@pytest.mark.parametrize("step", [TURN_ON, "/account/data/delete/", "/account/password/first/"])
def test_dora_signs_in_there_anew_before_a_step_that_guards_her_account(
    office: OpenIDServer,  # noqa: F811
    dora: Pages,
    step: str,
) -> None:
    card = dora.get(step)
    assert at(card) == CARD
    assert "Go on with Harbour Office" in card.content.decode()
    assert "GitHub" not in card.content.decode()
    asked = leave(dora, office, again="yes", next=step)
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    assert at(come_back(dora, office, asked)) == step
    assert at(dora.get(TURN_ON)) == TURN_ON  # for a while she is not asked again
    assert User.objects.get(username="dora").is_active


def test_the_proof_is_good_for_a_while_and_for_this_session(
    office: OpenIDServer,  # noqa: F811
    dora: Pages,
    settings: Any,
) -> None:
    come_back(dora, office, leave(dora, office, again="yes", next=TURN_ON))
    other = Pages()
    sign_in(other, office)
    assert at(other.get(TURN_ON)) == CARD
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    assert app_settings.REAUTHENTICATION_TIMEOUT == 0
    assert at(dora.get(TURN_ON)) == CARD


def test_another_account_there_proves_nothing(
    office: OpenIDServer,  # noqa: F811
    dora: Pages,
) -> None:
    office.person = {"sub": "somebody else"}
    answer = come_back(dora, office, leave(dora, office, again="yes", next=TURN_ON))
    assert at(answer) == CARD
    assert "not the account that lets you in here" in answer.content.decode()
    assert at(dora.get(TURN_ON)) == CARD
    assert SocialAccount.objects.count() == User.objects.filter(username="dora").count() == 1


def test_a_sign_in_of_before_proves_nothing(
    office: OpenIDServer,  # noqa: F811
    dora: Pages,
) -> None:
    office.spoil = lambda claims: claims | {"auth_time": int(time.time()) - 3600}
    answer = come_back(dora, office, leave(dora, office, again="yes", next=TURN_ON))
    assert at(answer) == CARD
    assert "not asked to sign in there anew" in answer.content.decode()
    assert at(dora.get(TURN_ON)) == CARD


def test_github_which_tells_no_times_is_believed(
    office: OpenIDServer,  # noqa: F811
    dora: Pages,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_github(office, monkeypatch)
    SocialAccount.objects.update(provider="github", uid="77")
    office.person = {"id": 77, "login": "dora", "emails": []}
    asked = leave(dora, office, "github", again="yes", next=TURN_ON)
    assert asked["prompt"] == "select_account"
    assert at(come_back(dora, office, asked)) == TURN_ON


def test_a_stranger_proves_nothing_and_does_not_come_in(
    office: OpenIDServer,  # noqa: F811
    dora: Pages,
) -> None:
    stranger = Pages()
    answer = come_back(stranger, office, leave(stranger, office, again="yes", next=TURN_ON))
    assert at(answer) == "/sign-in/"
    assert "_auth_user_id" not in stranger.client.session


def test_a_password_sent_without_a_proof_is_not_set_and_not_kept(
    office: OpenIDServer,  # noqa: F811
    dora: Pages,
) -> None:
    assert at(dora.post("/account/password/first/", password1=NEW)) == CARD
    assert not User.objects.get(username="dora").has_usable_password()
    assert NEW not in str(dict(dora.client.session))


def test_another_link_waits_for_the_proof(
    office: OpenIDServer,  # noqa: F811
    dora: Pages,
) -> None:
    office.person = {"sub": "her second"}
    assert at(sign_in(dora, office, link="yes")) == CARD
    assert SocialAccount.objects.count() == 1
    office.person = dict(DORA)
    assert at(sign_in(dora, office, again="yes")) == "/account/linked/"
    assert set(SocialAccount.objects.values_list("uid", flat=True)) == {DORA["sub"], "her second"}


def test_bob_who_has_a_password_is_asked_for_that(
    office: OpenIDServer,  # noqa: F811
    bob: User,
) -> None:
    SocialAccount.objects.create(user=bob, provider="openid", uid="bob-9")
    pages = Pages()
    pages.sign_in()
    assert at(pages.get(TURN_ON)) == "/account/confirm/"
    assert at(pages.get(CARD)) == "/account/"
