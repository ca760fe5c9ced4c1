"""Email addresses: what is one, and who has to confirm theirs."""

import unicodedata

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from chatsite.errors import BadRequest

from .models import User

LONGEST_EMAIL = 254


def clean_email(email: str) -> str:
    """The address in the one form that is kept: lower case, without spaces around it.

    Raises `BadRequest` for what is no address, and for forms that hardly anybody has and that are easily
    mistaken: a quoted name, an address literal, signs that other signs look like.
    """
    email = unicodedata.normalize("NFC", email).strip().lower()
    name, _, host = email.rpartition("@")
    try:
        validate_email(email)
    except ValidationError as error:
        raise BadRequest("This is not an email address.", field="email") from error
    if len(email) > LONGEST_EMAIL or '"' in name or host.startswith("["):
        raise BadRequest("This is not an email address.", field="email")
    if not email.isascii():
        raise BadRequest("Write the part after the @ in its `xn--` form.", field="email")
    return email


def must_confirm_email(user: User) -> bool:
    """Whether this person may only come in when they have confirmed an address.

    It is asked of those who gave one themselves, where the site is set so. Who was made by an administrator without
    any may come in.
    """
    if settings.ACCOUNT_EMAIL_VERIFICATION != "mandatory":
        return False
    confirmed = EmailAddress.objects.filter(user=user).values_list("verified", flat=True)
    return bool(confirmed) and not any(confirmed)
