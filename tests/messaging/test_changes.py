"""Edits, deletions and reactions: events with a subject, and no earlier text anywhere."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from chatsite import limits
from chatsite.accounts.models import User
from chatsite.errors import ChatError
from messaging import changes, queries
from messaging.delivery.frames import to_frame
from messaging.models import Event, Mention, Reaction
from messaging.services import Sent, send_message
from messaging.turn import Change
from rooms import services as rooms
from rooms.models import Membership, Room

pytestmark = [pytest.mark.storage, pytest.mark.django_db(transaction=True)]


def say(by: User, room: Room, text: str = "hello") -> Event:
    return send_message(by=by.id, room_id=room.id, text=text, client_id=uuid4()).event


def change(by: User, message: Event, **more: Any) -> Change:
    return Change(
        **{"by": by.id, "room_id": message.room_id, "client_id": uuid4(), "seq": message.seq, **more}
    )


def refusal(work: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(ChatError) as caught:
        work(*args, **more)
    return caught.value.code


def replayed(by: User, room: Room) -> list[tuple[str, dict[str, Any]]]:
    _, events, _ = queries.events_page(by=by.id, room_id=room.id, after=0, limit=300)
    return [(event.kind, event.data) for event in events if not event.kind.startswith("member")]


def kept_texts() -> str:
    """Every row of every table of the log, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM messaging_event")
        return repr(cursor.fetchall())


def test_an_edit_is_an_event_and_the_earlier_text_is_nowhere(alice, bob, room):
    message = say(alice, room, "the secret word")
    sent = changes.edit_message(change(alice, message), text="another word")
    assert (sent.event.seq, sent.event.kind, sent.event.subject) == (
        message.seq + 1,
        "message.edited",
        message.seq,
    )
    data = {"text": "another word", "attachments": [], "mentions": []}
    assert replayed(bob, room) == [
        ("message.created", data),
        ("message.edited", {"message": message.seq, "text": "another word", "mentions": []}),
    ]
    assert "secret" not in kept_texts()


def test_every_edit_tells_the_present_text_when_replayed(alice, room):
    message = say(alice, room, "one")
    for text in ("two", "three"):
        changes.edit_message(change(alice, message), text=text)
    edits = [data["text"] for kind, data in replayed(alice, room) if kind == "message.edited"]
    assert edits == ["three", "three"]
    assert "two" not in kept_texts()


def test_an_edit_to_the_same_text_changes_nothing(alice, room):
    message = say(alice, room)
    sent = changes.edit_message(change(alice, message), text="hello")
    assert (sent.duplicate, sent.event.seq) == (True, message.seq)
    assert len(replayed(alice, room)) == 1
    first = changes.edit_message(change(alice, message), text="another")
    again = changes.edit_message(change(alice, message), text="another")
    assert (again.duplicate, again.event.seq) == (True, first.event.seq)


def test_nobody_edits_what_another_said(alice, bob, room):
    assert refusal(changes.edit_message, change(alice, say(bob, room)), text="no") == "forbidden"


@pytest.mark.parametrize("text", ["", "  ", "x" * 16_385])
def test_an_edit_needs_a_text_as_a_message_does(text, alice, room):
    assert refusal(changes.edit_message, change(alice, say(alice, room)), text=text) in (
        "bad_request",
        "too_large",
    )


def test_a_deletion_erases_text_mentions_and_reactions(alice, bob, room):
    message = say(alice, room, "the secret word for @bob")
    changes.add_reaction(change(bob, message), emoji="👍")
    sent = changes.delete_message(change(alice, message))
    assert sent.event.kind == "message.deleted"
    assert replayed(bob, room)[0] == ("message.created", {"text": "", "attachments": [], "mentions": []})
    assert replayed(bob, room)[-1] == ("message.deleted", {"message": message.seq})
    assert "secret" not in kept_texts()
    assert not Reaction.objects.exists()
    assert not Mention.objects.exists()


def test_a_deletion_after_an_edit_leaves_no_text_in_the_edit(alice, room):
    message = say(alice, room)
    changes.edit_message(change(alice, message), text="edited")
    changes.delete_message(change(alice, message))
    assert ("message.edited", {"message": message.seq, "text": "", "mentions": []}) in replayed(alice, room)


def test_deleting_again_changes_nothing(alice, room):
    message = say(alice, room)
    first = changes.delete_message(change(alice, message))
    again = changes.delete_message(change(alice, message))
    assert (again.event.seq, again.duplicate) == (first.event.seq, True)


def test_a_deleted_message_takes_neither_edit_nor_reaction(alice, room):
    message = say(alice, room)
    changes.delete_message(change(alice, message))
    assert refusal(changes.edit_message, change(alice, message), text="back") == "not_found"
    assert refusal(changes.add_reaction, change(alice, message), emoji="👍") == "not_found"


def test_the_send_of_a_deleted_message_again_is_still_a_duplicate(alice, room):
    key = uuid4()
    first = send_message(by=alice.id, room_id=room.id, text="gone", client_id=key)
    changes.delete_message(change(alice, first.event))
    again = send_message(by=alice.id, room_id=room.id, text="gone", client_id=key)
    assert (again.event.seq, again.duplicate) == (first.event.seq, True)


def test_owners_delete_what_others_said_and_members_do_not(alice, bob, carol, room):
    message = say(carol, room)
    assert refusal(changes.delete_message, change(bob, message)) == "forbidden"
    assert isinstance(changes.delete_message(change(alice, message)), Sent)


def test_a_room_may_keep_its_owners_from_deleting(alice, bob, room):
    Room.objects.filter(pk=room.pk).update(settings={"moderators_delete": False})
    assert refusal(changes.delete_message, change(alice, say(bob, room))) == "forbidden"


@pytest.mark.parametrize(("name", "what"), [("edit_seconds", "edit"), ("delete_seconds", "delete")])
def test_a_room_may_give_authors_only_some_time(name, what, bob, room):
    Room.objects.filter(pk=room.pk).update(settings={name: 60})
    young, old = say(bob, room, "young"), say(bob, room, "old")
    Event.objects.filter(pk=old.pk).update(at=timezone.now() - dt.timedelta(seconds=61))

    def do(message: Event) -> Sent:
        if what == "edit":
            return changes.edit_message(change(bob, message), text="changed")
        return changes.delete_message(change(bob, message))

    assert refusal(do, old) == "forbidden"
    assert not do(young).duplicate


def test_a_reaction_is_counted_once_for_each_person(alice, bob, room):
    message = say(alice, room)
    first = changes.add_reaction(change(bob, message), emoji="🎉")
    again = changes.add_reaction(change(bob, message), emoji="🎉")
    changes.add_reaction(change(alice, message), emoji="🎉")
    assert (again.event.seq, again.duplicate) == (first.event.seq, True)
    assert Reaction.objects.filter(message_seq=message.seq).count() == 2


def test_a_reaction_taken_back_is_gone_and_taking_it_back_again_changes_nothing(alice, bob, room):
    message = say(alice, room)
    changes.add_reaction(change(bob, message), emoji="🎉")
    removed = changes.remove_reaction(change(bob, message), emoji="🎉")
    again = changes.remove_reaction(change(bob, message), emoji="🎉")
    assert (again.event.seq, again.duplicate) == (removed.event.seq, True)
    assert [kind for kind, _ in replayed(alice, room)] == [
        "message.created",
        "reaction.added",
        "reaction.removed",
    ]


def test_two_spellings_of_an_emoji_are_one_reaction(alice, room):
    message = say(alice, room)
    changes.add_reaction(change(alice, message), emoji="\u2764")
    assert changes.add_reaction(change(alice, message), emoji="\u2764\ufe0f").duplicate
    assert Reaction.objects.get().emoji == "\u2764\ufe0f"


@pytest.mark.parametrize("emoji", ["", "a", ":smile:", "👍👍", "👍 ", "<b>", "\0", "\u200d", "1"])
def test_what_is_no_single_emoji_is_no_reaction(emoji, alice, room):
    assert refusal(changes.add_reaction, change(alice, say(alice, room)), emoji=emoji) == "bad_request"


def test_a_message_takes_so_many_kinds_of_emoji_and_no_more(alice, bob, room, monkeypatch):
    monkeypatch.setattr(limits, "REACTION_KINDS", 2)
    message = say(alice, room)
    changes.add_reaction(change(alice, message), emoji="🎉")
    changes.add_reaction(change(alice, message), emoji="👍")
    assert refusal(changes.add_reaction, change(alice, message), emoji="👀") == "too_large"
    assert not changes.add_reaction(change(bob, message), emoji="👍").duplicate


def test_the_same_change_again_is_answered_with_the_first_number(alice, room):
    message = say(alice, room)
    edit = change(alice, message)
    first = changes.edit_message(edit, text="edited")
    changes.edit_message(change(alice, message), text="edited twice")
    again = changes.edit_message(edit, text="edited")
    assert (again.event.seq, again.duplicate) == (first.event.seq, True)
    assert to_frame(again.event, epoch=again.epoch).data == {
        "message": message.seq,
        "text": "edited twice",
        "mentions": [],
    }
    assert refusal(changes.edit_message, edit, text="another") == "conflict"
    assert refusal(changes.delete_message, edit) == "conflict"


def test_who_left_is_still_told_of_the_change_they_had_made(alice, bob, room):
    edit = change(bob, say(bob, room))
    first = changes.edit_message(edit, text="edited")
    rooms.leave_room(by=bob, room=room)
    again = changes.edit_message(edit, text="edited")
    assert (again.event.seq, again.duplicate) == (first.event.seq, True)
    assert refusal(changes.edit_message, change(bob, first.event), text="new") == "not_found"


def test_a_message_from_before_ones_time_is_not_there(alice, mallory, room):
    message = say(alice, room)
    rooms.add_member(by=alice, room=room, user_id=mallory.id)
    assert refusal(changes.add_reaction, change(mallory, message), emoji="👍") == "not_found"
    assert refusal(changes.add_reaction, change(mallory, message, seq=999), emoji="👍") == "not_found"
    assert refusal(changes.add_reaction, change(mallory, message, seq=1), emoji="👍") == "not_found"


def test_the_muted_take_back_but_do_not_add(alice, bob, room):
    message = say(bob, room)
    changes.add_reaction(change(bob, message), emoji="👍")
    soon = timezone.now() + dt.timedelta(minutes=5)
    Membership.objects.filter(room=room, user_id=bob.id).update(muted_until=soon)
    assert refusal(changes.edit_message, change(bob, message), text="louder") == "forbidden"
    assert refusal(changes.add_reaction, change(bob, message), emoji="🎉") == "forbidden"
    assert not changes.remove_reaction(change(bob, message), emoji="👍").duplicate
    assert not changes.delete_message(change(bob, message)).duplicate


def test_an_archived_room_takes_no_change(alice, room):
    message = say(alice, room)
    rooms.archive_room(by=alice, room=room)
    assert refusal(changes.delete_message, change(alice, message)) == "archived"


def test_a_change_that_names_another_epoch_is_refused(alice, room):
    message = say(alice, room)
    assert refusal(changes.delete_message, change(alice, message, epoch="restored")) == "bad_request"
    room.log.refresh_from_db()
    assert not changes.delete_message(change(alice, message, epoch=room.log.epoch)).duplicate


def test_mentions_name_members_once_and_follow_an_edit(alice, bob, mallory, room):
    assert not Membership.objects.filter(room=room, user_id=mallory.id).exists()
    message = say(alice, room, "@Bob @bob, @mallory and mail@carol: see @nobody")
    assert message.data["mentions"] == [bob.id]
    assert queries.standings(by=bob.id, room_ids=[room.id])[room.id].mentions == 1
    changes.edit_message(change(alice, message), text="never mind, @carol")
    assert queries.standings(by=bob.id, room_ids=[room.id])[room.id].mentions == 0
    assert queries.standings(by=bob.id, room_ids=[room.id])[room.id].unread == 1
    changes.delete_message(change(alice, message))
    assert queries.standings(by=bob.id, room_ids=[room.id])[room.id].unread == 0


def test_naming_oneself_counts_for_nobody(bob, room):
    message = say(bob, room, "note to @bob")
    assert message.data["mentions"] == [bob.id]
    standing = queries.standings(by=bob.id, room_ids=[room.id])[room.id]
    assert (standing.unread, standing.mentions) == (0, 0)


def test_a_message_was_edited_when_its_last_edit_happened(alice, room):
    message = say(alice, room)
    for text in ("two", "three"):
        sent = changes.edit_message(change(alice, message), text=text)
    message.refresh_from_db()
    assert message.edited_at == sent.event.at
