"""The page in a browser: opening rooms short and long, a burst into an open room, a long way back through history.

The system's Chromium without a screen; CHROMIUM names another. Everything shares the cores with the server.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.bench.contenders import Contender
from tests.bench.measuring import Taken
from tests.browser.conftest import QUIET, chromium_path
from tests.browser.lighthouse import auditor

OPENINGS = 9
AUDITS = 3
BURST = 1_000
SCROLLED = (1_000, 10_000)
FRAME_MS = 50.0
"""What a frame may take."""
MIB = 1024 * 1024

# Since the start of the page's loading, until the newest message is drawn and the line says that nothing is missing.
_OPENED = """
seq => document.querySelector('#line')?.dataset.state === 'level'
  && document.querySelector(`.msg[data-seq="${seq}"]`) && performance.now()
"""
_WATCH_FRAMES = """
() => {
  globalThis.longest = 0;
  let last = performance.now();
  const frame = (now) => {
    globalThis.longest = Math.max(globalThis.longest, now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}
"""
# Up by some screens at a time, as fast as history comes, until so old a message is drawn.
_SCROLL = """
async (until) => {
  const list = document.querySelector('.list');
  const first = () => Number(document.querySelector('.msg')?.dataset.seq);
  for (let step = 0; step < 20_000 && first() > until; step++) {
    list.scrollTop = Math.max(0, list.scrollTop - 2 * list.clientHeight);
    await new Promise((done) => setTimeout(done, 20));
  }
  return first();
}
"""


def in_the_browser(contender: Contender) -> Taken:
    """All that is measured of the page, in one browser."""
    contender.start()
    taken = Taken()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=QUIET)
        _open_rooms(browser, contender, taken)
        _burst(browser, contender, taken)
        _scroll(browser, contender, taken)
        browser.close()
    _judge(contender, taken)
    return taken


@contextmanager
def _visit(browser: Browser, contender: Contender, kind: str) -> Iterator[Page]:
    """A page of the first person in the first room of a kind."""
    person = contender.world.people[contender.kinds[kind].people(0)[0]]
    url = f"http://127.0.0.1:{contender.port}"
    context = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(60_000)
    context.add_cookies([{"name": "sessionid", "value": person.session, "url": url}])
    page = context.new_page()
    yield page
    context.close()


def _open(page: Page, contender: Contender, kind: str, newest: int) -> float:
    """Load a room; answers how long it took, in milliseconds."""
    page.goto(f"/rooms/{contender.world.rooms[kind][0]}/")
    return float(page.wait_for_function(_OPENED, arg=newest, polling="raf").json_value())


def _open_rooms(browser: Browser, contender: Contender, taken: Taken) -> None:
    """A short and a long room in turn, so that whatever else happens meets both."""
    kinds = {"short-log": "1000", "long-log": "1000000"}
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    heads = {kind: _head(contender, kind) for kind in kinds}
    with _visit(browser, contender, "short-log") as short, _visit(browser, contender, "long-log") as long:
        for _ in range(OPENINGS):
            times["short-log"].append(_open(short, contender, "short-log", heads["short-log"]))
            times["long-log"].append(_open(long, contender, "long-log", heads["long-log"]))
    for kind, name in kinds.items():
        taken.values[f"page_open_{name}"] = statistics.median(times[kind][1:])  # the first fills the cache


def _burst(browser: Browser, contender: Contender, taken: Taken) -> None:
    """A thousand messages into an open room, as fast as they can be sent."""
    with _visit(browser, contender, "short-log") as page:
        head = _head(contender, "short-log")
        _open(page, contender, "short-log", head)
        page.evaluate(_WATCH_FRAMES)
        last = _say(contender, "short-log", BURST)
        page.wait_for_function(_OPENED, arg=last, polling="raf")
        taken.values["page_frame"] = float(page.evaluate("globalThis.longest"))
        taken.values["page_frame_may"] = FRAME_MS


def _scroll(browser: Browser, contender: Contender, taken: Taken) -> None:
    """Back through history: what the page holds after a thousand messages, and after ten thousand."""
    with _visit(browser, contender, "long-log") as page:
        head = _head(contender, "long-log")
        _open(page, contender, "long-log", head)
        tools = page.context.new_cdp_session(page)
        for count in SCROLLED:
            first = page.evaluate(_SCROLL, head - count)
            if first > head - count:
                taken.problems.append(f"scrolling stopped at {first} of {head}")
            taken.values[f"page_memory_{count}"] = _held(tools)


def _judge(contender: Contender, taken: Taken) -> None:
    """What Lighthouse says of the speed of opening a room; which audits cost something goes to stderr."""
    kind = "short-log"
    person = contender.world.people[contender.kinds[kind].people(0)[0]]
    url = f"http://127.0.0.1:{contender.port}"
    with (
        tempfile.TemporaryDirectory() as folder,
        auditor(Path(folder), url=url, session=person.session) as chromium,
    ):
        room = f"{url}/rooms/{contender.world.rooms[kind][0]}/"
        verdicts = [chromium.audit(room, categories=["performance"]) for _ in range(AUDITS)]
    taken.values["page_lighthouse"] = statistics.median(one.scores["performance"] for one in verdicts)
    taken.values["page_lighthouse_goal"] = 100.0
    for wrong in sorted({line for one in verdicts for line in one.wrong}):
        sys.stderr.write(f"lighthouse: {wrong}\n")


def _held(tools: CDPSession) -> float:
    """What the page's scripts hold after a collection, MiB."""
    tools.send("HeapProfiler.collectGarbage")
    return float(tools.send("Runtime.getHeapUsage")["usedSize"]) / MIB


def _head(contender: Contender, kind: str) -> int:
    """The newest number of the room."""
    return _say(contender, kind, 1)


def _say(contender: Contender, kind: str, count: int) -> int:
    """Let the last person of the room say something so many times; answers the newest number."""
    person = contender.world.people[contender.kinds[kind].people(0)[-1]]
    room = contender.world.rooms[kind][0]
    newest = 0
    headers = {"Authorization": f"Bearer {person.token}"}
    url = f"ws://127.0.0.1:{contender.port}/ws/"
    with connect(url, additional_headers=headers, subprotocols=[Subprotocol("chat.v1")]) as socket:
        for n in range(count):
            said = {"type": "message.send", "id": n, "room": room, "client_id": str(uuid.uuid4())}
            socket.send(json.dumps(said | {"text": f"One of many, number {n}"}))
        answered = 0
        while answered < count:
            frame = json.loads(socket.recv(timeout=60))
            if frame["type"] == "ok":
                answered += 1
                newest = max(newest, frame["seq"])
            elif frame["type"] == "error":
                raise RuntimeError(frame)
    return newest
