"""A room is opened to everybody and closed again; whoever may archive it opens it again."""

import uuid

import pytest

from chatsite.accounts.models import User
from messaging.models import Event
from messaging.queries import view
from messaging.services import send_message
from rooms import invites, moderation, services
from rooms.errors import NotInDirectRooms, NotYourRole
from rooms.models import Room
from rooms.queries import find_room
from tests.support.http import caller

pytestmark = pytest.mark.storage


def last_event(room: Room) -> Event:
    return Event.objects.filter(room=room).order_by("seq").reverse()[0]


def test_a_private_room_becomes_public_and_keeps_its_past_to_itself(
    room: Room, alice: User, mallory: User
) -> None:
    send_message(by=alice.id, room_id=room.id, text="between us", client_id=uuid.uuid4())
    services.change_room(by=alice, room=room, kind="public")
    assert last_event(room).data == {"kind": "public", "settings": {"history": "joined"}}
    member = services.join_room(by=mallory, room=room)
    assert view(by=mallory.id, room_id=room.id).slice.min_seq == member.joined_seq
    services.change_room(by=alice, room=room, kind="private")
    assert last_event(room).data == {"kind": "private"}
    assert find_room(room.id).kind == "private"


def test_its_owner_may_open_the_past_with_it(room: Room, alice: User, mallory: User) -> None:
    services.change_room(by=alice, room=room, kind="public", settings={"history": "beginning"})
    services.join_room(by=mallory, room=room)
    assert view(by=mallory.id, room_id=room.id).slice.min_seq == 1


def test_only_who_may_change_settings_changes_the_kind(
    room: Room, alice: User, bob: User, carol: User
) -> None:
    moderation.change_member(by=alice, room=room, user_id=bob.id, role="moderator")
    for person in (bob, carol):
        with pytest.raises(NotYourRole):
            services.change_room(by=person, room=room, kind="public")
    direct = services.open_direct_room(by=alice, user_ids=[bob.id])
    with pytest.raises(NotInDirectRooms):
        services.change_room(by=alice, room=direct, kind="public")
    assert caller(alice).patch(f"rooms/{room.id}/", {"kind": "direct"}).refusal == (
        400,
        "bad_request",
        "kind",
    )


def test_whoever_may_archive_a_room_opens_it_again(room: Room, alice: User, bob: User) -> None:
    calls = caller(alice)
    assert calls.delete(f"rooms/{room.id}/").status == 204
    assert caller(bob).post(f"rooms/{room.id}/reopen/").status == 403
    head = last_event(room).seq
    for _ in range(2):
        opened = calls.post(f"rooms/{room.id}/reopen/")
        assert (opened.status, opened.body["archived"]) == (200, False)
    assert (last_event(room).seq, last_event(room).data) == (head + 1, {"archived": False})


def test_an_invite_tells_who_invites(room: Room, alice: User, mallory: User) -> None:
    _, code = invites.create_invite(by=alice, room=room)
    told = caller(mallory).get(f"invites/{code}/").body
    assert (told["by"], told["room"]["name"]) == (alice.id, "Harbour")
