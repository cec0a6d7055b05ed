"""The first sign-in of a fresh installation, and the choice of language."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from .conftest import PASSWORD, Visit, Visitor, running


def test_first_sign_in_with_a_forced_change_of_password(visit: Visitor, tmp_path: Path) -> None:
    with running(tmp_path) as fresh:
        window = visit(at=fresh)
        page, name, given = window.page, fresh.first["admin_username"], fresh.first["admin_password"]
        window.go("/")
        expect(page).to_have_url(f"{fresh.address}/sign-in/")
        expect(page.locator("h1")).to_have_text("登录")
        window.shot("sign-in")
        window.sign_in(name, given)
        expect(page.locator("h1")).to_have_text("设置您自己的密码")
        window.go("/users/")
        expect(page).to_have_url(f"{fresh.address}/own/password/")  # nothing else before that
        window.shot("forced-change")
        window.choose_password(given)
        expect(page.locator("h1")).to_have_text("总览")
        expect(page.locator(".demo")).to_contain_text("演示模型")
        window.shot("overview")
        window.sign_out()
        window.sign_in(name, PASSWORD)
        expect(page.locator("h1")).to_have_text("总览")


def test_switching_language(visit: Visitor, colleague: Callable[..., Visit]) -> None:
    window = colleague("read_only")
    page = window.page
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    window.go("/obligations/")
    window.shot("chinese")
    page.click("text=English")
    expect(page).to_have_url(f"{window.installation.address}/obligations/")  # the same screen
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1")).to_have_text("Obligations")
    window.shot("english")
    window.sign_out()
    expect(page.locator("h1")).to_have_text("Sign in")  # the cookie outlives the session
    window.shot("sign-in-english")
    elsewhere = visit()  # another machine: the choice is the user's
    elsewhere.sign_in(window.installation.colleagues["read_only"])
    expect(elsewhere.page.locator("h1")).to_have_text("Overview")
    elsewhere.page.click("text=简体中文")
    expect(elsewhere.page.locator("h1")).to_have_text("总览")
