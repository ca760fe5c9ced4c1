"""Lists of a room that only some of its members may see. They are no part of its log, which is for all.

Who may see one is told when it has changed, and reads it again.
"""

from enum import StrEnum

from messaging.delivery import broker

from .models import Role, Room
from .rights import Right, bit_of


class PrivateList(StrEnum):
    """The lists, by their names in REST."""

    BANS = "bans"
    INVITES = "invites"
    REPORTS = "reports"


_RIGHTS = {
    PrivateList.BANS: Right.BAN,
    PrivateList.INVITES: Right.INVITE,
    PrivateList.REPORTS: Right.DELETE_OTHERS,
}


def tell_change(room: Room, which: PrivateList) -> None:
    """Tell those who may see a list of the room that it is another, when the transaction has committed."""
    right = bit_of(_RIGHTS[which])
    roles = [role for role in Role.values if room.rights_of(role) & right]
    if roles:
        broker.publish_list(room.id, which, roles=roles)
