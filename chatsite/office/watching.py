"""Who may watch how the site runs."""

from django.contrib.auth.models import AnonymousUser

from chatsite.accounts.models import User


def can_watch(by: User | AnonymousUser) -> bool:
    """May see the live figures: administrators who may look at rooms."""
    return isinstance(by, User) and by.is_active and by.is_staff and by.has_perm("rooms.view_room")
