"""`manage.py changepassword`: Django's own, which ends what was opened with the old one, and is recorded."""

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword
from django.db import transaction

from chatsite.accounts.models import User
from chatsite.accounts.services import announce_ended
from chatsite.audit.actions import Action
from chatsite.audit.record import record


class Command(changepassword.Command):
    """Set somebody's password."""

    def handle(self, *args: Any, **options: Any) -> str | None:
        """As Django does."""
        said = super().handle(*args, **options)
        user = User.objects.get(username=options["username"] or getpass.getuser())
        with transaction.atomic():
            record(Action.PASSWORD_CHANGED, by=None, user=user.id)
            announce_ended(user_id=user.id, credential=None)
        return said
