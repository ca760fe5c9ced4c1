"""A huge site, made in bulk: what the services would have made, without asking them two million times.

Every step is one transaction that leaves a sound site behind, so a stop in the middle harms nothing.
"""

import datetime as dt
import json
import random
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection, models, transaction
from django.utils import timezone

from chatsite.accounts.models import User, look_of
from chatsite.ids import new_id
from messaging.models import Event, EventKind, RoomLog
from rooms.models import Membership, Role, Room, RoomKind
from rooms.rules import settle_rights

BULK = 20_000
"""Rows of one transaction, about."""

GIVEN = (
    "Ada",
    "Ben",
    "Chiara",
    "Dev",
    "Elif",
    "Femi",
    "Greta",
    "Hugo",
    "Ines",
    "Jonas",
    "Kemal",
    "Lena",
    "Mira",
    "Noor",
)
FAMILY = (
    "Abebe",
    "Brandt",
    "Costa",
    "Dubois",
    "Evans",
    "Fischer",
    "Garcia",
    "Haddad",
    "Ito",
    "Jensen",
    "Kaya",
    "Lund",
)
SUBJECTS = (
    "design",
    "backend",
    "field",
    "support",
    "harbour",
    "night-shift",
    "partners",
    "reading",
    "kitchen",
    "travel",
)
TEXT = "A message of the past."


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many there shall be; `messages` are those of each room."""

    users: int = 100_000
    rooms: int = 20_000
    memberships: int = 2_000_000
    messages: int = 5

    def check(self) -> None:
        """Raise `ValueError` for what can't be made."""
        if min(self.users, self.rooms) < 1 or self.messages < 0:
            raise ValueError("There must be a user and a room.")
        if not self.rooms <= self.memberships <= self.rooms * self.users:
            raise ValueError("Each room has at least its owner, and everybody is in it at most once.")


Tell = Callable[[str, int, int], None]
"""Hears what is made, how much of it is done, and how much there will be."""


def make(size: Size, *, tell: Tell, seed: int = 1) -> None:
    """Add so many people and rooms; `seed` decides who meets whom. Raises `ValueError` for sizes that make no sense."""
    size.check()
    chance = random.Random(seed)
    run = format(time.time_ns() // 1_000_000, "x")  # usernames of two runs differ
    ids = _make_users(size.users, run, tell)
    _make_rooms(size, ids, chance, tell)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _make_users(count: int, run: str, tell: Tell) -> list[str]:
    now = timezone.now()
    closed = make_password(None)
    ids: list[str] = []
    while len(ids) < count:
        more = range(len(ids), min(len(ids) + BULK, count))
        users = [_user(n, run, closed, now) for n in more]
        with transaction.atomic():
            User.objects.bulk_create(users, batch_size=1000)
        ids += [user.id for user in users]
        tell("users", len(ids), count)
    return ids


def _user(number: int, run: str, closed: str, now: dt.datetime) -> User:
    given, family = GIVEN[number % len(GIVEN)], FAMILY[number // len(GIVEN) % len(FAMILY)]
    username = f"{given}.{family}.{number}.{run}".lower()
    return User(
        username=username,
        look=look_of(username),
        display_name=f"{given} {family}",
        email=f"{username}@example.org",
        password=closed,
        date_joined=now - dt.timedelta(minutes=number * 7 % 1_000_000),
        last_login=now - dt.timedelta(minutes=number * 3 % 50_000) if number % 4 else None,
    )


def sizes_of_rooms(size: Size) -> list[int]:
    """How many members each room has: a few large ones, many small ones, as it is everywhere."""
    weights = [(rank + 1) ** -0.6 for rank in range(size.rooms)]
    share = (size.memberships - size.rooms) / sum(weights)
    found = [1 + min(int(weight * share), size.users - 1) for weight in weights]
    left = size.memberships - sum(found)
    while left:  # what rounding and full rooms left over goes to all that have space
        for rank in range(size.rooms):
            if left and found[rank] < size.users:
                found[rank] += 1
                left -= 1
    return found


def _make_rooms(size: Size, ids: Sequence[str], chance: random.Random, tell: Tell) -> None:
    done = 0
    batch: list[tuple[Room, list[str]]] = []
    waiting = 0
    for rank, members in enumerate(sizes_of_rooms(size)):
        batch.append((_room(rank), chance.sample(ids, members)))
        waiting += members
        if waiting >= BULK or rank == size.rooms - 1:
            _store_rooms(batch, size.messages)
            done, waiting, batch = done + waiting, 0, []
            tell("memberships", done, size.memberships)


def _room(rank: int) -> Room:
    subject = SUBJECTS[rank % len(SUBJECTS)]
    kind = RoomKind.PRIVATE if rank % 4 == 3 else RoomKind.PUBLIC
    return Room(kind=kind, name=f"{subject}-{rank}", topic=f"All about {subject}")


@transaction.atomic
def _store_rooms(batch: Sequence[tuple[Room, list[str]]], messages: int) -> None:
    for room, _ in batch:
        settle_rights(room)
    rooms = [room for room, _ in batch]
    Room.objects.bulk_create(rooms, batch_size=500)
    heads = [RoomLog(room=room, epoch=new_id(), head=len(ids) + messages) for room, ids in batch]
    RoomLog.objects.bulk_create(heads, batch_size=500)
    _pour(Membership, ("room_id", "user_id", "role", "joined_seq"), _memberships(batch))
    columns = ("room_id", "seq", "kind", "by_id", "at", "client_id", "text", "data")
    _pour(Event, columns, _events(batch, messages))


def _role(place: int) -> str:
    return str(Role.OWNER if place == 1 else Role.MODERATOR if place % 50 == 0 else Role.MEMBER)


def _memberships(batch: Sequence[tuple[Room, list[str]]]) -> Iterator[tuple[Any, ...]]:
    for room, ids in batch:
        for place, user_id in enumerate(ids, 1):
            yield room.id, user_id, _role(place), place


def _events(batch: Sequence[tuple[Room, list[str]]], messages: int) -> Iterator[tuple[Any, ...]]:
    """A log begins with its members' joining."""
    at = connection.ops.adapt_datetimefield_value(timezone.now())
    empty = json.dumps({"attachments": [], "mentions": []})
    as_column = Event._meta.get_field("client_id").get_db_prep_value
    for room, ids in batch:
        for seq, user_id in enumerate(ids, 1):
            data = f'{{"user": "{user_id}", "role": "{_role(seq)}"}}'
            yield room.id, seq, EventKind.MEMBER_JOINED.value, user_id, at, None, "", data
        for n in range(messages):
            key = as_column(uuid.uuid4(), connection)
            said_by = ids[n % len(ids)]
            yield room.id, len(ids) + n + 1, EventKind.MESSAGE_CREATED.value, said_by, at, key, TEXT, empty


def _pour(model: type[models.Model], columns: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
    """Store rows, whose values are as the database takes them, by its quickest way."""
    table, names = model._meta.db_table, ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(rows))  # noqa: S608 (no input in it)
