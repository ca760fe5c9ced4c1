"""Some people on two servers who talk until they are told to stop, while a proof breaks things beneath them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

from tests.support.client import Client
from tests.support.deployments import Deployment
from tests.support.load import Speaker, size
from tests.support.people import ALICE, BOB, CAROL, ROBO
from tests.support.phones import Phone
from tests.support.push_service import PushService
from tests.support.rest import Person

_PAUSE_S = 0.05
# At full size only: what a killed worker had taken to send is left to it for a minute and a half.
_PHONES = size(0, 1)


class Crowd:
    """Everybody is in every room, each with one client; neighbours are on different servers. `phones` are told of it."""

    def __init__(
        self,
        people: Sequence[Person],
        clients: Sequence[Client],
        rooms: Sequence[str],
        phones: Sequence[Phone],
    ) -> None:
        self.people = people
        self.clients = clients
        self.rooms = rooms
        self.phones = phones
        self._over = asyncio.Event()
        self._talk: asyncio.Task[None] | None = None

    def speak(self, deployment: Deployment) -> None:
        """Begin to talk; what each repeats by REST goes to the other server."""
        self._talk = asyncio.create_task(self._speak(deployment))

    async def is_heard(self, *, patience: float = 20) -> None:
        """Return when everybody has said one thing more and it is acknowledged."""
        sends = (client.send(self.rooms[0], "still here", patience=patience) for client in self.clients)
        await asyncio.gather(*sends)

    async def fall_silent(self) -> None:
        """Stop, and return when everything that was said is acknowledged."""
        assert self._talk is not None
        self._over.set()
        await self._talk

    async def _speak(self, deployment: Deployment) -> None:
        async with asyncio.TaskGroup() as group:
            for n, client in enumerate(self.clients):
                rest = deployment.rest(client.person, at=(n + 1) % 2)
                speaker = Speaker(client, self.rooms, rest, seed=n)
                group.create_task(speaker.speak(1, pause=_PAUSE_S, until=self._over))


@contextlib.asynccontextmanager
async def talking(deployment: Deployment, *, rooms: int = 3) -> AsyncIterator[Crowd]:
    """Four people talk in some rooms from here on, until `fall_silent`; others have a phone only."""
    people = [deployment.person(role) for role in (ALICE, BOB, CAROL, ROBO)]
    away = [deployment.newcomer() for _ in range(_PHONES)]
    places = [deployment.open_room(people[0], [*people[1:], *away], name=f"Pier {n}") for n in range(rooms)]
    async with contextlib.AsyncExitStack() as stack:
        service = stack.enter_context(PushService())
        phones = [Phone(person, service.new_browser()) for person in away]
        for phone in phones:
            phone.subscribe(deployment.rest(phone.person), places)
        clients = [
            await stack.enter_async_context(Client(person, deployment.addresses, places, first=n))
            for n, person in enumerate(people)
        ]
        await asyncio.gather(*(client.online.wait() for client in clients))
        crowd = Crowd(people, clients, places, phones)
        crowd.speak(deployment)
        yield crowd
