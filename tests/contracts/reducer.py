"""A client's view of one room: what it loaded, and the events since. After Zulip's `verify_action`.

If "loaded before" plus "events since" is not "loaded afresh", some client somewhere shows a wrong room.
"""

import copy
from dataclasses import dataclass, field
from typing import Any

from tests.support.http import Caller


@dataclass
class View:
    """A room as one member's client holds it; `me` is their id."""

    me: str
    room: dict[str, Any]
    members: dict[str, str]
    messages: dict[int, dict[str, Any]]
    head: int
    read: int
    unread: set[int] = field(default_factory=set)

    def shown(self) -> dict[str, Any]:
        """What a person would see of it, in a form that can be compared."""
        return {
            "name": self.room["name"],
            "topic": self.room["topic"],
            "archived": self.room["archived"],
            "members": self.members,
            "messages": self.messages,
            "head": self.head,
            "unread": len(self.unread),
            "pins": sorted(self.room["pins"]),
            "mentions": sum(self._names_me(self.messages[seq]) for seq in self.unread),
        }

    def apply(self, event: dict[str, Any]) -> None:
        """Take the next event of the log."""
        assert event["seq"] == self.head + 1, "the log has a hole"
        self.head = event["seq"]
        data, kind = event["data"], event["kind"]
        match kind:
            case "message.created":
                self._create(event)
            case "message.edited":
                message = self.messages[data["message"]]
                message.pop("everyone", None)
                named = {name: data[name] for name in ("mentions", "everyone") if name in data}
                message.update(text=data["text"], edited_at=event["at"], **named)
            case "message.deleted":
                message = self.messages[data["message"]]
                message.update(text="", deleted=True, attachments=[], mentions=[], reactions={})
                message.pop("everyone", None)
                self.room["pins"] = [each for each in self.room["pins"] if each != data["message"]]
                self.unread.discard(data["message"])
            case "reaction.added":
                people = self.messages[data["message"]]["reactions"].setdefault(data["emoji"], [])
                people.append(event["by"])
            case "reaction.removed":
                reactions = self.messages[data["message"]]["reactions"]
                reactions[data["emoji"]].remove(event["by"])
                if not reactions[data["emoji"]]:
                    del reactions[data["emoji"]]
            case "member.joined" | "member.changed":
                self.members[data["user"]] = data["role"]
            case "member.left":
                del self.members[data["user"]]
            case "room.changed":
                self._change_room(data)
            case "room.archived":
                self.room["archived"] = True
            case "tombstone":
                assert data == {}
                assert "by" not in event
            case _:
                raise AssertionError(f"no client knows {kind}")

    def _names_me(self, message: dict[str, Any]) -> bool:
        return self.me in message["mentions"] or "everyone" in message

    def read_up_to(self, seq: int) -> None:
        """One's own watermark rose."""
        self.read = max(self.read, seq)
        self.unread = {each for each in self.unread if each > self.read}

    def copied(self) -> "View":
        """A view of its own."""
        return copy.deepcopy(self)

    def _change_room(self, data: dict[str, Any]) -> None:
        if "pinned" not in data:
            self.room.update(data)
            return
        others = [each for each in self.room["pins"] if each != data["message"]]
        self.room["pins"] = [*others, data["message"]] if data["pinned"] else others

    def _create(self, event: dict[str, Any]) -> None:
        data = event["data"]
        self.messages[event["seq"]] = {
            "room": event["room"],
            "seq": event["seq"],
            "by": event["by"],
            "at": event["at"],
            **data,
            "deleted": False,
            "reactions": {},
        }
        if event["by"] != self.me and event["seq"] > self.read:
            self.unread.add(event["seq"])


def load(call: Caller, room_id: str, *, me: str) -> View:
    """The room as the API tells it now."""
    room = call("GET", f"rooms/{room_id}/").body
    members = call("GET", f"rooms/{room_id}/members/?limit=300").body["results"]
    found = call("GET", f"rooms/{room_id}/messages/?limit=300").body
    assert found["next"] is None
    messages = {message["seq"]: message for message in found["results"]}
    for message in messages.values():
        message["reactions"] = {each["emoji"]: each["users"] for each in message["reactions"]}
    read = call("PUT", f"rooms/{room_id}/receipt/", {"read": 0}).body["read"]
    view = View(me, room, {each["user"]: each["role"] for each in members}, messages, room["head"], read)
    view.unread = {
        seq for seq, each in messages.items() if seq > read and each["by"] != me and not each["deleted"]
    }
    assert room["unread"] == len(view.unread), "the server's own count differs"
    return view


def events_since(call: Caller, room_id: str, after: int) -> list[dict[str, Any]]:
    """The events that follow `after`, all of them."""
    found = call("GET", f"rooms/{room_id}/events/?after={after}&limit=300").body
    assert not found["more"]
    events: list[dict[str, Any]] = found["events"]
    return events
