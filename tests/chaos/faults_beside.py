"""Faults to plant in what stands beside the log, each with the one finding that it must be."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from tests.chaos import beside
from tests.chaos.findings import AlteredMessage, Finding
from tests.chaos.healthy import QUAY
from tests.chaos.history import History
from tests.support.records import Fetched, Journal, LogRow, Noticed, Searched, Sent, StoredFile, Uploaded

E = TypeVar("E", Fetched, Noticed, Searched, Sent, Uploaded)


def _change_last(
    history: History, user: str, kind: type[E], change: Callable[[E], E | None], file: str = ""
) -> None:
    """Let the last entry of a kind (about a file) in a user's journal be another one, or none."""
    entries = _journal(history, user).entries
    place = max(
        n
        for n, entry in enumerate(entries)
        if isinstance(entry, kind) and file in ("", getattr(entry, "file", ""))
    )
    old = entries[place]
    assert isinstance(old, kind)
    new = change(old)
    entries[place : place + 1] = [] if new is None else [new]


def name_a_file_in_two_messages(history: History) -> History:
    """Alice's first message has the chart too, and she sent it so."""
    row = _said(history, "before Dora came")
    _name_in_send(history, row, "chart")
    named = replace(row, data=row.data | {"attachments": [{"id": "chart"}]})
    return replace(history, rows=[named if kept is row else kept for kept in history.rows])


def _said(history: History, text: str) -> LogRow:
    return next(row for row in history.rows if row.data.get("text") == text)


def _name_in_send(history: History, row: LogRow, *files: str) -> None:
    entries = _journal(history, row.by).entries
    for place, entry in enumerate(entries):
        if isinstance(entry, Sent) and entry.client_id == row.client_id:
            entries[place] = replace(entry, files=files)


def _journal(history: History, user: str) -> Journal:
    return next(journal for journal in history.journals if journal.user == user)


def store_another_persons_file(history: History) -> History:
    """The chart that Alice's message has was given by Dora."""
    alice, dora = _journal(history, "alice"), _journal(history, "dora")
    given = next(entry for entry in alice.entries if isinstance(entry, Uploaded) and entry.file == "chart")
    alice.entries.remove(given)
    dora.entries.insert(0, given)
    return history


def store_a_message_without_its_file(history: History) -> History:
    """Alice named a file, and the message does not have it."""
    _name_in_send(history, _said(history, "before Dora came"), "a tide table")
    return history


def lose_a_file(history: History) -> History:
    """Dora may read the message and hears that there is no such file."""
    _change_last(history, "dora", Fetched, lambda got: replace(got, digest=None), "chart")
    return history


def give_other_bytes(history: History) -> History:
    """Dora got something else."""
    _change_last(history, "dora", Fetched, lambda got: replace(got, digest="bytes of slip"), "chart")
    return history


def give_a_file_to_an_outsider(history: History) -> History:
    """Bob is not at the quay and got its chart."""
    _change_last(history, "bob", Fetched, lambda got: replace(got, digest="bytes of chart"), "chart")
    return history


def give_an_unsent_file_to_a_member(history: History) -> History:
    """Dora got what Alice has not sent."""
    _change_last(history, "dora", Fetched, lambda got: replace(got, digest="bytes of draft"), "draft")
    return history


def give_a_file_after_its_erasure(history: History) -> History:
    """The message is gone and Dora got its file."""
    _change_last(history, "dora", Fetched, lambda got: replace(got, digest="bytes of slip"), "slip")
    return history


def keep_the_row_of_an_erased_file(history: History) -> History:
    """Nobody fetches it, and yet the database has it."""
    assert history.storage is not None
    kept = (*history.storage.files, StoredFile(QUAY, "slip", ("slip",)))
    return replace(history, storage=replace(history.storage, files=kept))


def leave_bytes_behind(history: History) -> History:
    """The bytes of the erased file lie there, and nothing says that they go."""
    assert history.storage is not None
    return replace(history, storage=replace(history.storage, bytes=history.storage.bytes | {"slip"}))


def miss_a_message_in_a_search(history: History) -> History:
    """Alice said the word and does not find it."""
    _change_last(history, "alice", Searched, lambda search: replace(search, found=frozenset()))
    return history


def find_an_erased_message(history: History) -> History:
    """Alice finds what she took back."""
    slip = max(seq for room, seq in history.erased if room == QUAY)
    _change_last(history, "alice", Searched, lambda search: replace(search, found=search.found | {slip}))
    return history


def find_what_was_said_before_they_came(history: History) -> History:
    """Dora finds what was said before she joined."""
    early = _said(history, "before Dora came")
    _change_last(history, "dora", Searched, lambda search: replace(search, found=frozenset({early.seq})))
    return history


def tell_a_phone_of_what_is_not_theirs(history: History) -> History:
    """Dora's phone was told of a message from before she joined, too."""
    early = _said(history, "before Dora came")
    _journal(history, "dora").entries.insert(0, Noticed(1, QUAY, early.seq, True))
    return history


def leave_an_erased_message_on_a_phone(history: History) -> History:
    """Alice took it back, and Dora's phone still shows it."""
    _change_last(history, "dora", Noticed, lambda _: None)
    return history


def keep_a_message_from_a_phone(history: History) -> History:
    """The last that Dora's phone heard of the room is that it should close a message that is still there."""
    chart = _said(history, "the chart")
    _change_last(history, "dora", Noticed, lambda notice: replace(notice, seq=chart.seq))
    return history


FAULTS_BESIDE: tuple[tuple[Callable[[History], History], type[Finding]], ...] = (
    (name_a_file_in_two_messages, beside.NamedTwice),
    (store_another_persons_file, beside.ForeignFile),
    (store_a_message_without_its_file, AlteredMessage),
    (lose_a_file, beside.LostFile),
    (give_other_bytes, beside.AlteredFile),
    (give_a_file_to_an_outsider, beside.LeakedFile),
    (give_an_unsent_file_to_a_member, beside.LeakedFile),
    (give_a_file_after_its_erasure, beside.FileAfterErasure),
    (keep_the_row_of_an_erased_file, beside.FileAfterErasure),
    (leave_bytes_behind, beside.OrphanBytes),
    (miss_a_message_in_a_search, beside.NotFound),
    (find_an_erased_message, beside.FoundWrongly),
    (find_what_was_said_before_they_came, beside.FoundWrongly),
    (tell_a_phone_of_what_is_not_theirs, beside.ToldWrongly),
    (leave_an_erased_message_on_a_phone, beside.ShownTooLong),
    (keep_a_message_from_a_phone, beside.NotTold),
)
