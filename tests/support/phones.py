"""A phone of somebody who has no socket: it is pushed everything that others say in their rooms."""

from collections.abc import Sequence

from tests.support.push_service import Browser
from tests.support.records import Journal, Noticed
from tests.support.rest import Person, Rest


class Phone:
    """One that shows notices, of a person who wants to be told everything."""

    def __init__(self, person: Person, browser: Browser) -> None:
        self.person = person
        self._browser = browser

    def subscribe(self, rest: Rest, rooms: Sequence[str]) -> None:
        """Ask for everything in these rooms, as the phone's person."""
        rest.call("POST", "me/push-subscriptions/", self._browser.subscription)
        for room in rooms:
            rest.call("PUT", f"rooms/{room}/marks/", {"notify": "everything"})

    def journal(self) -> Journal:
        """What came, in its order."""
        told = [push.payload for push in list(self._browser.pushes)]
        entries = [
            Noticed(at, one["room"], one["seq"], shows=one["kind"] == "message")
            for at, one in enumerate(told)
        ]
        return Journal(f"{self.person.username}'s phone", self.person.id, [*entries], phone=True)
