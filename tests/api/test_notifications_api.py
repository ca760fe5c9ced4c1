"""How one is told, over the HTTP API: preferences, levels, and the browsers that show notices."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from chatsite.accounts.models import User
from chatsite.rest.examples import EXAMPLES
from messaging.notifications import subscriptions
from messaging.notifications.encoding import decode
from messaging.notifications.models import PushSubscription, ServerKey
from rooms.models import Membership, Room
from rooms.services import open_direct_room
from tests.support.http import browser, caller

KEYS = EXAMPLES["SubscriptionKeysRequest"]


def subscription(name: str = "a-phone", **changed: Any) -> dict[str, Any]:
    return {"endpoint": f"https://push.example.net/{name}", "keys": KEYS, "expirationTime": None, **changed}


def test_a_person_says_how_to_be_told(alice: User) -> None:
    calls = caller(alice)
    seen = calls.get("me/notifications/").body
    assert seen == {
        "push": True,
        "show_text": True,
        "email": False,
        "email_address": "",
        "quiet_hours": "",
        "quiet_hours_are_the_sites": True,
        "defaults": {"direct": "everything", "rooms": "mentions"},
        "push_key": seen["push_key"],
    }
    changed = calls.patch("me/notifications/", {"show_text": False, "quiet_hours": "22:00-07:00"}).body
    own = {"show_text": False, "quiet_hours": "22:00-07:00", "quiet_hours_are_the_sites": False}
    assert changed == {**seen, **own} == calls.get("me/notifications/").body
    back = calls.patch("me/notifications/", {"show_text": True, "quiet_hours": "site"}).body
    assert back == seen
    for wrong in ({"quiet_hours": "22-7"}, {"quiet_hours": "24:00-07:00"}, {"quiet_hours": None}):
        assert calls.patch("me/notifications/", wrong).refusal == (400, "bad_request", "quiet_hours"), wrong


def test_mail_wants_a_confirmed_address(alice: User) -> None:
    calls = caller(alice)
    address = EmailAddress.objects.create(user=alice, email="alice@example.com", primary=True)
    assert calls.patch("me/notifications/", {"email": True}).refusal == (400, "bad_request", "email")
    EmailAddress.objects.filter(pk=address.pk).update(verified=True)
    seen = calls.patch("me/notifications/", {"email": True}).body
    assert (seen["email"], seen["email_address"]) == (True, "alice@example.com")


def test_the_key_of_pushes_is_made_once_and_sealed(alice: User, settings: Any) -> None:
    key = caller(alice).get("me/notifications/").body["push_key"]
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(key))
    assert caller(alice).get("me/notifications/").body["push_key"] == key
    assert "PRIVATE" not in ServerKey.objects.get().sealed
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-" * 8
    assert caller(alice).get("me/notifications/").body["push_key"] == key
    settings.SECRET_KEY_FALLBACKS = []
    assert caller(alice).get("me/notifications/").body["push_key"] != key


def test_what_to_be_told_of_follows_kind_mute_and_choice(room: Room, alice: User, bob: User) -> None:
    direct = open_direct_room(by=alice, user_ids=[bob.id])
    calls = caller(bob)

    def level(room_id: str, **marks: Any) -> str:
        if marks:
            calls.put(f"rooms/{room_id}/marks/", marks)
        return str(calls.get(f"rooms/{room_id}/").body["my_marks"]["notify"])

    assert (level(room.id), level(direct.id)) == ("mentions", "everything")
    assert level(direct.id, muted=True) == "mentions"
    assert level(direct.id, notify="everything") == "everything"
    assert not Membership.objects.get(room=direct, user_id=bob.id).muted
    assert level(room.id, notify="nothing") == "nothing"
    assert level(room.id, muted=True) == "nothing"


def test_a_browser_subscribes_again_and_again_and_once(alice: User, bob: User) -> None:
    calls, page = caller(alice), browser(alice)
    made = calls.post("me/push-subscriptions/", subscription(), User_Agent="Firefox")
    assert (made.status, made.body["device"], made.body["last_sent_at"]) == (201, "Firefox", None)
    again = page.post("me/push-subscriptions/", subscription())
    assert (again.status, again.body["id"]) == (200, made.body["id"])
    assert PushSubscription.objects.get().credential_key.startswith("session:")
    assert caller(bob).post("me/push-subscriptions/", subscription()).status == 201
    assert [kept.user for kept in PushSubscription.objects.all()] == [bob]
    assert calls.get("me/push-subscriptions/").body == {"results": [], "next": None}
    calls.post("me/push-subscriptions/", subscription("a-laptop"))
    (mine,) = calls.get("me/push-subscriptions/").body["results"]
    assert "push.example.net" not in str(mine)
    assert calls.delete(f"me/push-subscriptions/{mine['id']}/").status == 204
    assert calls.delete(f"me/push-subscriptions/{mine['id']}/").status == 404


def test_the_oldest_of_too_many_browsers_go(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriptions, "MOST", 2)
    calls = caller(alice)
    for name in ("one", "two", "three"):
        assert calls.post("me/push-subscriptions/", subscription(name)).status == 201
    kept = PushSubscription.objects.order_by("created_at").values_list("endpoint", flat=True)
    assert [endpoint.rpartition("/")[2] for endpoint in kept] == ["two", "three"]


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "x",
        "http://push.example.net/a",
        "ftp://push.example.net/a",
        "https://push.example.net:22/a",
        "https://push.example.net:99999/a",
        "https://user@push.example.net/a",
        "https://localhost/a",
        "https://redis/a",
        "https://printer.local/a",
        "https://127.0.0.1/a",
        "https://10.0.0.8/a",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/a",
        "https://[fe80::1]/a",
        "https://[::ffff:10.0.0.8]/a",
        "https://[2002:a00:8::1]/a",
        "https://[::1/a",
        "https://push.example.net/ä",
        "https://push.example.net/a b",
        "https://push.example.net/" + "a" * 1000,
    ],
)
def test_a_push_service_is_a_public_one(alice: User, endpoint: str) -> None:
    answer = caller(alice).post("me/push-subscriptions/", subscription(endpoint=endpoint))
    assert answer.refusal == (400, "bad_request", "endpoint")


@pytest.mark.parametrize(
    ("keys", "field"),
    [
        ({**KEYS, "p256dh": "AAAA"}, "keys.p256dh"),
        ({**KEYS, "p256dh": "é"}, "keys.p256dh"),
        ({**KEYS, "auth": "AAAA"}, "keys.auth"),
        ({**KEYS, "auth": "="}, "keys.auth"),
        ({**KEYS, "more": 1}, "keys.more"),
        ({"auth": KEYS["auth"]}, "keys.p256dh"),
    ],
)
def test_keys_are_what_a_browser_makes(alice: User, keys: dict[str, Any], field: str) -> None:
    answer = caller(alice).post("me/push-subscriptions/", subscription(keys=keys))
    assert answer.refusal == (400, "bad_request", field)


def test_reading_how_one_is_told_costs_little(
    alice: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    calls = caller(alice)
    calls.get("me/notifications/")
    with django_assert_max_num_queries(5, connection=connection):
        calls.get("me/notifications/")
