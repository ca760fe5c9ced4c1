"""Every privileged act, by name. What is not here cannot be recorded."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Action(TextChoices):
    """What was done: an object and a verb in the past, as in the events of the wire."""

    USER_CREATED = "user.created", _("made a user")
    USER_SIGNED_UP = "user.signed_up", _("signed up")
    USER_DEACTIVATED = "user.deactivated", _("turned an account off")
    USER_DELETED = "user.deleted", _("deleted an account")
    USER_CHANGED = "user.changed", _("changed a user")
    PASSWORD_CHANGED = "password.changed", _("set a password")
    SESSIONS_ENDED = "sessions.ended", _("ended a person's sessions")
    SOCKETS_CLOSED = "sockets.closed", _("closed a person's sockets")
    SECOND_FACTOR_ENDED = "second_factor.ended", _("took a second factor away")
    LINK_ENDED = "link.ended", _("unlinked an account of elsewhere")
    AVATAR_REMOVED = "avatar.removed", _("took a picture away")
    TOKEN_CREATED = "token.created", _("made an API token")
    TOKEN_ENDED = "token.ended", _("ended an API token")

    GROUP_CREATED = "group.created", _("made a group of administrators")
    GROUP_CHANGED = "group.changed", _("changed what a group may do")
    GROUP_DELETED = "group.deleted", _("deleted a group")

    ROOM_CHANGED = "room.changed", _("changed a room")
    ROOM_ARCHIVED = "room.archived", _("archived a room")
    ROOM_REOPENED = "room.reopened", _("opened a room again")
    PERMISSION_CHANGED = "permission.changed", _("changed what a role may do")
    MEMBER_ADDED = "member.added", _("brought somebody in")
    MEMBER_REMOVED = "member.removed", _("removed a member")
    ROLE_CHANGED = "role.changed", _("changed a role")
    MEMBER_MUTED = "member.muted", _("muted a member")
    MEMBER_UNMUTED = "member.unmuted", _("let a member speak again")
    MEMBER_BANNED = "member.banned", _("banned somebody")
    MEMBER_UNBANNED = "member.unbanned", _("ended a ban")
    INVITE_CREATED = "invite.created", _("made an invite")
    INVITE_ENDED = "invite.ended", _("took an invite back")
    INVITE_ROTATED = "invite.rotated", _("gave an invite a new code")

    MESSAGE_REMOVED = "message.removed", _("deleted another's message")
    MESSAGE_REWRITTEN = "message.rewritten", _("edited another's message")
    MESSAGE_PINNED = "message.pinned", _("pinned a message")
    MESSAGE_UNPINNED = "message.unpinned", _("unpinned a message")
    REPORT_CLOSED = "report.closed", _("closed a report")

    EXPORT_BEGUN = "export.begun", _("asked for an export")
    EXPORT_FETCHED = "export.fetched", _("took an export away")

    ANNOUNCED = "site.announced", _("announced something to the site")
    LOG_READ = "log.read", _("read a room's log")
    LIST_EXPORTED = "list.exported", _("exported a list")
