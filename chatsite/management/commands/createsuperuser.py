"""`manage.py createsuperuser`: Django's own, with an entry in the audit log."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser

from chatsite.accounts.models import User
from chatsite.audit.actions import Action
from chatsite.audit.record import record


class Command(createsuperuser.Command):
    """Make an administrator."""

    def handle(self, *args: Any, **options: Any) -> None:
        """As Django does; whoever is new is recorded."""
        superusers = User.objects.filter(is_superuser=True)
        known = set(superusers.values_list("id", flat=True))
        super().handle(*args, **options)
        for made in superusers.exclude(id__in=known):
            record(Action.USER_CREATED, by=None, user=made.id, details={"superuser": True})
