"""What the page costs before one can read: the scripts of a first visit, measured as they are served."""

from playwright.sync_api import Response, expect

from tests.browser.conftest import Visit
from tests.support.deployments import Deployment
from tests.support.rest import Person

BUDGET = 120 * 1024

# What the page fetches ahead once it is at rest is no part of its first load, however slow the machine is.
NEVER_AT_REST = """
const later = globalThis.setTimeout;
globalThis.setTimeout = (run, ms, ...given) => (ms >= 5_000 ? 0 : later(run, ms, ...given));
"""


def test_the_first_load_brings_at_most_120_kib_of_script(
    visit: Visit, site: Deployment, alice: Person, bob: Person, room: str
) -> None:
    with site.rest(bob) as rest:
        rest.send(room, "Something to render: **bold**, `code`, https://example.org")
    hers = visit(alice)
    hers.context.add_init_script(NEVER_AT_REST)
    scripts: list[Response] = []
    hers.page.on(
        "response",
        lambda response: scripts.append(response) if response.request.resource_type == "script" else None,
    )
    hers.open(room)
    expect(hers.page.locator(".msg__text strong")).to_be_visible()
    came = {each.url: each.request.sizes()["responseBodySize"] for each in scripts}
    largest = "\n".join(
        f"{size:7} {url}" for url, size in sorted(came.items(), key=lambda each: -each[1])[:20]
    )
    assert len(came) > 40
    assert sum(came.values()) <= BUDGET, f"{sum(came.values())} bytes in {len(came)} files\n{largest}"
    preloaded = hers.page.locator('link[rel="modulepreload"]').evaluate_all("all => all.map(one => one.href)")
    assert set(came) == set(preloaded), "the server knows what the page needs at once, and sends nothing else"
    assert not [url for url in came if "dialog_" in url]


def test_a_dialog_opens_when_it_is_first_used_and_without_a_connection_it_is_said(
    visit: Visit, alice: Person, room: str
) -> None:
    hers = visit(alice)
    hers.context.route("**/dialog_*.js", lambda route: route.abort("internetdisconnected"))
    hers.open(room)
    hers.page.get_by_role("button", name="New room").click()
    expect(hers.page.locator(".announced")).to_have_text(
        "This could not be loaded. Try again when the connection is back."
    )
    hers.page.get_by_role("button", name="Dismiss").click()
    expect(hers.page.locator(".announced")).to_have_count(0)
    hers.context.unroute("**/dialog_*.js")
    hers.page.get_by_role("button", name="New room").click()
    expect(hers.page.get_by_role("dialog")).to_be_visible()
