"""Long work on files ends when nobody waits for it, and only then does its caller go on."""

from __future__ import annotations

import asyncio
import http.client
import threading
from pathlib import Path

import pytest

from guiju.errors import FileWorkStopped, GuijuError
from guiju.gateway.files.room import FOLDER
from guiju.gateway.files.workshop import Workshop
from guiju.labeling import explicit
from guiju.media.waiting import step
from tests.gateway.serving import Caller, Gateway, wait_for

BEGUN_S = 30.0
"""Far longer than a thread takes to begin, on whatever machine."""


class Slow:
    """Work without an end of its own, which gets over every error and leaves a file until it ends."""

    def __init__(self, path: Path) -> None:
        self.path, self.begun = path, threading.Event()

    def __call__(self) -> None:
        self.path.touch()
        try:
            while True:
                try:
                    self.begun.set()
                    step(0.5)
                except GuijuError:
                    continue
        finally:
            self.path.unlink()


async def begun(work: Slow) -> None:
    assert await asyncio.to_thread(work.begun.wait, BEGUN_S)


async def test_work_is_done() -> None:
    shop = Workshop(1)
    assert await shop.do(lambda: threading.current_thread().name.startswith("guiju-files"))
    with pytest.raises(ZeroDivisionError):
        await shop.do(lambda: 1 // 0)
    shop.close()


async def test_a_caller_that_leaves_ends_its_work_and_no_other(tmp_path: Path) -> None:
    shop, leaving, staying = Workshop(2), Slow(tmp_path / "leaving"), Slow(tmp_path / "staying")
    tasks = [asyncio.create_task(shop.do(work)) for work in (leaving, staying)]
    for work in (leaving, staying):
        await begun(work)
    tasks[0].cancel()
    with pytest.raises(asyncio.CancelledError):
        await tasks[0]
    assert not leaving.path.exists() and staying.path.exists(), "the caller went on after its thread had ended"
    shop.close()
    with pytest.raises(FileWorkStopped):
        await tasks[1]
    assert not staying.path.exists()


async def test_work_that_had_not_begun_never_begins(tmp_path: Path) -> None:
    shop, first, second = Workshop(1), Slow(tmp_path / "first"), Slow(tmp_path / "second")
    running = asyncio.create_task(shop.do(first))
    await begun(first)
    waiting = asyncio.create_task(shop.do(second))
    await asyncio.sleep(0)
    waiting.cancel()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not second.begun.is_set()
    shop.close()
    with pytest.raises(FileWorkStopped):
        await running
    with pytest.raises(FileWorkStopped):
        await shop.do(second)
    assert not second.begun.is_set()


def test_a_client_that_closes_its_connection_ends_the_work(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert isinstance(caller.gateway, Gateway)
    runtime, slow = caller.gateway.runtime, Slow(tmp_path / "half-made")
    monkeypatch.setattr(explicit, "label", lambda *_, **__: slow())
    film = b"\0" * 300_000  # so much that the server stops reading for a while
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n%b\r\n--b--\r\n' % film
    client = http.client.HTTPConnection("127.0.0.1", caller.gateway.port)
    headers = {"Authorization": f"Bearer {caller.key}", "Content-Type": "multipart/form-data; boundary=b"}
    client.request("POST", "/v1/label", body, headers)
    assert slow.begun.wait(BEGUN_S)
    client.close()
    wait_for(lambda: runtime.metrics.refusals["GJ-4287"] == 1)
    wait_for(lambda: list((runtime.settings.home / FOLDER).iterdir()) == [])
    assert runtime.files == 0 and not slow.path.exists() and caller.records() == []
