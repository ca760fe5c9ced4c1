"""A push arrives while no page is open, is closed when another device has read, and tells nothing after a removal."""

from collections.abc import Iterator

import pytest

from tests.support.deployments import Deployment
from tests.support.people import ALICE
from tests.support.push_service import PushService, claims_of


@pytest.fixture(scope="module")
def push_service() -> Iterator[PushService]:
    with PushService() as service:
        yield service


def test_a_push_arrives_is_silenced_and_tells_nothing_that_is_not_theirs(
    site: Deployment, push_service: PushService
) -> None:
    alice, bob = site.person(ALICE), site.newcomer()
    harbour, quay, left, pier = (site.open_room(alice, [bob], name=name) for name in "HQLP")
    phone = push_service.new_browser()
    with site.rest(bob) as his, site.rest(alice) as hers:
        key = his.call("GET", "me/notifications/")["push_key"]
        his.call("POST", "me/push-subscriptions/", phone.subscription)
        first, _ = hers.send(harbour, f"The tide turns, @{bob.username}")
        (shown,) = phone.wait_for(1)
        assert (shown["kind"], shown["room"], shown["tag"], shown["seq"]) == (
            "message",
            harbour,
            harbour,
            first["seq"],
        )
        assert shown["body"] == f"The tide turns, @{bob.username}"
        assert claims_of(phone.pushes[0], key=key, audience=push_service.url)

        his.call("PUT", f"rooms/{harbour}/receipt/", {"read": first["seq"]})
        closed = phone.wait_for(2)[1]
        assert (closed["kind"], closed["tag"], "body" in closed) == ("read", harbour, False)

        event, _ = hers.send(quay, f"A slip, @{bob.username}")
        assert phone.wait_for(3)[2]["seq"] == event["seq"]
        hers.call("DELETE", f"rooms/{quay}/messages/{event['seq']}/")
        assert (phone.wait_for(4)[3]["kind"], phone.pushes[3].payload["tag"]) == ("read", quay)

        hers.remove_member(left, bob.id)
        hers.send(left, f"A secret, @{bob.username}")
        hers.send(pier, f"Still there, @{bob.username}?")
        told = phone.wait_for(5)
        assert (told[4]["room"], "secret" in str(told)) == (pier, False)
