"""What the wire's structs say of themselves: their schemas, their fields, and who sends them."""

from dataclasses import dataclass
from typing import Any, get_args

import msgspec

from messaging import protocol
from messaging.protocol import AnyCommand, Event, RefusedRoom, Reply, Subscribed, SubscribedRoom
from messaging.realtime.commands import COMMANDS, Rule

REF = "#/components/schemas/"

COMMAND_TYPES: tuple[type[msgspec.Struct], ...] = get_args(AnyCommand)
FRAME_TYPES: tuple[type[msgspec.Struct], ...] = tuple(
    each
    for each in vars(protocol).values()
    if isinstance(each, type) and issubclass(each, (Reply, Event)) and each is not Reply
)

# The reply to a command; `error` when it is refused. Those that are missing here are only ever refused.
REPLIES: dict[type[msgspec.Struct], type[msgspec.Struct]] = {
    protocol.Subscribe: protocol.Subscribed,
    protocol.Unsubscribe: protocol.Ok,
    protocol.SendMessage: protocol.Ok,
    protocol.EditMessage: protocol.Ok,
    protocol.DeleteMessage: protocol.Ok,
    protocol.AddReaction: protocol.Ok,
    protocol.RemoveReaction: protocol.Ok,
    protocol.FetchEvents: protocol.EventsPage,
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a frame as a reader wants to know it."""

    name: str
    kind: str
    optional: bool


def tag(frame: type[msgspec.Struct]) -> str:
    """The frame's `type`."""
    return str(frame.__struct_config__.tag)


def about(frame: type[msgspec.Struct]) -> str:
    """What the frame says, in one paragraph."""
    return " ".join((frame.__doc__ or "").split())


def scope(command: type[msgspec.Struct]) -> str:
    """The scope that a token needs for the command; empty when it needs none."""
    rule = _RULES.get(command)
    return str(rule.scope) if rule else ""


def bucket(command: type[msgspec.Struct]) -> str:
    """The token bucket that pays for the command; empty when none does."""
    rule = _RULES.get(command)
    return str(rule.bucket) if rule else ""


def schemas() -> dict[str, Any]:
    """JSON Schemas of all frames and what they are made of, by the struct's name."""
    plain = [frame for frame in FRAME_TYPES if frame is not Subscribed]
    _, components = msgspec.json.schema_components(
        [*COMMAND_TYPES, *plain, SubscribedRoom, RefusedRoom], ref_template=REF + "{name}"
    )
    components["Subscribed"] = _subscribed()
    sent = {frame.__name__ for frame in FRAME_TYPES} | {"SubscribedRoom", "EventBody"}
    return {name: _tidy(schema, never_null=name in sent) for name, schema in sorted(components.items())}


def _subscribed() -> dict[str, Any]:
    """The one frame that msgspec cannot describe: a list whose entries are of two kinds without a tag."""
    entries = [{"$ref": f"{REF}{each.__name__}"} for each in (SubscribedRoom, RefusedRoom)]
    command_id = msgspec.json.schema(protocol.CommandId)
    return {
        "title": "Subscribed",
        "description": Subscribed.__doc__,
        "type": "object",
        "properties": {
            "type": {"enum": [tag(Subscribed)]},
            "rooms": {"type": "array", "items": {"anyOf": entries}},
            "id": command_id,
        },
        "required": ["type", "rooms"],
    }


def _tidy(schema: dict[str, Any], *, never_null: bool) -> dict[str, Any]:
    """The schema in the words of AsyncAPI; what the server leaves out at its default is never sent as null."""
    properties = {}
    for name, value in schema.get("properties", {}).items():
        shown = {key: inner for key, inner in value.items() if not (never_null and key == "default")}
        if never_null and "anyOf" in shown:
            kinds = [each for each in shown["anyOf"] if each != {"type": "null"}]
            shown = {**shown, "anyOf": kinds} if len(kinds) > 1 else kinds[0]
        properties[name] = {"const": shown["enum"][0], "type": "string"} if name == "type" else shown
    return {**schema, "properties": properties} if properties else schema


def fields(frame: type[msgspec.Struct]) -> list[Field]:
    """The fields of a frame but its `type`, the required ones first."""
    schema = _SCHEMAS[frame.__name__]
    required = schema.get("required", [])
    found = [
        Field(name, _kind(value), name not in required)
        for name, value in schema["properties"].items()
        if name != "type"
    ]
    return sorted(found, key=lambda field: (field.name != "id", field.optional))


def parts(frame: type[msgspec.Struct]) -> list[str]:
    """The names of the structs that a frame is made of, and those of these, in the order of appearance."""
    names = list(dict.fromkeys(_refs(_SCHEMAS[frame.__name__])))
    return list(dict.fromkeys([*names, *(inner for name in names for inner in _refs(_SCHEMAS[name]))]))


def struct(name: str) -> type[msgspec.Struct]:
    """The struct of that name."""
    found: type[msgspec.Struct] = getattr(protocol, name)
    return found


def _refs(schema: Any) -> list[str]:
    if isinstance(schema, dict):
        here = [schema["$ref"].removeprefix(REF)] if "$ref" in schema else []
        return here + [name for value in schema.values() for name in _refs(value)]
    if isinstance(schema, list):
        return [name for value in schema for name in _refs(value)]
    return []


def _kind(schema: dict[str, Any]) -> str:
    """A schema in a few words: `string, at most 64 characters`, `list of RoomCursor`."""
    if "$ref" in schema:
        return str(schema["$ref"].removeprefix(REF))
    if "anyOf" in schema:
        return " or ".join(_kind(each) for each in schema["anyOf"] if each != {"type": "null"})
    if "enum" in schema:
        return " or ".join(f'`"{value}"`' for value in schema["enum"])
    match schema.get("type"):
        case "array":
            return f"list of {_kind(schema['items'])}" if schema.get("items") else "list"
        case "object":
            inner = schema.get("additionalProperties")
            return f"object of {_kind(inner)}" if isinstance(inner, dict) and inner else "object"
        case "string":
            if "maxLength" in schema:
                return f"string, at most {schema['maxLength']} characters"
            return "UUID" if schema.get("format") == "uuid" else "string"
        case "integer":
            return _range(schema)
        case other:
            return str(other)


def _range(schema: dict[str, Any]) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if high == protocol.MAX_SEQ:
        return f"integer from {low}"
    return "integer" if low is None else f"integer from {low} to {high}"


_RULES: dict[type[Any], Rule] = dict(COMMANDS)
_SCHEMAS = schemas()
