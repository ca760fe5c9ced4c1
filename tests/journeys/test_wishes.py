"""How one wants to be told, changed on one device, is known at once on one's others, and on nobody else's."""

from tests.support.deployments import Deployment
from tests.support.people import ALICE, BOB
from tests.support.wire import sign_in


async def test_what_is_changed_on_one_device_is_known_on_the_others(site: Deployment) -> None:
    alice, bob = site.person(ALICE), site.person(BOB)
    room = site.open_room(alice, [bob])
    with site.rest(bob) as phone:
        async with (
            sign_in(site.addresses[-1], bob.token) as laptop,
            sign_in(site.addresses[-1], alice.token) as hers,
        ):
            phone.call("PUT", f"rooms/{room}/marks/", {"notify": "everything", "favourite": True})
            told = await laptop.wait_for(lambda frame: "marks" in frame)
            marks = phone.call("GET", f"rooms/{room}/")["my_marks"]
            assert told["marks"] == {room: marks}
            assert (marks["notify"], marks["favourite"]) == ("everything", True)
            phone.call("PATCH", "me/notifications/", {"quiet_hours": "22:00-07:00"})
            told = await laptop.wait_for(lambda frame: "notifications" in frame)
            assert (told["type"], told["notifications"]) == ("heartbeat", True)
            phone.call("PATCH", "me/notifications/", {"quiet_hours": "site"})
            await hers.ask("subscribe", rooms="all")
            assert not [frame for frame in hers.frames if {"marks", "notifications"} & set(frame)]
