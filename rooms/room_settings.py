"""What a room's owners decide: typed, with a default for each, kept as JSON in `Room.settings`."""

from typing import Annotated, Any, Literal

import msgspec

from chatsite.errors import BadRequest

YEAR_SECONDS = 366 * 86_400
MOST_DAYS = 36_500
MOST_SLOW_SECONDS = 6 * 3600

Seconds = Annotated[int, msgspec.Meta(ge=0, le=YEAR_SECONDS)]
Slowness = Annotated[int, msgspec.Meta(ge=0, le=MOST_SLOW_SECONDS)]
Days = Annotated[int, msgspec.Meta(ge=1, le=MOST_DAYS)]


class RoomSettings(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The settings of one room.

    `edit_seconds`, `delete_seconds`: how long after sending authors may change their message; None for ever,
    0 not at all. `moderators_delete`: whether owners and moderators may delete others' messages.
    `history`: whether new members read from the `beginning` or from when they `joined`; None for what the
    kind of room says (public rooms from the beginning). `retention_days`: after so many days messages are
    erased; None keeps them. `read_only`: only owners and moderators speak. `slow_seconds`: how long members and
    guests wait between two messages; 0 not at all.
    """

    edit_seconds: Seconds | None = None
    delete_seconds: Seconds | None = None
    moderators_delete: bool = True
    history: Literal["beginning", "joined"] | None = None
    retention_days: Days | None = None
    read_only: bool = False
    slow_seconds: Slowness = 0


def read_settings(kept: dict[str, Any]) -> RoomSettings:
    """The settings kept in a room's JSON."""
    return msgspec.convert(kept, RoomSettings)


def changed_settings(kept: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """The JSON to keep when `wanted` is laid over `kept`. Raises `BadRequest` with the field at fault."""
    try:
        settings = msgspec.convert({**kept, **wanted}, RoomSettings)
    except msgspec.ValidationError as error:
        raise BadRequest(f"{error}".replace("`", "") + ".", field="settings") from None
    return {name: value for name, value in msgspec.to_builtins(settings).items() if value != _DEFAULTS[name]}


def shown_settings(kept: dict[str, Any]) -> dict[str, Any]:
    """All settings of a room, those at their defaults too."""
    shown: dict[str, Any] = msgspec.to_builtins(read_settings(kept))
    return shown


def differing_settings(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The settings whose value differs between two kept JSONs, as they are after."""
    old = shown_settings(before)
    return {name: value for name, value in shown_settings(after).items() if value != old[name]}


_DEFAULTS: dict[str, Any] = msgspec.to_builtins(RoomSettings())
