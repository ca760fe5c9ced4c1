"""Lighthouse at a page, in a Chromium that is signed in already."""

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import sync_playwright

from tests.browser.conftest import QUIET, chromium_path
from tests.support.processes import free_port
from tests.support.rest import Person
from tests.support.sites import PROJECT

LIGHTHOUSE = PROJECT / "node_modules/lighthouse/cli/index.js"

# What the site has no part in: a test's server is on plain HTTP, on this machine.
NOT_HERE = ("is-on-https", "redirects-http")


class Verdict(NamedTuple):
    """Scores by category, 0 to 100, and the audits that cost something."""

    scores: dict[str, int]
    wrong: list[str]


class Auditor:
    """A Chromium that Lighthouse may steer."""

    def __init__(self, port: int) -> None:
        self._port = port

    def audit(self, url: str, *, categories: Sequence[str]) -> Verdict:
        """Load the page afresh and judge it."""
        command = [
            *("node", str(LIGHTHOUSE), url, f"--port={self._port}", "--quiet", "--output=json"),
            *("--disable-storage-reset", "--preset=desktop", "--no-enable-error-reporting"),
            f"--only-categories={','.join(categories)}",
            f"--skip-audits={','.join(NOT_HERE)}",
        ]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=150, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return _verdict(json.loads(done.stdout))


def _verdict(told: dict[str, Any]) -> Verdict:
    weighed = {
        each["id"]
        for category in told["categories"].values()
        for each in category["auditRefs"]
        if each["weight"] > 0
    }
    wrong = [
        f"{name}: {audit['title']} ({audit.get('displayValue', audit['score'])})"
        for name, audit in told["audits"].items()
        if name in weighed and audit["score"] is not None and audit["score"] < 1
    ]
    scores = {name: round(100 * (category["score"] or 0)) for name, category in told["categories"].items()}
    return Verdict(scores, wrong)


@contextmanager
def auditor(
    folder: Path, *, url: str, person: Person | None = None, session: str | None = None
) -> Iterator[Auditor]:
    """A Chromium of its own, signed in as `person` or by a session that exists, if there is one."""
    port = free_port()
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            folder,
            executable_path=chromium_path(),
            args=[*QUIET, f"--remote-debugging-port={port}"],
            viewport={"width": 1350, "height": 940},
        )
        if person is not None:
            body = {"username": person.username, "password": person.password}
            assert context.request.post(f"{url}/api/v1/auth/login/", data=body).ok
        if session is not None:
            context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
        yield Auditor(port)
        context.close()
