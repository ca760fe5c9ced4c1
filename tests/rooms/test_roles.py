"""Who may do what in a room, role by role."""

from typing import Any

import pytest

from chatsite.accounts.models import User
from rooms import moderation, services
from rooms.errors import LastOwner, NoSuchMember, NoSuchRoom, NotYourRole
from rooms.models import Membership, Room
from rooms.queries import find_member, member_of

ROLES = ["owner", "moderator", "member", "guest"]


@pytest.fixture
def as_role(room: Room, alice: User) -> Any:
    """Makes a new member with that role."""

    def make(role: Any, username: Any) -> Any:
        person = User.objects.create(username=username)
        services.add_member(by=alice, room=room, user_id=person.id, role=role)
        return person

    return make


def allowed(action: Any) -> Any:
    try:
        action()
    except NotYourRole:
        return False
    return True


@pytest.mark.parametrize(
    ("actor", "may_add"),
    [
        ("owner", {"owner", "moderator", "member", "guest"}),
        ("moderator", {"member", "guest"}),
        ("member", set()),
        ("guest", set()),
    ],
)
def test_who_may_add_whom(room: Room, as_role: Any, mallory: User, actor: Any, may_add: Any) -> None:
    by = as_role(actor, "dora")
    for role in ROLES:
        assert find_member(room.id, mallory.id) is None
        may = allowed(lambda role=role: services.add_member(by=by, room=room, user_id=mallory.id, role=role))
        assert may == (role in may_add), role
        if may:
            assert member_of(room.id, mallory.id).role == role
            services.leave_room(by=mallory, room=room)


@pytest.mark.parametrize(
    ("actor", "may_remove"),
    [
        ("owner", {"owner", "moderator", "member", "guest"}),
        ("moderator", {"member", "guest"}),
        ("member", set()),
        ("guest", set()),
    ],
)
def test_who_may_remove_whom(room: Room, as_role: Any, actor: Any, may_remove: Any) -> None:
    by = as_role(actor, "dora")
    for role in ROLES:
        other = as_role(role, f"other-{role}")
        may = allowed(lambda other=other: services.remove_member(by=by, room=room, user_id=other.id))
        assert may == (role in may_remove), role
        assert (find_member(room.id, other.id) is None) == may


@pytest.mark.parametrize("actor", ROLES)
def test_only_owners_change_roles_and_archive(room: Room, as_role: Any, bob: User, actor: Any) -> None:
    by = as_role(actor, "dora")
    owner = actor == "owner"
    assert allowed(lambda: moderation.change_member(by=by, room=room, user_id=bob.id, role="guest")) == owner
    assert allowed(lambda: services.archive_room(by=by, room=room)) == owner


@pytest.mark.parametrize("actor", ROLES)
def test_owners_and_moderators_change_name_and_topic(room: Room, as_role: Any, actor: Any) -> None:
    by = as_role(actor, "dora")
    may = allowed(lambda: services.change_room(by=by, room=room, topic="Boats"))
    assert may == (actor in ("owner", "moderator"))


@pytest.mark.parametrize("role", ROLES)
def test_everybody_may_leave(room: Room, as_role: Any, role: Any) -> None:
    dora = as_role(role, "dora")
    services.leave_room(by=dora, room=room)
    assert find_member(room.id, dora.id) is None


def test_the_last_owner_cannot_leave_without_a_successor(room: Room, alice: User, bob: User) -> None:
    for attempt in (
        lambda: services.leave_room(by=alice, room=room),
        lambda: services.remove_member(by=alice, room=room, user_id=alice.id),
        lambda: moderation.change_member(by=alice, room=room, user_id=alice.id, role="member"),
    ):
        with pytest.raises(LastOwner):
            attempt()
    moderation.change_member(by=alice, room=room, user_id=bob.id, role="owner")
    services.leave_room(by=alice, room=room)
    assert find_member(room.id, alice.id) is None
    assert Membership.objects.filter(room=room, left_seq=None, role="owner").get().user_id == bob.id


def test_to_mallory_outside_the_private_room_it_does_not_exist(room: Room, mallory: User, bob: User) -> None:
    assert find_member(room.id, mallory.id) is None
    for attempt in (
        lambda: services.join_room(by=mallory, room=room),
        lambda: services.leave_room(by=mallory, room=room),
        lambda: services.add_member(by=mallory, room=room, user_id=mallory.id),
        lambda: services.remove_member(by=mallory, room=room, user_id=bob.id),
        lambda: moderation.change_member(by=mallory, room=room, user_id=bob.id, role="guest"),
        lambda: services.change_room(by=mallory, room=room, name="Mine"),
        lambda: services.archive_room(by=mallory, room=room),
    ):
        with pytest.raises(NoSuchRoom):
            attempt()


def test_in_a_public_room_an_outsider_has_no_rights_but_to_join(alice: User, mallory: User) -> None:
    lobby = services.create_room(by=alice, name="Lobby", kind="public")
    for attempt in (
        lambda: services.add_member(by=mallory, room=lobby, user_id=mallory.id),
        lambda: services.remove_member(by=mallory, room=lobby, user_id=alice.id),
        lambda: services.change_room(by=mallory, room=lobby, name="Mine"),
        lambda: services.archive_room(by=mallory, room=lobby),
    ):
        with pytest.raises(NotYourRole):
            attempt()
    with pytest.raises(NoSuchMember):
        services.leave_room(by=mallory, room=lobby)
    assert services.join_room(by=mallory, room=lobby).role == "member"


def test_whoever_was_removed_is_outside(room: Room, alice: User, bob: User) -> None:
    services.remove_member(by=alice, room=room, user_id=bob.id)
    with pytest.raises(NoSuchRoom):
        services.leave_room(by=bob, room=room)
