"""Fill Parley's own database with people, credentials and rooms; arguments: `<kinds> <how many people>`.

It runs under Parley's settings (see `under_django`) and answers one line of JSON, `{"people": [[id, token, session]], "rooms": {kind: [id]}}`.
What it makes is what the services would have made, in bulk.
"""

import datetime as dt
import json
import secrets
import sys
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone

from chatsite.accounts.digests import session_digest, token_digest
from chatsite.accounts.models import ApiToken, User
from chatsite.ids import new_id
from messaging.models import Event, EventKind, RoomLog, Watermark
from rooms.models import Membership, Role, Room, RoomKind
from tests.bench.layout import CORE, EMBEDDED, GROWTH, SEARCHED, Kind

BULK = 500
SLICE = 25_000  # events: our own limit on the time of a statement holds here, too


def make_people(count: int) -> list[list[str]]:
    """People with one token and one session each: `[id, token, session key]`."""
    password = make_password(secrets.token_hex(16))
    users = [User(id=new_id(), username=f"person{n}", password=password) for n in range(count)]
    User.objects.bulk_create(users, batch_size=BULK)
    tokens = [secrets.token_urlsafe(32) for _ in users]
    ApiToken.objects.bulk_create(
        [
            ApiToken(
                user=user,
                name="bench",
                prefix=token[:8],
                digest=token_digest(token),
                scopes=["read", "write"],
                last_used_at=timezone.now(),
            )
            for user, token in zip(users, tokens, strict=True)
        ],
        batch_size=BULK,
    )
    sessions = make_sessions(users)
    return [[user.id, token, session] for user, token, session in zip(users, tokens, sessions, strict=True)]


def make_sessions(users: list[User]) -> list[str]:
    """One session of each, as Django's login makes it."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    model = store.get_model_class()
    expire = timezone.now() + dt.timedelta(days=1)
    keys = [secrets.token_hex(16) for _ in users]
    rows = []
    for user, key in zip(users, keys, strict=True):
        data = {
            SESSION_KEY: user.pk,
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
        rows.append(
            model(
                session_key=session_digest(key),
                user=user,
                session_data=store().encode(data),
                expire_date=expire,
            )
        )
    model.objects.bulk_create(rows, batch_size=BULK)
    return keys


def make_rooms(kind: Kind, people: list[list[str]]) -> list[str]:
    """The rooms of one kind; a log begins with its members' joining."""
    rooms = [Room(kind=RoomKind.PRIVATE, name=f"{kind.name} {n}") for n in range(kind.count)]
    Room.objects.bulk_create(rooms, batch_size=BULK)
    events, members, logs = [], [], []
    for number, room in enumerate(rooms):
        ids = [people[n][0] for n in kind.people(number)]
        for seq, user_id in enumerate(ids, 1):
            role = Role.OWNER if seq == 1 else Role.MEMBER
            events.append(
                _event(room.id, seq, EventKind.MEMBER_JOINED, user_id, {"user": user_id, "role": role})
            )
            members.append(Membership(room=room, user_id=user_id, role=role, joined_seq=seq))
        logs.append(RoomLog(room=room, epoch=new_id(), head=len(ids)))
    RoomLog.objects.bulk_create(logs, batch_size=BULK)
    Event.objects.bulk_create(events, batch_size=BULK)
    Membership.objects.bulk_create(members, batch_size=BULK)
    for room in rooms:
        lengthen(room.id, kind)
    return [room.id for room in rooms]


def _event(room_id: str, seq: int, kind: str, by_id: str, data: dict[str, Any]) -> Event:
    return Event(room_id=room_id, seq=seq, kind=kind, by_id=by_id, at=timezone.now(), data=data)


def lengthen(room_id: str, kind: Kind) -> None:
    """Fill a log with messages up to its length, all of them read."""
    if not kind.events:
        return
    first = kind.size + 1
    with connection.cursor() as cursor:
        for start in range(first, kind.events + 1, SLICE):
            end = min(start + SLICE - 1, kind.events)
            cursor.execute(
                "INSERT INTO messaging_event (room_id, seq, kind, by_id, at, client_id, body_digest, text, data)"
                " SELECT %s, n, 'message.created', m.user_id, now(), gen_random_uuid(), decode(md5(n::text), 'hex'),"
                " repeat('A message of the past. ', 4), '{\"attachments\": [], \"mentions\": []}'"
                " FROM generate_series(%s::bigint, %s::bigint) n JOIN rooms_membership m"
                " ON m.room_id = %s AND m.joined_seq = n %% %s + 1",
                [room_id, start, end, room_id, kind.size],
            )
    RoomLog.objects.filter(pk=room_id).update(head=kind.events)
    members = Membership.objects.filter(room_id=room_id).values_list("user_id", flat=True)
    Watermark.objects.bulk_create(
        Watermark(room_id=room_id, user_id=user_id, delivered=kind.events, read=kind.events)
        for user_id in members
    )


def main(names: str, people: int) -> None:
    """Make everything in one transaction and print what there is."""
    kinds = {kind.name: kind for kind in (*EMBEDDED, *CORE, *GROWTH, *SEARCHED)}
    with transaction.atomic():
        made = make_people(people)
        rooms = {name: make_rooms(kinds[name], made) for name in names.split(",")}
    sys.stdout.write(json.dumps({"people": made, "rooms": rooms}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
