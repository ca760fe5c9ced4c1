"""The permission table, cell by cell: what a role may do is what the table says, by default and by either layer of rules."""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from chatsite.accounts.models import User
from chatsite.audit.models import Entry
from chatsite.errors import BadRequest, Forbidden, RateLimited
from messaging import changes, pins, queries
from messaging import services as messages
from messaging.errors import NotYourMessage, RoomReadOnly, SlowMode
from messaging.models import Event
from messaging.turn import Change
from rooms import invites, moderation, rules, services
from rooms.errors import NotInDirectRooms, NotYourRole
from rooms.models import RoleRule, Room
from rooms.rights import DEFAULTS, Right, Role, bit_of
from rooms.rules import change_room_rules, change_site_rules
from tests.support.hints import listening
from tests.support.http import caller

pytestmark = pytest.mark.storage

ROLES = [role.value for role in Role]

# As the documents tell it; whatever is missing is not given.
_TALK = {"read_history", "post", "reply", "react", "attach"}
_ORDER = {"mention_everyone", "invite", "remove", "mute", "ban", "delete_others", "pin", "change_topic"}
BY_DEFAULT = {
    "owner": _TALK | _ORDER | {"change_settings", "archive"},
    "moderator": _TALK | _ORDER,
    "member": _TALK,
    "guest": _TALK,
}


@dataclass
class Scene:
    """A public room with a message of Bob's, and somebody who tries things in it."""

    room: Room
    owner: User
    bob: User
    guest: User
    actor: User
    seq: int

    def change(self) -> Change:
        """A change of Bob's message by the actor."""
        return Change(by=self.actor.id, room_id=self.room.id, client_id=uuid.uuid4(), seq=self.seq)

    def say(self, text: str = "ho", **more: Any) -> int:
        """The actor speaks; the `seq`."""
        sent = messages.send_message(
            by=self.actor.id, room_id=self.room.id, text=text, client_id=uuid.uuid4(), **more
        )
        return sent.event.seq


def reads_history(scene: Scene) -> None:
    if queries.view(by=scene.actor.id, room_id=scene.room.id).slice.min_seq != 1:
        raise NotYourRole


def names_everyone(scene: Scene) -> None:
    """Without the right it is plain text, and nothing is refused."""
    seq = scene.say(text="@everyone ho")
    if "everyone" not in Event.objects.get(room=scene.room, seq=seq).data:
        raise NotYourRole


# A right is asked by doing what it is for. Files are not there yet.
ACTS: dict[str, Callable[[Scene], object]] = {
    "read_history": reads_history,
    "post": lambda scene: scene.say(),
    "reply": lambda scene: scene.say(reply_to=scene.seq),
    "react": lambda scene: changes.add_reaction(scene.change(), emoji="⚓"),
    "mention_everyone": names_everyone,
    "pin": lambda scene: pins.pin_message(scene.change()),
    "invite": lambda scene: invites.create_invite(by=scene.actor, room=scene.room, role="guest"),
    "remove": lambda scene: services.remove_member(by=scene.actor, room=scene.room, user_id=scene.guest.id),
    "mute": lambda scene: moderation.change_member(
        by=scene.actor,
        room=scene.room,
        user_id=scene.guest.id,
        muted_until=timezone.now() + dt.timedelta(hours=1),
    ),
    "ban": lambda scene: moderation.ban_member(by=scene.actor, room=scene.room, user_id=scene.guest.id),
    "edit_others": lambda scene: changes.edit_message(scene.change(), text="not what Bob said"),
    "delete_others": lambda scene: changes.delete_message(scene.change()),
    "change_topic": lambda scene: services.change_room(by=scene.actor, room=scene.room, topic="Boats"),
    "change_settings": lambda scene: services.change_room(
        by=scene.actor, room=scene.room, settings={"retention_days": 9}
    ),
    "archive": lambda scene: services.archive_room(by=scene.actor, room=scene.room),
}
ABOUT_PEOPLE = {"remove", "mute", "ban"}


def test_every_right_that_can_be_used_is_asked() -> None:
    assert set(Right.values) - set(ACTS) == {"attach"}


def make_scene(alice: User, bob: User, carol: User, role: str) -> Scene:
    room = services.create_room(by=alice, name="Harbour", kind="public")
    services.add_member(by=alice, room=room, user_id=bob.id, role="guest")
    services.add_member(by=alice, room=room, user_id=carol.id, role="guest")
    sent = messages.send_message(by=bob.id, room_id=room.id, text="hi", client_id=uuid.uuid4())
    dora = User.objects.create(username="dora")
    services.add_member(by=alice, room=room, user_id=dora.id, role=role)
    return Scene(room, alice, bob, carol, dora, sent.event.seq)


def may(act: Callable[[], object]) -> bool:
    try:
        act()
    except (NotYourRole, NotYourMessage):
        return False
    return True


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("right", list(ACTS))
def test_by_default_each_role_may_what_the_table_says(
    alice: User, bob: User, carol: User, role: str, right: str
) -> None:
    scene = make_scene(alice, bob, carol, role)
    assert may(lambda: ACTS[right](scene)) == (right in BY_DEFAULT[role])


@pytest.mark.parametrize("layer", ["room", "site"])
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("right", list(ACTS))
def test_a_rule_of_the_room_or_the_site_turns_each_cell_round(
    alice: User, bob: User, carol: User, admin: User, role: str, right: str, layer: str
) -> None:
    scene = make_scene(alice, bob, carol, role)
    allowed = right not in BY_DEFAULT[role]
    if layer == "room":
        change_room_rules(by=alice, room=scene.room, wanted={role: {right: allowed}})
    else:
        change_site_rules(by=admin, wanted={role: {right: allowed}})
    reaches = (
        right not in ABOUT_PEOPLE or role != "guest"
    )  # ranks are above the table: a guest reaches no guest
    assert may(lambda: ACTS[right](scene)) == (allowed and reaches)


def test_the_defaults_are_those_of_the_documents(db: None) -> None:
    for role in ROLES:
        assert {right for right in Right.values if DEFAULTS[role] & bit_of(right)} == BY_DEFAULT[role]


def test_a_room_s_rule_stands_over_the_site_s_and_goes_back_to_it(
    room: Room, alice: User, admin: User
) -> None:
    def member_may() -> bool:
        room.refresh_from_db()
        return bool(room.member_may & bit_of("invite"))

    assert not member_may()
    change_site_rules(by=admin, wanted={"member": {"invite": True}})
    assert member_may()
    change_room_rules(by=alice, room=room, wanted={"member": {"invite": False}})
    assert not member_may()
    change_site_rules(by=admin, wanted={"member": {"invite": None}})
    change_site_rules(by=admin, wanted={"member": {"invite": True}})
    assert not member_may()
    change_room_rules(by=alice, room=room, wanted={"member": {"invite": None}})
    assert member_may()
    change_site_rules(by=admin, wanted={"member": {"invite": None}})
    assert not member_may()
    assert not RoleRule.objects.exists()


def test_a_new_room_begins_with_the_site_s_rules(alice: User, admin: User) -> None:
    change_site_rules(by=admin, wanted={"guest": {"post": False}})
    made = services.create_room(by=alice, name="Quay", kind="private")
    made.refresh_from_db()
    assert not made.guest_may & bit_of("post")
    assert made.guest_may & bit_of("react")


def test_direct_rooms_stay_as_they_are(alice: User, bob: User, admin: User) -> None:
    direct = services.open_direct_room(by=alice, user_ids=[bob.id])
    change_site_rules(by=admin, wanted={"member": {"post": False, "delete_others": True}})
    direct.refresh_from_db()
    assert direct.member_may == direct.owner_may
    assert direct.member_may & bit_of("post")
    assert not direct.member_may & bit_of("delete_others")
    with pytest.raises(NotInDirectRooms):
        change_room_rules(by=alice, room=direct, wanted={"member": {"post": False}})


@pytest.mark.parametrize("role", ["moderator", "member", "guest"])
def test_only_owners_change_their_room_s_table_whatever_it_says(
    alice: User, bob: User, carol: User, role: str
) -> None:
    scene = make_scene(alice, bob, carol, role)
    everything = dict.fromkeys(Right.values, True)
    change_room_rules(by=alice, room=scene.room, wanted={role: everything})
    with pytest.raises(NotYourRole):
        change_room_rules(by=scene.actor, room=scene.room, wanted={role: {"archive": False}})
    change_room_rules(by=alice, room=scene.room, wanted={"owner": dict.fromkeys(Right.values, False)})
    change_room_rules(by=alice, room=scene.room, wanted={"owner": {"post": True}})


def test_only_site_administrators_change_the_site_s_rules(alice: User) -> None:
    with pytest.raises(Forbidden):
        change_site_rules(by=alice, wanted={"guest": {"post": False}})
    assert not RoleRule.objects.exists()


@pytest.mark.parametrize("wanted", [{"king": {"post": True}}, {"guest": {"fly": True}}], ids=str)
def test_roles_and_rights_that_there_are_not_are_refused(room: Room, alice: User, wanted: Any) -> None:
    with pytest.raises(BadRequest):
        change_room_rules(by=alice, room=room, wanted=wanted)


def test_the_log_and_the_audit_tell_of_a_change_once(room: Room, alice: User) -> None:
    change_room_rules(by=alice, room=room, wanted={"guest": {"post": False, "react": True}})
    last = Event.objects.filter(room=room).latest("seq")
    assert (last.kind, last.data) == (
        "room.changed",
        {"permissions": {"guest": {"post": False, "react": True}}},
    )
    entry = Entry.objects.latest("id")
    assert (entry.action, entry.details) == (
        "permission.changed",
        {"guest.post": False, "guest.react": True},
    )
    change_room_rules(by=alice, room=room, wanted={"guest": {"post": False}})
    assert Event.objects.filter(room=room).latest("seq").seq == last.seq


def test_members_bring_in_their_own_rank_and_below_when_they_may(
    alice: User, bob: User, carol: User, mallory: User
) -> None:
    scene = make_scene(alice, bob, carol, "member")
    change_room_rules(by=alice, room=scene.room, wanted={"member": {"invite": True}})
    for role in ("owner", "moderator"):
        with pytest.raises(NotYourRole):
            services.add_member(by=scene.actor, room=scene.room, user_id=mallory.id, role=role)
    made = services.add_member(by=scene.actor, room=scene.room, user_id=mallory.id, role="member")
    assert made.role == "member"


# --- read-only rooms and slow mode ---


@pytest.mark.parametrize("role", ROLES)
def test_in_a_read_only_room_owners_and_moderators_speak(
    alice: User, bob: User, carol: User, role: str, admin: User
) -> None:
    scene = make_scene(alice, bob, carol, role)
    services.change_room(by=alice, room=scene.room, settings={"read_only": True})
    change_site_rules(
        by=admin, wanted={"member": {"invite": True}}
    )  # a change of rights leaves the room closed
    if role in ("owner", "moderator"):
        assert scene.say()
    else:
        with pytest.raises(RoomReadOnly):
            scene.say()
    changes.add_reaction(scene.change(), emoji="⚓")
    services.change_room(by=alice, room=scene.room, settings={"read_only": False})
    assert scene.say()


@pytest.mark.parametrize("role", ROLES)
def test_in_a_slow_room_members_and_guests_wait(
    alice: User, bob: User, carol: User, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = make_scene(alice, bob, carol, role)
    services.change_room(by=alice, room=scene.room, settings={"slow_seconds": 30})
    scene.say()
    if role in ("owner", "moderator"):
        assert scene.say()
        return
    with pytest.raises(SlowMode) as refused:
        scene.say()
    assert isinstance(refused.value, RateLimited)
    assert 29_000 < (refused.value.retry_after_ms or 0) <= 30_000
    later = timezone.now() + dt.timedelta(seconds=30)
    monkeypatch.setattr("chatsite.clock.now", lambda: later)
    assert scene.say()


def test_two_messages_in_one_batch_are_two_in_a_slow_room_too(alice: User, bob: User, carol: User) -> None:
    scene = make_scene(alice, bob, carol, "member")
    services.change_room(by=alice, room=scene.room, settings={"slow_seconds": 30})
    drafts = [
        messages.Draft(
            by=scene.actor.id, room_id=scene.room.id, client_id=uuid.uuid4(), text=text, reply_to=reply
        )
        for text, reply in (("to nothing", 99), ("one", None), ("two", None))
    ]
    refused, first, second = messages.send_messages(drafts)
    assert isinstance(refused, BadRequest)  # what is refused otherwise does not count as speaking
    assert isinstance(first, messages.Sent)
    assert isinstance(second, SlowMode)
    again = messages.send_messages([drafts[1]])[0]
    assert isinstance(again, messages.Sent)
    assert again.duplicate


def test_leaving_and_coming_back_does_not_shorten_the_wait(alice: User, bob: User, carol: User) -> None:
    scene = make_scene(alice, bob, carol, "member")
    services.change_room(by=alice, room=scene.room, settings={"slow_seconds": 30})
    scene.say()
    services.leave_room(by=scene.actor, room=scene.room)
    services.join_room(by=scene.actor, room=scene.room)
    with pytest.raises(SlowMode):
        scene.say()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", ROLES)
def test_what_is_committed_plainly_is_judged_by_the_same_table(
    alice: User, bob: User, carol: User, role: str
) -> None:
    """Outside a test's transaction a plain batch takes its own, quicker way into the log."""
    scene = make_scene(alice, bob, carol, role)
    staff = role in ("owner", "moderator")
    change_room_rules(by=alice, room=scene.room, wanted={role: {"post": False}})
    with pytest.raises(NotYourRole):
        scene.say()
    change_room_rules(by=alice, room=scene.room, wanted={role: {"post": None}})
    assert scene.say()
    services.change_room(by=alice, room=scene.room, settings={"read_only": True})
    assert (refused(scene) is None) == staff
    services.change_room(by=alice, room=scene.room, settings={"read_only": False, "slow_seconds": 30})
    assert refused(scene) is None
    assert isinstance(refused(scene), SlowMode) != staff


def refused(scene: Scene) -> Exception | None:
    """Why the actor may not speak now."""
    try:
        scene.say()
    except (RoomReadOnly, SlowMode) as refusal:
        return refusal
    return None


# --- over REST ---

RULES_CHANGED = {"type": "rules.changed", "key": "site"}  # and whether the past may have opened or closed


def test_the_table_is_read_and_changed_over_rest(room: Room, alice: User, carol: User) -> None:
    path = f"rooms/{room.id}/permissions/"
    calls = caller(alice)
    shown = calls.get(path).body
    assert {
        role: {r for r, yes in cells.items() if yes} for role, cells in shown["permissions"].items()
    } == BY_DEFAULT
    assert shown["rules"] == {}
    assert shown["below"] == shown["permissions"]
    changed = calls.patch(path, {"permissions": {"guest": {"post": False}}}).body
    assert changed["rules"] == {"guest": {"post": False}}
    assert changed["permissions"]["guest"]["post"] is False
    assert changed["below"]["guest"]["post"] is True
    said = caller(carol).post(f"rooms/{room.id}/messages/", {"text": "hi"})
    assert said.refusal == (403, "forbidden", None)
    assert "post" not in caller(carol).get(f"rooms/{room.id}/").body["my_rights"]
    assert calls.patch(path, {"permissions": {"guest": {"post": None}}}).body == shown


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"permissions": {}},
        {"permissions": {"guest": True}},
        {"permissions": {"guest": {"post": "no"}}},
        {"permissions": {"guest": {"post": 1}}},
        {"permissions": {"guest": {"fly": True}}},
        {"permissions": {"king": {"post": True}}},
        {"permissions": {"guest": {"post": False}}, "room": "other"},
    ],
    ids=str,
)
def test_bodies_that_make_no_sense_are_refused(room: Room, alice: User, body: Any) -> None:
    refused = caller(alice).patch(f"rooms/{room.id}/permissions/", body)
    assert (refused.status, refused.code) == (400, "bad_request")


def test_an_administrator_changes_the_site_s_table(
    room: Room, admin: User, carol: User, django_capture_on_commit_callbacks: Any
) -> None:
    calls = caller(admin)
    before = calls.get("site/permissions/").body
    with listening() as hints, django_capture_on_commit_callbacks(execute=True):
        changed = calls.patch("site/permissions/", {"permissions": {"guest": {"post": False}}})
        assert changed.body["rules"] == {"guest": {"post": False}}
    assert {**RULES_CHANGED, "history": False} in hints.all()
    assert caller(carol).post(f"rooms/{room.id}/messages/", {"text": "hi"}).status == 403
    with listening() as hints, django_capture_on_commit_callbacks(execute=True):
        calls.patch("site/permissions/", {"permissions": {"guest": {"read_history": False}}})
    assert {**RULES_CHANGED, "history": True} in hints.all()
    taken_back = {"guest": {"post": None, "read_history": None}}
    assert calls.patch("site/permissions/", {"permissions": taken_back}).body == before
    assert rules.site_rules() == {}
