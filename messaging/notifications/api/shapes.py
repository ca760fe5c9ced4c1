"""The shapes of preferences and push subscriptions on the wire."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from chatsite.accounts.models import User
from chatsite.rest.fields import StrictSerializer, Text
from messaging.notifications import server_key
from messaging.notifications.models import SITES_HOURS, Preferences, PushSubscription
from messaging.notifications.preferences import confirmed_address, hours_of
from messaging.protocol import rfc3339
from rooms.levels import Level


def preferences_json(kept: Preferences, *, by: User) -> dict[str, Any]:
    """How `by` is told, and what a page needs to know to let them change it."""
    return {
        "push": kept.push,
        "show_text": kept.show_text,
        "email": kept.email,
        "email_address": confirmed_address(by) or "",
        "quiet_hours": hours_of(kept),
        "quiet_hours_are_the_sites": kept.quiet_hours == SITES_HOURS,
        "defaults": {"direct": settings.NOTIFY_DIRECT, "rooms": settings.NOTIFY_ROOMS},
        "push_key": server_key.public_key(),
    }


def subscription_json(kept: PushSubscription) -> dict[str, Any]:
    """One device; its endpoint is a secret that only it needs."""
    return {
        "id": kept.id,
        "device": kept.device,
        "created_at": rfc3339(kept.created_at),
        "last_sent_at": rfc3339(kept.last_sent_at) if kept.last_sent_at else None,
    }


class NotifyDefaults(serializers.Serializer[Any]):
    """What the site tells people of, by kind of room, unless they say otherwise."""

    direct = serializers.ChoiceField(choices=Level.choices)
    rooms = serializers.ChoiceField(choices=Level.choices)


class NotificationsSerializer(serializers.Serializer[Any]):
    """How one is told."""

    push = serializers.BooleanField(help_text="Whether one's devices show notices.")
    show_text = serializers.BooleanField(help_text="Whether notices and mails hold what was said.")
    email = serializers.BooleanField(help_text="Whether one gets a mail with what one missed.")
    email_address = serializers.CharField(
        allow_blank=True, help_text="The confirmed address it would go to; empty: there is none."
    )
    quiet_hours = serializers.CharField(
        allow_blank=True, help_text="As in 22:00-07:00, by one's time zone; empty: none."
    )
    quiet_hours_are_the_sites = serializers.BooleanField(help_text="Whether they are those of the site.")
    defaults = NotifyDefaults()
    push_key = serializers.CharField(
        help_text="The site's public key, `applicationServerKey` of `pushManager.subscribe`, in base64url."
    )


class NotificationsChange(StrictSerializer):
    """What may be changed of it."""

    push = serializers.BooleanField(required=False)
    show_text = serializers.BooleanField(required=False)
    email = serializers.BooleanField(required=False, help_text="Wants a confirmed address.")
    quiet_hours = Text(required=False, help_text="As in 22:00-07:00; empty for none, `site` for the site's.")


class SubscriptionSerializer(serializers.Serializer[Any]):
    """A browser that shows notices."""

    id = serializers.CharField()
    device = serializers.CharField(allow_blank=True, help_text="The browser's own words about itself.")
    created_at = serializers.DateTimeField()
    last_sent_at = serializers.DateTimeField(allow_null=True)


class SubscriptionPageSerializer(serializers.Serializer[Any]):
    """A page of them."""

    results = SubscriptionSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class SubscriptionKeys(StrictSerializer):
    """The browser's keys, in base64url."""

    p256dh = Text()
    auth = Text()


class NewSubscription(StrictSerializer):
    """What `PushSubscription.toJSON()` gives in the browser."""

    endpoint = Text()
    keys = SubscriptionKeys()
    expirationTime = serializers.FloatField(required=False, allow_null=True)  # noqa: N815 (the browser's word)
