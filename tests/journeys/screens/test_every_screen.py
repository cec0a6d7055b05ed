"""Every screen there is, judged by axe-core: usable without a mouse, without eyes, by the colour-blind, in both languages.

In Chinese and by day every rule is asked; in English and by night those that words and colours can break.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser

from guiju.store.actor import Actor
from guiju.store.complaint_rules import kinds
from guiju.store.models import Role
from guiju.store.permissions import MATRIX
from guiju.store.services import complaints, guardians
from tests.console.conftest import World
from tests.console.test_matrix import OPEN, ROUTES, address

from .window import Window

pytestmark = pytest.mark.django_db

NO_SCREEN = {"record_find", "second_factor"}
"""Addresses that lead somewhere else; the second factor is asked for only where one is set up."""
LOOKERS = (Role.COMPLIANCE, Role.REVIEWER, Role.SYSTEM_ADMIN, Role.AUDITOR)
WORDS_AND_COLOURS = (
    "color-contrast",
    "document-title",
    "html-has-lang",
    "valid-lang",
    "label",
    "button-name",
    "link-name",
)


def screens() -> Iterator[tuple[str, str]]:
    """Every screen with the first of the roles that may look at it."""
    for name, route in ROUTES.items():
        if name not in OPEN | NO_SCREEN and "GET" in route.callback.methods:
            yield name, next(role for role in LOOKERS if route.callback.permission in MATRIX[role])


def judged(window: Window, path: str) -> list[str]:
    """What is wrong with one screen."""
    if not window.go(path, "zh-hans", "light"):
        return []
    wrong = [f"zh: {fault}" for fault in window.faults()]
    window.go(path, "en", "dark")
    return wrong + [f"en, dark: {fault}" for fault in window.faults(WORDS_AND_COLOURS)]


def test_every_screen_of_the_console(world: World, browser: Callable[[str], Client], chromium: Browser) -> None:
    windows = {role: Window.open(chromium, browser(role)) for role in LOOKERS}
    found = {name: judged(windows[role], address(name, world)) for name, role in screens()}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    assert {role: window.problems for role, window in windows.items() if window.problems} == {}
    assert len(found) > 40


def test_the_pages_of_the_public(world: World, system: Actor, chromium: Browser) -> None:
    _link, token = guardians.issue_link(system, world.account)
    window = Window.open(chromium, Client(), width=390)
    paths = ["/sign-in/", "/public/", "/public/progress/", f"/guardian/{token}/", "/guardian/unknown/"]
    paths += [f"/public/send/{kind.id}/" for kind in kinds().kinds]
    found = {path: judged(window, path) for path in paths}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    assert [one for one in window.problems if "404" not in one] == []


def test_what_the_public_sends_and_follows(
    world: World, system: Actor, chromium: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = settings.GUIJU.complaints.model_copy(update={"soonest_s": 0})
    monkeypatch.setattr(settings, "GUIJU", settings.GUIJU.model_copy(update={"complaints": at_once}))
    window = Window.open(chromium, Client(), width=390)
    page = window.page
    window.go("/public/send/complaint/", "zh-hans", "light")
    page.select_option("[name=topic]", index=1)
    page.fill("[name=text]", "生成的历史年代有误，请更正。")
    page.click("main button.primary")
    page.locator(".secret").first.wait_for()
    found = {"sent": window.faults()}
    told = complaints.Submission(kind="complaint", topic="content", text="请更正")
    sent = complaints.submit(system, told, timezone.now())
    for language, theme, rules in (("zh-hans", "light", ()), ("en", "dark", WORDS_AND_COLOURS)):
        window.go("/public/progress/", language, theme)
        page.fill("[name=receipt]", sent.receipt)
        page.fill("[name=secret]", sent.secret)
        page.press("[name=secret]", "Enter")
        page.locator("[name=text]").wait_for()
        found[f"followed, {language}"] = window.faults(rules)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    assert window.problems == []
