"""Nobody sets what they were not asked for: every field of every model, tried on every shape and every call."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction

from chatsite import limits
from chatsite.accounts.models import User
from chatsite.env import Rate
from chatsite.rest.fields import StrictSerializer
from tests.contracts.test_rest_matrix import TABLE, Row, _filled
from tests.contracts.world import World, make_world
from tests.support.http import Answer, Form


def shapes() -> list[type[StrictSerializer]]:
    """The shape of every body that is taken."""
    import chatsite.api  # noqa: F401 (it names every view, and these their shapes)

    def below(shape: type[StrictSerializer]) -> Iterator[type[StrictSerializer]]:
        for one in shape.__subclasses__():
            yield one
            yield from below(one)

    return sorted(set(below(StrictSerializer)), key=lambda shape: (shape.__module__, shape.__qualname__))


def model_fields() -> set[str]:
    """The name of every field and column of every model."""
    fields = [field for model in apps.get_models() for field in model._meta.get_fields()]
    return {field.name for field in fields} | {getattr(field, "attname", field.name) for field in fields}


# What no body may ever name, because the server alone decides it.
NEVER = {
    *(
        "id",
        "pk",
        "is_staff",
        "is_superuser",
        "is_active",
        "groups",
        "user_permissions",
        "last_login",
        "date_joined",
    ),
    *(
        "digest",
        "prefix",
        "avatar_digest",
        "look",
        "owner",
        "owner_id",
        "by",
        "by_id",
        "epoch",
        "head",
        "uses",
    ),
    *(
        "created_at",
        "last_used_at",
        "body_digest",
        "session_key",
        "session_data",
        "credential_key",
        "proof",
        "verified",
    ),
}


@pytest.mark.parametrize("shape", shapes(), ids=lambda shape: shape.__qualname__)
def test_a_shape_takes_its_own_fields_and_no_other_of_any_model(shape: type[StrictSerializer]) -> None:
    declared = set(shape().fields)
    assert not declared & NEVER
    others = model_fields() - declared
    assert len(others) > 100
    for name in others:
        judged = shape(data={name: True}, partial=True)
        assert not judged.is_valid()
        assert name in judged.errors, name


CHANGES = [row for row in TABLE if row.route.method != "GET"]


@pytest.fixture
def world(
    alice: User, bob: User, carol: User, mallory: User, robo: User, monkeypatch: pytest.MonkeyPatch
) -> World:
    for name in ("COMMANDS", "MESSAGE_SEND", "INVITE_TRIES"):
        monkeypatch.setattr(limits, name, Rate(100_000, 100_000))
    return make_world(alice, bob, carol, mallory, robo)


@pytest.mark.parametrize("row", CHANGES, ids=lambda row: row.name)
def test_a_call_refuses_what_it_does_not_ask_for_and_gives_nobody_powers(world: World, row: Row) -> None:
    owner = world.people["owner"]
    # A form is a body of another kind: `tests/api/test_files_api.py` spikes it.
    own: dict[str, Any] = {} if isinstance(row.body, Form) else _filled(world, row.body) or {}
    spiked = dict.fromkeys(sorted(NEVER - own.keys()), True) | own
    with transaction.atomic():
        answer: Answer = world.calls["owner"](
            row.route.method, world.fill(row.address or row.route.path), spiked
        )
        users = {user.id: user for user in User.objects.all()}
        transaction.set_rollback(True)
    if row.body:
        assert answer.status in (400, 403), answer.raw  # 403: judged before the body was read
    for user in users.values():
        assert (user.is_staff, user.is_superuser) == (False, False)
    assert users[owner.id].date_joined == owner.date_joined
    assert users[owner.id].id == owner.id
