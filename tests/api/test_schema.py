"""The OpenAPI document is valid, open to all, and tells the truth about what is answered."""

import uuid
from typing import Any

import jsonschema
import pytest
from django.test import Client
from drf_spectacular.drainage import reset_generator_stats
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from chatsite.accounts.models import User
from chatsite.rest.examples import EXAMPLES
from rooms.models import Room
from tests.contracts.routes import api_routes
from tests.support.http import caller


@pytest.fixture(scope="module")
def document() -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)


def test_it_is_a_valid_openapi_3_1_document(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    validate_schema(document)


def test_it_is_served_to_everybody(db: None) -> None:
    answer = Client().get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
    assert answer.status_code == 200
    assert answer.json()["info"]["title"] == "Parley"


def test_every_route_and_method_is_in_it(document: dict[str, Any]) -> None:
    routes = {(f"/api/v1/{route.path}", route.method.lower()) for route in api_routes()}
    told = {(path, method) for path, operations in document["paths"].items() for method in operations}
    assert told == routes


def test_nothing_in_it_was_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    reset_generator_stats()
    SchemaGenerator().get_schema(request=None, public=True)
    assert capsys.readouterr().err == ""


def test_every_shape_has_an_example_that_fits(document: dict[str, Any]) -> None:
    for schema in document["components"]["schemas"].values():
        if schema.get("type") == "object":
            (example,) = schema["examples"]
            judged = {**closed(schema), "components": closed(document["components"])}
            jsonschema.Draft202012Validator(judged).validate(example)


def test_every_example_is_of_a_shape(document: dict[str, Any]) -> None:
    assert EXAMPLES.keys() <= document["components"]["schemas"].keys()


def test_every_operation_tells_the_error_shape(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert "default" in operation["responses"], (path, method)


class Truth:
    """Judges answers by the document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document

    def judge(self, method: Any, path: Any, answer: Any) -> None:
        operation = self.document["paths"][f"/api/v1/{path}"][method]
        told = operation["responses"].get(str(answer.status), operation["responses"]["default"])
        if answer.body is None:
            assert "content" not in told
            return
        schema = {**told["content"]["application/json"]["schema"], "components": self.document["components"]}
        jsonschema.Draft202012Validator(closed(schema)).validate(answer.body)


def closed(schema: Any) -> Any:
    """The schema, with properties it does not tell refused."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(value) for name, value in schema.items()}
    if "properties" in schema and "additionalProperties" not in schema and schema.get("type") == "object":
        inner["additionalProperties"] = False
    return inner


def test_answers_are_as_the_document_says(
    document: dict[str, Any], room: Room, alice: User, bob: User, mallory: User
) -> None:
    alice.is_staff = alice.is_superuser = True
    alice.save()
    truth, calls = Truth(document), caller(alice)
    names = {"room_id": room.id, "user_id": bob.id, "token_id": "0" * 16, "seq": "4", "emoji": "🎉"}
    said = calls.post(f"rooms/{room.id}/messages/", {"text": "hi"})
    truth.judge("post", "rooms/{room_id}/messages/", said)
    calls.post(f"rooms/{room.id}/messages/", {"text": "ho", "reply_to": said.body["seq"]})
    calls.post("auth/tokens/", {"name": "ci", "expires_at": "2999-01-01T00:00:00Z"})
    calls.post("direct-rooms/", {"users": [bob.id]})
    for method, path, body in [
        ("get", "me/", None),
        ("patch", "me/", {"display_name": "Al"}),
        ("get", "users/", None),
        ("post", "users/", {"username": "dora", "password": "correct-horse-battery-9"}),
        ("post", "users/", {"username": "dora", "password": "correct-horse-battery-9"}),
        ("get", "auth/tokens/", None),
        ("post", "auth/tokens/", {"name": "ci"}),
        ("delete", "auth/tokens/{token_id}/", None),
        ("get", "rooms/", None),
        ("post", "rooms/", {"name": "Quay", "kind": "public"}),
        ("post", "rooms/", {"name": ""}),
        ("get", "rooms/{room_id}/", None),
        ("patch", "rooms/{room_id}/", {"topic": "Ships"}),
        ("get", "rooms/{room_id}/members/", None),
        ("post", "rooms/{room_id}/members/", {"user": mallory.id}),
        ("patch", "rooms/{room_id}/members/{user_id}/", {"role": "guest"}),
        ("put", "rooms/{room_id}/messages/{seq}/reactions/{emoji}/", None),
        ("patch", "rooms/{room_id}/messages/{seq}/", {"text": "hi there"}),
        ("get", "rooms/{room_id}/messages/", None),
        ("delete", "rooms/{room_id}/messages/{seq}/reactions/{emoji}/", None),
        ("delete", "rooms/{room_id}/messages/{seq}/", None),
        ("get", "rooms/{room_id}/messages/", None),
        ("get", "rooms/{room_id}/events/", None),
        ("put", "rooms/{room_id}/receipt/", {"read": 1}),
        ("get", "me/notifications/", None),
        ("patch", "me/notifications/", {"show_text": False}),
        ("post", "me/push-subscriptions/", EXAMPLES["NewSubscriptionRequest"]),
        ("get", "me/push-subscriptions/", None),
        ("post", "rooms/{room_id}/join/", {}),
        ("post", "direct-rooms/", {"users": [bob.id]}),
        ("delete", "rooms/{room_id}/members/{user_id}/", None),
        ("put", "rooms/{room_id}/marks/", {"favourite": True}),
        ("post", "rooms/{room_id}/leave/", {}),
        ("delete", "rooms/{room_id}/", None),
    ]:
        answer = calls(method.upper(), path.format(**names), body, Idempotency_Key=str(uuid.uuid4()))
        truth.judge(method, path, answer)
    truth.judge("post", "auth/login/", caller(bob).post("auth/login/", {"username": "x", "password": "y"}))
