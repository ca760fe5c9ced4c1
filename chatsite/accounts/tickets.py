"""One-use tickets: what a socket shows where a client can send neither a cookie nor a header with its handshake.

A ticket is taken by one `DELETE … RETURNING`: of two sockets that show the same one, the database lets one in. It is
late by the database's clock, which is one for all servers.
"""

import secrets
from collections.abc import Collection
from datetime import timedelta

from django.db import connection, transaction
from django.db.models.functions import Now

from chatsite import limits
from chatsite.idempotency import Key, ShownBefore
from chatsite.ids import new_id

from .credentials import Credential, restore
from .digests import token_digest
from .models import SocketTicket, User
from .services import claim_key


class TicketShownBefore(ShownBefore):
    """The call that made this ticket came again; a ticket is shown once only."""

    default_message = "This ticket was made before, and is shown only once."


def create_ticket(*, by: User, credential: Credential, key: Key | None = None) -> str:
    """A ticket that opens one socket within `limits.TICKET_SECONDS`, as `credential` would.

    Raises `TicketShownBefore` for a repeated `key`.
    """
    secret, name = secrets.token_urlsafe(32), new_id()
    with transaction.atomic():
        first = claim_key(by=by, key=key, body=["socket-ticket"], result_id=name) if key else None
        if first is not None:
            raise TicketShownBefore(first)
        SocketTicket.objects.create(
            digest=token_digest(secret),
            user=by,
            credential_key=credential.key,
            proof=credential.proof,
            expires_at=Now() + timedelta(seconds=limits.TICKET_SECONDS),
        )
    return secret


def take_tickets(shown: Collection[str]) -> dict[str, Credential]:
    """Use these tickets up: whom each lets in; those used before, late or never made are left out.

    So are tickets whose session or token has ended since.
    """
    by_digest = {token_digest(secret): secret for secret in shown}
    taken = _delete(list(by_digest))
    valid = restore({(key, proof) for _, key, proof in taken})
    return {by_digest[digest]: valid[key] for digest, key, _ in taken if key in valid}


def _delete(digests: Collection[str]) -> list[tuple[str, str, str]]:
    """Delete tickets that are not late: digest, credential key and proof of those that were there."""
    if not digests:
        return []
    marks = ", ".join(["%s"] * len(digests))
    now, _ = SocketTicket.objects.all().query.get_compiler(connection=connection).compile(Now())
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {SocketTicket._meta.db_table} "  # noqa: S608 (no input in it)
            f"WHERE digest IN ({marks}) AND expires_at > {now} RETURNING digest, credential_key, proof",
            list(digests),
        )
        return list(cursor.fetchall())


def forget_late_tickets() -> int:
    """Delete the tickets that nobody used in time; how many."""
    return SocketTicket.objects.filter(expires_at__lte=Now()).delete()[0]
