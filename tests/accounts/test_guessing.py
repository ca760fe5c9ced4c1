"""What a guesser learns from how long an answer takes and what it says, and when they are let go again."""

import random
import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chatsite.accounts import passwords
from chatsite.accounts.models import User
from tests.accounts.test_second_factor import Pages
from tests.support.http import Caller, without_csrf_token
from tests.support.load import size
from tests.support.people import BOB


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries are not held up."""
    for name in ("FAILURES_PER_ACCOUNT", "FAILURES_PER_ADDRESS"):
        monkeypatch.setattr(passwords, name, "1000000/5m")


@pytest.fixture
def known(patient: None, bob: User) -> User:
    bob.email = "bob@example.org"
    bob.set_password(BOB.password)
    bob.save()
    EmailAddress.objects.create(user=bob, email=bob.email, verified=True, primary=True)
    return bob


def try_over_rest(login: str) -> bytes:
    answer = Caller().post("auth/login/", {"username": login, "password": "a guess"})
    assert answer.status == 401
    return answer.raw


def try_at_the_page(login: str) -> bytes:
    answer = Pages().sign_in("a guess", login)
    assert answer.status_code == 200
    return b"".join(str(errors).encode() for errors in answer.context["form"].errors.values())


DOORS = [try_over_rest, try_at_the_page]


@pytest.mark.proof
@pytest.mark.parametrize(("door", "pairs"), [(try_over_rest, size(60, 200)), (try_at_the_page, size(20, 40))])
def test_pairs_of_a_known_and_an_unknown_name_take_as_long(
    known: User, door: Callable[[str], bytes], pairs: int
) -> None:
    """Times are compared as they were taken, pair by pair, in random order: what the machine does meanwhile meets both.

    The bounds are wide, the work that they would show is large: a hashing left out or done twice is 40 % and more of the
    whole here, and nearly all of it in production.
    """
    took: dict[str, list[float]] = {"bob": [], "nobody": []}
    answers: set[bytes] = set()
    for _ in range(pairs):
        for login in random.sample(sorted(took), 2):
            began = time.perf_counter()
            answer = door(login)
            took[login].append(time.perf_counter() - began)
            answers.add(answer.replace(login.encode(), b""))
    assert len(answers) == 1
    slower = sum(a > b for a, b in zip(took["bob"], took["nobody"], strict=True))
    assert pairs * 0.1 < slower < pairs * 0.9
    ratio = statistics.median(took["bob"]) / statistics.median(took["nobody"])
    assert 0.7 < ratio < 1.4


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("there", "not_there"), [("bob", "nobody"), ("bob@example.org", "nobody@example.org")]
)
def test_the_work_itself_is_the_same(
    known: User,
    door: Callable[[str], bytes],
    there: str,
    not_there: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done = {}
    for login in (there, not_there):
        hashed = _counted(monkeypatch)
        with CaptureQueriesContext(connection) as asked:
            door(login)
        done[login] = len(hashed)
        assert len(asked) < 20
    assert done == {there: 1, not_there: 1}


def _counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    done: list[str] = []
    for name in ("encode", "verify"):
        real = getattr(Argon2PasswordHasher, name)

        def counted(self: Any, *args: Any, real: Any = real, name: str = name) -> Any:
            done.append(name)
            return real(self, *args)

        monkeypatch.setattr(Argon2PasswordHasher, name, counted)
    return done


def test_the_answers_to_a_forgotten_password_and_to_signing_up_are_the_same(
    known: User, settings: Any
) -> None:
    settings.SIGN_UP = "open"

    def seen(path: str, **form: str) -> tuple[int, str, bytes]:
        pages = Pages()
        answer = pages.post(path, **form)
        return (
            answer.status_code,
            answer.request["PATH_INFO"],
            without_csrf_token(answer.content) if path == "/forgotten/" else b"",
        )

    assert seen("/forgotten/", email="bob@example.org") == seen("/forgotten/", email="nobody@example.org")
    new = {"display_name": "", "password1": "a short sentence will do"}
    first = seen("/sign-up/", username="dora", email="bob@example.org", **new)
    second = seen("/sign-up/", username="emil", email="other@example.org", **new)
    assert first == second
    assert len(mail.outbox) == 4  # each of the four addresses hears something


def test_a_locked_account_is_open_again_when_its_time_is_over(
    bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "FAILURES_PER_ACCOUNT", "2/5m")
    for _ in range(2 * 2):  # an edge of the window may lie in between
        Caller().post("auth/login/", {"username": "bob", "password": "a guess"})
    right = {"username": "bob", "password": BOB.password}
    assert Caller().post("auth/login/", right).status == 429
    now = time.time
    monkeypatch.setattr("django_ratelimit.core.time.time", lambda: now() + 301)
    assert Caller().post("auth/login/", right).status == 200
