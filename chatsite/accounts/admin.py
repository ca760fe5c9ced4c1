# ruff: noqa: ARG002 (the arguments are the framework's)
"""Users and API tokens for administrators."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
from django.db.models import QuerySet
from django.http import HttpRequest

from chatsite.admin import ReadOnlyAdmin
from chatsite.office.people import PeopleOffice

from . import services
from .models import ApiToken, IdempotencyKey, SocketTicket, User


class NewUserForm(AdminUserCreationForm):  # type: ignore[type-arg]
    """Username, name and password of a new user."""

    class Meta(AdminUserCreationForm.Meta):
        model = User
        fields = ("username", "display_name", "email", "kind")


class ChangeUserForm(UserChangeForm):  # type: ignore[type-arg]
    """All of a user but the password, which has a form of its own."""

    class Meta(UserChangeForm.Meta):
        model = User


class NewPasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg]
    """A new password ends what was opened with the old one, here as everywhere."""

    def save(self, commit: bool = True) -> User:
        """Store it, and tell the person's sockets."""
        user: User = super().save(commit=commit)
        services.announce_ended(user_id=user.id, credential=None)
        return user


@admin.register(User)
class UserAdmin(PeopleOffice, DjangoUserAdmin):  # type: ignore[type-arg]
    """Users are turned off, never deleted: rooms remember them by id."""

    form = ChangeUserForm
    add_form = NewUserForm
    change_password_form = NewPasswordForm
    list_display = ("username", "display_name", "kind", "email", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "kind", "groups")
    search_fields = ("username", "display_name", "email", "=id")
    readonly_fields = ("id", "last_login", "date_joined")
    ordering = ("username",)
    fieldsets = (
        (None, {"fields": ("id", "username", "password")}),
        ("Who they are", {"fields": ("display_name", "email", "kind")}),
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

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Turning an account off ends what it has open."""
        super().save_model(request, obj, form, change)
        if change and "is_active" in form.changed_data and not obj.is_active:
            services.announce_ended(user_id=obj.id, credential=None)


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """Tokens can be looked at and ended. People make their own."""

    list_display = ("name", "prefix", "user", "scopes", "created_at", "last_used_at", "expires_at")
    list_select_related = ("user",)
    list_filter = ("created_at", "expires_at")
    search_fields = ("name", "prefix", "user__username")
    exclude = ("digest",)
    ordering: ClassVar[tuple[str, ...]] = ("-created_at",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For whoever Django's permissions allow it."""
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: HttpRequest, obj: ApiToken) -> None:
        """End a token, and the sockets opened with it."""
        services.end_token(by=obj.user, token_id=obj.id)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        """End many."""
        for token in queryset.select_related("user"):
            services.end_token(by=token.user, token_id=token.id)


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(ReadOnlyAdmin):
    """What was made with which key."""

    list_display = ("key", "by", "result_id", "at")
    list_select_related = ("by",)
    search_fields = ("=key", "=result_id", "by__username")
    exclude = ("body_digest",)
    ordering = ("-at",)


@admin.register(SocketTicket)
class SocketTicketAdmin(ReadOnlyAdmin):
    """Tickets that nobody has used yet. What they are made of is not shown."""

    list_display = ("user", "expires_at")
    list_select_related = ("user",)
    search_fields = ("user__username",)
    exclude = ("digest", "credential_key", "proof")
    ordering = ("-expires_at",)
