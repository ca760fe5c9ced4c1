"""How a person wants to be told: on their devices, by mail, and when not."""

import datetime as dt
from collections.abc import Collection
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from allauth.account.models import EmailAddress
from django.conf import settings

from chatsite import clock, quiet
from chatsite.accounts.models import User
from chatsite.errors import BadRequest
from messaging.delivery import broker

from .models import SITES_HOURS, Preferences


def preferences_of(user_ids: Collection[str]) -> dict[str, Preferences]:
    """What each of these people wants, those who never said so too."""
    kept = Preferences.objects.in_bulk(user_ids)
    return {user_id: kept.get(user_id) or Preferences(user_id=user_id) for user_id in user_ids}


def change_preferences(
    *,
    by: User,
    push: bool | None = None,
    show_text: bool | None = None,
    email: bool | None = None,
    quiet_hours: str | None = None,
) -> Preferences:
    """Change one's own; None leaves a thing as it is. `quiet_hours` are empty for none, `site` for the site's own.

    Raises `BadRequest` with the field at fault.
    """
    if quiet_hours not in (None, "", SITES_HOURS):
        try:
            quiet.read(str(quiet_hours))
        except ValueError as wrong:
            raise BadRequest(f"These hours {wrong}.", field="quiet_hours") from None
    if email and confirmed_address(by) is None:
        raise BadRequest("Confirm an email address first.", field="email")
    kept, _ = Preferences.objects.get_or_create(user=by)
    asked = {"push": push, "show_text": show_text, "email": email, "quiet_hours": quiet_hours}
    changed: dict[str, object] = {name: value for name, value in asked.items() if value is not None}
    if email and not kept.email:  # what they missed before they asked is not mailed
        changed |= {
            "mailed_until": clock.now(),
            "mail_after": clock.now(),
            "mail_failures": 0,
            "mail_error": "",
        }
    Preferences.objects.filter(user=by).update(**changed)
    kept.refresh_from_db()
    broker.publish_to_user(by.id, {"type": "own.wishes", "wishes": {"notifications": True}})
    return kept


def confirmed_address(user: User) -> str | None:
    """Where somebody has shown that their mail comes to them; None if nowhere."""
    confirmed = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary", "pk")
    address: str | None = confirmed.values_list("email", flat=True).first()
    return address


def hours_of(preferences: Preferences) -> str:
    """The quiet hours that hold for somebody; empty for none."""
    chosen = preferences.quiet_hours
    return settings.QUIET_HOURS if chosen == SITES_HOURS else chosen


def is_quiet(preferences: Preferences, *, time_zone: str, now: dt.datetime) -> bool:
    """Whether somebody in that time zone (empty: the site's) is not to be disturbed now."""
    try:
        zone = ZoneInfo(time_zone or settings.TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo(settings.TIME_ZONE)
    return quiet.includes(hours_of(preferences), now.astimezone(zone).time())
