"""The checker is itself checked: a healthy history passes; each planted fault is found by its own name alone."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.chaos import findings as found
from tests.chaos.healthy import EPOCH, HARBOUR, LIGHTHOUSE, frame_of, healthy_history
from tests.chaos.history import History, judge, report
from tests.support.records import Acked, Entry, Journal, LogRow, Received, RoomHead, Sent, Subscribed


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
    entry = entries[0]
    assert isinstance(entry, Subscribed)
    assert entry.epoch == EPOCH
    entries[0] = replace(entry, epoch="epoch2")
    return history


def deliver_what_is_not_stored(history: History) -> History:
    """An event was shown before its commit failed."""
    row = replace(history.rows[-1], seq=history.rows[-1].seq + 1)
    carol = _journal(history, "carol")
    connection = max(entry.connection for entry in carol.entries if isinstance(entry, Subscribed))
    carol.entries.append(Received(10**9, connection, HARBOUR, frame_of(row)))
    return history


def forget_to_move_the_head(history: History) -> History:
    """The newest event is stored, the head still names the one before."""
    heads = [RoomHead(head.room, head.epoch, head.head - (head.room == HARBOUR)) for head in history.heads]
    return replace(history, heads=heads)


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
        for value in vars(found).values()
        if isinstance(value, type) and issubclass(value, found.Finding)
    }
    assert named - planted == {found.Finding, found.ViewFinding}
