"""`@everyone`: counted for all members by one row, plain text where the role has no right to it."""

import pytest

from chatsite.accounts.models import User
from messaging import changes, queries
from messaging.mentions import names_everyone
from messaging.models import Mention
from rooms.models import Room
from rooms.rules import change_room_rules
from tests.messaging.test_changes import change, say
from tests.support.http import caller

pytestmark = [pytest.mark.storage, pytest.mark.django_db(transaction=True)]


def counts(*people: User, room: Room) -> list[int]:
    return [queries.standings(by=each.id, room_ids=[room.id])[room.id].mentions for each in people]


@pytest.mark.parametrize("text", ["@everyone", "hey @Everyone, look", "(@everyone)", "see you @everyone."])
def test_texts_that_name_everyone(text):
    assert names_everyone(text)


@pytest.mark.parametrize(
    "text", ["everyone", "a@everyone.example", "@everyone-else", "@everyones", "@@everyone"]
)
def test_texts_that_do_not(text):
    assert not names_everyone(text)


def test_all_members_but_the_author_are_named_by_one_row(alice, bob, carol, room):
    message = say(alice, room, "@everyone and @bob: tea")
    assert message.data["everyone"] is True
    assert message.data["mentions"] == [bob.id]
    assert Mention.objects.count() == 1
    assert counts(alice, bob, carol, room=room) == [0, 1, 1]
    assert caller(bob).get(f"rooms/{room.id}/messages/").body["results"][-1]["everyone"] is True


def test_without_the_right_it_is_plain_text(alice, bob, carol, room):
    message = say(bob, room, "@everyone tea")
    assert "everyone" not in message.data
    assert counts(alice, carol, room=room) == [0, 0]
    change_room_rules(by=alice, room=room, wanted={"member": {"mention_everyone": True}})
    say(bob, room, "@everyone tea")
    assert counts(alice, bob, carol, room=room) == [1, 0, 1]


def test_an_edit_brings_it_and_takes_it_away_and_a_deletion_does(alice, bob, room):
    message = say(alice, room, "tea")
    changes.edit_message(change(alice, message), text="@everyone tea")
    assert counts(bob, room=room) == [1]
    edited = changes.edit_message(change(alice, message), text="tea, then")
    assert counts(bob, room=room) == [0]
    assert "everyone" not in edited.event.data
    changes.edit_message(change(alice, message), text="@everyone tea")
    changes.delete_message(change(alice, message))
    assert counts(bob, room=room) == [0]


def test_an_edit_by_somebody_without_the_right_leaves_it_where_it_was(alice, bob, room):
    change_room_rules(by=alice, room=room, wanted={"member": {"edit_others": True}})
    named, plain = say(alice, room, "@everyone tae"), say(alice, room, "tae")
    assert changes.edit_message(change(bob, named), text="@everyone tea").event.data["everyone"] is True
    assert "everyone" not in changes.edit_message(change(bob, plain), text="@everyone tea").event.data


def test_who_comes_later_was_not_named(alice, mallory, room):
    from rooms.services import add_member

    say(alice, room, "@everyone tea")
    add_member(by=alice, room=room, user_id=mallory.id)
    assert counts(mallory, room=room) == [0]
