"""Fill the tutorial's database with people and sessions; argument: how many people.

Answers one line of JSON, `[[id, session]]`.
"""

import datetime as dt
import json
import secrets
import sys

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone


def main(count: int) -> None:
    """Make the tables, the people and a session of each."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    users = User.objects.bulk_create(
        [User(username=f"person{n}", password="!") for n in range(count)], batch_size=500
    )
    rows = []
    for user in users:
        data = {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
        rows.append(
            Session(
                session_key=secrets.token_hex(16),
                session_data=SessionStore().encode(data),
                expire_date=timezone.now() + dt.timedelta(days=1),
            )
        )
    Session.objects.bulk_create(rows, batch_size=500)
    sys.stdout.write(
        json.dumps([[str(user.pk), row.session_key] for user, row in zip(users, rows, strict=True)])
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
