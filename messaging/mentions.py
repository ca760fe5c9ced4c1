"""Who a text names: `@username` of a member of the room, or `@everyone`."""

import re
from collections.abc import Iterable, Sequence

from django.db.models import Q

from chatsite.accounts.queries import ids_by_username
from rooms.models import Membership

from .models import EVERYONE, Event, Mention

# A username as accounts allow it, after an @ that does not stand inside a word (an address, say).
_NAME = re.compile(r"(?<![\w@.])@(\w(?:[\w.-]*\w)?)")

MOST_NAMES = 50

_EVERYONE = re.compile(r"(?<![\w@.])@everyone(?![\w-]|\.\w)", re.IGNORECASE)


def names_in(text: str) -> list[str]:
    """The names after an `@`, in lower case, each once; the first `MOST_NAMES` of them."""
    if "@" not in text:
        return []
    return list(dict.fromkeys(name.lower() for name in _NAME.findall(text)))[:MOST_NAMES]


def names_everyone(text: str) -> bool:
    """Whether a text has `@everyone` in it. Whether that names anybody, the sender's rights say."""
    return "@" in text and _EVERYONE.search(text) is not None


def told_to(user_ids: Sequence[str], *, everyone: bool) -> dict[str, object]:
    """Whom a message names, as its `data` keeps it; `everyone` is there only where all are named."""
    return {"mentions": list(user_ids), **({"everyone": True} if everyone else {})}


def find_mentioned(texts: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """The ids of the members that each `(room, text)` names; those that name nobody are left out."""
    named = {(room_id, text): names for room_id, text in texts if (names := names_in(text))}
    if not named:
        return {}
    ids = ids_by_username({name for names in named.values() for name in names})
    members = set(
        Membership.objects.filter(
            room_id__in={room_id for room_id, _ in named}, user_id__in=ids.values(), left_seq=None
        ).values_list("room_id", "user_id")
    )
    return {
        (room_id, text): [ids[name] for name in names if name in ids and (room_id, ids[name]) in members]
        for (room_id, text), names in named.items()
    }


def store_mentions(messages: Sequence[Event]) -> None:
    """Keep whom these new messages name, from their `data`; nobody's badge counts what they said themselves.

    Who names everyone leaves one row, however many they are.
    """
    rows = [
        Mention(room_id=message.room_id, message_seq=message.seq, user_id=user_id, by_id=message.by_id)
        for message in messages
        for user_id in ([EVERYONE] if message.data.get("everyone") else message.data.get("mentions", ()))
        if user_id != message.by_id
    ]
    if rows:
        Mention.objects.bulk_create(rows)


def replace_mentions(message: Event, user_ids: Sequence[str], *, everyone: bool) -> None:
    """Keep these in place of those whom the message named before."""
    forget_mentions(message)
    kept = {name: value for name, value in message.data.items() if name not in ("mentions", "everyone")}
    message.data = {**kept, **told_to(user_ids, everyone=everyone)}
    store_mentions([message])


def forget_mentions(message: Event) -> None:
    """Nobody is named by the message any more."""
    Mention.objects.filter(room_id=message.room_id, message_seq=message.seq).delete()


def naming(user_id: object) -> Q:
    """The mentions that somebody's badge counts: of them, and of everyone by others."""
    return Q(user_id__in=[user_id, EVERYONE]) & ~Q(by_id=user_id)
