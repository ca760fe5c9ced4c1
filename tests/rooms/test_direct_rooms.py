"""One room for one set of people, however often and from wherever it is asked for."""

import threading
from typing import Any

import pytest
from django.db import connection

from chatsite.accounts.models import User
from chatsite.errors import BadRequest
from chatsite.idempotency import Key
from messaging.models import Event
from rooms import moderation, services
from rooms.errors import NoSuchUser, NotInDirectRooms
from rooms.models import Membership, Room
from tests.support.hints import listening


def test_a_direct_room_is_made_once_by_whichever_of_its_people(alice: User, bob: User) -> None:
    keys = [Key() for _ in range(4)]
    rooms = {
        services.open_direct_room(by=alice, user_ids=[bob.id], key=keys[0]).id,
        services.open_direct_room(by=alice, user_ids=[alice.id, bob.id], key=keys[1]).id,
        services.open_direct_room(by=bob, user_ids=[alice.id], key=keys[2]).id,
        services.open_direct_room(by=bob, user_ids=[alice.id, alice.id], key=keys[3]).id,
    }
    assert len(rooms) == 1
    assert [key.repeated for key in keys] == [False, True, True, True]


def test_other_people_are_another_room(alice: User, bob: User, carol: User) -> None:
    two = services.open_direct_room(by=alice, user_ids=[bob.id])
    three = services.open_direct_room(by=alice, user_ids=[bob.id, carol.id])
    assert two != three
    assert set(Membership.objects.filter(room=three).values_list("user_id", flat=True)) == {
        alice.id,
        bob.id,
        carol.id,
    }


def test_its_log_tells_its_people(alice: User, bob: User) -> None:
    room = services.open_direct_room(by=alice, user_ids=[bob.id])
    assert list(Event.objects.filter(room=room).order_by("seq").values_list("seq", "kind", "data")) == [
        (1, "member.joined", {"user": alice.id, "role": "owner"}),
        (2, "member.joined", {"user": bob.id, "role": "member"}),
    ]


def test_its_people_are_told(alice: User, bob: User, django_capture_on_commit_callbacks: Any) -> None:
    with listening() as hints:
        with django_capture_on_commit_callbacks(execute=True):
            room = services.open_direct_room(by=alice, user_ids=[bob.id])
        assert hints.to(bob.id) == [{"type": "room.joined", "room": room.id, "reason": "added"}]
        assert hints.to(alice.id) == [{"type": "room.joined", "room": room.id, "reason": "created"}]


def test_nobody_comes_goes_or_changes_rank(alice: User, bob: User, carol: User) -> None:
    room = services.open_direct_room(by=alice, user_ids=[bob.id])
    for attempt in (
        lambda: services.add_member(by=alice, room=room, user_id=carol.id),
        lambda: services.remove_member(by=alice, room=room, user_id=bob.id),
        lambda: services.leave_room(by=bob, room=room),
        lambda: moderation.change_member(by=alice, room=room, user_id=bob.id, role="owner"),
        lambda: services.change_room(by=alice, room=room, name="Us"),
        lambda: services.archive_room(by=alice, room=room),
    ):
        with pytest.raises(NotInDirectRooms):
            attempt()


def test_a_direct_room_has_somebody_else_and_not_too_many(alice: User) -> None:
    for user_ids in ([], [alice.id], [f"{n:016}" for n in range(20)]):
        with pytest.raises(BadRequest) as refusal:
            services.open_direct_room(by=alice, user_ids=user_ids)
        assert refusal.value.field == "users"


@pytest.mark.parametrize("user_id", ["0" * 16, "nobody", "", "\x00"])
def test_its_people_have_to_be_there(alice: User, user_id: Any) -> None:
    with pytest.raises(NoSuchUser):
        services.open_direct_room(by=alice, user_ids=[user_id])
    assert not Room.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_get_one_room(alice: User, bob: User) -> None:
    for other in range(3):
        Room.objects.all().delete()
        start = threading.Barrier(2)
        found: list[str] = []
        failed: list[object] = []

        def ask(by: User, other: Any, start: Any = start, found: Any = found, failed: Any = failed) -> None:
            try:
                start.wait(5)
                found.append(services.open_direct_room(by=by, user_ids=[other.id]).id)
            except Exception as error:
                failed.append((other, error))
            finally:
                connection.close()

        threads = [threading.Thread(target=ask, args=pair) for pair in ((alice, bob), (bob, alice))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert failed == []
        assert len(found) == 2
        assert len(set(found)) == 1
        assert Room.objects.count() == 1
        assert Membership.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_leave_at_once_leave_one_owner(alice: User, bob: User) -> None:
    room = services.create_room(by=alice, name="Harbour", kind="private")
    services.add_member(by=alice, room=room, user_id=bob.id, role="owner")
    start = threading.Barrier(2)
    outcomes = []

    def leave(by: User) -> None:
        try:
            start.wait(5)
            services.leave_room(by=by, room=room)
            outcomes.append("left")
        except Exception as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=(by,)) for by in (alice, bob)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["LastOwner", "left"]
    assert Membership.objects.filter(room=room, left_seq=None, role="owner").count() == 1
