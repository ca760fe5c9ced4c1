"""Codes and cursors that were made up: each is refused like any other, and who goes on trying has to wait."""

import secrets

import pytest

from tests.support.deployments import Deployment
from tests.support.rest import ApiError, Person


def _refused(site: Deployment, person: Person, method: str, path: str, *, at: int = 0) -> tuple[int, str]:
    with site.rest(person, at=at) as rest, pytest.raises(ApiError) as refused:
        rest.call(method, path)
    return refused.value.status, refused.value.code


def test_invites_tried_at_random_open_nothing_and_end_in_a_wait(
    site: Deployment, room: str, alice: Person
) -> None:
    dora = site.newcomer()
    with site.rest(alice) as rest:
        code = rest.call("POST", f"rooms/{room}/invites/", {})["code"]
    answers = [
        _refused(
            site,
            dora,
            "POST",
            f"invites/{secrets.token_urlsafe(len(code) * 3 // 4)}/accept/",
            at=n % len(site.servers),
        )
        for n in range(30)
    ]
    assert answers[:20] == [(404, "not_found")] * 20
    assert set(answers[22:]) == {(429, "rate_limited")}
    assert _refused(site, dora, "POST", f"invites/{code}/accept/")[0] == 429  # the right one waits, too
    with site.rest(site.newcomer()) as rest:
        assert rest.call("POST", f"invites/{code}/accept/")["id"] == room


@pytest.mark.parametrize("code", ["x", "%00", "..", "a" * 1000, "⚓", "' OR 1=1 --"])
def test_an_odd_code_is_not_found(site: Deployment, code: str) -> None:
    assert _refused(site, site.newcomer(), "POST", f"invites/{code}/accept/")[0] == 404


@pytest.mark.parametrize("path", ["rooms/", "users/", "rooms/{room}/members/"])
@pytest.mark.parametrize("cursor", ["nonsense", "-1", "1", "%00", "eyJhIjoxfQ", "a" * 5000, "⚓"])
def test_a_made_up_cursor_is_a_bad_request_or_a_place_in_the_list(
    site: Deployment, room: str, bob: Person, path: str, cursor: str
) -> None:
    with site.rest(bob) as rest:
        answer = rest.http.get(path.format(room=room), params={"cursor": cursor})
    if answer.status_code == 200:
        assert isinstance(answer.json()["results"], list)
    else:
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")
        assert answer.json()["error"]["field"] == "cursor"
