"""Devices and wishes, for administrators: whose notices go nowhere, and why. No address of a device, and no key, is shown."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chatsite.admin import ReadOnlyAdmin

from .models import Preferences, PushSubscription


@admin.register(PushSubscription)
class PushSubscriptionAdmin(ReadOnlyAdmin):
    """Browsers that show notices, those that fail with the reason; one that is of no use can be forgotten."""

    list_display = (
        "user",
        "device",
        "service",
        "created_at",
        "last_sent_at",
        "failures",
        "last_error",
        "retry_at",
    )
    list_filter = ("last_sent_at", "retry_at")
    list_select_related = ("user",)
    finds_people = ("user_id",)
    exclude = ("endpoint", "endpoint_digest", "p256dh", "auth", "credential_key", "proof")
    ordering = ("-id",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For whoever Django's permissions allow it: the browser subscribes anew when its page is opened."""
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    @admin.display(description=_("push service"))
    def service(self, subscription: PushSubscription) -> str:
        """The host, without the secret rest of the address."""
        return urlsplit(subscription.endpoint).hostname or ""


@admin.register(Preferences)
class PreferencesAdmin(ReadOnlyAdmin):
    """How people want to be told, and whose mail is refused."""

    list_display = ("user", "push", "email", "show_text", "quiet_hours", "mail_failures", "mail_error")
    list_filter = ("push", "email")
    list_select_related = ("user",)
    finds_people = ("user_id",)
    ordering = ("user_id",)
