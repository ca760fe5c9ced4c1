"""Frames in and out of the wire protocol, without a server."""

import json
from typing import Any

import pytest

from messaging import protocol
from messaging.protocol import BrokenFrame, decode_command

CLIENT_ID = "5f0c1f3e-6a7f-4d07-9f6f-3a3d1f0c2b11"


def send(**changes: object) -> str:
    frame = {"type": "message.send", "id": 7, "room": "a" * 16, "client_id": CLIENT_ID, "text": "hello"}
    return json.dumps({**frame, **changes})


def refusal(frame: str | bytes) -> BrokenFrame:
    with pytest.raises(BrokenFrame) as caught:
        decode_command(frame)
    return caught.value


def test_a_send_is_decoded_with_its_defaults():
    command = decode_command(send())
    assert isinstance(command, protocol.SendMessage)
    assert (command.id, command.text, str(command.client_id)) == (7, "hello", CLIENT_ID)
    assert (command.reply_to, command.attachments) == (None, [])


@pytest.mark.parametrize(
    ("frame", "field"),
    [
        (send(colour="red"), "colour"),
        (send(type="message.shout"), "type"),
        (send(text=5), "text"),
        (send(client_id="not-a-uuid"), "client_id"),
        (send(reply_to=0), "reply_to"),
        (send(reply_to=1.5), "reply_to"),
        (send(reply_to=2**53), "reply_to"),
        (send(id="x" * 65), "id"),
        (send(id=10**64), "id"),
        (send(id=True), "id"),
        ('{"id": 7, "room": "a"}', "type"),
        ('{"type": "message.send", "room": "a"}', "client_id"),
        ('{"type": "subscribe", "rooms": [{"room": "a", "after": -1}]}', "rooms[0].after"),
        ('{"type": "subscribe", "rooms": [{"room": "a", "since": 1}]}', "rooms[0].since"),
        ('{"type": "subscribe", "rooms": "some"}', "rooms"),
        ('{"type": "events.fetch", "room": "a", "after": 0, "limit": 0}', "limit"),
        ('{"type": "events.fetch", "room": "a", "after": 0, "limit": 301}', "limit"),
        ('{"type": "presence.set", "state": "asleep"}', "state"),
        ('{"type": "pong", "n": NaN}', "n"),
        ('{"type": "pong", "n": Infinity}', "n"),
        ('{"type": "pong", "n": 1e999}', "n"),
        ('{"type": "typing.start", "room": "\\ud800"}', "room"),
        ('{"type": "typing.start", "room": ' + "[" * 100_000 + "]" * 100_000 + "}", "room"),
        ('{"type": "typing.start", "zone": ' + "[" * 100_000 + "]" * 100_000 + "}", "zone"),
        ("[" * 100_000, "frame"),
        ("[]", "frame"),
        ("null", "frame"),
        ("", "frame"),
        ('{"type": "pong"', "frame"),
        (b"\xff\xfe", "frame"),
    ],
)
def test_what_is_no_command_is_refused_with_the_field_at_fault(frame: str | bytes, field: str):
    error = refusal(frame)
    assert (error.code, error.field) == ("bad_request", field)
    assert error.message.endswith(".")


@pytest.mark.parametrize("id", [7, "seven", "x" * 64, -1])
def test_a_refused_frame_keeps_the_id_that_could_be_read(id: object):
    assert refusal(send(id=id, text=None)).id == id


@pytest.mark.parametrize("frame", [send(id="x" * 65), send(id=[7]), send(id=True), "[7]", "{"])
def test_an_id_that_is_none_is_not_repeated(frame: str):
    assert refusal(frame).id is None


def test_the_id_is_read_where_half_a_surrogate_pair_broke_the_frame():
    error = refusal('{"type": "message.send", "id": 3, "text": "a\\udfff"}')
    assert (error.id, error.field) == (3, "text")


def test_an_error_frame_leaves_out_what_it_has_not():
    frame = json.loads(protocol.error_frame(BrokenFrame("No.", field="type")))
    assert frame == {
        "type": "error",
        "code": "bad_request",
        "message": "No.",
        "retryable": False,
        "field": "type",
    }


def test_a_tombstone_bears_neither_sender_nor_key():
    frame = protocol.Event(room="r", epoch="e", seq=4, kind="tombstone", at="t", data={})
    assert json.loads(protocol.encode(frame)) == {
        "type": "event",
        "room": "r",
        "epoch": "e",
        "seq": 4,
        "kind": "tombstone",
        "at": "t",
        "data": {},
    }
    assert "type" not in json.loads(protocol.encode(frame.body))


def test_an_event_has_the_same_bytes_in_whatever_order_its_data_was_kept():
    there, back = (
        {"text": "a", "mentions": [], "attachments": []},
        {"attachments": [], "mentions": [], "text": "a"},
    )
    common: dict[str, Any] = {"room": "r", "epoch": "e", "seq": 1, "kind": "message.created", "at": "t"}
    assert protocol.encode(protocol.Event(**common, data=there)) == protocol.encode(
        protocol.Event(**common, data=back)
    )
