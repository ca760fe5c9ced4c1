"""What people do to messages that are there: edit, delete, react. Each is an event of the log with a `subject`.

The message's own row changes with it, so that erased text is nowhere: an edit replaces the text, a deletion
blanks it, and their events keep none.
"""

import datetime as dt

from chatsite import limits
from chatsite.audit.actions import Action
from rooms.errors import NotYourRole
from rooms.models import Membership

from .emojis import check_emoji
from .errors import NotYourMessage, TooLateToChange, TooManyReactions
from .files.uploads import forget_files_of
from .mentions import find_mentioned, forget_mentions, names_everyone, replace_mentions
from .models import Event, EventKind, Pin, Reaction
from .permissions import (
    can_delete_others,
    can_edit_others,
    can_mention_everyone,
    can_react,
    is_author,
    is_in_time,
)
from .search import index
from .services import Sent
from .text import check_text
from .turn import Change, turn_at


def edit_message(change: Change, *, text: str) -> Sent:
    """Replace the text of one's own message, or of another's where the role may; whom it names follows.

    Raises `NotYourMessage`, `TooLateToChange`, `NoSuchMessage` for a deleted one, what `check_text` raises and
    what any turn does (see `turn_at`).
    """
    check_text(text, may_be_empty=True)
    with turn_at(change, {"edit": change.seq, "text": text}) as turn:
        if turn.earlier:
            return turn.repetition(turn.earlier)
        message = turn.message()
        check_text(text, may_be_empty=bool(message.data.get("attachments")))
        own = is_author(message, member=turn.member)
        if not can_edit_others(member=turn.member):
            if not own:
                raise NotYourMessage
            if not is_in_time(message, seconds=turn.settings.edit_seconds, now=turn.now):
                raise TooLateToChange
        if message.text == text:
            return turn.repetition(turn.latest(EventKind.MESSAGE_EDITED) or message)
        if not own:
            turn.record(Action.MESSAGE_REWRITTEN, message)
        message.text = text
        mentioned = find_mentioned([(change.room_id, text)])
        everyone = _names_everyone(message, member=turn.member)
        replace_mentions(message, mentioned.get((change.room_id, text), []), everyone=everyone)
        sent = turn.append(EventKind.MESSAGE_EDITED, edited=message)
        message.edited_at = sent.event.at
        message.save(update_fields=["text", "edited_at", "data"])
        index.renew(message)
        return sent


def _names_everyone(message: Event, *, member: Membership) -> bool:
    """Whoever edits may name everyone by their own right, and leaves it where it was."""
    may = can_mention_everyone(member.room.rights_of(member.role)) or message.data.get("everyone", False)
    return may and names_everyone(message.text)


def delete_message(change: Change) -> Sent:
    """Erase a message: its text, whom it names, its reactions, its files. A deleted one stays so.

    Raises `NotYourMessage`, `TooLateToChange` and what any turn does.
    """
    with turn_at(change, {"delete": change.seq}, silent_too=True) as turn:
        if turn.earlier:
            return turn.repetition(turn.earlier)
        message = turn.message(deleted_too=True)
        if message.deleted_at is not None:
            return turn.repetition(turn.latest(EventKind.MESSAGE_DELETED) or message)
        if not can_delete_others(member=turn.member, settings=turn.settings):
            if not is_author(message, member=turn.member):
                raise NotYourMessage
            if not is_in_time(message, seconds=turn.settings.delete_seconds, now=turn.now):
                raise TooLateToChange
        erase(message, at=turn.now)
        if not is_author(message, member=turn.member):
            turn.record(Action.MESSAGE_REMOVED, message)
        return turn.append(EventKind.MESSAGE_DELETED)


def erase(message: Event, *, at: dt.datetime) -> None:
    """Blank a message's row, and all that was attached to it."""
    message.text, message.deleted_at = "", at
    message.data = {"attachments": [], "mentions": []}
    message.save(update_fields=["text", "deleted_at", "data"])
    index.forget([message.pk])
    forget_mentions(message)
    forget_files_of(message.room_id, [message.seq])
    for model in (Reaction, Pin):
        model._base_manager.filter(room_id=message.room_id, message_seq=message.seq).delete()


def add_reaction(change: Change, *, emoji: str) -> Sent:
    """React with one emoji. One already there changes nothing.

    Raises `NotAnEmoji`, `NotYourRole`, `TooManyReactions` and what any turn does.
    """
    emoji = check_emoji(emoji)
    with turn_at(change, {"react": change.seq, "emoji": emoji}) as turn:
        if turn.earlier:
            return turn.repetition(turn.earlier)
        if not can_react(member=turn.member):
            raise NotYourRole
        message = turn.message()
        there = Reaction.objects.filter(room_id=change.room_id, message_seq=message.seq)
        mine = there.filter(user_id=change.by, emoji=emoji).first()
        if mine is not None:
            return turn.repetition(turn.event_at(mine.event_seq))
        kinds = set(there.values_list("emoji", flat=True).distinct())
        if emoji not in kinds and len(kinds) >= limits.REACTION_KINDS:
            raise TooManyReactions(f"A message takes {limits.REACTION_KINDS} kinds of emoji.", field="emoji")
        sent = turn.append(EventKind.REACTION_ADDED, data={"emoji": emoji})
        there.create(
            room_id=change.room_id,
            message_seq=message.seq,
            user_id=change.by,
            emoji=emoji,
            event_seq=sent.event.seq,
        )
        return sent


def remove_reaction(change: Change, *, emoji: str) -> Sent:
    """Take one's own reaction back. One that is not there changes nothing.

    Raises `NotAnEmoji` and what any turn does.
    """
    emoji = check_emoji(emoji)
    with turn_at(change, {"unreact": change.seq, "emoji": emoji}, silent_too=True) as turn:
        if turn.earlier:
            return turn.repetition(turn.earlier)
        message = turn.message()
        mine = Reaction.objects.filter(
            room_id=change.room_id, message_seq=message.seq, user_id=change.by, emoji=emoji
        )
        if not mine.delete()[0]:
            return turn.repetition(turn.latest(EventKind.REACTION_REMOVED) or message)
        return turn.append(EventKind.REACTION_REMOVED, data={"emoji": emoji})
