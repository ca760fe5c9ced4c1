"""Every address of the site as strangers, members and administrators open it: headers, policy, and the CSRF token."""

import re
from typing import Any

import pytest
from django.test import Client

from chatsite.accounts.models import User
from chatsite.headers import NOTHING
from rooms.models import Room
from tests.contracts.addresses import every_address
from tests.contracts.routes import api_routes
from tests.support.http import Caller, browser

ADDRESSES = every_address()
PAGES = [address for address in ADDRESSES if not address.startswith("/api/")]
API = [address for address in ADDRESSES if address.startswith("/api/")]
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


@pytest.fixture
def anna(db: None) -> User:
    """An administrator, who gets to see all of it."""
    return User.objects.create_superuser("anna", "anna@example.org", "correct-horse-battery-9")


def client_of(user: User | None) -> Client:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


def test_the_list_of_addresses_is_the_whole_site() -> None:
    assert len(PAGES) > 150
    assert {"/", "/sign-in/", "/account/two-step/", "/admin/", "/admin/audit/entry/"} <= set(PAGES)
    assert len(API) > 40


def judge(address: str, answer: Any) -> None:
    where = f"{address} ({answer.status_code})"
    for name, value in HEADERS.items():
        assert answer.headers.get(name) == value, f"{where}: {name}"
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy, where
    assert "frame-ancestors 'none'" in policy, where
    assert "default-src 'none'" in policy, where
    if address.startswith("/api/"):
        assert policy == NOTHING, where
    if answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming:
        judge_html(where, answer.content.decode(), policy)


def judge_html(where: str, html: str, policy: str) -> None:
    """Nothing in it needs more than the policy gives."""
    assert not re.search(r"<[^>]+\s(?:style|on[a-z]+)\s*=", html), where
    assert "<style" not in html, where
    for attributes in re.findall(r"<script\b([^>]*)>", html):
        inert = re.search(r'type="(?:application/json|text/template)"', attributes)
        nonce = re.search(r'nonce="([^"]+)"', attributes)
        by_nonce = nonce is not None and f"'nonce-{nonce[1]}'" in policy
        assert "src=" in attributes or inert or by_nonce, f"{where}: <script{attributes}>"


@pytest.mark.parametrize("who", ["stranger", "member", "administrator"])
def test_every_answer_has_the_headers_and_asks_no_more_than_its_policy(
    room: Room, bob: User, anna: User, who: str
) -> None:
    client = client_of({"stranger": None, "member": bob, "administrator": anna}[who])
    statuses = set()
    for address in ADDRESSES:
        if address in ("/sign-out/", "/admin/logout/"):
            continue
        answer = client.get(address)
        statuses.add(answer.status_code)
        judge(address, answer)
    assert 200 in statuses
    for status in (302, 404, 405) if who == "stranger" else (404, 405):
        assert status in statuses


def test_errors_have_them_too(anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("chatsite.accounts.web.profile._shown", broken)
    monkeypatch.setattr("chatsite.accounts.api.views.me_json", broken)
    client = client_of(anna)
    found = [
        (500, client.get("/account/")),
        (500, client.get("/api/v1/me/")),
        (403, client.post("/account/")),
        (404, client.get("/nowhere/")),
        (404, client.get("/api/v1/nowhere/")),
        (400, client.get("/sign-in/", headers={"Host": "evil.example"})),
        (400, client.get("/api/v1/me/", headers={"Host": "evil.example"})),
    ]
    for status, answer in found:
        assert answer.status_code == status
        judge(answer.request["PATH_INFO"], answer)


def test_no_page_changes_anything_for_a_cookie_without_the_csrf_token(anna: User) -> None:
    """Also where a method is not taken, the token is asked for first."""
    client = client_of(anna)
    open_to_all = {
        (method, address)
        for address in PAGES
        for method in UNSAFE
        if client.generic(method, address).status_code != 403
    }
    # Mail programs end mails there, who have no cookie; the signed address is what lets them (RFC 8058).
    assert open_to_all == {(method, f"/mail/end/{'0' * 16}/") for method in UNSAFE}


def test_nor_does_any_call_of_the_api(anna: User) -> None:
    page, ours = browser(anna), {"auth/login/"}  # wants a password and our origin instead
    assert page.headers.pop("X-CSRFToken")
    for route in api_routes():
        if route.method == "GET" or route.path in ours:
            continue
        answer = page(route.method, re.sub(r"\{\w+\}", "0" * 16, route.path), {})
        wanted = 401 if answer.status == 401 else 403  # a door that no cookie opens
        assert (answer.status, route) == (wanted, route)
        assert answer.status == 401 or "CSRF" in answer.error["message"], route


def test_nor_with_the_token_from_another_origin(anna: User) -> None:
    page = browser(anna)
    foreign = {"Origin": "https://evil.example"}
    for route in api_routes():
        if route.method != "GET":
            answer = page(route.method, re.sub(r"\{\w+\}", "0" * 16, route.path), {}, **foreign)
            assert answer.status in (401, 403), route
    assert Caller(client=page.client).client.post("/account/", headers=foreign).status_code == 403
