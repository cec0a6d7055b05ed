"""``make screenshots``: a picture of every screen in both languages, into ``docs/screenshots/``.

Run by ``tools/screenshots`` through pytest, and no test: it takes the small installation of the tests with a fortnight of
use around it, at a moment that is always the same, so that a picture changes where a screen has changed.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser

from guiju.store.actor import Actor
from guiju.store.services import guardians, law
from tests.console.conftest import World
from tests.console.test_matrix import address

from . import lively
from .test_every_screen import LOOKERS, screens
from .window import Window

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(3600)]

FOLDER = Path(os.environ.get("GUIJU_TEST_SCREENSHOTS", "docs/screenshots"))
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
TALLEST = 1500
"""Pixels of a page that a picture shows."""
LANGUAGES = (("zh", "zh-hans"), ("en", "en"))
PUBLIC = {
    "sign_in": "/sign-in/",
    "public": "/public/",
    "public_send": "/public/send/complaint/",
    "public_progress": "/public/progress/",
}
TRIED = "身份证号11010519491231002X，加我微信领取福利"


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock of the installation starts at the same moment every time."""
    began, real = timezone.now(), timezone.now
    monkeypatch.setattr(timezone, "now", lambda: NOON + (real() - began))
    yield


def test_take(world: World, system: Actor, browser: Callable[[str], Client], chromium: Browser) -> None:
    now = timezone.now()
    lively.fill(world, system, now)
    law.run_checks(system, world.service, now)
    cache.clear()
    _link, token = guardians.issue_link(system, world.account)
    windows = {role: Window.open(chromium, browser(role)) for role in LOOKERS}
    for name, role in screens():
        _both(windows[role], name, address(name, world))
    stranger = Window.open(chromium, Client())
    phone = Window.open(chromium, Client(), width=390, height=844)
    for name, path in PUBLIC.items():
        _both(stranger if name == "sign_in" else phone, name, path)
    _both(phone, "guardian", f"/guardian/{token}/")
    desk = Window.open(chromium, browser("compliance"), width=390, height=844)
    _both(desk, "overview-phone", "/")
    _both(desk, "records-phone", "/records/")
    _tried(windows["compliance"])
    found = [problem for window in (*windows.values(), stranger, phone, desk) for problem in window.problems]
    assert found == []


def _both(window: Window, name: str, path: str) -> None:
    for folder, language in LANGUAGES:
        if window.go(path, language, "light"):
            _keep(window, folder, name)


def _tried(window: Window) -> None:
    """The screen to try a text on, with what it says of one; by day and by night."""
    for folder, language in LANGUAGES:
        for name, scheme in (("try", "light"), ("try-dark", "dark")):
            window.go("/try/", language, scheme)
            window.page.fill("#id_text", TRIED)
            window.page.locator("#id_text").press("Control+Enter")
            window.page.locator("#result mark").first.wait_for()
            _keep(window, folder, name)


def _keep(window: Window, folder: str, name: str) -> None:
    """Write the picture with 256 colours, which is what a screen of words needs."""
    height = min(TALLEST, window.page.evaluate("document.documentElement.scrollHeight"))
    width = window.page.viewport_size["width"] if window.page.viewport_size else 1280
    taken = window.page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})
    (FOLDER / folder).mkdir(parents=True, exist_ok=True)
    picture = Image.open(io.BytesIO(taken)).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    picture.save(FOLDER / folder / f"{name}.png", optimize=True)
