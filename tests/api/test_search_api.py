"""Searching over HTTP."""

import uuid
from urllib.parse import quote

import pytest

from chatsite import limits
from chatsite.accounts.models import User
from chatsite.env import Rate
from messaging import services
from messaging.search import index
from rooms.models import Room
from tests.support.http import caller


@pytest.fixture
def said(room: Room, bob: User, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    monkeypatch.setattr(limits, "SEARCHES", Rate(1000, 1000))
    seqs = [
        services.send_message(by=bob.id, room_id=room.id, text=text, client_id=uuid.uuid4()).event.seq
        for text in ("The tide turns at six.", "No tide today", "<b>Tide</b> & more")
    ]
    index.advance(seconds=20)
    return seqs


def test_a_result_is_a_message_with_a_snippet_in_parts(room: Room, bob: User, said: list[int]) -> None:
    answer = caller(bob).get("search/?q=turn")
    assert answer.status == 200
    (result,) = answer.body["results"]
    assert result | {"at": ""} == {
        "room": room.id,
        "seq": said[0],
        "by": bob.id,
        "at": "",
        "text": "The tide turns at six.",
        "deleted": False,
        "attachments": [],
        "reactions": [],
        "mentions": [],
        "snippet": [
            {"text": "The tide ", "match": False},
            {"text": "turns", "match": True},
            {"text": " at six.", "match": False},
        ],
    }
    assert (answer.body["next"], answer.body["complete"]) == (None, True)


def test_pages_follow_one_another(bob: User, said: list[int]) -> None:
    get = caller(bob).get
    first = get("search/?q=tide&limit=2").body
    second = get(f"search/?q=tide&limit=2&cursor={first['next']}").body
    assert [result["seq"] for result in first["results"] + second["results"]] == said[::-1]
    assert second["next"] is None


def test_a_bot_searches_its_rooms_and_a_token_needs_the_scope_to_read(
    room: Room, bob: User, robo: User, said: list[int]
) -> None:
    assert caller(robo).get("search/?q=tide").body["results"] == []
    assert len(caller(bob, scopes=("read",)).get("search/?q=tide").body["results"]) == 3
    assert caller(bob, scopes=("write",)).get("search/?q=tide").refusal == (403, "forbidden", None)


def test_days_are_those_of_the_time_zone(bob: User, said: list[int]) -> None:
    get = caller(bob).get
    assert (
        len(get("search/?q=tide&after=2020-01-01&before=2999-01-01T00:00:00Z&tz=Asia/Tokyo").body["results"])
        == 3
    )
    assert get("search/?after=2999-01-01").body["results"] == []
    assert get("search/?q=tide&tz=Atlantis").refusal == (400, "bad_request", "tz")
    assert get("search/?q=tide&tz=../../etc/passwd").refusal == (400, "bad_request", "tz")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "q"),
        ("q=", "q"),
        ("q=%20", "q"),
        ("q=-", "q"),
        ("q=%22", "q"),
        ("q=" + "x" * 10_000, "q"),
        ("q=a%00b", "q"),
        ("q=from:", "q"),
        ("q=has:nothing", "q"),
        ("q=x&before=soon", "before"),
        ("q=x&after=2026-02-30", "after"),
        ("q=x&limit=0", "limit"),
        ("q=x&limit=51", "limit"),
        ("q=x&cursor=nonsense", "cursor"),
        ("q=x&cursor=LTE", "cursor"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_field(
    bob: User, said: list[int], query: str, field: str
) -> None:
    assert caller(bob).get(f"search/?{query}").refusal == (400, "bad_request", field)


@pytest.mark.parametrize(
    "q", ["%", "_", "\\", "'; --", '"tide', "tide'", "tide OR", "NOT tide*", "(tide", "\ud83d"]
)
def test_odd_signs_are_no_operators(bob: User, said: list[int], q: str) -> None:
    answer = caller(bob).get(f"search/?q={quote(q.encode(errors='surrogatepass'))}")
    assert answer.status == (200 if any(sign.isalnum() or sign == "_" for sign in q) else 400)


def test_another_room_and_no_room_give_the_same_bytes(room: Room, mallory: User, said: list[int]) -> None:
    get = caller(mallory).get
    answers = {get(f"search/?q=tide&room={name}").raw for name in (room.id, "0" * 16, "nonsense")}
    assert len(answers) == 1
    assert get(f"search/?q=tide&room={room.id}").code == "not_found"


def test_searches_have_a_bucket_of_their_own(bob: User, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SEARCHES", Rate(0.001, 2))
    get = caller(bob).get
    assert [get("search/?q=tide").status for _ in range(3)] == [200, 200, 429]
    assert caller(bob).post(f"rooms/{room.id}/messages/", {"text": "hi"}).status == 201
