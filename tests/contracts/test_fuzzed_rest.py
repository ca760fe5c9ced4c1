"""The HTTP API under made-up calls: never a fault of the server, never an answer that the OpenAPI document does not tell."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.deployments import Deployment, embedded
from tests.support.people import ADMIN, ALICE, BOB
from tests.support.rest import token_of

FULL = os.environ.get("PROOF") == "full"
CASES = 2000 if FULL else 60
PER_OPERATION = 70 if FULL else 3

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# Guessed passwords would lock the test's own address out; signing in has tests of its own.
LEFT_OUT = {"/api/v1/auth/login/"}


@pytest.fixture(scope="module")
def site() -> Iterator[Deployment]:
    with embedded() as deployment:
        yield deployment


@pytest.fixture
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


class Names:
    """What addresses name: something of Alice's that is there, made anew for each operation."""

    def __init__(self, site: Deployment) -> None:
        alice, bob = site.person(ALICE), site.person(BOB)
        with site.rest(alice) as rest:
            room = rest.create_room("Harbour")
            rest.add_member(room, bob.id)
            event, _ = rest.send(room, "hi")
            invite = rest.call("POST", f"rooms/{room}/invites/", {})
            file = rest.upload(room, b"high tide 06:12")
        self.there: dict[str, str] = {
            "room_id": room,
            "user_id": bob.id,
            "seq": str(event["seq"]),
            "invite_id": invite["id"],
            "code": invite["code"],
            "emoji": "⚓",
            "file_id": file["id"],
        }

    def put_into(self, case: Any, chosen: set[str]) -> None:
        """Put the chosen ones of them into the case's address."""
        for name in chosen & self.there.keys() & (case.path_parameters or {}).keys():
            case.path_parameters[name] = self.there[name]


def operations() -> list[Any]:
    document = SchemaGenerator().get_schema(request=None, public=True)
    found: Any = schemathesis.openapi.from_dict(document).get_all_operations()
    return [each for each in (result.ok() for result in found) if each.path not in LEFT_OUT]


@pytest.mark.proof
@pytest.mark.timeout(1500 if FULL else 300)
def test_made_up_calls_are_answered_as_the_document_says(site: Deployment, http: requests.Session) -> None:
    tokens = [site.person(ALICE).token, token_of(site.server.url, ADMIN.username, ADMIN.password)]
    asked = sum(ask_at_random(site, http, operation, tokens) for operation in operations())
    assert asked >= CASES
    assert not site.server.fault()
    assert site.server.get("/readyz") == 200


def ask_at_random(site: Deployment, http: requests.Session, operation: Any, tokens: list[str]) -> int:
    """Ask one operation, with good values and bad ones; how often."""
    names, asked = Names(site), 0
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    cases = st.one_of([operation.as_strategy(generation_mode=mode) for mode in modes])

    @settings(
        max_examples=PER_OPERATION,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, chosen=st.sets(st.sampled_from(sorted(names.there))), token=st.sampled_from(tokens))
    def ask(case: Any, chosen: set[str], token: str) -> None:
        nonlocal asked
        asked += 1
        names.put_into(case, chosen | {"room_id"} if len(chosen) % 2 else chosen)
        if str((case.query or {}).get("wait")).isdecimal():
            case.query["wait"] = min(1, int(case.query["wait"]))  # half a minute for nothing, otherwise
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}
        answer = case.call(base_url=site.server.url, session=http)
        case.validate_response(answer, checks=CHECKS)

    ask()
    return asked
