"""Mutes, bans and settings: who may, what it does, what the log tells of it."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import timezone

from chatsite.accounts.models import User
from chatsite.errors import BadRequest
from chatsite.idempotency import Key
from messaging import services as messages
from messaging.errors import Muted
from messaging.models import Event
from messaging.protocol import rfc3339
from rooms import invites, moderation, services
from rooms.errors import Banned, LastOwner, NoSuchBan, NoSuchMember, NoSuchRoom, NotInDirectRooms, NotYourRole
from rooms.models import Ban, Room
from rooms.queries import find_member, member_of
from rooms.tasks import forget_bans
from tests.support.http import caller

pytestmark = pytest.mark.storage


def soon(minutes: float = 5) -> dt.datetime:
    moment = timezone.now() + dt.timedelta(minutes=minutes)
    return moment.replace(microsecond=0)


def last(room: Room) -> tuple[str, dict[str, Any]]:
    event = Event.objects.filter(room=room).latest("seq")
    return event.kind, event.data


def say(user: User, room: Room) -> None:
    messages.send_message(by=user.id, room_id=room.id, text="hi", client_id=uuid.uuid4())


# --- mutes ---


def test_a_muted_member_reads_and_says_nothing(room: Room, alice: User, bob: User) -> None:
    until = soon()
    moderation.change_member(by=alice, room=room, user_id=bob.id, muted_until=until)
    told = {"user": bob.id, "role": "member", "muted_until": rfc3339(until)}
    assert last(room) == ("member.changed", told)
    with pytest.raises(Muted):
        say(bob, room)
    moderation.change_member(by=alice, room=room, user_id=bob.id, muted_until=None)
    assert last(room) == ("member.changed", told | {"muted_until": None})
    say(bob, room)


def test_role_and_mute_change_in_one_event(room: Room, alice: User, bob: User) -> None:
    before = Event.objects.count()
    moderation.change_member(by=alice, room=room, user_id=bob.id, role="guest", muted_until=soon())
    assert Event.objects.count() == before + 1
    member = member_of(room.id, bob.id)
    assert (member.role, member.muted_until is not None) == ("guest", True)


def test_the_same_mute_again_changes_nothing(room: Room, alice: User, bob: User) -> None:
    until = soon()
    moderation.change_member(by=alice, room=room, user_id=bob.id, muted_until=until)
    before, key = Event.objects.count(), Key()
    moderation.change_member(by=alice, room=room, user_id=bob.id, muted_until=until, key=key)
    assert (Event.objects.count(), key.repeated) == (before, True)


def test_a_mute_that_is_past_is_refused(room: Room, alice: User, bob: User) -> None:
    with pytest.raises(BadRequest):
        moderation.change_member(by=alice, room=room, user_id=bob.id, muted_until=soon(-1))


def test_leaving_and_coming_back_lifts_no_mute(alice: User, bob: User) -> None:
    lobby = services.create_room(by=alice, name="Lobby", kind="public")
    services.join_room(by=bob, room=lobby)
    until = soon()
    moderation.change_member(by=alice, room=lobby, user_id=bob.id, muted_until=until)
    services.leave_room(by=bob, room=lobby)
    services.join_room(by=bob, room=lobby)
    joined = {"user": bob.id, "role": "member", "muted_until": rfc3339(until)}
    assert last(lobby) == ("member.joined", joined)
    with pytest.raises(Muted):
        say(bob, lobby)


def test_the_reason_of_a_mute_is_for_them_and_for_those_who_may_mute(
    alice: User, bob: User, carol: User
) -> None:
    lobby = services.create_room(by=alice, name="Lobby", kind="public")
    services.join_room(by=bob, room=lobby)
    until = soon()
    asked = {"muted_until": rfc3339(until), "mute_reason": "shouting"}
    services.join_room(by=carol, room=lobby)
    muted = caller(alice).patch(f"rooms/{lobby.id}/members/{bob.id}/", asked).body
    assert muted["mute_reason"] == "shouting"
    assert "mute_reason" not in last(lobby)[1]  # the log is for all
    seen = {}
    for person in (alice, bob, carol):
        members = caller(person).get(f"rooms/{lobby.id}/members/").body["results"]
        seen[person.username] = next(each for each in members if each["user"] == bob.id).get("mute_reason")
    assert seen == {"alice": "shouting", "bob": "shouting", "carol": None}
    services.leave_room(by=bob, room=lobby)
    services.join_room(by=bob, room=lobby)
    assert member_of(lobby.id, bob.id).mute_reason == "shouting"
    moderation.change_member(by=alice, room=lobby, user_id=bob.id, muted_until=None)
    assert member_of(lobby.id, bob.id).mute_reason == ""


@pytest.mark.parametrize(
    "body", [{"mute_reason": "why"}, {"muted_until": None, "mute_reason": "why"}], ids=str
)
def test_a_reason_without_a_mute_is_refused(room: Room, alice: User, bob: User, body: Any) -> None:
    answer = caller(alice).patch(f"rooms/{room.id}/members/{bob.id}/", body)
    assert answer.refusal == (400, "bad_request", "mute_reason")


def test_who_may_mute_and_ban_whom(room: Room, alice: User, bob: User, carol: User, mallory: User) -> None:
    services.add_member(by=alice, room=room, user_id=mallory.id, role="moderator")
    people = {"owner": alice, "moderator": mallory, "member": bob, "guest": carol}
    may = {
        (by, whom)
        for by in people
        for whom in people
        if _allowed(
            lambda by=by, whom=whom: moderation.change_member(
                by=people[by], room=room, user_id=people[whom].id, muted_until=None
            )
        )
    }
    assert may == {
        ("owner", "moderator"),
        ("owner", "member"),
        ("owner", "guest"),
        ("moderator", "member"),
        ("moderator", "guest"),
    }
    for by, whom in [("guest", "member"), ("member", "guest"), ("moderator", "owner"), ("owner", "owner")]:
        with pytest.raises(NotYourRole):
            moderation.ban_member(by=people[by], room=room, user_id=people[whom].id)
    assert Ban.objects.count() == 0


def test_nobody_bans_or_mutes_themselves_and_is_told_so(room: Room, alice: User) -> None:
    answer = caller(alice)("PUT", f"rooms/{room.id}/bans/{alice.id}/", {})
    assert answer.refusal == (403, "forbidden", None)
    assert answer.error["message"] == "You cannot ban yourself. You can leave the room."
    silence = {"muted_until": rfc3339(soon())}
    answer = caller(alice).patch(f"rooms/{room.id}/members/{alice.id}/", silence)
    assert answer.refusal == (403, "forbidden", None)
    assert answer.error["message"] == "You cannot mute yourself."
    assert find_member(room.id, alice.id) is not None


def _allowed(action: Any) -> bool:
    try:
        action()
    except NotYourRole:
        return False
    return True


# --- bans ---


def test_a_ban_ends_the_membership_and_keeps_out(room: Room, alice: User, bob: User) -> None:
    moderation.ban_member(by=alice, room=room, user_id=bob.id, reason="spam")
    assert last(room) == ("member.left", {"user": bob.id, "role": "member"})
    assert find_member(room.id, bob.id) is None
    with pytest.raises(Banned):
        services.add_member(by=alice, room=room, user_id=bob.id)
    _, code = invites.create_invite(by=alice, room=room)
    with pytest.raises(Banned):
        invites.accept_invite(by=bob, code=code)
    moderation.unban(by=alice, room=room, user_id=bob.id)
    services.add_member(by=alice, room=room, user_id=bob.id)
    with pytest.raises(NoSuchBan):
        moderation.unban(by=alice, room=room, user_id=bob.id)


def test_somebody_who_left_can_be_banned_from_a_public_room(alice: User, mallory: User) -> None:
    lobby = services.create_room(by=alice, name="Lobby", kind="public")
    before = Event.objects.count()
    moderation.ban_member(by=alice, room=lobby, user_id=mallory.id)
    assert Event.objects.count() == before
    with pytest.raises(Banned) as refused:
        services.join_room(by=mallory, room=lobby)
    assert refused.value.message == "You are banned from this room."


def test_a_ban_ends_by_itself(alice: User, mallory: User) -> None:
    lobby = services.create_room(by=alice, name="Lobby", kind="public")
    moderation.ban_member(by=alice, room=lobby, user_id=mallory.id, until=soon())
    Ban.objects.update(until=timezone.now())
    services.join_room(by=mallory, room=lobby)
    forget_bans()
    assert Ban.objects.count() == 0


def test_a_repeated_ban_bans_nobody_twice(room: Room, alice: User, bob: User) -> None:
    key = Key(uuid.uuid4())
    moderation.ban_member(by=alice, room=room, user_id=bob.id, key=key)
    moderation.unban(by=alice, room=room, user_id=bob.id)
    again = Key(key.value)
    moderation.ban_member(by=alice, room=room, user_id=bob.id, key=again)
    assert again.repeated
    assert Ban.objects.count() == 0


def test_a_ban_needs_somebody(room: Room, alice: User, bob: User, mallory: User) -> None:
    with pytest.raises(NoSuchMember):
        moderation.ban_member(by=alice, room=room, user_id="0" * 16)
    with pytest.raises(NoSuchMember):
        moderation.ban_member(by=alice, room=room, user_id="nobody")
    with pytest.raises(NoSuchRoom):
        moderation.ban_member(by=mallory, room=room, user_id=bob.id)


def test_the_last_owner_stays(room: Room, alice: User, bob: User) -> None:
    moderation.change_member(by=alice, room=room, user_id=bob.id, role="owner")
    moderation.ban_member(by=bob, room=room, user_id=alice.id)
    with pytest.raises(LastOwner):
        services.leave_room(by=bob, room=room)


def test_nobody_is_muted_or_banned_in_a_direct_room(alice: User, bob: User) -> None:
    direct = services.open_direct_room(by=alice, user_ids=[bob.id])
    for refused in (
        lambda: moderation.change_member(by=alice, room=direct, user_id=bob.id, muted_until=soon()),
        lambda: moderation.ban_member(by=alice, room=direct, user_id=bob.id),
        lambda: moderation.unban(by=alice, room=direct, user_id=bob.id),
        lambda: invites.create_invite(by=alice, room=direct),
        lambda: services.change_room(by=alice, room=direct, settings={"edit_seconds": 1}),
    ):
        with pytest.raises(NotInDirectRooms):
            refused()


def test_bans_over_http(room: Room, alice: User, bob: User, carol: User, mallory: User) -> None:
    calls, path = caller(alice), f"rooms/{room.id}/bans/"
    until = rfc3339(soon())
    ban = calls.put(f"{path}{bob.id}/", {"reason": "spam", "until": until})
    assert ban.status == 200
    assert ban.body | {"at": ""} == {
        "user": bob.id,
        "by": alice.id,
        "reason": "spam",
        "at": "",
        "until": until,
    }
    assert calls.get(path).body == {"results": [ban.body], "next": None}
    assert calls.put(f"{path}{bob.id}/", {"reason": "x" * 201}).refusal == (400, "bad_request", "reason")
    past = calls.put(f"{path}{bob.id}/", {"until": "2020-01-01T00:00:00Z"})
    assert past.refusal == (400, "bad_request", "until")
    for person, status in ((carol, 403), (bob, 404), (mallory, 404)):
        assert caller(person).get(path).status == status
        assert caller(person).put(f"{path}{carol.id}/", {}).status == status
        assert caller(person).delete(f"{path}{bob.id}/").status == status
    assert calls.delete(f"{path}{bob.id}/").status == 204
    assert calls.delete(f"{path}{bob.id}/").status == 404


def test_mutes_over_http(room: Room, alice: User, bob: User) -> None:
    calls, path = caller(alice), f"rooms/{room.id}/members/{bob.id}/"
    until = rfc3339(soon())
    assert calls.patch(path, {"muted_until": until}).body["muted_until"] == until
    said = caller(bob).post(f"rooms/{room.id}/messages/", {"text": "hi"})
    assert said.refusal == (403, "forbidden", None)
    assert "muted_until" not in calls.patch(path, {"muted_until": None}).body
    assert calls.patch(path, {}).refusal == (400, "bad_request", "role")
    assert calls.patch(path, {"muted_until": "soon"}).refusal == (400, "bad_request", "muted_until")


# --- settings ---


def test_settings_are_changed_one_by_one_and_the_log_tells_which(room: Room, alice: User) -> None:
    calls, path = caller(alice), f"rooms/{room.id}/"
    changed = calls.patch(path, {"settings": {"edit_seconds": 60, "moderators_delete": True}})
    assert changed.body["settings"]["edit_seconds"] == 60
    assert last(room) == ("room.changed", {"settings": {"edit_seconds": 60}})
    calls.patch(path, {"name": "Quay", "settings": {"retention_days": 30}})
    assert last(room) == ("room.changed", {"name": "Quay", "settings": {"retention_days": 30}})
    shown = calls.patch(path, {"settings": {"edit_seconds": None}}).body["settings"]
    assert last(room) == ("room.changed", {"settings": {"edit_seconds": None}})
    assert (shown["edit_seconds"], shown["retention_days"]) == (None, 30)
    room.refresh_from_db()
    assert room.settings == {"retention_days": 30}
    before = Event.objects.count()
    assert calls.patch(path, {"settings": {"retention_days": 30}}).status == 200
    assert Event.objects.count() == before


@pytest.mark.parametrize(
    "settings",
    [
        {"colour": "red"},
        {"edit_seconds": -1},
        {"edit_seconds": 1e12},
        {"edit_seconds": "60"},
        {"edit_seconds": True},
        {"moderators_delete": None},
        {"history": "all"},
        {"retention_days": 0},
    ],
    ids=str,
)
def test_settings_that_make_no_sense_are_refused(room: Room, alice: User, settings: Any) -> None:
    refused = caller(alice).patch(f"rooms/{room.id}/", {"settings": settings})
    assert (refused.status, refused.code) == (400, "bad_request")
    assert refused.error["field"].startswith("settings")


def test_only_owners_change_settings(room: Room, alice: User, bob: User) -> None:
    moderation.change_member(by=alice, room=room, user_id=bob.id, role="moderator")
    calls = caller(bob)
    assert calls.patch(f"rooms/{room.id}/", {"settings": {"edit_seconds": 60}}).status == 403
    assert calls.patch(f"rooms/{room.id}/", {"name": "Quay"}).status == 200
