"""Who finds what, on both databases: in the index, and beside it what is not indexed yet."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Model

from chatsite import limits
from chatsite.accounts.models import User
from messaging import changes, retention
from messaging.models import Event, IndexedMessage, IndexPosition
from messaging.search import finding, index
from messaging.search.asking import read_query
from messaging.search.finding import find_messages
from messaging.services import send_message
from messaging.turn import Change
from rooms import services as rooms
from rooms.models import Room

pytestmark = [pytest.mark.storage, pytest.mark.django_db(transaction=True)]


def say(by: User, room: Room, text: str) -> int:
    return send_message(by=by.id, room_id=room.id, text=text, client_id=uuid4()).event.seq


def found(by: User, q: str, **options: Any) -> list[str]:
    """The texts that somebody finds, in their order."""
    asked = read_query(q, zone=dt.UTC, today=dt.datetime.now(dt.UTC).date())
    answer = find_messages(
        by=by, asked=asked, **({"room_id": None, "older_than": None, "limit": 20} | options)
    )
    assert answer.complete
    return [message.text for message in answer.messages]


@pytest.fixture(params=["indexed", "not yet indexed", "in part", "by trigrams"])
def settled(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Called when all is said: what searching finds must not depend on how far the index is."""
    if request.param == "by trigrams":
        monkeypatch.setattr(finding, "RECENT", 0)

    def settle() -> None:
        if request.param == "in part":
            monkeypatch.setattr(index, "CHUNK", 5)
            for room_id in Room.objects.values_list("id", flat=True):
                index.advance_room(room_id)
        elif request.param != "not yet indexed":
            index.advance(seconds=20)

    return settle


TEXTS = [
    "The tide turns at six",
    "Un café à Paris",
    "東京で会いましょう",
    "see https://example.com",
    "السَّلام عليكم",
    "🎉 ok",
]


def test_a_member_finds_what_was_said_and_a_stranger_does_not(
    room: Room, bob: User, mallory: User, settled: Any
) -> None:
    for text in TEXTS:
        say(bob, room, text)
    settled()
    for q, text in zip(("tid turn", "cafe", "京", "has:link", "سلام", "🎉"), TEXTS, strict=True):
        assert found(bob, q) == [text]
        assert found(mallory, q) == []
    assert found(bob, "ok") == [TEXTS[5]]
    assert found(bob, "nothing") == []


def test_the_newest_come_first_page_by_page(room: Room, alice: User, bob: User, settled: Any) -> None:
    second = rooms.create_room(by=bob, name="Pier", kind="private")
    texts = [f"tide {number}" for number in range(10)]
    for number, text in enumerate(texts):
        say(bob, room if number % 2 else second, text)
    settled()
    asked = read_query("tide", zone=dt.UTC, today=dt.date(2026, 1, 1))
    seen: list[Event] = []
    while len(seen) < 10:
        older_than = seen[-1].pk if seen else None
        page = find_messages(by=bob, asked=asked, room_id=None, older_than=older_than, limit=4)
        assert page.more == (len(seen) + len(page.messages) < 10)
        seen += page.messages
    assert [message.text for message in seen] == texts[::-1]
    assert found(alice, "tide") == texts[9::-2]
    assert found(bob, "tide", room_id=second.id) == texts[8::-2]


def test_filters_narrow(room: Room, alice: User, bob: User, settled: Any) -> None:
    pier = rooms.create_room(by=bob, name="Pier", kind="private")
    direct = rooms.open_direct_room(by=alice, user_ids=[bob.id])
    say(alice, room, "tide of Alice")
    say(bob, room, "tide of Bob")
    say(bob, pier, "tide at the pier")
    say(bob, direct, "tide between us")
    settled()
    assert found(bob, "tide from:alice") == found(bob, 'tide from:"Alice Archer"') == ["tide of Alice"]
    assert found(alice, "from:me tide") == ["tide of Alice"]
    assert found(bob, "in:pier") == found(bob, "in:#Pi tide") == ["tide at the pier"]
    assert found(alice, "in:pier tide") == []
    assert found(alice, "tide in:@bob") == ["tide between us"]
    assert found(bob, "tide from:nobody") == []
    assert found(bob, "tide before:2020-01-01") == found(bob, "tide after:2999-01-01") == []
    assert len(found(bob, "tide after:yesterday")) == 4


def test_files_are_found_by_name_and_kind(room: Room, bob: User, settled: Any) -> None:
    files = {"plan": "application/pdf", "harbour": "image/png"}
    for name, kind in files.items():
        seq = say(bob, room, f"the {name}")
        data = {
            "attachments": [{"id": "x", "name": f"{name}-final", "type": kind, "size": 1}],
            "mentions": [],
        }
        Event.objects.filter(room_id=room.id, seq=seq).update(data=data)
    settled()
    assert found(bob, "has:file") == ["the harbour", "the plan"]
    assert found(bob, "has:image") == found(bob, "has:file harbour-final") == ["the harbour"]
    assert found(bob, "has:link") == []


def test_an_edited_message_is_found_by_its_present_text_only(room: Room, bob: User, settled: Any) -> None:
    seq = say(bob, room, "firstword")
    settled()
    change = Change(by=bob.id, room_id=room.id, client_id=uuid4(), seq=seq)
    changes.edit_message(change, text="secondword")
    assert found(bob, "firstword") == []
    assert found(bob, "secondword") == ["secondword"]
    settled()
    assert found(bob, "secondword") == ["secondword"]
    assert "firstword" not in stored()


def test_of_a_deleted_message_nothing_is_found_or_left(room: Room, bob: User, settled: Any) -> None:
    seq = say(bob, room, "firstword")
    settled()
    changes.delete_message(Change(by=bob.id, room_id=room.id, client_id=uuid4(), seq=seq))
    assert found(bob, "firstword") == []
    settled()
    assert found(bob, "firstword") == []
    assert "firstword" not in stored()


def test_what_a_room_does_not_keep_is_not_found(room: Room, bob: User, settled: Any) -> None:
    say(bob, room, "firstword")
    settled()
    now = dt.datetime.now(dt.UTC)
    assert retention.erase_before(room.id, before=now + dt.timedelta(seconds=1), at=now) == 1
    assert found(bob, "firstword") == []
    assert "firstword" not in stored()


def stored() -> str:
    """All that the tables of the index hold."""
    tables: list[type[Model]] = [IndexedMessage, IndexPosition]
    rows = [str(list(table.objects.values_list())) for table in tables]  # type: ignore[attr-defined]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE name LIKE 'messaging_trigram_%' AND type = 'table'"
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f"SELECT * FROM {name}")
                rows.append(str(cursor.fetchall()))
    return "".join(rows)


def test_the_index_is_made_anew(room: Room, bob: User) -> None:
    say(bob, room, "firstword")
    assert index.advance(seconds=20) == 1
    assert index.advance(seconds=20) == 0
    IndexedMessage.objects.update(words=" spoilt ")
    assert found(bob, "firstword") == found(bob, "spoilt") == []
    index.rebuild()
    assert index.advance(seconds=20) == 1
    assert found(bob, "firstword") == ["firstword"]


def test_an_index_far_behind_says_so_and_finds_the_newest(
    room: Room, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "UNINDEXED", 2)
    for number in range(5):
        say(bob, room, f"tide {number}")
    asked = read_query("tide", zone=dt.UTC, today=dt.date(2026, 1, 1))
    answer = find_messages(by=bob, asked=asked, room_id=None, older_than=None, limit=20)
    assert [message.text for message in answer.messages] == ["tide 4", "tide 3", "tide 2"]
    assert not answer.complete


def test_a_search_has_its_time_and_no_more(room: Room, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(50):
        say(bob, room, f"tide {number}")
    index.advance(seconds=20)
    monkeypatch.setattr(limits, "SEARCH_SECONDS", 0.0)
    slow = (
        "SELECT pg_sleep(1)"
        if connection.vendor == "postgresql"
        else (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT max(i) FROM n"
        )
    )
    with pytest.raises(finding.SearchTooSlow), finding._within(0.001), connection.cursor() as cursor:
        cursor.execute(slow)
    assert found_again(bob)


def found_again(by: User) -> bool:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "SEARCH_SECONDS", 5.0)
        return len(found(by, "tide")) == 20
