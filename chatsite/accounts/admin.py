# ruff: noqa: ARG002 (the arguments are the framework's)
"""Users and API tokens for administrators."""

from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from chatsite.admin import ReadOnlyAdmin, who
from chatsite.audit.actions import Action
from chatsite.audit.forms import Recorded
from chatsite.audit.record import record
from chatsite.office.people import PeopleOffice
from chatsite.office.versions import VersionedForm

from . import services
from .models import ApiToken, Avatar, FirstRunCode, IdempotencyKey, Session, SiteInvite, SocketTicket, User
from .permissions import can_change_user

# What django-allauth registers shows secrets, or lets an administrator confirm what only its owner can.
admin.site.unregister((Group, Authenticator, EmailAddress, SocialAccount, SocialApp, SocialToken))


POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")


class NewUserForm(AdminUserCreationForm):  # type: ignore[type-arg]
    """Username, name and password of a new user."""

    class Meta(AdminUserCreationForm.Meta):
        model = User
        fields = ("username", "display_name", "email", "kind")


class ChangeUserForm(VersionedForm, UserChangeForm):  # type: ignore[type-arg]
    """All of a user but the password, which has a form of its own."""

    class Meta(UserChangeForm.Meta):
        model = User

    def clean(self) -> dict[str, Any]:
        """Nobody takes the site's keys away from everybody."""
        cleaned = super().clean()
        stays = cleaned.get("is_active", self.instance.is_active) and cleaned.get(
            "is_superuser", self.instance.is_superuser
        )
        others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=self.instance.pk)
        if self.instance.is_superuser and self.instance.is_active and not stays and not others.exists():
            raise ValidationError("Nobody else may do everything here: make another superuser first.")
        return cleaned


class NewPasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg]
    """A new password ends what was opened with the old one, here as everywhere."""

    def save(self, commit: bool = True) -> User:
        """Store it, and tell the person's sockets."""
        user: User = super().save(commit=commit)
        services.announce_ended(user_id=user.id, credential=None)
        return user


@admin.register(User)
class UserAdmin(Recorded, PeopleOffice, DjangoUserAdmin):  # type: ignore[type-arg]
    """Users are turned off, never deleted: rooms remember them by id.

    What somebody may do is given by superusers only, and who has been given something is changed by them only: whoever may
    change users could help themselves to anything else.
    """

    on_add = Action.USER_CREATED
    on_change = Action.USER_CHANGED

    form = ChangeUserForm
    add_form = NewUserForm
    change_password_form = NewPasswordForm
    list_display = ("username", "display_name", "kind", "email", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "kind", "groups")
    search_fields = ("username", "display_name", "email", "id__exact")
    search_help_text = "A username, a name, an email address, an id."
    sortable_by = ("username", "last_login")
    readonly_fields = ("id", "last_login", "date_joined")
    raw_id_fields = ("owner",)
    ordering = ("username",)
    fieldsets = (
        (None, {"fields": ("version", "id", "username", "password")}),
        (
            "Who they are",
            {"fields": ("display_name", "email", "kind", "owner", "status_text", "time_zone", "language")},
        ),
        (
            "What they may do",
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        ("When", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "fields": (
                    "username",
                    "display_name",
                    "email",
                    "kind",
                    "usable_password",
                    "password1",
                    "password2",
                )
            },
        ),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For whoever Django's permissions allow it, and who has no less power than the other."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or can_change_user(obj, by=who(request)))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Powers are given by superusers."""
        given = () if who(request).is_superuser else POWERS
        return (*super().get_readonly_fields(request, obj), *given)

    def record_change(self, request: HttpRequest, row: User, fields: list[str]) -> None:
        """A password is an act of its own."""
        if "password" in fields:
            record(Action.PASSWORD_CHANGED, by=who(request), user=row.id)
            return
        super().record_change(request, row, fields)

    def audit_details(self, row: User) -> dict[str, object]:
        """The powers that they have now."""
        groups = sorted(row.groups.values_list("id", flat=True))
        return {
            "active": row.is_active,
            "staff": row.is_staff,
            "superuser": row.is_superuser,
            "groups": groups,
        }

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Turning an account off ends what it has open."""
        super().save_model(request, obj, form, change)
        if change and "is_active" in form.changed_data and not obj.is_active:
            services.announce_ended(user_id=obj.id, credential=None)
            services.end_bots_of(obj)


class GroupForm(VersionedForm):
    """A name, and what its people may do."""

    class Meta:
        model = Group
        fields = ("name", "permissions")


@admin.register(Group)
class GroupAdmin(Recorded, DjangoGroupAdmin):
    """What some administrators may do. Superusers make groups; who is in one is said at the user."""

    on_add = Action.GROUP_CREATED
    on_change = Action.GROUP_CHANGED
    on_delete = Action.GROUP_DELETED
    form = GroupForm
    fields = ("version", "name", "permissions")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For superusers: whoever may give powers has all of them."""
        return who(request).is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As `has_add_permission`."""
        return who(request).is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As `has_add_permission`."""
        return who(request).is_superuser

    def audit_details(self, row: Group) -> dict[str, object]:
        """What it may do now."""
        return {"permissions": sorted(row.permissions.values_list("codename", flat=True))}


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """Tokens can be looked at and ended. People make their own."""

    list_display = ("name", "prefix", "user", "scopes", "created_at", "last_used_at", "expires_at")
    list_select_related = ("user",)
    list_filter = ("created_at", "expires_at")
    finds = ("prefix",)
    finds_people = ("user_id",)
    exclude = ("digest",)
    ordering: ClassVar[tuple[str, ...]] = ("-created_at",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For whoever Django's permissions allow it."""
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: HttpRequest, obj: ApiToken) -> None:
        """End a token, and the sockets opened with it."""
        services.end_token(by=obj.user, token_id=obj.id, recorded_as=who(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        """End many."""
        for token in queryset.select_related("user"):
            self.delete_model(request, token)


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(ReadOnlyAdmin):
    """What was made with which key."""

    list_display = ("key", "by", "result_id", "at")
    list_select_related = ("by",)
    finds_people = ("by_id",)
    exclude = ("body_digest",)
    ordering = ("-at",)


@admin.register(Avatar)
class AvatarAdmin(Recorded, ReadOnlyAdmin):
    """Whose picture is kept. One that must go is deleted here."""

    on_delete = Action.AVATAR_REMOVED
    list_display = ("user",)
    list_select_related = ("user",)
    finds_people = ("user_id",)
    exclude = ("image",)
    ordering = ("user__username",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For whoever Django's permissions allow it."""
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: HttpRequest, obj: Avatar) -> None:
        """Take a picture away."""
        services.remove_avatar(by=obj.user, user=obj.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Avatar]) -> None:
        """Take many away."""
        for picture in queryset.select_related("user"):
            self.delete_model(request, picture)


@admin.register(SiteInvite)
class SiteInviteAdmin(Recorded, ReadOnlyAdmin):
    """Invites to the site. They are made where their link can be shown; here they are ended."""

    on_delete = Action.INVITE_ENDED
    list_display = ("created_at", "by", "uses", "max_uses", "expires_at")
    list_select_related = ("by",)
    finds_people = ("by_id",)
    exclude = ("digest",)
    ordering = ("-created_at",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For whoever Django's permissions allow it."""
        return admin.ModelAdmin.has_delete_permission(self, request, obj)


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
class SessionAdmin(Recorded, ReadOnlyAdmin):
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

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For whoever Django's permissions allow it."""
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: HttpRequest, obj: Session) -> None:
        """End a session."""
        assert obj.user is not None
        services.end_session_named(by=obj.user, session_id=obj.session_key)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        """End many."""
        for session in queryset.select_related("user"):
            self.delete_model(request, session)


@admin.register(Authenticator)
class AuthenticatorAdmin(Recorded, ReadOnlyAdmin):
    """Second factors. Who has lost theirs, and the recovery codes too, gets in again when it is deleted here."""

    on_delete = Action.SECOND_FACTOR_ENDED
    list_display = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    list_filter = ("type",)
    finds_people = ("user_id",)
    exclude = ("data",)
    ordering = ("-created_at",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For whoever Django's permissions allow it."""
        return admin.ModelAdmin.has_delete_permission(self, request, obj)


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
class SocialAccountAdmin(Recorded, ReadOnlyAdmin):
    """Accounts of elsewhere that let people in here. Who must not come in by one any more: delete it."""

    on_delete = Action.LINK_ENDED
    list_display = ("user", "provider", "uid", "date_joined", "last_login")
    list_select_related = ("user",)
    list_filter = ("provider",)
    finds = ("uid",)
    finds_people = ("user_id",)
    exclude = ("extra_data",)
    ordering = ("-date_joined",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For whoever Django's permissions allow it."""
        return admin.ModelAdmin.has_delete_permission(self, request, obj)
