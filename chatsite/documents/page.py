"""`docs/protocol.md`: the template beside this file, filled in from the code."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from drf_spectacular.generators import SchemaGenerator

from chatsite import limits
from chatsite.env import Rate

from . import codes, wire
from .examples import example

TEMPLATE = Path(__file__).with_name("protocol.md")


def protocol_page() -> str:
    """The whole page in Markdown."""
    filled = {
        "frame_bytes": limits.FRAME_BYTES,
        "frame_fragments": limits.FRAME_FRAGMENTS,
        "ticket_seconds": limits.TICKET_SECONDS,
        "upgrade_seconds": f"{limits.UPGRADE_SECONDS:g}",
        "sockets_per_user": limits.SOCKETS_PER_USER,
        "sockets_per_address": limits.SOCKETS_PER_ADDRESS,
        "large_room": limits.LARGE_ROOM,
        "send_queue": limits.SEND_QUEUE_BYTES,
        "commands": "\n\n".join(map(_command, wire.COMMAND_TYPES)),
        "command_parts": _parts(wire.COMMAND_TYPES),
        "frames": "\n\n".join(map(_frame, wire.FRAME_TYPES)),
        "frame_parts": _parts(wire.FRAME_TYPES),
        "errors": _table(
            ("code", "status", "retryable", "meaning"),
            ((f"`{code}`", status, _yes(again), text) for code, status, again, text in codes.error_codes()),
        ),
        "closes": _table(("code", "meaning"), sorted(codes.CLOSES.items())),
        "limits": _limits(),
        "routes": _routes(),
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, value in filled.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def _command(command: type[msgspec.Struct]) -> str:
    reply = wire.REPLIES.get(command)
    lines = [f"### `{wire.tag(command)}`", "", wire.about(command), ""]
    facts = [f"Reply: `{wire.tag(reply)}`" if reply else "No reply, unless it is refused"]
    if wire.scope(command):
        facts += [f"scope `{wire.scope(command)}`", f"bucket `{wire.bucket(command)}`"]
    lines += [f"{'; '.join(facts)}.", "", _fields(command, but="id"), "", _example(command)]
    return "\n".join(lines)


def _frame(frame: type[msgspec.Struct]) -> str:
    return "\n".join(
        [f"### `{wire.tag(frame)}`", "", wire.about(frame), "", _fields(frame), "", _example(frame)]
    )


def _parts(frames: Iterable[type[msgspec.Struct]]) -> str:
    names = dict.fromkeys(name for frame in frames for name in wire.parts(frame))
    return "\n\n".join(f"**{name}**: {wire.about(wire.struct(name))}\n\n{_part(name)}" for name in names)


def _part(name: str) -> str:
    return _fields(wire.struct(name))


def _fields(frame: type[msgspec.Struct], *, but: str = "") -> str:
    rows = [
        (f"`{field.name}{'?' if field.optional else ''}`", field.kind)
        for field in wire.fields(frame)
        if field.name != but
    ]
    return _table(("field", "value"), rows) if rows else "It has no fields of its own."


def _example(frame: type[msgspec.Struct]) -> str:
    return f"```json\n{json.dumps(example(frame), ensure_ascii=False)}\n```"


def _limits() -> str:
    return _table(
        ("what", "limit"),
        [
            ("`message.send` of a person, over all devices, the socket and HTTP", _rate(limits.MESSAGE_SEND)),
            ("their other commands, and changes over HTTP", _rate(limits.COMMANDS)),
            ("invite codes that they try", _rate(limits.INVITE_TRIES)),
            ("bytes in a text", limits.TEXT_BYTES),
            ("rooms in one `subscribe`", limits.SUBSCRIBE_ROOMS),
            ("kinds of emoji on one message", limits.REACTION_KINDS),
            ("milliseconds from one heartbeat to the next", limits.HEARTBEAT_MS),
        ],
    )


def _rate(rate: Rate) -> str:
    if rate.per_second < 1:
        return f"{rate.per_second * 60:g} a minute, {rate.burst} at once"
    return f"{rate.per_second:g} a second, {rate.burst} at once"


def _routes() -> str:
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    rows = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            call = f"`{method.upper()} {path.removeprefix('/api/v1/')}`"
            rows.append((call, " ".join(operation.get("description", "").split())))
    return _table(("call", "does"), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in line)} |" for line in lines
    )


def _yes(value: bool) -> str:
    return "yes" if value else "no"
