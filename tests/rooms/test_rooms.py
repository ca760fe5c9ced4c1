"""What happens to a room goes into its log, and those whom it concerns are told."""

import uuid
from typing import Any

import pytest

from chatsite.accounts.models import User
from chatsite.errors import Archived, BadRequest
from chatsite.idempotency import Key, KeyUsedForAnother
from messaging import services as messages
from messaging.models import Event
from rooms import moderation, queries, services
from rooms.errors import AlreadyMember, NoSuchMember, NoSuchRoom, NoSuchUser, RoomArchived
from rooms.models import Membership, Room
from tests.support.hints import listening


def log_of(room: Room) -> Any:
    return [
        (event.seq, event.kind, event.by_id, event.data)
        for event in Event.objects.filter(room=room).order_by("seq")
    ]


def test_a_rooms_log_begins_with_its_owner(alice: User) -> None:
    room = services.create_room(by=alice, name="  Harbour ", kind="private", topic="Boats")
    assert (room.name, room.topic, room.kind) == ("Harbour", "Boats", "private")
    assert log_of(room) == [(1, "member.joined", alice.id, {"user": alice.id, "role": "owner"})]
    assert room.log.head == 1
    assert queries.member_of(room.id, alice.id).joined_seq == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "\ud800"}, "name"),
        ({"topic": "x" * 501}, "topic"),
        ({"kind": "direct"}, "kind"),
        ({"kind": "secret"}, "kind"),
    ],
)
def test_a_room_that_makes_no_sense_is_refused(alice: User, change: Any, field: Any) -> None:
    with pytest.raises(BadRequest) as refusal:
        services.create_room(**{"by": alice, "name": "Harbour", "kind": "private", **change})
    assert refusal.value.field == field
    assert not Room.objects.exists()


def test_every_change_is_an_event_of_the_log(room: Room, alice: User, bob: User, carol: User) -> None:
    moderation.change_member(by=alice, room=room, user_id=bob.id, role="moderator")
    services.change_room(by=bob, room=room, name="Quay", topic="Ships")
    services.remove_member(by=bob, room=room, user_id=carol.id)
    services.leave_room(by=bob, room=room)
    services.archive_room(by=alice, room=room)
    assert log_of(room) == [
        (1, "member.joined", alice.id, {"user": alice.id, "role": "owner"}),
        (2, "member.joined", alice.id, {"user": bob.id, "role": "member"}),
        (3, "member.joined", alice.id, {"user": carol.id, "role": "guest"}),
        (4, "member.changed", alice.id, {"user": bob.id, "role": "moderator"}),
        (5, "room.changed", bob.id, {"name": "Quay", "topic": "Ships"}),
        (6, "member.left", bob.id, {"user": carol.id, "role": "guest"}),
        (7, "member.left", bob.id, {"user": bob.id, "role": "moderator"}),
        (8, "room.archived", alice.id, {}),
    ]


def test_memberships_are_intervals_of_the_log(room: Room, alice: User, bob: User) -> None:
    services.remove_member(by=alice, room=room, user_id=bob.id)
    services.add_member(by=alice, room=room, user_id=bob.id)
    intervals = Membership.objects.filter(room=room, user_id=bob.id).order_by("joined_seq")
    assert list(intervals.values_list("joined_seq", "left_seq")) == [(2, 4), (5, None)]


def test_what_is_so_already_changes_nothing(room: Room, alice: User, bob: User) -> None:
    before = log_of(room)
    keys = [Key() for _ in range(3)]
    services.add_member(by=alice, room=room, user_id=bob.id, key=keys[0])
    moderation.change_member(by=alice, room=room, user_id=bob.id, role="member", key=keys[1])
    services.change_room(by=alice, room=room, name=room.name, key=keys[2])
    assert log_of(room) == before
    assert all(key.repeated for key in keys)


def test_a_member_is_not_added_again_with_another_role(room: Room, alice: User, bob: User) -> None:
    with pytest.raises(AlreadyMember):
        services.add_member(by=alice, room=room, user_id=bob.id, role="guest")


def test_only_people_who_are_there_can_be_added(room: Room, alice: User, mallory: User) -> None:
    mallory.is_active = False
    mallory.save()
    for user_id in (mallory.id, "0" * 16, "", "nobody", "\x00"):
        with pytest.raises(NoSuchUser):
            services.add_member(by=alice, room=room, user_id=user_id)


def test_only_members_can_be_removed_or_changed(room: Room, alice: User, mallory: User) -> None:
    for user_id in (mallory.id, "0" * 16, "nobody", "\x00"):
        with pytest.raises(NoSuchMember):
            services.remove_member(by=alice, room=room, user_id=user_id)
        with pytest.raises(NoSuchMember):
            moderation.change_member(by=alice, room=room, user_id=user_id, role="guest")


def test_an_archived_room_can_only_be_read_and_left(
    room: Room, alice: User, bob: User, mallory: User
) -> None:
    services.archive_room(by=alice, room=room)
    for attempt in (
        lambda: services.add_member(by=alice, room=room, user_id=mallory.id),
        lambda: services.change_room(by=alice, room=room, name="Quay"),
        lambda: moderation.change_member(by=alice, room=room, user_id=bob.id, role="guest"),
        lambda: messages.send_message(by=alice.id, room_id=room.id, text="hi", client_id=uuid.uuid4()),
    ):
        with pytest.raises(Archived):
            attempt()
    key = Key()
    services.archive_room(by=alice, room=room, key=key)
    assert key.repeated
    services.leave_room(by=bob, room=room)
    assert queries.find_member(room.id, bob.id) is None


def test_an_archived_public_room_cannot_be_joined(alice: User, mallory: User) -> None:
    lobby = services.create_room(by=alice, name="Lobby", kind="public")
    services.archive_room(by=alice, room=lobby)
    with pytest.raises(RoomArchived):
        services.join_room(by=mallory, room=lobby)


def test_those_who_come_and_go_are_told(
    alice: User, bob: User, mallory: User, django_capture_on_commit_callbacks: Any
) -> None:
    with listening() as hints:
        with django_capture_on_commit_callbacks(execute=True):
            room = services.create_room(by=alice, name="Lobby", kind="public")
            services.add_member(by=alice, room=room, user_id=bob.id)
            services.join_room(by=mallory, room=room)
            services.leave_room(by=mallory, room=room)
            services.remove_member(by=alice, room=room, user_id=bob.id)
        joined, revoked = ({"type": f"room.{what}", "room": room.id} for what in ("joined", "revoked"))
        assert hints.to(alice.id) == [{**joined, "reason": "created"}]
        assert hints.to(bob.id) == [{**joined, "reason": "added"}, {**revoked, "reason": "removed"}]
        assert hints.to(mallory.id) == [{**joined, "reason": "joined"}, {**revoked, "reason": "left"}]
        told = [item.seq for hint in hints.all() if hint["type"] == "room.events" for item in hint["items"]]
        assert told == [1, 2, 3, 4, 5]


def test_the_list_of_rooms_holds_ones_own_and_the_public_ones(
    room: Room, alice: User, bob: User, mallory: User
) -> None:
    lobby = services.create_room(by=alice, name="Lobby", kind="public")
    assert set(queries.visible_rooms(by=bob)) == {room, lobby}
    assert set(queries.visible_rooms(by=bob, mine=True)) == {room}
    assert set(queries.visible_rooms(by=mallory)) == {lobby}
    services.remove_member(by=alice, room=room, user_id=bob.id)
    assert set(queries.visible_rooms(by=bob)) == {lobby}


@pytest.mark.parametrize("room_id", ["", "x", "0" * 16, "0" * 17, "\x00", "A" * 16])
def test_odd_ids_are_no_rooms(bob: User, room_id: Any) -> None:
    for look_up in (
        lambda: queries.find_room(room_id),
        lambda: queries.visible_room(by=bob, room_id=room_id),
    ):
        with pytest.raises(NoSuchRoom):
            look_up()


# --- idempotency ---


CALLS: dict[str, Any] = {
    "add": services.add_member,
    "remove": services.remove_member,
    "role": moderation.change_member,
    "change": services.change_room,
}


@pytest.mark.parametrize(
    ("name", "another"),
    [
        ("add", {"role": "guest"}),
        ("remove", {"user_id": "0" * 16}),
        ("role", {"role": "moderator"}),
        ("change", {"name": "Pier"}),
    ],
)
def test_a_repeated_key_makes_one_event(
    room: Room, alice: User, bob: User, mallory: User, *, name: Any, another: Any
) -> None:
    asked: dict[str, Any] = {
        "add": {"user_id": mallory.id},
        "remove": {"user_id": bob.id},
        "role": {"user_id": bob.id, "role": "guest"},
        "change": {"name": "Quay"},
    }[name]

    def call(key: Key, **changed: Any) -> Any:
        return CALLS[name](by=alice, room=room, key=key, **{**asked, **changed})

    first = Key(uuid.uuid4())
    result = call(first)
    events = log_of(room)
    again = Key(first.value)
    assert call(again) == result
    assert (first.repeated, again.repeated) == (False, True)
    assert log_of(room) == events
    assert Event.objects.get(room=room, client_id=first.value).seq == events[-1][0]
    with pytest.raises(KeyUsedForAnother):
        call(Key(first.value), **another)
    assert log_of(room) == events


def test_a_key_of_one_call_is_none_of_another(room: Room, alice: User, bob: User) -> None:
    key = uuid.uuid4()
    services.change_room(by=alice, room=room, name="Quay", key=Key(key))
    with pytest.raises(KeyUsedForAnother):
        services.remove_member(by=alice, room=room, user_id=bob.id, key=Key(key))
    with pytest.raises(KeyUsedForAnother):
        messages.send_message(by=alice.id, room_id=room.id, text="hi", client_id=key)


def test_a_key_of_a_message_is_none_of_a_change(room: Room, alice: User, bob: User) -> None:
    key = uuid.uuid4()
    sent = messages.send_message(by=alice.id, room_id=room.id, text="hi", client_id=key)
    with pytest.raises(KeyUsedForAnother):
        services.remove_member(by=alice, room=room, user_id=bob.id, key=Key(key))
    Event.objects.filter(pk=sent.event.pk).update(body_digest=None)
    with pytest.raises(KeyUsedForAnother):
        services.remove_member(by=alice, room=room, user_id=bob.id, key=Key(key))


def test_everybody_has_keys_of_their_own(room: Room, alice: User, bob: User) -> None:
    key = uuid.uuid4()
    services.change_room(by=alice, room=room, name="Quay", key=Key(key))
    moderation.change_member(by=alice, room=room, user_id=bob.id, role="owner")
    mine = Key(key)
    services.change_room(by=bob, room=room, name="Pier", key=mine)
    assert not mine.repeated


def test_leaving_twice_with_one_key_is_leaving_once(room: Room, bob: User) -> None:
    key = uuid.uuid4()
    services.leave_room(by=bob, room=room, key=Key(key))
    again = Key(key)
    services.leave_room(by=bob, room=room, key=again)
    assert again.repeated


def test_the_first_answer_comes_again_after_one_was_removed(
    room: Room, alice: User, bob: User, mallory: User
) -> None:
    moderation.change_member(by=alice, room=room, user_id=bob.id, role="moderator")
    key = uuid.uuid4()
    added = services.add_member(by=bob, room=room, user_id=mallory.id, key=Key(key))
    services.remove_member(by=alice, room=room, user_id=bob.id)
    services.remove_member(by=alice, room=room, user_id=mallory.id)
    assert services.add_member(by=bob, room=room, user_id=mallory.id, key=Key(key)) == added


def test_a_repeated_key_makes_one_room(alice: User) -> None:
    key = uuid.uuid4()
    room = services.create_room(by=alice, name="Quay", kind="private", key=Key(key))
    again = Key(key)
    assert services.create_room(by=alice, name="Quay", kind="private", key=again) == room
    assert again.repeated
    with pytest.raises(KeyUsedForAnother):
        services.create_room(by=alice, name="Pier", kind="private", key=Key(key))
    assert Room.objects.count() == 1


def test_a_key_holds_when_the_secret_key_is_replaced(room: Room, alice: User, settings: Any) -> None:
    key = uuid.uuid4()
    services.change_room(by=alice, room=room, name="Quay", key=Key(key))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-" + "0123456789" * 5
    again = Key(key)
    services.change_room(by=alice, room=room, name="Quay", key=again)
    assert again.repeated


def test_someone_with_many_rooms_lists_them_in_few_queries(
    alice: User, django_assert_max_num_queries: Any
) -> None:
    from rooms.api.shapes import rooms_json

    for n in range(5):
        services.create_room(by=alice, name=f"Room {n}", kind="private")
    bob = User.objects.create(username="bob2")
    services.open_direct_room(by=alice, user_ids=[bob.id])
    with django_assert_max_num_queries(7):
        assert len(rooms_json(list(queries.visible_rooms(by=alice)), by=alice)) == 6
