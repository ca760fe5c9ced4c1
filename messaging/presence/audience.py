"""Who hears of somebody's presence: the members of the rooms they are in, but for the large ones."""

from collections.abc import Collection

from rooms.models import Membership

from ..receipts import large_rooms


def rooms_told(user_ids: Collection[str]) -> dict[str, list[str]]:
    """For each of these people, the ids of their rooms that are not large."""
    rows = list(
        Membership.objects.filter(user_id__in=user_ids, left_seq=None).values_list("user_id", "room_id")
    )
    large = large_rooms({room_id for _, room_id in rows})
    rooms: dict[str, list[str]] = {user_id: [] for user_id in user_ids}
    for user_id, room_id in rows:
        if room_id not in large:
            rooms[user_id].append(room_id)
    return rooms
