"""What the site measures of itself: counted, told to all servers, kept an hour, read by the office and by Prometheus."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from chatsite.accounts.models import User
from chatsite.errors import Overloaded
from chatsite.figures import store
from chatsite.figures.counters import BOUNDS, Counters, percentile
from chatsite.figures.models import Period
from chatsite.figures.periods import KEPT_S, PERIOD_S, columns_over, fold, stored_since
from chatsite.figures.sample import Sample
from chatsite.figures.sampler import Gauges, Sampler
from chatsite.figures.series import STEP_MS, columns, present
from chatsite.figures.store import KEPT_MS, Figures, Kept, SharedFigures, read_figures

needs_redis = pytest.mark.skipif("not __import__('django.conf').conf.settings.REDIS_URL")


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    store.own.clear()
    yield
    store.own.clear()


def sample(**values: Any) -> Sample:
    """A quiet server, but for some values."""
    quiet: dict[str, Any] = {
        "server": "one:1",
        "started_ms": 0,
        "at_ms": 0,
        "draining": False,
        "sockets": 0,
        "people": 0,
        "people_here": 0,
        "writing": 0,
        "tasks": 0,
        "stored": 0,
        "refused": 0,
        "cut": 0,
        "waits": [0] * (len(BOUNDS) + 1),
        "waited_ms": 0.0,
        "redis_ms": 0.5,
        "database_ms": 1.0,
    }
    return Sample(**{**quiet, **values})


def kept(at: int, **values: Any) -> Kept:
    return Kept(at, sample(at_ms=at, **values))


def sampler(people: int = 3) -> Sampler:
    async def everyone() -> int:
        return people

    return Sampler(lambda: Gauges(sockets=5, people=2, writing=1), everyone)


def test_percentiles_are_within_a_quarter_of_the_truth() -> None:
    counters = Counters()
    waits = [n / 1000 for n in range(1, 1001)]
    counters.note_batch(2.0, [2.0 - wait for wait in waits], [object()] * 1000)
    for share, truth in ((0.5, 500), (0.99, 990)):
        found = percentile(counters.waits, share)
        assert found is not None
        assert truth / 1.25 <= found <= truth * 1.25
    assert percentile([0] * len(counters.waits), 0.5) is None
    assert counters.stored == 1000


def test_a_refused_send_is_counted_as_refused_and_not_as_stored() -> None:
    counters = Counters()
    counters.note_batch(1.0, [0.5, 0.5], [Overloaded(), object()])
    assert (counters.stored, counters.refused, sum(counters.waits)) == (1, 1, 1)


def test_columns_add_up_all_servers_and_count_from_step_to_step() -> None:
    waits = [0] * (len(BOUNDS) + 1)
    later = [4, *waits[1:]]
    rows = [
        kept(1_000, stored=10, sockets=2, people=3, cut=1, waits=waits),
        kept(6_000, stored=14, sockets=3, people=3, cut=1, waits=waits),
        kept(7_000, server="two:1", stored=100, sockets=5, people=4),
        kept(STEP_MS + 6_000, stored=20, sockets=1, people=2, cut=3, waits=later),
        kept(STEP_MS + 7_000, server="two:1", stored=101, sockets=5, people=4),
        kept(2 * STEP_MS + 1_000, stored=99),
    ]
    found = columns(Figures(now=2 * STEP_MS + 2_000, kept=rows))
    assert found["t"] == [15, 30]  # the third step is not over
    assert found["sockets"] == [8, 6]
    assert found["people"] == [4, 4]
    assert found["messages"][1] == (6 + 1) * 60_000 // STEP_MS
    assert found["cut"] == [1, 2]
    assert found["p50"] == [None, pytest.approx(BOUNDS[0] / 2, abs=0.01)]
    assert found["servers"] == {"one:1": [3, 1], "two:1": [5, 5]}
    assert columns(Figures(now=2 * STEP_MS + 2_000, kept=rows), after=STEP_MS)["t"] == [30]


def test_a_server_that_was_there_before_the_first_look_counts_from_that_look_on() -> None:
    rows = [kept(100_000, stored=5000), kept(104_000, stored=5001)]
    assert columns(Figures(now=200_000, kept=rows))["messages"] == [1 * 60_000 // STEP_MS]
    restarted = [kept(100_000, started_ms=95_000, stored=7)]
    assert columns(Figures(now=200_000, kept=restarted))["messages"] == [7 * 60_000 // STEP_MS]


def test_people_are_those_whom_servers_know_while_presence_does_not_answer() -> None:
    rows = [kept(1_000, people=None, people_here=2), kept(1_000, server="two:1", people=None, people_here=3)]
    assert columns(Figures(now=STEP_MS, kept=rows))["people"] == [5]


def test_a_server_that_tells_nothing_more_is_not_there() -> None:
    rows = [kept(1_000), kept(20_000, server="two:1")]
    assert [one.sample.server for one in present(Figures(now=21_000, kept=rows))] == ["two:1"]


NOON = 1_700_049_600
"""A quarter of an hour begins here, and six hours do too, in seconds."""


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Kept]:
    """The samples of all servers, for `fold`, which looks whenever the last of them was taken."""
    rows: list[Kept] = []

    def read(after: int) -> Figures:
        now = rows[-1].at if rows else 0
        return Figures(now, [row for row in rows if row.at >= max(after - 120_000, now - KEPT_MS)])

    monkeypatch.setattr("chatsite.figures.periods.read_figures_after", read)
    return rows


@pytest.mark.storage
def test_samples_are_folded_into_quarters_of_an_hour_once(db: None, told: list[Kept]) -> None:
    began = NOON * 1000
    for second in range(5, 1805, 5):
        stored = second if second < 1000 else second - 1000  # it began anew after 1000 s
        started = began if second < 1000 else began + 1_000_000
        told.append(
            kept(began + second * 1000, started_ms=started, stored=stored, people=2 + (second == 310))
        )
        if second % 60 == 0:
            fold()
            fold()  # run twice, it changes nothing
    told.append(kept(began + 1_806_000, started_ms=began + 1_000_000, stored=805))
    fold()
    first, second_one = Period.objects.order_by("at")
    assert (first.at, second_one.at) == (NOON, NOON + PERIOD_S)
    assert first.told["stored"] == 895  # what the last look within it counted
    assert first.told["stored"] + second_one.told["stored"] == 995 + 795  # and so on
    assert (first.told["people"], second_one.told["people"]) == (3, 2)
    assert (first.told["seconds"], second_one.told["seconds"]) == (900, 900)
    assert (first.told["starts"], second_one.told["starts"]) == ([NOON], [NOON + 1000])
    day = columns_over("day", now=NOON + 1806)
    assert len(day["t"]) == len(day["people"]) == 96
    assert day["people"][-4:] == [None, 3, 2, None]
    assert day["messages"][-3] == pytest.approx(60, abs=0.5)
    assert day["starts"] == [NOON, NOON + 1000]
    month = columns_over("month", now=NOON + 1806)
    assert len(month["t"]) == 120
    assert month["people"][-2:] == [None, 3]
    assert stored_since(dt.datetime.fromtimestamp(NOON + PERIOD_S, dt.UTC)) == second_one.told["stored"]


def test_periods_are_kept_for_thirty_days(db: None, told: list[Kept]) -> None:
    told += [kept((NOON + 5) * 1000), kept((NOON + 20) * 1000)]
    for age in (KEPT_S + PERIOD_S, KEPT_S - PERIOD_S):
        Period.objects.create(at=NOON - age, until=(NOON - age) * 1000, told={})
    fold()
    assert [row.at for row in Period.objects.order_by("at")] == [NOON - KEPT_S + PERIOD_S, NOON]


@pytest.mark.django_db(transaction=True)
async def test_a_process_keeps_its_own_samples() -> None:
    looker = sampler()
    taken = await looker.sample()
    await looker.stop()
    assert (taken.sockets, taken.people, taken.people_here, taken.writing) == (5, 3, 2, 1)
    assert taken.database_ms is not None
    assert [one.sample for one in store.own] == [taken]


@needs_redis
@pytest.mark.django_db(transaction=True)
async def test_samples_are_told_to_all_servers_and_a_poisoned_key_heals() -> None:
    looker, other = sampler(), SharedFigures(settings.REDIS_URL)
    await looker._shared._redis.set(store.STREAM, "no stream")  # type: ignore[union-attr]
    assert (await looker.sample()).redis_ms is not None
    await other.add(sample(server="elsewhere:7"))
    await looker._shared._redis.xadd(store.STREAM, {"sample": "of another version"})  # type: ignore[union-attr]
    figures = read_figures()
    names = {one.sample.server for one in present(figures)}
    assert not figures.away
    assert {"elsewhere:7", store.own[-1].sample.server} <= names
    await looker.stop()
    await other.stop()


@pytest.mark.django_db(transaction=True)
async def test_without_redis_a_server_shows_its_own_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")
    looker = sampler()
    assert (await looker.sample()).redis_ms is None
    await looker.stop()
    figures = read_figures()
    assert figures.away
    assert len(present(figures)) == 1


def scraped(client: Client, **headers: str) -> dict[tuple[str, str], float]:
    """Every metric by its name and server."""
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    return {
        (one.name, one.labels.get("server", "")): one.value
        for family in text_string_to_metric_families(answer.content.decode())
        for one in family.samples
        if "le" not in one.labels
    }


def test_metrics_tell_of_every_server(client: Client, admin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        kept(1_000, stored=10, sockets=2, waits=[1, *[0] * len(BOUNDS)]),
        kept(1_000, server="two:1", cut=4),
    ]
    figures = Figures(now=2_000, kept=rows)
    monkeypatch.setattr("chatsite.figures.prometheus.read_figures", lambda **_: figures)
    client.force_login(admin)
    found = scraped(client)
    assert found["parley_messages_total", "one:1"] == 10
    assert found["parley_sockets", "one:1"] == 2
    assert found["parley_ack_seconds_count", "one:1"] == 1
    assert found["parley_slow_consumers_cut_total", "two:1"] == 4
    assert found["parley_people_online", ""] == 0


def test_metrics_are_for_the_token_s_holder_and_administrators_only(
    client: Client, bob: User, admin: User, settings: Any
) -> None:
    token = "correct-horse-battery"
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {token}"}):
        assert client.get("/metrics", headers=headers).status_code == 403
    settings.METRICS_TOKEN = token
    for wrong in (
        f"Bearer {token}x",
        f"Basic {token}",
        "Bearer ",
        "Bearer \N{LATIN SMALL LETTER E WITH ACUTE}",
    ):
        assert client.get("/metrics", headers={"Authorization": wrong}).status_code == 403
    assert client.get("/metrics", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    client.force_login(bob)
    assert client.get("/metrics").status_code == 403
    client.force_login(admin)
    assert client.get("/metrics").status_code == 200


def test_the_office_s_figures_are_for_those_who_may_watch(client: Client, bob: User, admin: User) -> None:
    assert client.get("/admin/figures/").status_code == 302
    client.force_login(bob)
    assert client.get("/admin/figures/", follow=True).status_code == 403
    bob.is_staff = True
    bob.save()
    assert client.get("/admin/figures/").status_code == 403
    client.force_login(admin)
    for asked in ("", "?after=5", "?after=-1", "?after=x", f"?after={'9' * 40}"):
        answer = client.get(f"/admin/figures/{asked}")
        assert answer.status_code == 200
        assert answer.json()["columns"]["t"] == []
    for span, steps in (("day", 96), ("month", 120), ("year", 0)):
        assert len(client.get(f"/admin/figures/?span={span}").json()["columns"]["t"]) == steps


def test_a_process_knows_that_workers_are_behind_by_its_last_look() -> None:
    assert not store.workers_are_behind()
    for tasks, behind in ((store.MANY_TASKS + 1, True), (store.MANY_TASKS, False), (None, False)):
        store.keep_own(sample(tasks=tasks))
        assert store.workers_are_behind() is behind
