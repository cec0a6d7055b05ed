"""Every screen of the menu at a desk's width and on a phone, in both languages and themes: a picture of each, no overflow."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from .conftest import Installation, Visit

DEEPER = {
    "compliance": ("/services/example/profile/", "/obligations/SVC-01/", "/policies/draft/", "/words/list/gambling/"),
    "system_admin": ("/users/new/", "/users/1/", "/integrations/new/", "/own/enrol/"),
    "auditor": ("/policies/1/", "/services/example/", "/obligations/KWD-02/"),
}
"""Screens that no line of the menu leads to."""


@pytest.mark.parametrize(
    ("role", "width", "language", "theme"),
    [
        ("compliance", 1280, "zh-hans", "light"),
        ("compliance", 390, "zh-hans", "light"),
        ("compliance", 1280, "en", "dark"),
        ("system_admin", 390, "en", "dark"),
        ("auditor", 1280, "zh-hans", "light"),
    ],
)
def test_every_screen_fits(
    role: str,
    width: int,
    language: str,
    theme: str,
    installation: Installation,
    colleague: Callable[..., Visit],
    administrator: Visit,
) -> None:
    installation.chat("你好")
    window = administrator if role == "system_admin" else colleague(role)
    page = window.page
    page.set_viewport_size({"width": width, "height": 860})
    cookies = (("guiju_language", language), ("guiju_theme", theme))
    page.context.add_cookies([{"name": n, "value": v, "url": installation.address} for n, v in cookies])
    window.name = f"screens-{role}-{width}-{language}-{theme}"
    window.go("/")
    addresses = page.eval_on_selector_all("#menu a", "links => links.map(a => a.getAttribute('href'))")
    assert len(addresses) >= 8
    for address in (*addresses, *DEEPER[role], f"/integrations/{installation.first['integration_id']}/"):
        window.go(address)
        expect(page.locator("h1")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        shown = address.replace(installation.first["integration_id"], "example")
        window.shot(shown.strip("/").replace("/", "-") or "overview")


def test_the_menu_of_a_phone_opens_and_closes(colleague: Callable[..., Visit]) -> None:
    window = colleague("compliance", width=390)
    page = window.page
    window.go("/")
    expect(page.locator("#menu")).to_be_hidden()
    page.click("[data-toggle-menu]")
    expect(page.locator("#menu")).to_be_visible()
    expect(page.locator("[data-toggle-menu]")).to_have_attribute("aria-expanded", "true")
    window.shot("menu")
    page.click("#menu a[href='/records/']")
    expect(page.locator("h1")).to_have_text("交互记录")


def test_lists_are_walked_by_keyboard(installation: Installation, colleague: Callable[..., Visit]) -> None:
    for _ in range(3):
        installation.chat("你好")
    window = colleague("compliance")
    page = window.page
    window.go("/records/")
    for key in "jjk":
        page.keyboard.press(key)
    expect(page.locator("[data-row-link]").first).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("j")
    expect(page.locator("#q")).to_have_value("j")  # in a field, letters are letters
