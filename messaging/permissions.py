"""Who may say what: named predicates, each a plain question about rows already read."""

import datetime as dt

from rooms.models import Membership


def is_muted(member: Membership, *, now: dt.datetime) -> bool:
    """Whether the member may not speak at this moment."""
    return member.muted_until is not None and member.muted_until > now
