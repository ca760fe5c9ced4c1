"""Word of lists that only some members of a room may see: it goes to those of them who hear the room here."""

from collections.abc import Collection

from chatsite.threads import readers
from messaging.protocol import Heartbeat, encode
from rooms.models import Membership

from .feed import Feed


async def tell_of_list(feed: Feed, name: str, roles: Collection[str]) -> None:
    """Tell the members with one of these roles that a list of the room has to be read again."""
    hearing = {subscription.connection.user_id for subscription in feed.everyone}
    told = await readers.run(_having, roles, feed.room_id, hearing)
    for subscription in list(feed.everyone):
        connection = subscription.connection
        if connection.user_id in told:
            connection.send(encode(Heartbeat(n=connection.beat, heads={}, lists={feed.room_id: [name]})))


def _having(roles: Collection[str], room_id: str, user_ids: Collection[str]) -> set[str]:
    """Who of these people is in the room with one of the roles."""
    members = Membership.objects.filter(room_id=room_id, left_seq=None, role__in=roles, user_id__in=user_ids)
    return set(members.values_list("user_id", flat=True))
