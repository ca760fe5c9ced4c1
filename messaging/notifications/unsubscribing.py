"""Ending the mails by the address that stands in them, without signing in."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from chatsite.accounts.models import User

from .models import Preferences

_SALT = "messaging.notifications.unsubscribe"


def unsubscribe_url(user: User) -> str:
    """The address that ends one's mails: signed, and without an end, as a mail may be found years later."""
    signed = _signer().sign(user.id)
    return f"{settings.PUBLIC_URL}{reverse('unsubscribe', args=[signed])}"


def reader_of(signed: str) -> str | None:
    """Whose mails such an address ends; None if it is no such address."""
    try:
        return _signer().unsign(signed)
    except signing.BadSignature:
        return None


def _signer() -> signing.Signer:
    return signing.Signer(salt=_SALT)


def end_mails(user_id: str) -> None:
    """Write to them no more; twice is once."""
    Preferences.objects.filter(user_id=user_id).update(email=False)
