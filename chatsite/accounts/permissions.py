"""Who may do what to people."""

from .models import User


def can_create_user(by: User) -> bool:
    """Site administrators make users: Django's own permission decides who is one."""
    return by.is_staff and by.has_perm("accounts.add_user")


def can_change_user(user: User, *, by: User) -> bool:
    """One's own account, one's own bots, or any for a site administrator."""
    return by == user or user.owner_id == by.id or (by.is_staff and by.has_perm("accounts.change_user"))


def can_invite_to_site(by: User) -> bool:
    """Site administrators whom Django's permissions let make invites."""
    return by.is_staff and by.has_perm("accounts.add_siteinvite")
