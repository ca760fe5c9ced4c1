"""The cast on running servers. Journeys know the product only by its sockets, its REST API and its processes."""

from collections.abc import Iterator

import pytest

from tests.support.deployments import Deployment, embedded, full
from tests.support.people import ALICE, BOB, CAROL, MALLORY
from tests.support.push_service import HOST
from tests.support.rest import Person


@pytest.fixture(scope="session")
def embedded_site() -> Iterator[Deployment]:
    """One process with SQLite."""
    with embedded(PUSH_TRUSTED_HOSTS=HOST) as deployment:
        yield deployment


@pytest.fixture(scope="session")
def full_site(postgres_server: str) -> Iterator[Deployment]:
    """Two servers and a worker, on PostgreSQL and Redis."""
    with full(postgres_server, workers=1, PUSH_TRUSTED_HOSTS=HOST) as deployment:
        yield deployment


@pytest.fixture(params=["embedded", "full"])
def site(request: pytest.FixtureRequest) -> Deployment:
    """Where every single rule is tried: both ways to run, with generous limits. Each lives as long as the test run."""
    deployment: Deployment = request.getfixturevalue(f"{request.param}_site")
    return deployment


@pytest.fixture(autouse=True)
def no_fault_of_ours(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test sends to the shared site, no log of its processes shows a fault of its own."""
    if "site" not in request.fixturenames:
        yield
        return
    site: Deployment = request.getfixturevalue("site")
    logs = [process.log_text for process in (*site.servers, *site.workers)]
    before = [len(log()) for log in logs]
    yield
    said = "".join(log()[start:] for log, start in zip(logs, before, strict=True))
    print(said)  # noqa: T201
    assert "Traceback" not in said


@pytest.fixture
def alice(site: Deployment) -> Person:
    """Alice owns the room."""
    return site.person(ALICE)


@pytest.fixture
def bob(site: Deployment) -> Person:
    """Bob is a member of the room."""
    return site.person(BOB)


@pytest.fixture
def carol(site: Deployment) -> Person:
    """Carol is a guest in the room."""
    return site.person(CAROL)


@pytest.fixture
def mallory(site: Deployment) -> Person:
    """Mallory is outside the room."""
    return site.person(MALLORY)


@pytest.fixture
def room(site: Deployment, alice: Person, bob: Person, carol: Person) -> str:
    """A new private room: Alice owns it, Bob is a member, Carol a guest. Its log has three events."""
    with site.rest(alice) as rest:
        room = rest.create_room("Harbour")
        rest.add_member(room, bob.id)
        rest.add_member(room, carol.id, "guest")
    return room
