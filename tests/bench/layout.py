"""Who is in which room: the same for every server."""

from dataclasses import dataclass

PEOPLE = 5_000


@dataclass(frozen=True, slots=True)
class Kind:
    """`count` rooms of one kind. The first `online` of the `members` of each room open a socket.

    Room n has the people from n times `online` on; members beyond those online are the last people.
    `events` is how long the log is, members' joining included.
    """

    name: str
    count: int
    online: int
    members: int = 0
    events: int = 0

    @property
    def size(self) -> int:
        """Members of a room."""
        return self.members or self.online

    def people(self, number: int) -> list[int]:
        """The members of room `number`, by their numbers; those online come first."""
        first = number * self.online
        absent = self.size - self.online
        return [*range(first, first + self.online), *range(PEOPLE - absent, PEOPLE)]


CORE = (
    Kind("ten", 20, 10),
    Kind("hundred", 1, 100),
    Kind("thousand", 1, 1000),
    Kind("resume", 100, 11),
    Kind("idle", 500, 10),
)
GROWTH = (
    Kind("ten-of-100", 20, 10, members=100),
    Kind("ten-of-1000", 20, 10, members=1000),
    Kind("hundreds", 10, 100),
    Kind("tens", 100, 10),
    Kind("short-log", 1, 10, events=1_000),
    Kind("long-log", 1, 10, events=1_000_000),
)
SEARCHED = (Kind("said", 1, 10, events=1_000_000),)
EMBEDDED = (Kind("ten", 20, 10),)


@dataclass(frozen=True, slots=True)
class Signed:
    """A person as they sign in. A server that knows only one way has the other empty."""

    id: str
    token: str
    session: str


@dataclass(frozen=True, slots=True)
class World:
    """Whom and what a server has been seeded with: its people, and its rooms by kind."""

    people: list[Signed]
    rooms: dict[str, list[str]]
