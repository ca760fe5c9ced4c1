"""Browsers that show notices: kept while the session or token that brought them lives."""

import hashlib

from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction
from django.db.models import QuerySet

from chatsite import clock
from chatsite.accounts.credentials import Credential
from chatsite.accounts.models import User
from chatsite.errors import BadRequest
from chatsite.ids import is_id

from .encoding import decode, encode
from .endpoints import read_endpoint
from .errors import NoSuchSubscription
from .models import PushSubscription

MOST = 20
AUTH_BYTES = 16


def subscribe(
    *, by: User, credential: Credential, endpoint: str, p256dh: str, auth: str, device: str = ""
) -> tuple[PushSubscription, bool]:
    """Let a browser show notices to `by`; the subscription, and whether it is new.

    The same endpoint again is the same browser: what is told now counts, also where somebody else uses it now. Of
    more than `MOST` the oldest go. Raises `BadRequest` with the field at fault.
    """
    read_endpoint(endpoint)
    told = {
        "user": by,
        "endpoint": endpoint,
        "p256dh": _public_key(p256dh),
        "auth": _auth(auth),
        "credential_key": credential.key,
        "proof": credential.proof,
        "device": device[:200],
    }
    digest = hashlib.sha256(endpoint.encode()).hexdigest()
    with transaction.atomic():
        known = PushSubscription.objects.select_for_update().filter(endpoint_digest=digest)
        if known.exclude(user=by).delete()[0] or not known.exists():
            kept, fresh = PushSubscription.objects.get_or_create(
                endpoint_digest=digest, defaults={**told, "created_at": clock.now()}
            )
        else:
            known.update(**told, failures=0, last_error="", retry_at=None)
            kept, fresh = known.get(), False
        mine = PushSubscription.objects.filter(user=by).order_by("-created_at", "-id")
        PushSubscription.objects.filter(id__in=[old.id for old in mine[MOST:]]).delete()
    return kept, fresh


def subscriptions_of(by: User) -> QuerySet[PushSubscription]:
    """One's own."""
    return PushSubscription.objects.filter(user=by)


def unsubscribe(*, by: User, subscription_id: str) -> None:
    """Show no more notices there. Raises `NoSuchSubscription`."""
    mine = subscriptions_of(by).filter(id=subscription_id)
    if not is_id(subscription_id) or not mine.delete()[0]:
        raise NoSuchSubscription


def _public_key(p256dh: str) -> str:
    try:
        point = decode(p256dh)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        raise BadRequest("This is no public key of a browser.", field="keys.p256dh") from None
    return encode(point)


def _auth(auth: str) -> str:
    try:
        secret = decode(auth)
    except ValueError:
        secret = b""
    if len(secret) != AUTH_BYTES:
        raise BadRequest("The secret of a subscription has 16 bytes.", field="keys.auth")
    return encode(secret)
