"""Writing to the audit log, and what it forgets."""

import datetime as dt
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Protocol

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from .actions import Action
from .doors import entrance
from .models import Entry, EntryAddress

Details = Mapping[str, object]


class Actor(Protocol):
    """Anybody with an id."""

    id: str


def record(
    action: Action,
    *,
    by: Actor | str | None,
    user: str = "",
    room: str = "",
    target: str = "",
    details: Details | None = None,
) -> None:
    """Note a privileged act, in the transaction of the act itself: neither is stored without the other.

    `by` None is the operator. `user` and `room` are ids; `details` never hold what people say, nor addresses.
    """
    door, address = entrance()
    by_id = "" if by is None else by if isinstance(by, str) else by.id
    now = timezone.now()
    with transaction.atomic():
        entry = Entry.objects.create(
            at=now,
            action=action,
            door=door,
            by_id=by_id,
            user_id=user,
            room_id=room,
            target=target,
            details=dict(details or {}),
        )
        if address is not None and _is_address(address):
            EntryAddress.objects.create(entry=entry, address=address, at=now)


def forget_old_addresses() -> int:
    """Delete the addresses whose days are over; how many."""
    over = timezone.now() - dt.timedelta(days=settings.AUDIT_ADDRESS_DAYS)
    return EntryAddress.objects.filter(at__lte=over).delete()[0]


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:  # a server behind a Unix socket knows none
        return False
    return True
