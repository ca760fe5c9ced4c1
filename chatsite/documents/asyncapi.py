"""`docs/asyncapi.yaml`: the socket for machines, as AsyncAPI 3.0."""

from typing import Any

import msgspec

from messaging.protocol import SUBPROTOCOL, Error

from . import wire
from .examples import example


def asyncapi() -> dict[str, Any]:
    """The whole document, ready for YAML."""
    frames = [*wire.COMMAND_TYPES, *wire.FRAME_TYPES]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Parley",
            "version": SUBPROTOCOL,
            "description": "The socket of a Parley server. Its rules are in `protocol.md`.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": {"local": _server()},
        "channels": {"socket": _channel(frames)},
        "operations": {
            **{frame.__name__: _receive(frame) for frame in wire.COMMAND_TYPES},
            **{frame.__name__: _send(frame) for frame in wire.FRAME_TYPES},
        },
        "components": {
            "messages": {frame.__name__: _message(frame) for frame in frames},
            "schemas": wire.schemas(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "An API token."},
                "session": {
                    "type": "httpApiKey",
                    "in": "cookie",
                    "name": "sessionid",
                    "description": "The session of a page of the site; `Origin` must be the site's own.",
                },
                "ticket": {
                    "type": "httpApiKey",
                    "in": "query",
                    "name": "ticket",
                    "description": "A one-use ticket from `POST /api/v1/socket-tickets/`.",
                },
            },
        },
    }


def _server() -> dict[str, Any]:
    return {
        "host": "localhost:8000",
        "protocol": "ws",
        "description": "A server as `make run` starts it; elsewhere `wss` at the site's own address.",
        "security": [
            {"$ref": f"#/components/securitySchemes/{name}"} for name in ("token", "ticket", "session")
        ],
    }


def _channel(frames: list[type[msgspec.Struct]]) -> dict[str, Any]:
    return {
        "address": "/ws/",
        "description": f"JSON text frames, subprotocol `{SUBPROTOCOL}`.",
        "servers": [{"$ref": "#/servers/local"}],
        "messages": {frame.__name__: {"$ref": f"#/components/messages/{frame.__name__}"} for frame in frames},
        "bindings": {
            "ws": {
                "method": "GET",
                "query": {
                    "type": "object",
                    "properties": {"ticket": {"type": "string", "description": "A one-use ticket."}},
                },
                "bindingVersion": "0.1.0",
            }
        },
    }


def _message(frame: type[msgspec.Struct]) -> dict[str, Any]:
    return {
        "name": wire.tag(frame),
        "summary": wire.about(frame),
        "payload": {"$ref": f"{wire.REF}{frame.__name__}"},
        "examples": [{"payload": example(frame)}],
    }


def _receive(command: type[msgspec.Struct]) -> dict[str, Any]:
    """A command, as the server receives it; a refusal is a reply, too."""
    replies = [reply for reply in (wire.REPLIES.get(command), Error) if reply]
    return {
        "action": "receive",
        "channel": {"$ref": "#/channels/socket"},
        "summary": wire.about(command),
        "messages": [_in_channel(command)],
        "reply": {
            "channel": {"$ref": "#/channels/socket"},
            "messages": [_in_channel(each) for each in replies],
        },
    }


def _send(frame: type[msgspec.Struct]) -> dict[str, Any]:
    return {
        "action": "send",
        "channel": {"$ref": "#/channels/socket"},
        "summary": wire.about(frame),
        "messages": [_in_channel(frame)],
    }


def _in_channel(frame: type[msgspec.Struct]) -> dict[str, str]:
    return {"$ref": f"#/channels/socket/messages/{frame.__name__}"}
