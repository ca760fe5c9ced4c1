# ruff: noqa: ARG002 (the arguments are the framework's)
"""What people sign in with, for administrators: to be looked at, and ended."""

from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from chatsite.admin import ReadOnlyAdmin, who
from chatsite.audit.actions import Action
from chatsite.audit.forms import Recorded

from . import people_admin, services
from .models import ApiToken, Avatar, FirstRunCode, IdempotencyKey, Session, SiteInvite, SocketTicket

__all__ = ["people_admin"]

# What django-allauth registers shows secrets, or lets an administrator confirm what only its owner can.
admin.site.unregister((Authenticator, EmailAddress, SocialAccount, SocialApp, SocialToken))


class EndableAdmin(Recorded, ReadOnlyAdmin):
    """To be looked at; who may by Django's permissions ends a row, or many, each in the same way."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For whoever Django's permissions allow it."""
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """End many."""
        for row in queryset:
            self.delete_model(request, row)


@admin.register(ApiToken)
class ApiTokenAdmin(EndableAdmin):
    """Tokens can be looked at and ended. People make their own."""

    list_display = ("name", "prefix", "user", "scopes", "created_at", "last_used_at", "expires_at")
    list_select_related = ("user",)
    list_filter = ("created_at", "expires_at")
    finds = ("prefix",)
    finds_people = ("user_id",)
    exclude = ("digest",)
    ordering: ClassVar[tuple[str, ...]] = ("-created_at",)

    def delete_model(self, request: HttpRequest, obj: ApiToken) -> None:
        """End a token, and the sockets opened with it."""
        services.end_token(by=obj.user, token_id=obj.id, recorded_as=who(request))


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(ReadOnlyAdmin):
    """What was made with which key."""

    list_display = ("key", "by", "result_id", "at")
    list_select_related = ("by",)
    finds_people = ("by_id",)
    exclude = ("body_digest",)
    ordering = ("-at",)


@admin.register(Avatar)
class AvatarAdmin(EndableAdmin):
    """Whose picture is kept. One that must go is deleted here."""

    on_delete = Action.AVATAR_REMOVED
    list_display = ("user",)
    list_select_related = ("user",)
    finds_people = ("user_id",)
    exclude = ("image",)
    ordering = ("user__username",)

    def delete_model(self, request: HttpRequest, obj: Avatar) -> None:
        """Take a picture away."""
        services.remove_avatar(by=obj.user, user=obj.user)


@admin.register(SiteInvite)
class SiteInviteAdmin(EndableAdmin):
    """Invites to the site. They are made where their link can be shown; here they are ended."""

    on_delete = Action.INVITE_ENDED
    list_display = ("created_at", "by", "uses", "max_uses", "expires_at")
    list_select_related = ("by",)
    finds_people = ("by_id",)
    exclude = ("digest",)
    ordering = ("-created_at",)


@admin.register(FirstRunCode)
class FirstRunCodeAdmin(ReadOnlyAdmin):
    """The code that opened the first-run page; there is none once somebody is here."""

    list_display = ("made_at",)
    exclude = ("digest",)
    ordering = ("made_at",)


@admin.register(SocketTicket)
class SocketTicketAdmin(ReadOnlyAdmin):
    """Tickets that nobody has used yet. What they are made of is not shown."""

    list_display = ("user", "expires_at")
    list_select_related = ("user",)
    finds_people = ("user_id",)
    exclude = ("digest", "credential_key", "proof")
    ordering = ("-expires_at",)


@admin.register(Session)
class SessionAdmin(EndableAdmin):
    """Where people are signed in. Ending one closes its sockets."""

    on_delete = Action.SESSIONS_ENDED
    list_display = ("user", "device", "began_at", "seen_at", "expire_date")
    list_select_related = ("user",)
    finds_people = ("user_id",)
    fields = ("user", "device", "began_at", "seen_at", "expire_date")
    ordering = ("-seen_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        """Somebody's; those of nobody are of no interest."""
        found: QuerySet[Session] = super().get_queryset(request).filter(user__isnull=False)
        return found

    def delete_model(self, request: HttpRequest, obj: Session) -> None:
        """End a session."""
        assert obj.user is not None
        services.end_session_named(by=obj.user, session_id=obj.session_key)


@admin.register(Authenticator)
class AuthenticatorAdmin(EndableAdmin):
    """Second factors. Who has lost theirs, and the recovery codes too, gets in again when it is deleted here."""

    on_delete = Action.SECOND_FACTOR_ENDED
    list_display = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    list_filter = ("type",)
    finds_people = ("user_id",)
    exclude = ("data",)
    ordering = ("-created_at",)


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadOnlyAdmin):
    """The addresses that people gave, and whether they confirmed them."""

    list_display = ("email", "user", "primary", "verified")
    list_select_related = ("user",)
    list_filter = ("verified",)
    finds = ("email",)
    finds_people = ("user_id",)
    ordering = ("email",)


@admin.register(SocialAccount)
class SocialAccountAdmin(EndableAdmin):
    """Accounts of elsewhere that let people in here. Who must not come in by one any more: delete it."""

    on_delete = Action.LINK_ENDED
    list_display = ("user", "provider", "uid", "date_joined", "last_login")
    list_select_related = ("user",)
    list_filter = ("provider",)
    finds = ("uid",)
    finds_people = ("user_id",)
    exclude = ("extra_data",)
    ordering = ("-date_joined",)
