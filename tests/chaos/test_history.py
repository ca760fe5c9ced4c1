"""The checker is itself checked: a healthy history passes; each planted fault is found by its own name alone."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.chaos import beside
from tests.chaos import findings as found
from tests.chaos.faults_beside import FAULTS_BESIDE
from tests.chaos.healthy import EPOCH, HARBOUR, LIGHTHOUSE, frame_of, healthy_history
from tests.chaos.history import History, judge, report
from tests.support.records import (
    Acked,
    Answered,
    Entry,
    Journal,
    LogRow,
    Marked,
    Present,
    Received,
    RoomHead,
    Sent,
    Subscribed,
    Told,
)


def test_a_healthy_history_has_no_findings() -> None:
    history = healthy_history()
    assert len(history.rows) > 15
    assert any(len(acks) > 1 for acks in history.acks.values())
    assert any(b'"tombstone"' in frame for view in history.views for _, frame in view.events)
    assert report(judge(history)) == "healthy"


def test_an_empty_history_has_no_findings() -> None:
    assert judge(History([], [], [], [])) == []


def _journal(history: History, user: str) -> Journal:
    return next(journal for journal in history.journals if journal.user == user)


def _row(history: History, text: str) -> LogRow:
    return next(row for row in history.rows if row.data.get("text") == text)


def _unstore(history: History, row: LogRow) -> History:
    """Take an event out of the log and out of every view."""
    for journal in history.journals:
        journal.entries = [
            entry
            for entry in journal.entries
            if not (isinstance(entry, Received) and (entry.room, _seq(entry)) == (row.room, row.seq))
        ]
    return _with_rows(history, [kept for kept in history.rows if kept is not row])


def _with_rows(history: History, rows: list[LogRow]) -> History:
    """The same history with another log, and heads that fit it."""
    heads = [
        replace(head, head=max(row.seq for row in rows if row.room == head.room)) for head in history.heads
    ]
    return replace(history, rows=rows, heads=heads)


def _seq(entry: Received) -> int:
    seq = json.loads(entry.frame)["seq"]
    assert isinstance(seq, int)
    return seq


def _received(history: History, user: str, room: str = HARBOUR) -> list[int]:
    """The places in a user's journal where events of a room were received."""
    entries = _journal(history, user).entries
    return [
        place for place, entry in enumerate(entries) if isinstance(entry, Received) and entry.room == room
    ]


def lose_an_acked_message(history: History) -> History:
    """The newest message was rolled back after its `ok`."""
    return _unstore(history, _row(history, "all dark"))


def store_a_message_twice(history: History) -> History:
    """A retry was stored again, and delivered."""
    row = replace(_row(history, "all dark"), seq=3)
    journal = _journal(history, "alice")
    connection = next(entry.connection for entry in journal.entries if isinstance(entry, Subscribed))
    journal.entries.append(Received(10**9, connection, LIGHTHOUSE, frame_of(row)))
    return _with_rows(history, [*history.rows, row])


def swap_two_events_of_a_view(history: History) -> History:
    """Two events of one view changed places."""
    entries = _journal(history, "alice").entries
    first, second = _received(history, "alice")[4:6]
    entries[first], entries[second] = entries[second], entries[first]
    return history


def leave_a_hole_in_the_log(history: History) -> History:
    """A number was taken and never stored."""
    return _unstore(history, next(row for row in history.rows if row.kind == "reaction.added"))


def leave_a_hole_in_a_view(history: History) -> History:
    """One event never reached one client, the next one did."""
    del _journal(history, "alice").entries[_received(history, "alice")[4]]
    return history


def tell_an_outsider(history: History) -> History:
    """Robo left and its socket still hears what is said next."""
    left = next(row for row in history.rows if row.kind == "member.left" and row.by == "robo")
    after = next(row for row in history.rows if row.room == HARBOUR and row.seq == left.seq + 1)
    robo = _journal(history, "robo")
    connection = next(entry.connection for entry in robo.entries if isinstance(entry, Subscribed))
    robo.entries.append(Received(10**9, connection, HARBOUR, frame_of(after)))
    return history


def tell_what_was_said_in_their_absence(history: History) -> History:
    """Bob came back and got an event from between his memberships whole."""
    entries = _journal(history, "bob").entries
    place = next(place for place in _received(history, "bob") if _is_tombstone(entries[place]))
    _replace_frame(history, "bob", place, whole=True)
    return history


def invert_real_time(history: History) -> History:
    """Bob had his `ok` before Alice began to send, and yet her message has the smaller number."""
    alice, bob = _row(history, "alice 0"), _row(history, "bob 0")
    assert (alice.room, alice.seq + 1) == (bob.room, bob.seq)
    begin = next(
        entry.at
        for entry in _journal(history, "alice").entries
        if isinstance(entry, Sent) and entry.client_id == alice.client_id
    )
    entries = _journal(history, "bob").entries
    for place, entry in enumerate(entries):
        if isinstance(entry, Sent) and entry.client_id == bob.client_id:
            entries[place] = replace(entry, at=begin - 2)
        elif isinstance(entry, Acked) and entry.client_id == bob.client_id:
            entries[place] = replace(entry, at=begin - 1)
    return history


def alter_a_delivered_event(history: History) -> History:
    """One client got other words than were stored."""
    entries = _journal(history, "alice").entries
    place = _received(history, "alice")[4]
    entry = entries[place]
    assert isinstance(entry, Received)
    entries[place] = replace(entry, frame=entry.frame.replace(b'"text": "', b'"text": "un'))
    return history


def encode_an_event_otherwise(history: History) -> History:
    """The same event came to one client as other bytes."""
    entries = _journal(history, "carol").entries
    place = _received(history, "carol")[4]
    entry = entries[place]
    assert isinstance(entry, Received)
    entries[place] = replace(entry, frame=json.dumps(json.loads(entry.frame), separators=(",", ":")).encode())
    return history


def ack_a_repeat_with_another_seq(history: History) -> History:
    """The answer to a retry named a new number."""
    entries = _journal(history, "bob").entries
    place = max(place for place, entry in enumerate(entries) if isinstance(entry, Acked) and entry.duplicate)
    entry = entries[place]
    assert isinstance(entry, Acked)
    entries[place] = replace(entry, seq=entry.seq + 1)
    return history


def ack_a_repeat_as_new(history: History) -> History:
    """The answer to a retry did not say that it is one."""
    entries = _journal(history, "bob").entries
    place = max(place for place, entry in enumerate(entries) if isinstance(entry, Acked) and entry.duplicate)
    entry = entries[place]
    assert isinstance(entry, Acked)
    entries[place] = replace(entry, duplicate=False)
    return history


def deliver_an_event_twice(history: History) -> History:
    """One event came again."""
    entries = _journal(history, "alice").entries
    place = _received(history, "alice")[4]
    entries.insert(place + 1, entries[place])
    return history


def stop_short(history: History) -> History:
    """The last event never came, though the client was there to the end."""
    del _journal(history, "carol").entries[_received(history, "carol")[-1]]
    return history


def store_other_words(history: History) -> History:
    """The log and the views have a text that its sender never wrote."""
    row = _row(history, "carol 1")
    altered = replace(row, data=row.data | {"text": "carol I"})
    for journal in history.journals:
        for place, entry in enumerate(journal.entries):
            if isinstance(entry, Received) and entry.frame == frame_of(row):
                journal.entries[place] = replace(entry, frame=frame_of(altered))
    return replace(history, rows=[altered if kept is row else kept for kept in history.rows])


def show_what_was_before_their_time(history: History) -> History:
    """Robo came late and got a reaction to an older message whole."""
    entries = _journal(history, "robo").entries
    place = next(place for place in _received(history, "robo") if _is_tombstone(entries[place]))
    _replace_frame(history, "robo", place, whole=True)
    return history


def hide_what_may_be_seen(history: History) -> History:
    """Alice got a tombstone in place of a message."""
    _replace_frame(history, "alice", _received(history, "alice")[4], whole=False)
    return history


def _is_tombstone(entry: Entry) -> bool:
    return isinstance(entry, Received) and json.loads(entry.frame)["kind"] == "tombstone"


def _replace_frame(history: History, user: str, place: int, *, whole: bool) -> None:
    """Deliver the event at one place of a journal whole, or as its tombstone."""
    entries = _journal(history, user).entries
    entry = entries[place]
    assert isinstance(entry, Received)
    row = next(row for row in history.rows if (row.room, row.seq) == (entry.room, _seq(entry)))
    entries[place] = replace(entry, frame=frame_of(row, whole=whole))


def change_the_epoch(history: History) -> History:
    """A subscription named another epoch."""
    entries = _journal(history, "robo").entries
    place = next(n for n, entry in enumerate(entries) if isinstance(entry, Subscribed))
    entry = entries[place]
    assert isinstance(entry, Subscribed)
    assert entry.epoch == EPOCH
    entries[place] = replace(entry, epoch="epoch2")
    return history


def deliver_what_is_not_stored(history: History) -> History:
    """An event was shown before its commit failed."""
    last = _row(history, "where is Carol?")
    row = replace(last, seq=last.seq + 1)
    carol = _journal(history, "carol")
    connection = max(entry.connection for entry in carol.entries if isinstance(entry, Subscribed))
    carol.entries.append(Received(10**9, connection, HARBOUR, frame_of(row)))
    return history


def forget_to_move_the_head(history: History) -> History:
    """The newest event is stored, the head still names the one before."""
    heads = [RoomHead(head.room, head.epoch, head.head - (head.room == HARBOUR)) for head in history.heads]
    return replace(history, heads=heads)


def show_what_was_said_before_they_came(history: History) -> History:
    """Robo got what was said before it joined."""
    robo = _journal(history, "robo")
    place = _received(history, "robo")[0]
    before = next(row for row in history.rows if row.room == HARBOUR and row.seq == 4)
    entry = robo.entries[place]
    assert isinstance(entry, Received)
    robo.entries.insert(place, replace(entry, frame=frame_of(before)))
    return history


def _change_told(history: History, user: str, whose: str, **marks: int) -> History:
    """Let the last word to a user about somebody's watermarks be another one."""
    entries = _journal(history, user).entries
    place = max(n for n, entry in enumerate(entries) if isinstance(entry, Told) and entry.user == whose)
    entries[place] = replace(entries[place], **marks)  # type: ignore[arg-type]
    return history


def _change_stored(history: History, whose: str, *, read: int) -> History:
    """Let another watermark of somebody be stored in the harbour."""
    assert history.marks is not None
    stored = [
        replace(mark, read=read) if (mark.room, mark.user) == (HARBOUR, whose) else mark
        for mark in history.marks
    ]
    return replace(history, marks=stored)


def tell_a_lower_watermark(history: History) -> History:
    """Alice heard that Bob has less than she had heard before, and then the truth again."""
    entries = _journal(history, "alice").entries
    place = max(n for n, entry in enumerate(entries) if isinstance(entry, Told) and entry.user == "bob")
    truth = entries[place]
    assert isinstance(truth, Told)
    entries.insert(place + 1, replace(truth, read=truth.read - 1))
    entries.insert(place + 2, truth)
    return history


def tell_a_lower_watermark_elsewhere(history: History) -> History:
    """Alice heard on her next connection that Bob has less than she had heard on the one before, and then the truth."""
    entries = _journal(history, "alice").entries
    place = max(n for n, entry in enumerate(entries) if isinstance(entry, Told) and entry.user == "bob")
    truth = entries[place]
    assert isinstance(truth, Told)
    elsewhere = replace(truth, connection=truth.connection + 1)
    entries.insert(place + 1, replace(elsewhere, read=truth.read - 1))
    entries.insert(place + 2, elsewhere)
    return history


def tell_read_above_delivered(history: History) -> History:
    """Alice heard that Bob has read what he has not received."""
    head = _head(history)
    return _change_told(history, "alice", "bob", read=head + 1)


def store_read_above_delivered(history: History) -> History:
    """A watermark was stored that says so."""
    return _change_stored(history, "bob", read=_head(history) + 1)


def tell_delivered_above_head(history: History) -> History:
    """Alice heard that Bob has what nobody has said."""
    return _change_told(history, "alice", "bob", delivered=_head(history) + 1)


def tell_delivered_before_it_was_said(history: History) -> History:
    """Alice heard that Bob has a message, a moment before it was sent."""
    entries = _journal(history, "alice").entries
    place = next(n for n, entry in enumerate(entries) if isinstance(entry, Told) and entry.user == "bob")
    entry = entries[place]
    assert isinstance(entry, Told)
    at = min(sent.at for sents in history.sends.values() for sent in sents)
    entries[place] = replace(entry, at=at - 1)
    return history


def tell_what_they_never_said(history: History) -> History:
    """All heard that Bob has read the newest message; he never said so."""
    bob = _journal(history, "bob")
    bob.entries = [
        replace(entry, read=entry.read - 1)
        if isinstance(entry, Marked) and entry.read == _head(history)
        else entry
        for entry in bob.entries
    ]
    return history


def lose_a_watermark(history: History) -> History:
    """What all were told of Bob is not what is stored."""
    return _change_stored(history, "bob", read=_head(history) - 1)


def lose_a_watermark_that_was_only_said(history: History) -> History:
    """Bob said how far he is; nobody was told, and nothing is stored of it."""
    for journal in history.journals:
        journal.entries = [entry for entry in journal.entries if not _tells_the_last_of_bob(history, entry)]
    assert history.marks is not None
    return replace(history, marks=[mark for mark in history.marks if mark.user != "bob"])


def keep_a_watermark_from_somebody(history: History) -> History:
    """Bob's last watermarks are stored, and Carol, who listens, never heard of them."""
    carol = _journal(history, "carol")
    carol.entries = [entry for entry in carol.entries if not _tells_the_last_of_bob(history, entry)]
    return history


def answer_below_what_was_told(history: History) -> History:
    """All were told that Bob has read the message; REST says that he has it only."""
    entries = _journal(history, "alice").entries
    place = next(n for n, entry in enumerate(entries) if isinstance(entry, Answered))
    entry = entries[place]
    assert isinstance(entry, Answered)
    entries[place] = replace(entry, read=entry.read - {"bob"})
    return history


def show_somebody_online_who_is_long_gone(history: History) -> History:
    """Carol's socket was gone for longer than that can last, and Alice was told that she is there."""
    entries = _journal(history, "alice").entries
    place = next(
        n for n, entry in enumerate(entries) if isinstance(entry, Present) and entry.state == "offline"
    )
    gone = entries[place]
    assert isinstance(gone, Present)
    at = gone.at + 80 * 10**9
    entries[place + 1 : place + 1] = [
        replace(gone, at=at, state="online"),
        replace(gone, at=at + 10**9, state="offline"),
    ]
    return history


def forget_to_say_that_somebody_left(history: History) -> History:
    """Bob was never told that Carol is gone."""
    bob = _journal(history, "bob")
    bob.entries = [
        entry for entry in bob.entries if not (isinstance(entry, Present) and entry.state == "offline")
    ]
    return history


def _head(history: History) -> int:
    return next(head.head for head in history.heads if head.room == HARBOUR)


def _tells_the_last_of_bob(history: History, entry: Entry) -> bool:
    return isinstance(entry, Told) and entry.user == "bob" and entry.read == _head(history)


FAULTS: tuple[tuple[Callable[[History], History], type[found.Finding]], ...] = (
    (lose_an_acked_message, found.LostMessage),
    (store_a_message_twice, found.DoubledMessage),
    (swap_two_events_of_a_view, found.ReorderedView),
    (leave_a_hole_in_the_log, found.HoleInLog),
    (leave_a_hole_in_a_view, found.HoleInView),
    (tell_an_outsider, found.HeardOutside),
    (tell_what_was_said_in_their_absence, found.HeardOutside),
    (invert_real_time, found.InvertedOrder),
    (alter_a_delivered_event, found.AlteredEvent),
    (encode_an_event_otherwise, found.AlteredEvent),
    (ack_a_repeat_with_another_seq, found.ChangedAck),
    (ack_a_repeat_as_new, found.UnmarkedRepeat),
    (deliver_an_event_twice, found.RepeatedInView),
    (stop_short, found.ViewBehind),
    (store_other_words, found.AlteredMessage),
    (show_what_was_before_their_time, found.LeakedChange),
    (hide_what_may_be_seen, found.HiddenEvent),
    (change_the_epoch, found.ChangedEpoch),
    (deliver_what_is_not_stored, found.UnknownEvent),
    (forget_to_move_the_head, found.WrongHead),
    (show_what_was_said_before_they_came, found.HeardOutside),
    (tell_a_lower_watermark, found.FallenMark),
    (tell_a_lower_watermark_elsewhere, found.FallenMark),
    (tell_read_above_delivered, found.ReadAboveDelivered),
    (store_read_above_delivered, found.ReadAboveDelivered),
    (tell_delivered_above_head, found.MarkAboveHead),
    (tell_delivered_before_it_was_said, found.MarkAboveHead),
    (tell_what_they_never_said, found.InventedMark),
    (lose_a_watermark, found.LostMark),
    (lose_a_watermark_that_was_only_said, found.LostMark),
    (keep_a_watermark_from_somebody, found.MarkBehind),
    (answer_below_what_was_told, found.AnswerBelowMark),
    (show_somebody_online_who_is_long_gone, found.OnlineTooLong),
    (forget_to_say_that_somebody_left, found.OnlineTooLong),
    *FAULTS_BESIDE,
)


@pytest.mark.parametrize(("plant", "kind"), FAULTS, ids=[plant.__name__ for plant, _ in FAULTS])
def test_a_planted_fault_is_found_by_its_name_alone(
    plant: Callable[[History], History], kind: type[found.Finding]
) -> None:
    findings = judge(plant(copy.deepcopy(healthy_history())))
    assert {type(finding) for finding in findings} == {kind}, report(findings)
    assert len(findings) == 1


def test_every_kind_of_finding_has_a_planted_fault() -> None:
    planted = {kind for _, kind in FAULTS}
    named = {
        value
        for value in (vars(found) | vars(beside)).values()
        if isinstance(value, type) and issubclass(value, found.Finding)
    }
    families = {kind for kind in named if any(kind in other.__bases__ for other in named)}
    assert named - planted == families
