"""Every privileged act, by name. What is not here cannot be recorded."""

from django.db.models import TextChoices


class Action(TextChoices):
    """What was done: an object and a verb in the past, as in the events of the wire."""

    USER_CREATED = "user.created", "made a user"
    USER_DEACTIVATED = "user.deactivated", "turned an account off"
    USER_DELETED = "user.deleted", "deleted an account"
    USER_CHANGED = "user.changed", "changed a user"
    PASSWORD_CHANGED = "password.changed", "set a password"
    SESSIONS_ENDED = "sessions.ended", "ended a person's sessions"
    SOCKETS_CLOSED = "sockets.closed", "closed a person's sockets"
    SECOND_FACTOR_ENDED = "second_factor.ended", "took a second factor away"
    LINK_ENDED = "link.ended", "unlinked an account of elsewhere"
    AVATAR_REMOVED = "avatar.removed", "took a picture away"
    TOKEN_CREATED = "token.created", "made an API token"
    TOKEN_ENDED = "token.ended", "ended an API token"

    GROUP_CREATED = "group.created", "made a group of administrators"
    GROUP_CHANGED = "group.changed", "changed what a group may do"
    GROUP_DELETED = "group.deleted", "deleted a group"

    ROOM_CHANGED = "room.changed", "changed a room"
    ROOM_ARCHIVED = "room.archived", "archived a room"
    ROOM_REOPENED = "room.reopened", "opened a room again"
    PERMISSION_CHANGED = "permission.changed", "changed what a role may do"
    MEMBER_ADDED = "member.added", "brought somebody in"
    MEMBER_REMOVED = "member.removed", "removed a member"
    ROLE_CHANGED = "role.changed", "changed a role"
    MEMBER_MUTED = "member.muted", "muted a member"
    MEMBER_UNMUTED = "member.unmuted", "let a member speak again"
    MEMBER_BANNED = "member.banned", "banned somebody"
    MEMBER_UNBANNED = "member.unbanned", "ended a ban"
    INVITE_CREATED = "invite.created", "made an invite"
    INVITE_ENDED = "invite.ended", "took an invite back"
    INVITE_ROTATED = "invite.rotated", "gave an invite a new code"

    MESSAGE_REMOVED = "message.removed", "deleted another's message"
    MESSAGE_REWRITTEN = "message.rewritten", "edited another's message"
    MESSAGE_PINNED = "message.pinned", "pinned a message"
    MESSAGE_UNPINNED = "message.unpinned", "unpinned a message"
    REPORT_CLOSED = "report.closed", "closed a report"

    EXPORT_BEGUN = "export.begun", "asked for an export"
    EXPORT_FETCHED = "export.fetched", "took an export away"

    ANNOUNCED = "site.announced", "announced something to the site"
    LOG_READ = "log.read", "read a room's log"
    LIST_EXPORTED = "list.exported", "exported a list"
