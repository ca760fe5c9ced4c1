"""Every route and method of the HTTP API as every kind of person: each cell of the table is asked.

A route that has no row fails; so does a row that has no route. Strangers hear the same bytes about what is not
theirs and what is not there.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from chatsite import limits
from chatsite.accounts.models import User
from chatsite.env import Rate
from chatsite.rest.examples import EXAMPLES
from tests.contracts.routes import Route, api_routes
from tests.contracts.world import ACTORS, MADE_UP, World, make_world
from tests.support.http import Answer, Form, caller


class Row(NamedTuple):
    """A call, the scope it needs, and the status for each of `ACTORS`."""

    route: Route
    scope: str
    statuses: tuple[int, ...]
    body: Any = None
    address: str = ""

    @property
    def name(self) -> str:
        """For the test's id."""
        return f"{self.route.method} {self.address or self.route.path}"


def row(call: str, scope: str, statuses: str, body: Any = None, *, at: str = "") -> Row:
    """`at` is the address asked where it is not the route's own names that are filled in."""
    method, path = call.split()
    return Row(Route(method, path), scope, tuple(map(int, statuses.split())), body, at)


ROOM = "rooms/{room_id}/"
NEW_SUBSCRIPTION = {
    "endpoint": "https://push.example.net/a-phone",
    "keys": EXAMPLES["SubscriptionKeysRequest"],
}
A_FILE = Form({"file": SimpleUploadedFile("tides.txt", b"06:12 high")})
#                                                       owner moderator member guest outside bot nobody
TABLE = [
    row(
        "POST auth/login/", "", "200 200 200 200 200 200 200", {"username": "alice", "password": "{password}"}
    ),
    row("POST auth/logout/", "", "401 401 401 401 401 401 401"),  # it is for sessions; these are tokens
    row("GET auth/tokens/", "read", "200 200 200 200 200 200 401"),
    row("POST auth/tokens/", "admin", "201 201 201 201 201 201 401", {"name": "ci"}),
    row("DELETE auth/tokens/{token_id}/", "admin", "204 404 404 404 404 404 401"),
    row("POST socket-tickets/", "read", "201 201 201 201 201 201 401"),
    row("GET me/", "read", "200 200 200 200 200 200 401"),
    row("PATCH me/", "admin", "200 200 200 200 200 200 401", {"display_name": "Somebody"}),
    row("PUT me/avatar/", "admin", "400 400 400 400 400 400 401", {}),  # a picture is wanted, not JSON
    row("DELETE me/avatar/", "admin", "204 204 204 204 204 204 401"),
    row("GET me/exports/", "read", "200 200 200 200 200 200 401"),
    row("POST me/exports/", "admin", "201 201 201 201 201 201 401"),
    row("GET me/exports/{export_id}/", "read", "200 404 404 404 404 404 401"),
    row("DELETE me/exports/{export_id}/", "admin", "204 404 404 404 404 404 401"),
    row("GET me/exports/{export_id}/file/", "read", "200 404 404 404 404 404 401"),
    row("GET me/notifications/", "read", "200 200 200 200 200 200 401"),
    row("PATCH me/notifications/", "admin", "200 200 200 200 200 200 401", {"quiet_hours": "22:00-07:00"}),
    row("GET me/push-subscriptions/", "read", "200 200 200 200 200 200 401"),
    row("POST me/push-subscriptions/", "admin", "201 201 201 201 201 201 401", NEW_SUBSCRIPTION),
    row("DELETE me/push-subscriptions/{subscription_id}/", "admin", "204 404 404 404 404 404 401"),
    row("GET me/deletion/", "read", "200 200 200 200 200 200 401"),
    row("POST me/deletion/", "admin", "401 401 401 401 401 401 401", {"password": "not hers"}),
    row("GET bots/", "read", "200 200 200 200 200 200 401"),
    row("POST bots/", "admin", "201 201 201 201 201 403 401", {"username": "deploys"}),
    row("PATCH bots/{bot_id}/", "admin", "200 404 404 404 404 404 401", {"display_name": "Deploys"}),
    row("DELETE bots/{bot_id}/", "admin", "204 404 404 404 404 404 401"),
    row("GET bots/{bot_id}/tokens/", "read", "200 404 404 404 404 404 401"),
    row("POST bots/{bot_id}/tokens/", "admin", "201 404 404 404 404 404 401", {"name": "ci"}),
    row("DELETE bots/{bot_id}/tokens/{bot_token_id}/", "admin", "204 404 404 404 404 404 401"),
    row("GET site-invites/", "read", "403 403 403 403 403 403 401"),  # for site administrators
    row("POST site-invites/", "admin", "403 403 403 403 403 403 401", {}),
    row("DELETE site-invites/{site_invite_id}/", "admin", "403 403 403 403 403 403 401"),
    row("GET users/", "read", "200 200 200 200 200 200 401"),
    row(
        "POST users/",
        "admin",
        "403 403 403 403 403 403 401",
        {"username": "greta", "password": "a-long-one-of-hers"},
    ),
    row("GET rooms/", "read", "200 200 200 200 200 200 401"),
    row("POST rooms/", "admin", "201 201 201 201 201 201 401", {"name": "Quay", "kind": "private"}),
    row("POST direct-rooms/", "admin", "201 201 201 201 201 201 401", {"users": ["{newcomer}"]}),
    row("GET site/permissions/", "read", "403 403 403 403 403 403 401"),  # for site administrators
    row("PATCH site/permissions/", "admin", "403 403 403 403 403 403 401", {"permissions": {}}),
    row("GET site/audit/", "admin", "403 403 403 403 403 403 401"),
    row("POST site/announcements/", "admin", "403 403 403 403 403 403 401", {"text": "hi"}),
    # --- one private room ---
    row(f"GET {ROOM}", "read", "200 200 200 200 404 200 401"),
    row(f"PATCH {ROOM}", "admin", "200 200 403 403 404 403 401", {"topic": "Boats"}),
    row(f"DELETE {ROOM}", "admin", "204 403 403 403 404 403 401"),
    row(f"PATCH {ROOM}", "admin", "200 403 403 403 404 403 401", {"kind": "public"}),
    row(f"POST {ROOM}reopen/", "admin", "200 403 403 403 404 403 401"),
    row(f"POST {ROOM}join/", "admin", "200 200 200 200 404 200 401"),
    row(f"POST {ROOM}leave/", "admin", "403 204 204 204 404 204 401"),  # the last owner stays
    row(f"PUT {ROOM}marks/", "write", "200 200 200 200 404 200 401", {"favourite": True}),
    row(f"GET {ROOM}members/", "read", "200 200 200 200 404 200 401"),
    row(f"POST {ROOM}members/", "admin", "201 201 403 403 404 403 401", {"user": "{newcomer}"}),
    row(f"PATCH {ROOM}members/{{user_id}}/", "admin", "200 403 403 403 404 403 401", {"role": "member"}),
    row(f"DELETE {ROOM}members/{{user_id}}/", "admin", "204 204 403 204 404 403 401"),  # Carol is the guest
    row(f"GET {ROOM}permissions/", "read", "200 200 200 200 404 200 401"),
    row(
        f"PATCH {ROOM}permissions/",
        "admin",
        "200 403 403 403 404 403 401",
        {"permissions": {"guest": {"post": False}}},
    ),
    row(f"GET {ROOM}bans/", "read", "200 200 403 403 404 403 401"),
    row(f"PUT {ROOM}bans/{{user_id}}/", "admin", "200 200 403 403 404 403 401", {}),
    row(
        f"DELETE {ROOM}bans/{{user_id}}/",
        "admin",
        "204 204 403 403 404 403 401",
        at=f"{ROOM}bans/{{banned}}/",
    ),
    row(f"GET {ROOM}exports/", "read", "200 403 403 403 404 403 401"),
    row(f"POST {ROOM}exports/", "admin", "201 403 403 403 404 403 401"),
    row(f"GET {ROOM}invites/", "read", "200 200 403 403 404 403 401"),
    row(f"POST {ROOM}invites/", "admin", "201 201 403 403 404 403 401", {}),
    row(f"DELETE {ROOM}invites/{{invite_id}}/", "admin", "204 204 403 403 404 403 401"),
    row("GET invites/{code}/", "read", "200 200 200 200 200 200 401"),
    row("POST invites/{code}/accept/", "admin", "200 200 200 200 201 200 401"),
    row(f"GET {ROOM}messages/", "read", "200 200 200 200 404 200 401"),
    row(f"POST {ROOM}messages/", "write", "201 201 201 201 404 201 401", {"text": "ho"}),
    row(f"PATCH {ROOM}messages/{{seq}}/", "write", "403 403 200 403 404 403 401", {"text": "ho"}),
    row(f"DELETE {ROOM}messages/{{seq}}/", "write", "200 200 200 403 404 403 401"),
    row(f"PUT {ROOM}messages/{{seq}}/reactions/{{emoji}}/", "write", "200 200 200 200 404 200 401"),
    row(f"DELETE {ROOM}messages/{{seq}}/reactions/{{emoji}}/", "write", "200 200 200 200 404 200 401"),
    row(f"PUT {ROOM}messages/{{seq}}/pin/", "admin", "200 200 403 403 404 403 401"),
    row(f"DELETE {ROOM}messages/{{seq}}/pin/", "admin", "200 200 403 403 404 403 401"),
    row(f"GET {ROOM}pins/", "read", "200 200 200 200 404 200 401"),
    row(f"GET {ROOM}messages/{{seq}}/receipts/", "read", "200 200 200 200 404 200 401"),
    row(
        f"POST {ROOM}messages/{{seq}}/reports/",
        "write",
        "201 201 400 201 404 201 401",  # Bob's own
        {"reason": "spam"},
    ),
    row(f"GET {ROOM}reports/", "read", "200 200 403 403 404 403 401"),
    row(f"PATCH {ROOM}reports/{{report_id}}/", "admin", "200 200 403 403 404 403 401", {"state": "resolved"}),
    row(f"GET {ROOM}events/", "read", "200 200 200 200 404 200 401"),
    row("GET search/", "read", "200 200 200 200 200 200 401", at="search/?q=hi"),
    row("GET search/", "read", "200 200 200 200 404 200 401", at="search/?q=hi&room={room_id}"),
    row(f"PUT {ROOM}receipt/", "write", "200 200 200 200 404 200 401", {"read": 6}),
    row(f"GET {ROOM}attachments/", "read", "200 200 200 200 404 200 401"),
    row(f"POST {ROOM}attachments/", "write", "201 201 201 201 404 201 401", A_FILE),
    row(f"GET {ROOM}attachments/{{file_id}}/", "read", "200 200 200 200 404 200 401"),
    row(f"GET {ROOM}attachments/{{file_id}}/preview/", "read", "200 200 200 200 404 200 401"),
    row(
        f"PATCH {ROOM}attachments/{{file_id}}/",
        "write",
        "404 404 200 404 404 404 401",  # Bob's, and no message names it
        {"alt": "tides"},
        at=f"{ROOM}attachments/{{waiting_file}}/",
    ),
    row(
        f"DELETE {ROOM}attachments/{{file_id}}/",
        "write",
        "404 404 204 404 404 404 401",
        at=f"{ROOM}attachments/{{waiting_file}}/",
    ),
    row(
        f"GET {ROOM}attachments/{{file_id}}/",
        "read",
        "404 404 200 404 404 404 401",
        at=f"{ROOM}attachments/{{waiting_file}}/",
    ),
    # --- one public room, where somebody outside is told apart from a stranger ---
    row(f"GET {ROOM}", "read", "200 200 200 200 200 200 401", at="rooms/{public}/"),
    row(f"PATCH {ROOM}", "admin", "200 200 403 403 403 403 401", {"topic": "Boats"}, at="rooms/{public}/"),
    row(f"DELETE {ROOM}", "admin", "204 403 403 403 403 403 401", at="rooms/{public}/"),
    row(f"POST {ROOM}join/", "admin", "200 200 200 200 201 200 401", at="rooms/{public}/join/"),
    row(f"POST {ROOM}leave/", "admin", "403 204 204 204 404 204 401", at="rooms/{public}/leave/"),
    row(
        f"PUT {ROOM}marks/",
        "write",
        "200 200 200 200 404 200 401",
        {"muted": True},
        at="rooms/{public}/marks/",
    ),
    row(f"GET {ROOM}members/", "read", "200 200 200 200 403 200 401", at="rooms/{public}/members/"),
    row(
        f"POST {ROOM}members/",
        "admin",
        "201 201 403 403 403 403 401",
        {"user": "{newcomer}"},
        at="rooms/{public}/members/",
    ),
    row(f"GET {ROOM}messages/", "read", "200 200 200 200 404 200 401", at="rooms/{public}/messages/"),
    row(
        f"POST {ROOM}messages/",
        "write",
        "201 201 201 201 404 201 401",
        {"text": "ho"},
        at="rooms/{public}/messages/",
    ),
    row(f"GET {ROOM}events/", "read", "200 200 200 200 404 200 401", at="rooms/{public}/events/"),
    row(f"GET {ROOM}bans/", "read", "200 200 403 403 403 403 401", at="rooms/{public}/bans/"),
    row(f"POST {ROOM}reopen/", "admin", "200 403 403 403 403 403 401", at="rooms/{public}/reopen/"),
    row(f"POST {ROOM}invites/", "admin", "201 201 403 403 403 403 401", {}, at="rooms/{public}/invites/"),
]


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert {row.route for row in TABLE} == set(api_routes())


@pytest.fixture
def world(
    alice: User, bob: User, carol: User, mallory: User, robo: User, monkeypatch: pytest.MonkeyPatch
) -> World:
    for name in ("COMMANDS", "MESSAGE_SEND", "INVITE_TRIES", "SEARCHES"):
        monkeypatch.setattr(limits, name, Rate(100_000, 100_000))
    return make_world(alice, bob, carol, mallory, robo)


def ask(world: World, row: Row, calls: Any, **changed: str) -> Answer:
    """One call, after which the world is as it was."""
    address = world.fill(row.address or row.route.path, **changed)
    body = _filled(world, row.body)
    with transaction.atomic():
        if isinstance(body, Form):
            form = {"raw": body.raw, "content_type": body.content_type}
            answer: Answer = calls(row.route.method, address, **form)
        else:
            answer = calls(row.route.method, address, body)
        transaction.set_rollback(True)
    return answer


def _filled(world: World, value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _filled(world, inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(world, inner) for inner in value]
    return world.fill(value) if isinstance(value, str) else value


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_each_may_do_what_the_table_says_and_nothing_else(world: World, row: Row) -> None:
    answers = {actor: ask(world, row, world.calls[actor]) for actor in ACTORS}
    assert tuple(answers[actor].status for actor in ACTORS) == row.statuses, answers["owner"].raw
    for answer in answers.values():
        if answer.status >= 400:
            code = {400: "bad_request", 401: "unauthenticated", 403: "forbidden", 404: "not_found"}[
                answer.status
            ]
            assert answer.code == code


@pytest.mark.parametrize("row", [row for row in TABLE if row.scope], ids=lambda row: row.name)
def test_a_token_needs_the_scope_that_the_table_says(world: World, row: Row) -> None:
    good = next(actor for actor, status in zip(ACTORS, row.statuses, strict=True) if status != 404)
    person = world.people[good]
    for scope in ("read", "write", "admin"):
        answer = ask(world, row, caller(person, scopes=(scope,)))
        if scope == row.scope:
            assert answer.status == row.statuses[ACTORS.index(good)]
        else:
            assert (answer.status, answer.code) == (403, "forbidden")


def strangers_rows() -> Iterator[Row]:
    """Rows of which an outsider must learn nothing."""
    for row in TABLE:
        if (
            row.statuses[ACTORS.index("outside")] == 404
            and "{" in row.route.path
            and "public" not in row.address
        ):
            yield row


@pytest.mark.parametrize("row", list(strangers_rows()), ids=lambda row: row.name)
def test_strangers_hear_the_same_bytes_about_what_is_not_theirs_and_what_is_not_there(
    world: World, row: Row
) -> None:
    outside = world.calls["outside"]
    answers = {ask(world, row, outside).raw}
    for name in re.findall(r"\{(\w+)\}", row.address or row.route.path):
        if name == "emoji":
            continue  # of one's own making, it is judged before the room
        for made_up in (MADE_UP, "nonsense", "%00", "x" * 300):
            answers.add(ask(world, row, outside, **{name: made_up}).raw)
    assert len(answers) == 1
