"""How the admin's lists fare: prints `{"queries": …, "ms": …, "slowest": "…"}`, the most and the longest of all pages asked.

It runs under Parley's settings (see `under_django`), as a site administrator who opens each list, its next page and a search.
"""

import json
import sys
import time

from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chatsite.accounts.models import User

PAGES = ("", "?p=1", "?q=mira", "?p=50")
LISTS = (
    "accounts.user",
    "rooms.room",
    "rooms.membership",
    "rooms.invite",
    "rooms.ban",
    "rooms.rolerule",
    "messaging.report",
    "audit.entry",
)


def main() -> None:
    """Ask every page twice, the first time to warm up what is kept."""
    boss, _ = User.objects.get_or_create(username="bench.boss", is_superuser=True, is_staff=True)
    client = Client(headers={"Host": "localhost"})
    client.force_login(boss)
    known = {model._meta.label_lower for model in admin.site._registry}
    queries, ms, slowest = 0, 0.0, ""
    for name in LISTS:
        assert name in known, name
        for page in PAGES:
            address = reverse(f"admin:{name.replace('.', '_')}_changelist") + page
            client.get(address, follow=True)
            began = time.perf_counter()
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(address, follow=True)
            took = (time.perf_counter() - began) * 1000
            assert answer.status_code == 200, (address, answer.status_code)
            queries = max(queries, len(asked))
            ms, slowest = max((ms, slowest), (took, address))
    sys.stdout.write(json.dumps({"queries": queries, "ms": ms, "slowest": slowest}))


if __name__ == "__main__":
    main()
