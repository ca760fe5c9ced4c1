"""`manage.py demo`: made-up sites that are as sound as real ones."""

import io
import re
import uuid

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from chatsite.accounts.models import User
from chatsite.demo import crowd
from chatsite.demo.words import PEOPLE, PLACES
from messaging.models import Attachment, Event, EventKind, Reaction, RoomLog
from messaging.queries import events_page
from messaging.services import send_message
from rooms.models import Membership, Role, Room

pytestmark = pytest.mark.storage
SMALL = ["--scale", "--users=60", "--rooms=12", "--memberships=240", "--messages=3"]


def demo(*words: str) -> str:
    said = io.StringIO()
    call_command("demo", *words, stdout=said)
    return said.getvalue()


def logs_are_whole() -> bool:
    for log in RoomLog.objects.all():
        seqs = Event.objects.filter(room_id=log.pk).order_by("seq").values_list("seq", flat=True)
        if list(seqs) != list(range(1, log.head + 1)):
            return False
    return RoomLog.objects.count() == Room.objects.count()


@pytest.mark.django_db
def test_a_lively_site_has_people_who_talk_and_sign_in() -> None:
    admin = User.objects.create_superuser("admin")
    said = demo("--password=harbour lights 9")
    assert all(name in said for name in PEOPLE)
    assert authenticate(username="mira", password="harbour lights 9") is not None
    assert logs_are_whole()
    assert {room.name for room in Room.objects.exclude(kind="direct")} == {place.name for place in PLACES}
    launch = Room.objects.get(name="launch")
    assert Event.objects.filter(room=launch).exclude(reply_to=None).exists()
    assert Reaction.objects.filter(room=launch).exists()
    assert Membership.objects.filter(room=launch, user_id=admin.id).exists()
    carried = [event.data.get("attachments") for event in Event.objects.filter(room__name="design")]
    assert [[file["name"] for file in files] for files in carried if files] == [
        ["tile-one.png", "tile-two.png"]
    ]
    pictures = Attachment.objects.filter(type__startswith="image/")
    assert pictures.exclude(preview="").count() == pictures.count() > 2
    times = list(Event.objects.filter(room=launch).order_by("seq").values_list("at", flat=True))
    assert times == sorted(times), "a conversation goes forward"


@pytest.mark.django_db
def test_a_new_site_gets_its_administrator_as_well() -> None:
    said = demo("--password=harbour lights 9")
    told = re.search(r"User name:  admin\n  Password:   (\S+)", said)
    assert told is not None, said
    assert authenticate(username="admin", password=told[1]) is not None


@pytest.mark.django_db
def test_a_huge_site_is_as_if_people_had_made_it() -> None:
    said = demo(*SMALL)
    assert "users: 60 of 60 (100%)" in said
    assert "memberships: 240 of 240 (100%)" in said
    crowd_of = User.objects.filter(is_superuser=False)
    assert (crowd_of.count(), Room.objects.count(), Membership.objects.count()) == (60, 12, 240)
    assert logs_are_whole()
    for member in Membership.objects.select_related("room"):
        joined = Event.objects.get(room=member.room, seq=member.joined_seq)
        assert joined.kind == EventKind.MEMBER_JOINED
        assert joined.data == {"user": member.user_id, "role": member.role}
    assert Membership.objects.filter(role=Role.OWNER).values("room").distinct().count() == 12
    owner = Membership.objects.filter(role=Role.OWNER).order_by("id")[0]
    sent = send_message(by=owner.user_id, room_id=owner.room_id, text="hi", client_id=uuid.uuid4())
    _, events, _ = events_page(by=owner.user_id, room_id=owner.room_id, limit=3)
    assert [event.data.get("text") for event in events] == [crowd.TEXT, crowd.TEXT, "hi"]
    assert events[-1].seq == sent.event.seq


@pytest.mark.django_db
def test_a_site_in_use_is_left_alone_unless_told(bob: User) -> None:
    for words in ([], SMALL):
        with pytest.raises(CommandError, match="in use"):
            demo(*words)
    assert list(User.objects.all()) == [bob]
    demo(*SMALL, "--anyway")
    demo(*SMALL, "--anyway")
    assert User.objects.count() == 121


@pytest.mark.django_db
def test_sizes_that_make_no_sense_are_refused() -> None:
    for words in (["--users=0"], ["--memberships=5"], ["--memberships=5000"]):
        with pytest.raises(CommandError):
            demo(*SMALL, *words)
    assert not User.objects.filter(is_superuser=False).exists()


@pytest.mark.django_db
def test_a_taken_name_makes_nothing(bob: User) -> None:
    bob.username = "leo"
    bob.save()
    with pytest.raises(CommandError, match="taken"):
        demo("--anyway")
    assert User.objects.count() == 1
    assert not Room.objects.exists()


@pytest.mark.parametrize(("users", "rooms", "memberships"), [(10, 10, 100), (100, 3, 3), (1000, 50, 12_345)])
def test_rooms_have_together_as_many_members_as_wanted(users: int, rooms: int, memberships: int) -> None:
    sizes = crowd.sizes_of_rooms(crowd.Size(users=users, rooms=rooms, memberships=memberships))
    assert len(sizes) == rooms
    assert sum(sizes) == memberships
    assert max(sizes) <= users
    assert min(sizes) >= 1
