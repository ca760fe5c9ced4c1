# ruff: noqa: ARG002 (the arguments are the framework's)
"""Users and groups for administrators, in Django's own forms."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chatsite.admin import who
from chatsite.audit.actions import Action
from chatsite.audit.forms import Recorded
from chatsite.audit.record import record
from chatsite.office.people import PeopleOffice
from chatsite.office.versions import VersionedForm

from . import services
from .models import User
from .permissions import can_change_user

admin.site.unregister(Group)

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
            raise ValidationError(_("Nobody else may do everything here: make another superuser first."))
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
    search_help_text = _("A username, a name, an email address, an id.")
    sortable_by = ("username", "last_login")
    readonly_fields = ("id", "last_login", "date_joined")
    raw_id_fields = ("owner",)
    ordering = ("username",)
    fieldsets = (
        (None, {"fields": ("version", "id", "username", "password")}),
        (
            _("Who they are"),
            {"fields": ("display_name", "email", "kind", "owner", "status_text", "time_zone", "language")},
        ),
        (
            _("What they may do"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        (_("When"), {"fields": ("last_login", "date_joined")}),
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
