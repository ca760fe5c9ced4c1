"""Whatever comes in, the answer has a code, says the field, and the server is well."""

from typing import Any

import pytest

from chatsite.accounts.models import User
from messaging.models import Event
from rooms.models import Room
from tests.support.http import Caller, browser, caller

DEEP = b'{"name":' + b"[" * 100_000 + b"]" * 100_000 + b"}"


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b"", "name"),
        (b"{}", "name"),
        (b"null", "body"),
        (b"[]", "body"),
        (b'"x"', "body"),
        (b"{", "body"),
        (b"\xff", "body"),
        (b'\xef\xbb\xbf{"name": "x"}', "body"),
        (DEEP, "body"),
        (b'{"name":' + b"[" * 50 + b"]" * 50 + b"}", "name"),
        (b'{"name": NaN}', "body"),
        (b'{"name": Infinity}', "body"),
        (b'{"name": 1e999}', "body"),
        (b'{"name": ' + b"9" * 5000 + b"}", "body"),
        (b'{"name": "a", "name": "b"}', "name"),
        (b'{"name": "a\\u0000b", "kind": "public"}', "name"),
        (b'{"name": "\\ud800", "kind": "public"}', "name"),
        (b'{"name": "a", "kind": "public", "to\\u0000pic": 1}', "body"),
        (b'{"name": "a", "kind": "public", "owner": "me"}', "owner"),
        (b'{"name": 7, "kind": "public"}', "name"),
        (b'{"name": true, "kind": "public"}', "name"),
        (b'{"name": null, "kind": "public"}', "name"),
        (b'{"name": ["a"], "kind": "public"}', "name"),
        (b'{"name": {"a": 1}, "kind": "public"}', "name"),
        (b'{"name": "a", "kind": "PUBLIC"}', "kind"),
        (b'{"name": "a", "kind": "direct"}', "kind"),
        (b'{"name": "a", "kind": ["public"]}', "kind"),
        (b'{"name": "a", "kind": {"public": 1}}', "kind"),
        (b'{"name": "a"}', "kind"),
        (b'{"name": "a\\nb", "kind": "public"}', "name"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_body_that_makes_no_sense_is_a_bad_request(alice: User, raw: Any, field: Any) -> None:
    calls = caller(alice)
    assert calls("POST", "rooms/", raw=raw).refusal == (400, "bad_request", field)
    assert calls.post("rooms/", {"name": "Harbour", "kind": "public"}).status == 201


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_only_json_is_taken(alice: User, kind: Any) -> None:
    answer = caller(alice)("POST", "rooms/", raw=b'{"name": "a", "kind": "public"}', content_type=kind)
    assert answer.refusal == (400, "bad_request", None)


def test_a_body_over_the_limit_is_too_large(alice: User) -> None:
    answer = caller(alice)("POST", "rooms/", raw=b'{"name": "' + b"a" * 300_000 + b'"}')
    assert answer.refusal == (413, "too_large", None)


def test_a_text_over_the_limit_is_too_large(room: Room, bob: User) -> None:
    say = lambda text: caller(bob).post(f"rooms/{room.id}/messages/", {"text": text})  # noqa: E731
    assert say("é" * 8192).status == 201
    assert say("é" * 8192 + "x").refusal == (413, "too_large", "text")


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "a\x00b", "\ud800", 7, None, ["a"], {"a": 1}, True, 1.5])
def test_a_message_without_a_proper_text_is_refused(room: Room, bob: User, text: Any) -> None:
    answer = caller(bob).post(f"rooms/{room.id}/messages/", {"text": text})
    assert answer.refusal == (400, "bad_request", "text")


@pytest.mark.parametrize("reply_to", [0, -1, 1.0, "4", True, 2**53, 99, 1])
def test_a_reply_to_no_message_is_refused(room: Room, bob: User, reply_to: Any) -> None:
    answer = caller(bob).post(f"rooms/{room.id}/messages/", {"text": "hi", "reply_to": reply_to})
    assert answer.refusal == (400, "bad_request", "reply_to")


def test_an_attachment_that_is_not_there_is_refused(room: Room, bob: User) -> None:
    answer = caller(bob).post(f"rooms/{room.id}/messages/", {"text": "hi", "attachments": ["x"]})
    assert answer.refusal == (400, "bad_request", "attachments")


@pytest.mark.parametrize(
    "key",
    ["", "x", "{}", "0b0b0b0b-1111-4222-8333-44444444444", "é" * 36, "0b0b0b0b11114222833344444444444f"],
)
def test_an_idempotency_key_is_a_uuid(room: Room, bob: User, key: Any) -> None:
    answer = caller(bob).post(f"rooms/{room.id}/messages/", {"text": "hi"}, Idempotency_Key=key)
    assert answer.refusal == (400, "bad_request", "Idempotency-Key")
    assert not Event.objects.filter(kind="message.created").exists()


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("rooms/?limit=0", "limit"),
        ("rooms/?limit=301", "limit"),
        ("rooms/?limit=-1", "limit"),
        ("rooms/?limit=1.5", "limit"),
        ("rooms/?limit=\u0661", "limit"),
        ("rooms/?limit=", "limit"),
        ("rooms/?limit=" + "9" * 50, "limit"),
        ("rooms/?mine=yes", "mine"),
        ("rooms/?joinable=1", "joinable"),
        ("rooms/?joinable=true&mine=true", "joinable"),
        ("rooms/?joinable=true&q=%00", "q"),
        ("rooms/?q=harbour", "q"),
        ("rooms/?cursor=%00", "cursor"),
        ("rooms/?cursor=abc", "cursor"),
        ("rooms/?cursor=WzFd", "cursor"),
        ("rooms/?cursor=MQ", "cursor"),
        ("rooms/?cursor=Ilx1MDAwMCI", "cursor"),
        ("rooms/{room}/members/?cursor=ImEi", "cursor"),
        ("rooms/{room}/members/?cursor=LTE", "cursor"),
        ("rooms/{room}/members/?cursor=dHJ1ZQ", "cursor"),
        ("users/?q=%00", "q"),
        ("users/?q=" + "x" * 81, "q"),
        ("users/?ids=%00", "ids"),
        ("rooms/{room}/messages/?after=-1", "after"),
        ("rooms/{room}/messages/?before=0", "before"),
        ("rooms/{room}/messages/?limit=301", "limit"),
        ("rooms/{room}/messages/?cursor=x", "cursor"),
        ("rooms/{room}/events/?after=-1", "after"),
        ("rooms/{room}/events/?after=x", "after"),
        ("rooms/{room}/events/?after=9007199254740992", "after"),
        ("rooms/{room}/events/?limit=0", "limit"),
        ("rooms/{room}/events/?wait=31", "wait"),
        ("rooms/{room}/events/?epoch=%00", "epoch"),
        ("rooms/{room}/events/?epoch=another", "epoch"),
    ],
)
def test_a_query_that_makes_no_sense_is_a_bad_request(room: Room, bob: User, path: Any, field: Any) -> None:
    assert caller(bob).get(path.format(room=room.id)).refusal == (400, "bad_request", field)


@pytest.mark.parametrize(
    "body", [{}, {"read": -1}, {"read": "1"}, {"delivered": 1.0}, {"read": 2**53}, {"seq": 1}]
)
def test_a_receipt_that_makes_no_sense_is_refused(room: Room, bob: User, body: Any) -> None:
    answer = caller(bob).put(f"rooms/{room.id}/receipt/", body)
    assert answer.refusal == (400, "bad_request", next(iter(body), "read"))


def test_another_method_is_refused_with_those_allowed(bob: User) -> None:
    answer = caller(bob).put("rooms/", {})
    assert answer.refusal == (400, "bad_request", None)
    assert answer.headers["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("path", ["", "nothing/", "rooms", "rooms/x/y/z/", "messages/%00/"])
def test_an_unknown_address_is_not_found(bob: User, path: Any) -> None:
    for calls in (caller(bob), Caller(), browser(bob)):
        for method in ("GET", "POST", "DELETE"):
            answer = calls(method, path)
            assert answer.status == 404
            assert answer.body == {
                "error": {"code": "not_found", "message": "There is no such thing here.", "retryable": False}
            }


def test_whatever_accept_says_the_answer_is_json(bob: User) -> None:
    for accept in ("text/html", "application/xml", "*/*", "nonsense"):
        answer = caller(bob).get("me/", Accept=accept)
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.body["id"] == bob.id


def test_errors_are_english_unless_another_language_is_asked_for_and_the_code_is_the_same(bob: User) -> None:
    asked = [caller(bob).post("rooms/", {"kind": "public"}, Accept_Language=one) for one in ("", "tlh", "de")]
    assert {answer.refusal for answer in asked} == {(400, "bad_request", "name")}
    assert [answer.error["message"] == "This field is required." for answer in asked] == [True, True, False]


def test_a_cookie_without_the_csrf_token_changes_nothing(bob: User) -> None:
    page = browser(bob)
    del page.headers["X-CSRFToken"]
    assert page.post("rooms/", {"name": "x", "kind": "public"}).refusal == (403, "forbidden", None)
    assert page.get("rooms/").body["results"] == []


def test_a_cookie_with_a_foreign_origin_changes_nothing(bob: User) -> None:
    page = browser(bob)
    answer = page.post("rooms/", {"name": "x", "kind": "public"}, Origin="https://evil.example")
    assert answer.refusal == (403, "forbidden", None)


def test_a_token_needs_no_csrf_token_and_no_origin(bob: User) -> None:
    answer = caller(bob).post("rooms/", {"name": "x", "kind": "public"}, Origin="https://elsewhere.example")
    assert answer.status == 201
