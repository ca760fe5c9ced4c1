"""The hub's end."""

import asyncio
import contextlib

import pytest

from messaging.delivery import hub as module
from messaging.delivery.hub import Hub


@pytest.mark.asyncio
async def test_a_task_that_loses_a_cancellation_holds_up_no_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ENDING_SECONDS", 0.05)
    began = asyncio.Event()

    async def go_on() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            began.set()
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    hub = Hub()
    hub.start()
    hub.run(go_on())
    await began.wait()
    async with asyncio.timeout(5):
        await hub.stop()
