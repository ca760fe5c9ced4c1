"""Whom a message is told, on which device, when, and what comes of it: with a real push service."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db.models import F, QuerySet
from django.test import Client

from chatsite import clock
from chatsite.accounts.credentials import of_token
from chatsite.accounts.models import User
from chatsite.accounts.services import create_token, end_token
from chatsite.figures.tallies import Tally, read_tallies
from messaging import changes, receipts, retention, services
from messaging.models import Event
from messaging.notifications import looking, preferences, server_key, subscriptions, telling
from messaging.notifications.models import Notice, PushSubscription
from messaging.turn import Change
from rooms.models import Room
from rooms.services import mark_room, open_direct_room, remove_member
from tests.support.push_service import HOST, Browser, PushService, claims_of

pytestmark = pytest.mark.storage


@pytest.fixture(scope="module")
def service() -> Iterator[PushService]:
    with PushService() as service:
        yield service


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, settings: Any) -> set[str]:
    """Who sits at an open page; the push service is in the site's own network."""
    settings.PUSH_TRUSTED_HOSTS = [HOST]
    people: set[str] = set()
    monkeypatch.setattr(telling, "people_here", lambda asked: people & set(asked))
    return people


@pytest.fixture
def subscribe(service: PushService, here: set[str]) -> Callable[[User], Browser]:
    def subscribe(person: User) -> Browser:
        browser = service.new_browser()
        token, _ = create_token(by=person, name="a browser")
        subscriptions.subscribe(
            by=person, credential=of_token(token), endpoint=browser.endpoint, **browser.keys
        )
        return browser

    return subscribe


@pytest.fixture
def phone(subscribe: Callable[[User], Browser], bob: User) -> Browser:
    return subscribe(bob)


def say(by: User, room: Room, text: str) -> int:
    sent = services.send_message(by=by.id, room_id=room.id, text=text, client_id=uuid.uuid4())
    return sent.event.seq


def change(by: User, room: Room, seq: int) -> Change:
    return Change(by=by.id, room_id=room.id, seq=seq, client_id=uuid.uuid4())


def tell(room: Room, *, later: float = 0) -> None:
    """What the tasks do; `later`: so many seconds go by first."""
    looking.look([room.id])
    if later:
        pass_by(later)
    telling.send_due()


def pass_by(seconds: float) -> None:
    passed = dt.timedelta(seconds=seconds)
    Notice.objects.update(due_at=F("due_at") - passed)
    PushSubscription.objects.update(retry_at=F("retry_at") - passed)


def payloads(browser: Browser) -> list[dict[str, Any]]:
    return [push.payload for push in browser.pushes]


def bodies(browser: Browser) -> list[str]:
    return [payload.get("body", payload["kind"]) for payload in payloads(browser)]


def test_who_is_named_is_told_and_the_push_is_signed_and_encrypted(
    room: Room, alice: User, bob: User, phone: Browser, service: PushService
) -> None:
    say(alice, room, "nobody in particular")
    seq = say(alice, room, "**Tide** turns, @bob: [tables](https://example.org/)")
    tell(room)
    assert payloads(phone) == [
        {
            "kind": "message",
            "room": room.id,
            "seq": seq,
            "tag": room.id,
            "title": f"{alice.shown_name} in Harbour",
            "body": "Tide turns, @bob: tables",
            "url": f"/rooms/{room.id}/{seq}/",
        }
    ]
    (push,) = phone.pushes
    assert (push.headers["TTL"], push.headers["Urgency"], push.headers["Topic"]) == ("86400", "high", room.id)
    claims = claims_of(push, key=server_key.public_key(), audience=service.url)
    assert claims["sub"].startswith(("mailto:", "https:"))
    tell(room)
    assert len(phone.pushes) == 1
    assert PushSubscription.objects.get().last_sent_at


@pytest.mark.parametrize(
    ("notify", "told"), [("everything", ["hello", "@bob"]), ("mentions", ["@bob"]), ("nothing", [])]
)
def test_each_room_tells_as_much_as_one_wants(
    room: Room, alice: User, bob: User, phone: Browser, notify: str, told: list[str]
) -> None:
    mark_room(by=bob, room_id=room.id, notify=notify)
    for text in ("hello", "@bob"):
        say(alice, room, text)
        tell(room, later=looking.PAUSE.total_seconds())
    say(bob, room, "my own, @bob")
    tell(room, later=60)
    assert bodies(phone) == told


def test_a_direct_room_tells_everything(alice: User, bob: User, phone: Browser) -> None:
    direct = open_direct_room(by=alice, user_ids=[bob.id])
    say(alice, direct, "psst")
    tell(direct)
    assert [(p["title"], p["body"]) for p in payloads(phone)] == [(alice.shown_name, "psst")]


def test_who_is_here_is_asked_once_more_and_not_disturbed(
    room: Room, alice: User, bob: User, phone: Browser, here: set[str]
) -> None:
    here.add(bob.id)
    say(alice, room, "@bob, one")
    tell(room)
    tell(room, later=15)
    assert not Notice.objects.exists()
    say(alice, room, "@bob, two")
    tell(room)
    here.clear()
    tell(room)  # the second look has its time
    assert payloads(phone) == []
    tell(room, later=15)
    assert bodies(phone) == ["@bob, two"]


def test_read_on_one_device_silences_the_others(
    room: Room, alice: User, bob: User, phone: Browser, subscribe: Callable[[User], Browser]
) -> None:
    laptop = subscribe(bob)
    seq = say(alice, room, "@bob")
    tell(room)
    receipts.advance(by=bob.id, room_id=room.id, read=seq - 1)
    tell(room)
    assert [len(browser.pushes) for browser in (phone, laptop)] == [1, 1]
    receipts.advance(by=bob.id, room_id=room.id, read=seq)
    tell(room)
    for browser in (phone, laptop):
        assert payloads(browser)[1:] == [{"kind": "read", "room": room.id, "seq": seq, "tag": room.id}]
    assert not Notice.objects.exists()


def test_what_was_read_before_is_not_told(room: Room, alice: User, bob: User, phone: Browser) -> None:
    seq = say(alice, room, "@bob")
    looking.look([room.id])
    receipts.advance(by=bob.id, room_id=room.id, read=seq)
    telling.send_due()
    assert phone.pushes == []


def test_no_notice_holds_what_its_reader_may_no_longer_see(
    room: Room, alice: User, bob: User, phone: Browser
) -> None:
    first = say(alice, room, "@bob, a secret")
    looking.look([room.id])
    changes.edit_message(change(alice, room, first), text="@bob, nothing")
    tell(room, later=60)
    assert bodies(phone) == ["@bob, nothing"]
    changes.edit_message(change(alice, room, first), text="@bob, less")
    tell(room, later=60)
    assert (bodies(phone)[1:], payloads(phone)[1]["seq"]) == (["@bob, less"], first)
    changes.delete_message(change(alice, room, first))
    tell(room, later=60)
    assert bodies(phone)[2:] == ["read"]
    second = say(alice, room, "@bob, another")
    looking.look([room.id])
    changes.delete_message(change(alice, room, second))
    tell(room, later=60)
    assert len(phone.pushes) == 3


@pytest.mark.parametrize("erase", ["retention", "with its room"])
def test_what_is_erased_without_an_event_is_taken_back(
    room: Room, alice: User, phone: Browser, erase: str
) -> None:
    say(alice, room, "@bob, a secret")
    tell(room)
    if erase == "retention":
        later = clock.now() + dt.timedelta(seconds=1)
        assert retention.erase_before(room.id, before=later, at=later) == 1
    else:
        Room.objects.filter(id=room.id).delete()
    looking.sweep()
    telling.send_due()
    assert bodies(phone) == ["@bob, a secret", "read"]
    assert not Notice.objects.exists()


def test_nobody_is_told_of_a_room_they_are_out_of(room: Room, alice: User, bob: User, phone: Browser) -> None:
    say(alice, room, "@bob, come")
    tell(room)
    say(alice, room, "@bob, go")
    looking.look([room.id])
    remove_member(by=alice, room=room, user_id=bob.id)
    pass_by(60)
    telling.send_due()
    say(alice, room, "@bob is gone")
    tell(room, later=60)
    assert bodies(phone) == ["@bob, come", "read"]


def test_a_device_hears_nothing_once_its_sign_in_is_over(
    room: Room, alice: User, bob: User, phone: Browser
) -> None:
    say(alice, room, "@bob")
    looking.look([room.id])
    end_token(by=bob, token_id=PushSubscription.objects.get().proof)
    telling.send_due()
    assert phone.pushes == []
    assert not PushSubscription.objects.exists()


def test_quiet_hours_switched_off_and_without_text(
    room: Room, alice: User, bob: User, phone: Browser
) -> None:
    preferences.change_preferences(by=bob, quiet_hours="00:00-00:00")
    say(alice, room, "@bob, at night")
    tell(room)
    preferences.change_preferences(by=bob, quiet_hours="", push=False)
    say(alice, room, "@bob, off")
    tell(room)
    preferences.change_preferences(by=bob, push=True, show_text=False)
    say(alice, room, "@bob, a secret")
    tell(room)
    assert bodies(phone) == ["A new message"]


def test_a_device_that_is_gone_is_forgotten(room: Room, alice: User, phone: Browser) -> None:
    phone.statuses = [410]
    say(alice, room, "@bob")
    tell(room)
    assert phone.asked == 1
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(("status", "wait"), [(503, ""), (429, "120")])
def test_a_service_that_fails_is_left_alone_for_longer_and_longer(
    room: Room, alice: User, phone: Browser, status: int, wait: str
) -> None:
    phone.statuses, phone.answer_headers = [status, status], {"Retry-After": wait} if wait else {}
    say(alice, room, "@bob")
    tell(room)
    for _ in range(5):
        tell(room)
    device = PushSubscription.objects.get()
    assert (phone.asked, device.failures, device.last_error) == (1, 1, f"answered {status}")
    assert device.retry_at is not None
    assert (device.retry_at - clock.now()).total_seconds() > (100 if wait else 10)
    tell(room, later=150)
    assert phone.asked == 2
    tell(room, later=150)
    assert bodies(phone) == ["@bob"]
    assert PushSubscription.objects.get().failures == 0


def test_what_is_too_large_goes_without_its_text(room: Room, alice: User, phone: Browser) -> None:
    phone.statuses = [413]
    say(alice, room, "@bob, much")
    tell(room)
    assert bodies(phone) == ["A new message"]


def test_a_service_that_refuses_again_and_again_is_not_asked_for_ever(
    room: Room, alice: User, phone: Browser
) -> None:
    phone.statuses = [403] * 20
    for number in range(telling.MOST_REFUSALS + 2):
        say(alice, room, f"@bob, {number}")
        tell(room, later=60)
    assert phone.asked == telling.MOST_REFUSALS
    assert not PushSubscription.objects.exists()


def test_what_came_of_notices_is_counted_for_the_whole_site(
    room: Room, alice: User, bob: User, phone: Browser, subscribe: Callable[[User], Browser]
) -> None:
    before = read_tallies()
    laptop = subscribe(bob)
    laptop.statuses = [503, 410]
    for text in ("@bob, one", "@bob, two"):
        seq = say(alice, room, text)
        looking.look([room.id])
    telling.send_due()
    receipts.advance(by=bob.id, room_id=room.id, read=seq - 1)
    say(alice, room, "@bob, three")
    tell(room, later=60)
    receipts.advance(by=bob.id, room_id=room.id, read=seq + 1)
    tell(room)
    happened = {tally.name: total - before[tally] for tally, total in read_tallies().items()}
    assert {name: total for name, total in happened.items() if total} == {
        "NOTICE_SENT": 2,
        "NOTICE_CLOSED": 1,
        "NOTICE_COALESCED": 3,  # "two" on both, and "three" on the one that failed
        "NOTICE_FAILED": 1,
        "DEVICE_GONE": 1,
    }
    office = Client()
    office.force_login(User.objects.create_superuser("anna"))
    metrics = office.get("/metrics").content.decode()
    for result in ("sent", "closed", "coalesced", "failed", "refused", "gone"):
        total = read_tallies()[Tally(f"notices:{result}")]
        assert f'parley_notices_total{{result="{result}"}} {total}.0' in metrics


def test_administrators_see_why_a_device_fails_and_not_its_address(
    room: Room, alice: User, phone: Browser
) -> None:
    phone.statuses = [503]
    say(alice, room, "@bob")
    tell(room)
    office = Client()
    office.force_login(User.objects.create_superuser("anna"))
    page = office.get("/admin/notifications/pushsubscription/", {"q": "bob"})
    shown = page.content.decode()
    assert (page.status_code, "answered 503" in shown, HOST in shown) == (200, True, True)
    one = office.get(f"/admin/notifications/pushsubscription/{PushSubscription.objects.get().id}/change/")
    assert one.status_code == 200
    for text in (shown, one.content.decode()):
        assert phone.name not in text
        assert phone.keys["auth"] not in text
    assert office.get("/admin/notifications/preferences/").status_code == 200


def test_the_sweep_finds_what_no_task_was_told_of(room: Room, alice: User, bob: User, phone: Browser) -> None:
    seq = say(alice, room, "@bob")
    assert looking.rooms_behind() == [room.id]
    looking.sweep()
    telling.send_due()
    assert bodies(phone) == ["@bob"]
    assert looking.rooms_behind() == []
    receipts.advance(by=bob.id, room_id=room.id, read=seq)
    looking.sweep()
    telling.send_due()
    assert bodies(phone) == ["@bob", "read"]


def test_a_message_that_comes_in_the_middle_of_a_look_is_told_by_the_next(
    room: Room, alice: User, phone: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(room)
    read = looking._news_in

    def read_and_hear(events: QuerySet[Event]) -> looking._News:
        news = read(events)
        say(alice, room, "@bob")
        return news

    with monkeypatch.context() as patch:
        patch.setattr(looking, "_news_in", read_and_hear)
        looking.look([room.id])
    tell(room)
    assert bodies(phone) == ["@bob"]


def test_a_room_without_anybodys_devices_costs_two_questions(
    room: Room, alice: User, django_assert_num_queries: Any
) -> None:
    say(alice, room, "hi")
    with django_assert_num_queries(3):
        assert looking.look([room.id]) == 0
