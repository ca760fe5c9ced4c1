"""What one may read is what one finds: whoever comes, goes and comes back, whatever is edited, erased and indexed meanwhile."""

import datetime as dt
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatsite.accounts.models import User
from messaging import changes
from messaging.history import messages_page
from messaging.search import index
from messaging.search.asking import read_query
from messaging.search.finding import find_messages
from messaging.services import send_message
from messaging.turn import Change
from rooms import services as rooms
from rooms.errors import NoSuchRoom
from rooms.models import Membership, Room
from rooms.queries import find_room

STEPS = st.lists(
    st.sampled_from(["say", "say", "say", "come or go", "edit", "erase", "index", "open", "close"]),
    min_size=4,
    max_size=25,
)


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(kind=st.sampled_from(["private", "public"]), steps=STEPS)
def test_what_one_may_read_is_what_one_finds(alice: User, bob: User, kind: str, steps: list[str]) -> None:
    room = rooms.create_room(by=alice, name="Harbour", kind=kind)
    for number, step in enumerate(steps):
        do(step, room, alice, bob, number)
        assert found(bob, room) == readable(bob, room)
    assert found(alice, room) == readable(alice, room)


def do(step: str, room: Room, alice: User, bob: User, number: int) -> None:
    said = [] if step in {"say", "index"} else readable(alice, room)
    if step == "say":
        send_message(by=alice.id, room_id=room.id, text=f"tide {number}", client_id=uuid4())
    elif step == "come or go":
        if Membership.objects.filter(room=room, user_id=bob.id, left_seq=None).exists():
            rooms.remove_member(by=alice, room=room, user_id=bob.id)
        else:
            rooms.add_member(by=alice, room=room, user_id=bob.id)
    elif step in {"edit", "erase"} and said:
        seq = said[number % len(said)][0]
        change = Change(by=alice.id, room_id=room.id, client_id=uuid4(), seq=seq)
        if step == "edit":
            changes.edit_message(change, text=f"tide, edited at {number}")
        else:
            changes.delete_message(change)
    elif step == "index":
        index.advance(seconds=20, resting=False)
    elif step in {"open", "close"}:
        history = "beginning" if step == "open" else "joined"
        rooms.change_room(by=alice, room=find_room(room.id), settings={"history": history})


def found(by: User, room: Room) -> list[tuple[int, str]] | None:
    asked = read_query("tide", zone=dt.UTC, today=dt.date(2026, 1, 1))
    everywhere = find_messages(by=by, asked=asked, room_id=None, older_than=None, limit=50)
    try:
        here = find_messages(by=by, asked=asked, room_id=room.id, older_than=None, limit=50)
    except NoSuchRoom:
        assert room.id not in {message.room_id for message in everywhere.messages}
        return None
    assert [m.pk for m in here.messages] == [m.pk for m in everywhere.messages if m.room_id == room.id]
    return [(message.seq, message.text) for message in here.messages][::-1]


def readable(by: User, room: Room) -> list[tuple[int, str]] | None:
    try:
        page = messages_page(by=by.id, room_id=room.id, limit=300)
    except NoSuchRoom:
        return None
    return [(message.seq, message.text) for message in page.messages if message.deleted_at is None]
