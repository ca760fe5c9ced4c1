"""Invites to the site: who holds the code may make an account, also where nobody else may.

A code has 144 random bits and is kept as a digest, so neither guessing nor the database gives one away.
"""

import datetime as dt
import secrets
from enum import Enum
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from chatsite import clock
from chatsite.audit.actions import Action
from chatsite.audit.record import record
from chatsite.errors import BadRequest, Forbidden, NotFound
from chatsite.idempotency import Key, ShownBefore
from chatsite.ids import is_id

from .digests import token_digest
from .models import SiteInvite, User
from .permissions import can_invite_to_site
from .services import claim_key

CODE_BYTES = 18
DEFAULT_DAYS = 7
MOST_USES = 100_000


class Usual(Enum):
    """Says that an invite lasts as long as invites do; None is for ever."""

    USUAL = "usual"


USUAL: Final = Usual.USUAL
End = dt.datetime | None | Usual


def end_of(expires_at: End) -> dt.datetime | None:
    """The moment from which an invite lets nobody in; None for never."""
    if isinstance(expires_at, Usual):
        return clock.now() + dt.timedelta(days=DEFAULT_DAYS)
    return expires_at


def wish(expires_at: End) -> str | None:
    """What was asked for, the same whenever it is asked again."""
    if isinstance(expires_at, Usual):
        return expires_at.value
    return expires_at.isoformat() if expires_at else None


class SiteInviteShownBefore(ShownBefore):
    """The call that made this invite came again; its code is shown once only."""

    default_message = "This invite was made before, and is shown only once."


def create_site_invite(
    *,
    by: User,
    expires_at: End = USUAL,
    max_uses: int | None = None,
    key: Key | None = None,
) -> tuple[SiteInvite, str]:
    """A new invite, and its code, which is kept nowhere.

    Raises `Forbidden`, `BadRequest` with the field at fault, and `SiteInviteShownBefore` for a repeated `key`.
    """
    if not can_invite_to_site(by):
        raise Forbidden
    if max_uses is not None and not 1 <= max_uses <= MOST_USES:
        raise BadRequest(
            _("This is a whole number from 1 to {most}.").format(most=MOST_USES), field="max_uses"
        )
    end = end_of(expires_at)
    if end is not None and end <= clock.now():
        raise BadRequest("This moment is past.", field="expires_at")
    code = secrets.token_urlsafe(CODE_BYTES)
    invite = SiteInvite(by=by, digest=token_digest(code), expires_at=end, max_uses=max_uses)
    body = ["site-invite", wish(expires_at), max_uses]
    with transaction.atomic():
        first = claim_key(by=by, key=key, body=body, result_id=invite.id) if key else None
        if first is not None:
            raise SiteInviteShownBefore(first)
        invite.save(force_insert=True)
        record(Action.INVITE_CREATED, by=by, target=invite.id)
    return invite, code


def end_site_invite(*, by: User, invite_id: str) -> None:
    """Take an invite back. Raises `Forbidden` and `NotFound`."""
    if not can_invite_to_site(by):
        raise Forbidden
    with transaction.atomic():
        if not is_id(invite_id) or not SiteInvite.objects.filter(id=invite_id).delete()[0]:
            raise NotFound
        record(Action.INVITE_ENDED, by=by, target=invite_id)


def open_site_invites() -> QuerySet[SiteInvite]:
    """Those that still let somebody in."""
    now = clock.now()
    return SiteInvite.objects.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=now),
        Q(max_uses__isnull=True) | Q(uses__lt=F("max_uses")),
        by__is_active=True,
    )


def find_site_invite(code: str) -> SiteInvite | None:
    """The invite of that code, with who made it, if it still lets somebody in."""
    return open_site_invites().filter(digest=token_digest(code)).select_related("by").first()


def use_site_invite(code: str) -> bool:
    """In the running transaction: use an invite up by one; whether it let anybody in.

    Of two people at its last use, the database lets one in.
    """
    found = open_site_invites().filter(digest=token_digest(code)).values("id")
    return bool(SiteInvite.objects.filter(id__in=found).filter(_has_uses_left()).update(uses=F("uses") + 1))


def site_invite_url(code: str) -> str:
    """The link to hand on."""
    return f"{settings.PUBLIC_URL}/join/{code}/"


def forget_old_site_invites() -> int:
    """Delete invites that have expired; how many."""
    return SiteInvite.objects.filter(expires_at__lte=clock.now()).delete()[0]


def _has_uses_left() -> Q:
    return Q(max_uses__isnull=True) | Q(uses__lt=F("max_uses"))
