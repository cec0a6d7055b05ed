"""Somebody with a phone and no scripts complains; the desk answers; they read the answer."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Browser, expect

from .conftest import SCREENSHOTS, Installation, Visit


def test_a_complaint_from_a_phone_without_scripts(
    installation: Installation, chromium: Browser, colleague: Callable[..., Visit]
) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{installation.address}/public/")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / "complaint-01-start.png", full_page=True)
    page.click("text=举报 AI 滥用")
    page.select_option("[name=topic]", "p2_3")
    page.fill("[name=text]", "有人用 AI 冒充我的声音向亲友借钱")
    page.fill("[name=contact]", "reporter@example.cn")
    page.screenshot(path=SCREENSHOTS / "complaint-02-form.png", full_page=True)
    time.sleep(3.5)  # no person is faster: the form says so
    page.click("button.primary")
    receipt, secret = page.locator(".secret").all_inner_texts()
    page.screenshot(path=SCREENSHOTS / "complaint-03-receipt.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    desk = colleague("reviewer")
    desk.go("/complaints/")
    desk.page.click(f"text={receipt}")
    expect(desk.page.locator("main")).not_to_contain_text("冒充我的声音")
    desk.page.keyboard.press("t")
    expect(desk.page.locator(".talk")).to_contain_text("冒充我的声音")
    expect(desk.page.locator("main")).to_contain_text("reporter@example.cn")
    desk.shot("read")
    desk.page.keyboard.press("c")
    desk.page.fill("#id_text", "已下架并处置该账号。")
    desk.page.check("#id_conclude")
    desk.page.click("text=发送答复")
    expect(desk.page.locator("h1")).to_contain_text("已办结")

    page.click("text=查询进度")
    page.fill("[name=secret]", secret)
    page.click("button.primary")
    expect(page.locator(".talk .staff")).to_contain_text("已下架并处置该账号。")
    page.screenshot(path=SCREENSHOTS / "complaint-04-answer.png", full_page=True)
    context.close()
