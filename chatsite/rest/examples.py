"""One example of everything that goes over the HTTP API, by its name in the OpenAPI document."""

from typing import Any

_ROOM, _ALICE, _BOB = "q7m2k8d4v9p3w0ra", "a8r4p2x9k6w3m7qd", "b3k7v5n2t8h4z6yc"
_EPOCH, _AT, _LATER = "e2w8k4s6m0q9t3vj", "2026-11-24T09:31:07.042Z", "2026-12-01T09:31:07.042Z"
_CODE = "Vb3xT0u7RkqZ1fWmP9sLh2Ya"

_USER = {
    "id": _ALICE,
    "username": "alice",
    "display_name": "Alice Archer",
    "avatar": "",
    "kind": "person",
}
_ME = {**_USER, "status_text": "At the quay until noon", "time_zone": "Europe/Lisbon", "language": ""}
_BOT = {**_USER, "id": _BOB, "username": "deploys", "display_name": "Deploys", "kind": "bot", "owner": _ALICE}
_TOKEN = {
    "id": "t4n8c2k6w9x3r7vd",
    "name": "ci",
    "prefix": "parley_k3J9x",
    "created_at": _AT,
    "last_used_at": None,
    "expires_at": _LATER,
}
_SETTINGS = {
    "edit_seconds": 86_400,
    "delete_seconds": None,
    "moderators_delete": True,
    "history": None,
    "retention_days": None,
    "read_only": False,
    "slow_seconds": 0,
}
_MARKS = {"favourite": True, "muted": False, "notify": "mentions"}
_ROOM_SEEN = {
    "id": _ROOM,
    "kind": "private",
    "name": "Harbour",
    "topic": "Tides and berths",
    "epoch": _EPOCH,
    "head": 42,
    "min_seq": 3,
    "archived": False,
    "my_role": "member",
    "my_rights": ["read_history", "post", "reply", "react", "attach"],
    "my_marks": _MARKS,
    "settings": _SETTINGS,
    "unread": 2,
    "pins": [42],
}
_MEMBER = {"user": _BOB, "role": "member", "joined_seq": 3}
_BAN = {"user": _BOB, "by": _ALICE, "reason": "Spam", "at": _AT, "until": _LATER}
_INVITE = {"id": "i9k3m7w2x6r4c8vt", "role": "member", "expires_at": _LATER, "max_uses": 10, "uses": 0}
_SITE_INVITE = {"id": "s3k9m7w2x6r4c8vt", "expires_at": _LATER, "max_uses": 1, "uses": 0}
_INVITED_ROOM = {"id": _ROOM, "kind": "private", "name": "Harbour", "topic": "Tides and berths"}
_FILE = {
    "id": "f6r2k9t4w7m3x8vd",
    "name": "tides.png",
    "type": "image/png",
    "size": 48_213,
    "url": f"/api/v1/rooms/{_ROOM}/attachments/f6r2k9t4w7m3x8vd/",
    "alt": "The tides of this week",
    "width": 1280,
    "height": 720,
    "preview_url": f"/api/v1/rooms/{_ROOM}/attachments/f6r2k9t4w7m3x8vd/preview/",
}
_ROOM_FILE = {**_FILE, "seq": 42, "by": _ALICE, "at": _AT}
_REACTION = {"emoji": "⚓", "users": [_ALICE]}
_MESSAGE = {
    "room": _ROOM,
    "seq": 42,
    "by": _ALICE,
    "at": _AT,
    "text": "The tide turns at six.",
    "deleted": False,
    "attachments": [_FILE],
    "reactions": [_REACTION],
    "mentions": [],
}
_EVENT = {
    "room": _ROOM,
    "epoch": _EPOCH,
    "seq": 42,
    "kind": "message.created",
    "by": _ALICE,
    "at": _AT,
    "client_id": "6f1d0a52-9c1e-4b0b-8f43-0c6d5a7e2b11",
    "data": {"text": "The tide turns at six.", "attachments": [], "mentions": []},
}
_REPORT = {
    "id": 7,
    "room": _ROOM,
    "seq": 42,
    "by": _BOB,
    "about": _ALICE,
    "reason": "Spam",
    "at": _AT,
    "state": "open",
    "closed_by": None,
    "closed_at": None,
}
_EXPORT = {
    "id": "x5p8k2w7m4r9c3vt",
    "room": None,
    "state": "working",
    "done": 500,
    "whole": 1204,
    "made_at": _AT,
    "expires_at": _LATER,
    "url": None,
}
_HANDED_OVER = {"id": _ROOM, "name": "Harbour", "candidates": [_USER]}
_ENTRY = {
    "id": 1042,
    "at": _AT,
    "action": "member.removed",
    "door": "page",
    "by": _ALICE,
    "user": _BOB,
    "room": _ROOM,
    "target": None,
    "details": {},
}
_NOTIFICATIONS = {
    "push": True,
    "show_text": True,
    "email": False,
    "email_address": "alice@example.com",
    "quiet_hours": "22:00-07:00",
    "quiet_hours_are_the_sites": False,
    "defaults": {"direct": "everything", "rooms": "mentions"},
    "push_key": "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8",
}
_SUBSCRIPTION = {
    "id": "p7w3k9x2m4r8c6vt",
    "device": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "created_at": _AT,
    "last_sent_at": None,
}
_KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
_FOUND = {
    **_MESSAGE,
    "snippet": [
        {"text": "The ", "match": False},
        {"text": "tide", "match": True},
        {"text": " turns at six.", "match": False},
    ],
}
_ERROR = {"code": "not_found", "message": "There is no such room.", "retryable": False}
_HAS_IT = {"user": _BOB, "delivered_at": _AT, "read_at": _AT}


def _page(*results: dict[str, Any]) -> dict[str, Any]:
    return {"results": list(results), "next": None}


EXAMPLES: dict[str, dict[str, Any]] = {
    "Attachment": _FILE,
    "RoomFile": _ROOM_FILE,
    "RoomFilePage": {"results": [_ROOM_FILE], "next": None},
    "AttachmentChangeRequest": {"alt": "The tides of this week"},
    "NewAttachmentRequest": {"file": "(the bytes)", "alt": "The tides of this week"},
    "Ban": _BAN,
    "BanPage": _page(_BAN),
    "DeletionPlan": {"messages": "keep", "rooms": [_HANDED_OVER]},
    "DeletionRequest": {"password": "correct horse battery", "successors": {_ROOM: _ALICE}},
    "DirectRoomRequest": {"users": [_BOB]},
    "Entry": _ENTRY,
    "EntryPage": _page(_ENTRY),
    "Error": {"error": _ERROR},
    "ErrorDetail": _ERROR,
    "Event": _EVENT,
    "EventPage": {"epoch": _EPOCH, "head": 42, "events": [_EVENT], "more": False},
    "Export": _EXPORT,
    "ExportPage": _page(_EXPORT),
    "Invitation": {"room": _INVITED_ROOM, "by": _ALICE, "role": "member", "expires_at": _LATER},
    "Invite": {**_INVITE, "code": _CODE, "url": f"https://chat.example.com/rooms/?invite={_CODE}"},
    "Bot": _BOT,
    "BotPage": _page(_BOT),
    "NewBotRequest": {"username": "deploys", "display_name": "Deploys"},
    "BotChangeRequest": {"display_name": "Deploys", "status_text": "Watching the pipeline"},
    "InvitePage": _page(_INVITE),
    "InvitedRoom": _INVITED_ROOM,
    "LoginRequest": {"username": "alice", "password": "correct horse battery"},
    "Member": _MEMBER,
    "MemberChangeRequest": {"muted_until": _LATER},
    "MemberPage": _page(_MEMBER),
    "MemberReceipt": _HAS_IT,
    "Message": _MESSAGE,
    "MessageChangeRequest": {"text": "The tide turns at seven."},
    "MessagePage": {"results": [_MESSAGE], "next": "42"},
    "MessageReceipts": {"room": _ROOM, "seq": 42, "sent_at": _AT, "members": [_HAS_IT]},
    "Notifications": _NOTIFICATIONS,
    "NotificationsChangeRequest": {"quiet_hours": "22:00-07:00", "email": True},
    "NotifyDefaults": {"direct": "everything", "rooms": "mentions"},
    "Subscription": _SUBSCRIPTION,
    "SubscriptionPage": _page(_SUBSCRIPTION),
    "SubscriptionKeysRequest": _KEYS,
    "NewSubscriptionRequest": {
        "endpoint": "https://push.example.net/wpush/v2/gAAAAABm",
        "expirationTime": None,
        "keys": _KEYS,
    },
    "NewAnnouncementRequest": {"text": "Back in five minutes.", "level": "info", "minutes": 10},
    "NewBanRequest": {"reason": "Spam", "until": _LATER},
    "Me": _ME,
    "NewInviteRequest": {"role": "member", "max_uses": 10, "expires_at": _LATER},
    "NewMemberRequest": {"user": _BOB, "role": "member"},
    "Pin": {"by": _ALICE, "message": _MESSAGE},
    "PinPage": {"results": [{"by": _ALICE, "message": _MESSAGE}], "next": None},
    "NewMessageRequest": {"text": "The tide turns at six."},
    "NewReportRequest": {"reason": "Spam"},
    "NewRoomRequest": {"name": "Harbour", "kind": "private", "topic": "Tides and berths"},
    "NewTokenRequest": {"name": "ci", "scopes": ["read", "write"], "expires_at": _LATER},
    "NewUserRequest": {"username": "bob", "password": "a long one of his own", "display_name": "Bob Baker"},
    "ProfileRequest": {"display_name": "Alice Archer", "status_text": "At the quay until noon"},
    "Reaction": _REACTION,
    "Receipt": {"user": _BOB, "delivered": 42, "read": 41},
    "ReceiptChangeRequest": {"read": 42},
    "Report": _REPORT,
    "ReportChangeRequest": {"state": "resolved"},
    "ReportPage": _page(_REPORT),
    "Rights": {
        "permissions": {"guest": {"post": False, "react": True}},
        "rules": {"guest": {"post": False}},
        "below": {"guest": {"post": True, "react": True}},
    },
    "RightsChangeRequest": {"permissions": {"guest": {"post": False, "react": None}}},
    "Room": _ROOM_SEEN,
    "RoomToHandOver": _HANDED_OVER,
    "RoomMarks": _MARKS,
    "RoomMarksRequest": {"favourite": True},
    "RoomChangeRequest": {"topic": "Tides and berths", "settings": {"edit_seconds": 86_400}},
    "RoomPage": _page(_ROOM_SEEN),
    "FoundMessage": _FOUND,
    "SearchPage": {"results": [_FOUND], "next": None, "complete": True},
    "SnippetPart": {"text": "tide", "match": True},
    "Settings": _SETTINGS,
    "SettingsRequest": {"edit_seconds": 86_400},
    "SiteInvite": {**_SITE_INVITE, "code": _CODE, "url": f"https://chat.example.com/join/{_CODE}/"},
    "SiteInvitePage": _page(_SITE_INVITE),
    "NewSiteInviteRequest": {"max_uses": 1, "expires_at": _LATER},
    "Ticket": {"ticket": "4vN0cX7tYpQ2hJb8mLs5Rk1wZf9eDg3uVa6iTo", "expires_in": 30},
    "Token": {**_TOKEN, "token": "parley_k3J9x0bQ2mZ7tYc4Vn8Rw1Lf6Hs5Dp"},
    "TokenPage": _page(_TOKEN),
    "User": _USER,
    "UserPage": _page(_USER),
}
