"""Who may show that they are writing."""

from chatsite import clock
from chatsite.ids import is_id
from rooms.errors import NoSuchRoom, NotYourRole, RoomArchived
from rooms.models import Membership

from ..errors import Muted, RoomReadOnly
from ..permissions import can_send, is_muted, is_read_only
from ..receipts import large_rooms


def is_writing_told(*, by: str, room_id: str) -> bool:
    """Whether a room hears that `by` is writing in it: large rooms don't.

    Refused is what would be refused to a message: raises `NoSuchRoom`, `RoomArchived`, `Muted`, `RoomReadOnly`
    and `NotYourRole`. A slow room hears it.
    """
    mine = Membership.objects.filter(user_id=by, room_id=room_id, left_seq=None).select_related("room")
    member = mine.first() if is_id(room_id) else None
    if member is None:
        raise NoSuchRoom
    if member.room.archived:
        raise RoomArchived
    if is_muted(member, now=clock.now()):
        raise Muted
    may = member.room.rights_of(member.role)
    if is_read_only(may):
        raise RoomReadOnly
    if not can_send(may, reply=False):
        raise NotYourRole
    return not large_rooms([room_id])
