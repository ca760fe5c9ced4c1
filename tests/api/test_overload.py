"""When the database is away, callers hear `overloaded` and may come again."""

from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client
from psycopg_pool import PoolTimeout

from chatsite.accounts.models import User
from rooms import queries
from tests.support.http import Caller, browser, caller


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed"), PoolTimeout("full")])
def test_a_database_that_is_away_is_overloaded(
    bob: User, monkeypatch: pytest.MonkeyPatch, error: Any
) -> None:
    calls = caller(bob)

    def refuse(**_: Any) -> None:
        raise error

    monkeypatch.setattr(queries, "visible_rooms", refuse)
    answer = calls.get("rooms/")
    assert answer.refusal == (503, "overloaded", None)
    assert answer.error["retryable"]


def test_so_it_is_before_the_view_is_reached(bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from chatsite.accounts.sessions import SessionStore

    page = browser(bob)

    def refuse(_: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(SessionStore, "load", refuse)
    assert page.get("rooms/").refusal == (503, "overloaded", None)


def test_what_nobody_foresaw_is_internal_and_tells_nothing(
    bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = caller(bob)

    def fail(**_: Any) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(queries, "visible_rooms", fail)
    answer = calls.get("rooms/")
    assert answer.refusal == (500, "internal", None)
    assert b"secret" not in answer.raw


def test_a_host_that_is_not_ours_is_a_bad_request(db: None) -> None:
    answer = Client(raise_request_exception=False).get("/api/v1/me/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "bad_request"
    assert Caller().get("me/").status == 401
