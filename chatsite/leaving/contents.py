"""What is in an export, step by step: files by name, and the place where the next step goes on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount

from chatsite.accounts.models import ApiToken, Avatar, Session, User
from chatsite.accounts.queries import users_by_id
from messaging.delivery.frames import to_frame
from messaging.models import Event, EventKind, Report, Watermark
from messaging.notifications.models import PushSubscription
from messaging.notifications.preferences import hours_of, preferences_of
from messaging.protocol import rfc3339
from messaging.queries import events_page, view
from messaging.room_log import heads
from rooms.models import Membership, Room
from rooms.queries import open_memberships
from rooms.rights import rights_in
from rooms.room_settings import shown_settings
from rooms.rules import rights_in_room

Place = dict[str, Any]

READ_ME_PERSON = """What this site keeps of you.

account.json    your profile, email addresses, sessions, API tokens and bots
picture.webp    your picture, if there is one
rooms.json      the rooms you belong or belonged to, and how far you have read
notifications.json  how you are told, and the browsers that show notices
reports.json    messages that you reported, and why
rooms/          what you did in each room, by its id: messages as they read now, reactions, coming and going
files/          what you attached, each in a folder named by its id
"""

READ_ME_ROOM = """A room as its owner sees it.

room.json       its name, topic, settings, and what each role may do
members.json    who belongs to it
events/         all that happened, in order: messages as they read now, changes, coming and going
files/          what was attached, each in a folder named by its id
"""


@dataclass(slots=True, kw_only=True)
class Step:
    """What one step made: `events` of the whole are in its `files`. `place` None: that was all.

    `attached` are the ids of files that messages carry, by their names in the export.
    """

    files: dict[str, Any] = field(default_factory=dict)
    attached: dict[str, str] = field(default_factory=dict)
    events: int = 0
    place: Place | None = None


def size_of(by: User, room: Room | None) -> int:
    """How many events the export will have, about."""
    if room is not None:
        seen = view(by=by.id, room_id=room.id)
        return max(0, seen.head.head - seen.slice.min_seq + 1)
    return Event.objects.filter(room_id__in=_rooms_of(by), by_id=by.id).count()


def _rooms_of(user: User) -> list[str]:
    return sorted(set(Membership.objects.filter(user_id=user.id).values_list("room_id", flat=True)))


def next_of_person(user: User, place: Place, *, limit: int) -> Step:
    """First who they are, then what they did, a page of one room at a time."""
    if not place:
        return Step(files=_about(user), place={"room": "", "after": 0})
    room_id, after = place["room"], place["after"]
    if not after:
        room_id = next((room for room in _rooms_of(user) if room > room_id), "")
        if not room_id:
            return Step()
    mine = Event.objects.filter(room_id=room_id, by_id=user.id, seq__gt=after).order_by("seq")
    events = list(mine[:limit])
    done = len(events) < limit
    step = Step(events=len(events), place={"room": room_id, "after": 0 if done else events[-1].seq})
    if events:
        epoch = heads([room_id])[room_id].epoch
        name = f"rooms/{room_id}/{events[0].seq:012}.json"
        step.files[name] = [to_frame(event, epoch=epoch).body for event in _told(events)]
        step.attached = _attached(each.data for each in events)
    return step


def _attached(data: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The files of these events, by where they are put."""
    files = [file for each in data for file in each.get("attachments", ())]
    return {f"files/{file['id']}/{file['name']}": file["id"] for file in files}


def _told(events: list[Event]) -> list[Event]:
    """Edits without the text of the message, which is told where it is told as a whole."""
    for event in events:
        if event.kind == EventKind.MESSAGE_EDITED:
            event.text = ""
    return events


def _about(user: User) -> dict[str, Any]:
    files: dict[str, Any] = {
        "README.txt": READ_ME_PERSON.encode(),
        "account.json": _account(user),
        "rooms.json": _memberships(user),
        "notifications.json": _notifications(user),
        "reports.json": [
            {
                "room": report.room_id,
                "seq": report.message_seq,
                "reason": report.reason,
                "at": rfc3339(report.at),
            }
            for report in Report.objects.filter(by_id=user.id).order_by("id")
        ],
    }
    picture = Avatar.objects.filter(user=user).first()
    if picture is not None:
        files["picture.webp"] = bytes(picture.image)
    return files


def _account(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "username": user.username,
        "display_name": user.display_name,
        "status_text": user.status_text,
        "time_zone": user.time_zone,
        "language": user.language,
        "email": user.email,
        "emails": list(EmailAddress.objects.filter(user=user).values("email", "verified", "primary")),
        "linked_accounts": [
            {
                "provider": each.provider,
                "id": each.uid,
                **each.extra_data,
                "linked_at": rfc3339(each.date_joined),
            }
            for each in SocialAccount.objects.filter(user=user).order_by("date_joined", "id")
        ],
        "joined_at": rfc3339(user.date_joined),
        "sessions": [
            {"device": each.device, "began_at": rfc3339(each.began_at), "seen_at": rfc3339(each.seen_at)}
            for each in Session.objects.filter(user=user).order_by("began_at")
        ],
        "tokens": [
            {
                "name": each.name,
                "prefix": each.prefix,
                "scopes": each.scopes,
                "created_at": rfc3339(each.created_at),
            }
            for each in ApiToken.objects.filter(user=user).order_by("created_at")
        ],
        "bots": list(User.objects.filter(owner=user).values("id", "username", "display_name")),
    }


def _notifications(user: User) -> dict[str, Any]:
    wishes = preferences_of([user.id])[user.id]
    devices = PushSubscription.objects.filter(user=user).order_by("created_at")
    return {
        "push": wishes.push,
        "show_text": wishes.show_text,
        "email": wishes.email,
        "quiet_hours": hours_of(wishes),
        "devices": [{"device": each.device, "created_at": rfc3339(each.created_at)} for each in devices],
    }


def _memberships(user: User) -> list[dict[str, Any]]:
    marks = {
        room: (delivered, read)
        for room, delivered, read in Watermark.objects.filter(
            user_id=user.id, room_id__in=_rooms_of(user)
        ).values_list("room_id", "delivered", "read")
    }
    rows = Membership.objects.filter(user_id=user.id).select_related("room").order_by("room_id", "joined_seq")
    return [
        {
            "room": each.room_id,
            "kind": each.room.kind,
            "name": each.room.name,
            "role": each.role,
            "joined_seq": each.joined_seq,
            "left_seq": each.left_seq,
            "delivered": marks.get(each.room_id, (None, None))[0],
            "read": marks.get(each.room_id, (None, None))[1],
            "favourite": each.favourite,
            "muted": each.muted,
            "notify": each.notify or None,
        }
        for each in rows
    ]


def next_of_room(by: User, room: Room, place: Place, *, limit: int) -> Step:
    """First what the room is, then its log, a page at a time, as its owner sees it."""
    if not place:
        return Step(files=_about_room(room), place={"after": 0})
    _, events, more = events_page(by=by.id, room_id=room.id, after=place["after"], limit=limit)
    if not events:
        return Step()
    files = {f"events/{events[0].seq:012}.json": [event.body for event in events]}
    return Step(
        files=files,
        attached=_attached(event.data for event in events),
        events=len(events),
        place={"after": events[-1].seq} if more else None,
    )


def _about_room(room: Room) -> dict[str, Any]:
    members = list(open_memberships(room.id).order_by("joined_seq"))
    people = {user.id: user for user in users_by_id([member.user_id for member in members])}
    return {
        "README.txt": READ_ME_ROOM.encode(),
        "room.json": {
            "id": room.id,
            "kind": room.kind,
            "name": room.name,
            "topic": room.topic,
            "archived": room.archived,
            "settings": shown_settings(room.settings),
            "permissions": {role: rights_in(bits) for role, bits in rights_in_room(room).items()},
        },
        "members.json": [
            {
                "user": member.user_id,
                "username": people[member.user_id].username,
                "display_name": people[member.user_id].display_name,
                "role": member.role,
                "joined_seq": member.joined_seq,
            }
            for member in members
        ],
    }
