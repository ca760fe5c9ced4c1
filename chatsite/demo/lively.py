"""A small site in full swing, made by the services, as people would."""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from chatsite.accounts.models import User
from chatsite.accounts.services import change_profile, create_user
from messaging.changes import add_reaction
from messaging.files.previews import make_preview
from messaging.files.uploads import upload_file
from messaging.models import Attachment, Event
from messaging.services import send_message
from messaging.turn import Change
from rooms.models import Room
from rooms.services import add_member, create_room, open_direct_room

from .words import DIRECT, PEOPLE, PLACES, Place, Said, Sent

A_MONTH = 43_200  # minutes


def tell(*, password: str) -> dict[str, User]:
    """Make the people, who all sign in with `password`, and what they said; the people by username.

    Site administrators who are there already belong to all public rooms, too. Raises `UsernameTaken`.
    """
    onlookers = list(User.objects.filter(is_superuser=True))
    people = {name: _person(name, password=password) for name in PEOPLE}
    for place in PLACES:
        _open(place, people, onlookers)
    for first, second, said in DIRECT:
        room = open_direct_room(by=people[first], user_ids=[people[second].id])
        _date_back(room, 0, A_MONTH)
        _talk(room, people, said)
    return people


def _person(name: str, *, password: str) -> User:
    shown, status = PEOPLE[name]
    user = create_user(by=None, username=name, password=password, display_name=shown)
    return change_profile(by=user, user=user, status_text=status)


def _open(place: Place, people: dict[str, User], onlookers: Iterable[User]) -> None:
    owner, *others = (people[name] for name in place.people.split())
    room = create_room(by=owner, name=place.name, kind=place.kind, topic=place.topic)
    for number, person in enumerate(others):
        add_member(by=owner, room=room, user_id=person.id, role="member" if number else "moderator")
    if place.kind == "public":
        for person in onlookers:
            add_member(by=owner, room=room, user_id=person.id)
    _date_back(room, 0, A_MONTH)
    _talk(room, people, place.said)


def _talk(room: Room, people: dict[str, User], said: Iterable[Said]) -> None:
    places: list[int] = []
    for each in said:
        sent = send_message(
            by=people[each.who].id,
            room_id=room.id,
            text=each.text,
            client_id=uuid.uuid4(),
            reply_to=places[-each.to] if each.to else None,
            attachments=[_give(people[each.who], room, file) for file in each.files],
        )
        places.append(sent.event.seq)
        for emoji, names in each.liked:
            for name in names.split():
                add_reaction(
                    Change(by=people[name].id, room_id=room.id, client_id=uuid.uuid4(), seq=places[-1]),
                    emoji=emoji,
                )
        _date_back(room, places[-1], each.ago)


def _give(person: User, room: Room, file: Sent) -> str:
    """Upload a file; its id."""
    content = SimpleUploadedFile(file.name, file.make())
    return upload_file(by=person, room_id=room.id, file=content, alt=file.alt).id


def make_previews() -> None:
    """Make the previews of what was sent, where no worker may run yet."""
    for file_id in Attachment.objects.filter(previews_left__gt=0).values_list("id", flat=True):
        make_preview(file_id)


def _date_back(room: Room, seq: int, minutes: int) -> None:
    """Say that the events from `seq` on happened so long ago: a conversation takes an hour, not a second."""
    at = timezone.now() - dt.timedelta(minutes=minutes)
    Event.objects.filter(room=room, seq__gte=seq).update(at=at.replace(microsecond=0))
