"""Lighthouse finds nothing to better in accessibility and best practices; its speed is the bench's."""

from pathlib import Path

import pytest

from tests.browser.lighthouse import auditor
from tests.support.deployments import Deployment
from tests.support.rest import Person

JUDGED = ("accessibility", "best-practices")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("place", ["door", "room"])
def test_accessibility_and_best_practices_are_100(
    site: Deployment, alice: Person, room: str, tmp_path: Path, place: str
) -> None:
    url = site.server.url
    with site.rest(alice) as rest:
        rest.send(room, "Something to look at: `code`, https://example.org")
    with auditor(tmp_path, url=url, person=alice if place == "room" else None) as chromium:
        path = f"/rooms/{room}/" if place == "room" else "/sign-in/"
        verdict = chromium.audit(f"{url}{path}", categories=JUDGED)
    assert verdict.scores == dict.fromkeys(JUDGED, 100), "\n".join(verdict.wrong)
