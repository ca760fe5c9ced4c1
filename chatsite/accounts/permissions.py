"""Who may do what to people."""

from .models import User


def can_create_user(by: User) -> bool:
    """Site administrators make users: Django's own permission decides who is one."""
    return by.is_staff and by.has_perm("accounts.add_user")


def can_change_user(user: User, *, by: User) -> bool:
    """One's own account, one's own bots, or for a site administrator any that has no more power than they."""
    if by == user or user.owner_id == by.id:
        return True
    outranked = (user.is_staff or user.is_superuser) and not by.is_superuser
    return by.is_staff and by.has_perm("accounts.change_user") and not outranked


def can_invite_to_site(by: User) -> bool:
    """Site administrators whom Django's permissions let make invites."""
    return by.is_staff and by.has_perm("accounts.add_siteinvite")
