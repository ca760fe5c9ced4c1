"""Where sessions are kept, and how they end."""

import datetime as dt
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test import Client
from django.utils import timezone

from chatsite.accounts import services
from chatsite.accounts.credentials import session_credential_key
from chatsite.accounts.digests import session_digest
from chatsite.accounts.models import Session, SocketTicket, User
from chatsite.accounts.sessions import SessionStore
from chatsite.errors import NotFound
from tests.support.hints import listening
from tests.support.http import Caller, browser
from tests.support.people import BOB


def signed_in(user: User) -> tuple[Client, str]:
    client = Client()
    client.force_login(user)
    return client, client.cookies["sessionid"].value


def everything_stored() -> str:
    """All values of all tables, as a dump holds them."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [str(value) for row in cursor.fetchall() for value in row]
    return "\n".join(found)


@pytest.mark.storage
def test_a_dump_holds_no_key_that_opens_a_session(bob: User) -> None:
    page = browser(bob)
    key = page.client.cookies["sessionid"].value
    page.post("socket-tickets/")
    dump = everything_stored()
    assert SocketTicket.objects.exists()
    assert session_digest(key) in dump
    assert key not in dump


@pytest.mark.parametrize("shown", ["the digest", "the digest of the digest"])
def test_what_a_dump_shows_opens_nothing(bob: User, shown: str) -> None:
    _, key = signed_in(bob)
    stranger = Client()
    digest = session_digest(key)
    stranger.cookies["sessionid"] = digest if shown == "the digest" else session_digest(digest)
    assert stranger.get("/api/v1/me/").status_code == 401


@pytest.mark.storage
def test_a_session_says_whose_it_is_and_where_it_began(bob: User) -> None:
    door = Caller()
    door.post("auth/login/", {"username": "bob", "password": BOB.password}, User_Agent="A browser/1.0")
    row = Session.objects.get(user=bob)
    assert row.device == "A browser/1.0"
    assert abs(row.began_at - timezone.now()) < dt.timedelta(minutes=1)


def test_what_is_stored_later_leaves_the_beginning_as_it_was(bob: User) -> None:
    _, key = signed_in(bob)
    Session.objects.update(began_at=timezone.now() - dt.timedelta(days=3))
    before = Session.objects.get()
    store = SessionStore(key)
    store["seen"] = "a page"
    store.save()
    after = Session.objects.get()
    assert (after.began_at, after.user_id) == (before.began_at, bob.id)
    assert SessionStore(key)["seen"] == "a page"


def test_when_a_session_was_last_seen_is_noted_now_and_then(bob: User) -> None:
    client, _ = signed_in(bob)
    long_ago = timezone.now() - dt.timedelta(days=1)
    Session.objects.update(seen_at=long_ago)
    client.get("/api/v1/me/")
    first = Session.objects.get().seen_at
    assert first > long_ago
    client.get("/api/v1/me/")
    assert Session.objects.get().seen_at == first


def test_a_session_is_the_same_without_a_thread(db: None) -> None:
    async def use() -> None:
        store = SessionStore()
        await store.aset("mood", "good")
        await store.asave()
        assert store.session_key is not None
        assert await store.aexists(store.session_key)
        assert await SessionStore(store.session_key).aget("mood") == "good"
        await store.adelete()
        assert not await store.aexists(store.session_key)
        assert await SessionStore(store.session_key).aget("mood") is None

    async_to_sync(use)()


def test_one_session_is_ended_by_name(bob: User, django_capture_on_commit_callbacks: Any) -> None:
    _, key = signed_in(bob)
    with listening() as hints:
        with django_capture_on_commit_callbacks(execute=True):
            services.end_session_named(by=bob, session_id=session_digest(key))
        assert hints.to(bob.id) == [{"type": "session.ended", "credential": session_credential_key(key)}]
    assert not SessionStore(key).exists(key)


def test_nobody_ends_anothers_session(bob: User, mallory: User) -> None:
    _, key = signed_in(bob)
    with pytest.raises(NotFound):
        services.end_session_named(by=mallory, session_id=session_digest(key))
    assert SessionStore(key).exists(key)


def test_all_others_end_and_this_one_stays(bob: User, carol: User) -> None:
    here, key = signed_in(bob)
    there, _ = signed_in(bob)
    hers, _ = signed_in(carol)
    assert services.end_other_sessions(by=bob, keep=key) == 1
    assert [page.get("/api/v1/me/").status_code for page in (here, there, hers)] == [200, 401, 200]
