"""Judging what stands beside the log: files, what a search finds, and what a phone was told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.chaos.findings import Finding
from tests.support.records import Fetched, LogRow, Noticed, Searched, Uploaded

if TYPE_CHECKING:
    from tests.chaos.history import History

Place = tuple[str, int]
"""Room, `seq`."""


@dataclass(frozen=True, slots=True)
class FileFinding(Finding):
    """Something wrong with one file."""

    file: str


@dataclass(frozen=True, slots=True)
class NamedTwice(FileFinding):
    """More than one message has the file."""

    seqs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ForeignFile(FileFinding):
    """A message has a file that its sender did not give to that room."""

    seq: int


@dataclass(frozen=True, slots=True)
class LostFile(FileFinding):
    """Somebody who may read the message did not get its file."""

    user: str


@dataclass(frozen=True, slots=True)
class AlteredFile(FileFinding):
    """Somebody got other bytes than were uploaded."""

    user: str


@dataclass(frozen=True, slots=True)
class LeakedFile(FileFinding):
    """Somebody got a file that is not theirs to read."""

    user: str


@dataclass(frozen=True, slots=True)
class FileAfterErasure(FileFinding):
    """The message was erased, and its file is still there."""


@dataclass(frozen=True, slots=True)
class OrphanBytes(Finding):
    """Bytes in storage that belong to no file, and nothing says that they go."""

    key: str


@dataclass(frozen=True, slots=True)
class FoundFinding(Finding):
    """Something wrong with what a search found."""

    user: str
    seq: int


@dataclass(frozen=True, slots=True)
class NotFound(FoundFinding):
    """A message that one may read, and that says the word, was not found."""


@dataclass(frozen=True, slots=True)
class FoundWrongly(FoundFinding):
    """What was found is erased, says something else, or is not its finder's to read."""


@dataclass(frozen=True, slots=True)
class NoticeFinding(Finding):
    """Something wrong with what a phone was told."""

    user: str
    seq: int


@dataclass(frozen=True, slots=True)
class ToldWrongly(NoticeFinding):
    """A notice of no message, of one's own, or of one that is not one's to read."""


@dataclass(frozen=True, slots=True)
class ShownTooLong(NoticeFinding):
    """In the end the phone shows a message that was erased."""


@dataclass(frozen=True, slots=True)
class NotTold(NoticeFinding):
    """In the end the phone does not show the newest message of the room."""


def files_are_named_once(history: History) -> Iterator[Finding]:
    """A file belongs to one message, whose sender gave it to that room."""
    known = {journal.user for journal in history.journals}
    places: dict[str, list[Place]] = defaultdict(list)
    for row in history.rows:
        for file in files_of(row):
            places[file].append((row.room, row.seq))
            given = history.uploads.get(file)
            if row.by in known and (given is None or given[:2] != (row.room, row.by)):
                yield ForeignFile(row.room, file, row.seq)
    for file, found in places.items():
        if len(found) > 1:
            yield NamedTwice(found[0][0], file, tuple(seq for _, seq in found))


def files_are_for_their_readers(history: History) -> Iterator[Finding]:
    """Who may read the message gets the bytes that were uploaded, nobody else gets any; before there is one, its sender."""
    carriers = _carriers(history)
    for journal in history.journals:
        last = {entry.file: entry for entry in journal.entries if isinstance(entry, Fetched)}
        for file, got in last.items():
            room, giver, digest = history.uploads[file]
            carrier = carriers.get(file)
            may = giver == journal.user if carrier is None else _reads(history, journal.user, carrier)
            if carrier in history.erased:
                if got.digest is not None:
                    yield FileAfterErasure(room, file)
            elif got.digest is None:
                if may:
                    yield LostFile(room, file, journal.user)
            elif not may:
                yield LeakedFile(room, file, journal.user)
            elif got.digest != digest:
                yield AlteredFile(room, file, journal.user)


def bytes_belong_to_files(history: History) -> Iterator[Finding]:
    """In storage lies what files have, and what is noted to go; and of no erased message a row."""
    if history.storage is None:
        return
    carriers = _carriers(history)
    for stored in history.storage.files:
        if carriers.get(stored.file) in history.erased:
            yield FileAfterErasure(stored.room, stored.file)
    for key in history.storage.bytes - history.storage.noted - history.storage.owned:
        yield OrphanBytes("", key)


def searches_find_what_is_said(history: History) -> Iterator[Finding]:
    """A search finds the messages with the word that one may read, as they are now, and nothing else."""
    for journal in history.journals:
        last = {(e.room, e.word): e for e in journal.entries if isinstance(e, Searched)}
        for (room, word), search in last.items():
            there = {
                row.seq
                for row in history.log.get(room, {}).values()
                if row.kind == "message.created"
                and (room, row.seq) not in history.erased
                and word in str(row.data["text"]).lower()
                and _reads(history, journal.user, (room, row.seq))
            }
            for seq in search.found - there:
                yield FoundWrongly(room, journal.user, seq)
            for seq in there - search.found if search.complete else ():
                yield NotFound(room, journal.user, seq)


def phones_are_told(history: History) -> Iterator[Finding]:
    """A phone of somebody who is told everything and has no socket: nothing that is not theirs, in the end what is new.

    It shows the newest message, or closed one that came later and was erased: what is older does not come back for that.
    """
    for journal in history.journals:
        told = [entry for entry in journal.entries if isinstance(entry, Noticed)]
        shown = {entry.room: entry for entry in told}
        for notice in told:
            row = history.log.get(notice.room, {}).get(notice.seq)
            theirs = row is not None and row.kind == "message.created" and row.by != journal.user
            if not theirs or not _was_reader(history, journal.user, (notice.room, notice.seq)):
                yield ToldWrongly(notice.room, journal.user, notice.seq)
        if not journal.phone or not history.level:
            continue
        for room in history.rooms_of(journal.user):
            newest, last = _newest_of_others(history, room, journal.user), shown.get(room)
            erased = last is not None and (room, last.seq) in history.erased
            if last is not None and last.shows and erased:
                yield ShownTooLong(room, journal.user, last.seq)
            elif newest and (last is None or last.seq < newest or not (last.shows or erased)):
                yield NotTold(room, journal.user, newest)


def files_of(row: LogRow) -> list[str]:
    """The ids of a message's files."""
    named = row.data.get("attachments", []) if row.kind == "message.created" else []
    assert isinstance(named, list)
    return [each["id"] for each in named]


def uploads_in(history: History) -> dict[str, tuple[str, str, str]]:
    """Of each file the room, who gave it, and the digest of its bytes."""
    return {
        entry.file: (entry.room, journal.user, entry.digest)
        for journal in history.journals
        for entry in journal.entries
        if isinstance(entry, Uploaded)
    }


def _carriers(history: History) -> dict[str, Place]:
    """The stored message of each file, by what its sender sent: an erased one does not say so itself."""
    return {
        file: (key[0], history.stored[key][0])
        for key, attempts in history.sends.items()
        if key in history.stored
        for file in attempts[0].files
    }


def _reads(history: History, user: str, place: Place) -> bool:
    """Whether a user may read what stands there now."""
    intervals = history.intervals_of(user, place[0])
    return any(part.last is None for part in intervals) and any(place[1] in part for part in intervals)


def _was_reader(history: History, user: str, place: Place) -> bool:
    return any(place[1] in part for part in history.intervals_of(user, place[0]))


def _newest_of_others(history: History, room: str, user: str) -> int:
    return max(
        (
            row.seq
            for row in history.log.get(room, {}).values()
            if row.kind == "message.created"
            and row.by != user
            and (room, row.seq) not in history.erased
            and _reads(history, user, (room, row.seq))
        ),
        default=0,
    )
