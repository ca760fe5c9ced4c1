"""Hostile frames: made up from nothing, or good commands with something wrong."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chatsite.documents import wire
from chatsite.documents.examples import ROOM, example

Frame = str | bytes | list[str]

_ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(
            "",
            " ",
            "\0",
            "\ud800",
            "\u202e",
            "💥" * 20,
            "x" * 70,
            "all",
            "-1",
            "NaN",
            "__proto__",
            "../..",
            "' OR 1=1 --",
        ),
        *(0, -1, 1, 2**31, 2**53, 2**63, 2**64, 10**30, 0.5, 1e308, -0.0, True, False, None),
        *([], {}, [[]], {"": ""}, [None] * 50, {"room": {"room": {}}}),
    ]
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40) | _ODD,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=12), inner, max_size=5),
    max_leaves=12,
)
_FIELDS = st.sampled_from(
    ["id", "type", "room", "rooms", "client_id", "text", "seq", "after", "limit", "cursors", "n"]
)


@st.composite
def _mutated(draw: Callable[[st.SearchStrategy[Any]], Any], room: str) -> str:
    """A good command of a real room with some fields replaced, added or taken out."""
    command = example(draw(st.sampled_from(wire.COMMAND_TYPES)))
    fields = json.loads(json.dumps(command).replace(ROOM, room))
    for _ in range(draw(st.integers(0, 3))):
        name = draw(st.sampled_from(sorted(fields)) | _FIELDS if fields else _FIELDS)
        if draw(st.booleans()):
            fields[name] = draw(_ODD | _JSON)
        else:
            fields.pop(name, None)
    return json.dumps(fields)


@st.composite
def _damaged(draw: Callable[[st.SearchStrategy[Any]], Any], room: str) -> Frame:
    """The text of a command cut, doubled, spliced or in pieces."""
    text = draw(_mutated(room))
    at = draw(st.integers(0, len(text)))
    damaged: Frame = draw(
        st.sampled_from(
            [
                text[:at],
                text + text,
                text[:at] + draw(st.text(max_size=8)) + text[at:],
                text.replace("{", '{"type":"pong",', 1),
                [text[:at], text[at:]],
                list(text[:60]) or [""],
                text.encode(errors="replace"),
            ]
        )
    )
    return damaged


def _large(depth: int) -> st.SearchStrategy[Frame]:
    """Frames that are deep or long, and not yet too large."""
    return st.sampled_from(
        [
            "[" * depth,
            '{"a":' * depth,
            '{"type":"subscribe","id":1,"rooms":' + "[" * depth + "]" * depth + "}",
            json.dumps({"type": "unsubscribe", "id": 1, "rooms": ["x"] * 8000}),
            json.dumps({"type": "message.send", "id": 1, "text": "x" * 60_000}),
            "9" * 60_000,
            '"' + "\\u0000" * 9000 + '"',
        ]
    )


def hostile_frames(count: int, *, room: str) -> list[Frame]:
    """So many frames: text, bytes (a binary frame), or a list of fragments."""
    made: list[Frame] = []
    strategies = (
        _mutated(room),
        _mutated(room),
        _damaged(room),
        _JSON.map(json.dumps),
        st.text(max_size=200),
        st.binary(max_size=200),
        _large(12_000),
    )

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of(*strategies))
    def make(frame: Frame) -> None:
        made.append(frame)

    while len(made) < count:
        make()
    return made[:count]


# Bytes that are no WebSocket frames (RFC 6455, section 5): each ends the connection, and nothing else.
BROKEN_BYTES = [
    b"\x81\x05hello",  # not masked
    b"\xf1\x80\0\0\0\0",  # reserved bits
    b"\x83\x80\0\0\0\0",  # a reserved opcode
    b"\x80\x80\0\0\0\0",  # a continuation of nothing
    b"\x89\xfe\x00\x7e" + b"\0" * 130,  # a ping of 126 bytes
    b"\x09\x80\0\0\0\0",  # a ping in fragments
    b"\x81\xff" + b"\xff" * 8 + b"\0\0\0\0",  # a length with the highest bit
    b"\x81\xff" + b"\0\0\0\1\0\0\0\0" + b"\0\0\0\0",  # four gigabytes are announced
    b"\x88\x81\0\0\0\0x",  # a close of one byte
    b"\x88\x82\0\0\0\0\x00\x01",  # a close with a code that there is not
    b"GET / HTTP/1.1\r\n\r\n",
]
