"""A file as the wire tells it. What an event keeps of it are facts; its addresses follow from them."""

from collections.abc import Mapping, Sequence
from typing import Any


def file_shown(room_id: str, kept: Mapping[str, Any]) -> dict[str, Any]:
    """One file of a room, with its addresses; `preview_url` only where a preview is made."""
    url = f"/api/v1/rooms/{room_id}/attachments/{kept['id']}/"
    told = {**kept, "url": url}
    if told.pop("preview", False):
        told["preview_url"] = f"{url}preview/"
    return told


def files_shown(room_id: str, kept: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The files of a message."""
    return [file_shown(room_id, each) for each in kept]
