"""The first administrator, where no command line made one: by a page that opens with a code from the server's log.

Who can read the log runs the server; who merely finds the page first cannot take it.
"""

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from chatsite.errors import Forbidden
from chatsite.ids import new_id

from . import services
from .digests import token_digest
from .models import FirstRunCode, User

logger = logging.getLogger(__name__)

CODE_LASTS = timedelta(hours=1)


class NotTheCode(Forbidden):
    """Another code, an old one, or somebody is here already."""

    default_message = (
        "That is not the code, or it is too old. A new one is in the log when this page is opened again."
    )


def is_first_run() -> bool:
    """Whether nobody is here yet."""
    return not User.objects.exists()


def print_code() -> None:
    """See to it that the log holds a code that counts: one an hour at most is made and printed."""
    with transaction.atomic():
        fresh = FirstRunCode.objects.filter(made_at__gt=timezone.now() - CODE_LASTS).exists()
        if fresh or not is_first_run():
            return
        code = new_id()
        FirstRunCode.objects.update_or_create(
            id=1, defaults={"digest": token_digest(code), "made_at": timezone.now()}
        )
    logger.warning("Nobody is here yet. The code for /first-run/ is %s (for an hour, once).", code)


def make_first_administrator(
    *, code: str, username: str, password: str, display_name: str = "", email: str = ""
) -> User:
    """The site's first user, who may do everything, for whoever shows the code.

    Raises `NotTheCode`, and what `services.create_user` raises.
    """
    with transaction.atomic():
        kept = (
            FirstRunCode.objects.select_for_update().filter(made_at__gt=timezone.now() - CODE_LASTS).first()
        )
        right = kept is not None and constant_time_compare(kept.digest, token_digest(code.strip().lower()))
        if not right or not is_first_run():
            raise NotTheCode(field="code")
        user = services.create_user(
            by=None, username=username, password=password, display_name=display_name, email=email
        )
        user.is_staff = user.is_superuser = True
        user.save(update_fields=["is_staff", "is_superuser"])
        FirstRunCode.objects.all().delete()
    return user
