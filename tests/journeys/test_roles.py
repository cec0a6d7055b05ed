"""What each role comes for, and where it ends: a journey for each of them. The console on SQLite, and on PostgreSQL."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import openai
from playwright.sync_api import Browser, expect

from .conftest import PASSWORD, SCREENSHOTS, Installation, Visit, Visitor

Colleague = Callable[..., Visit]


def forbidden(window: Visit, *paths: str) -> None:
    """These addresses are closed to whoever looks, and say why."""
    for path in paths:
        window.go(path)
        expect(window.page.locator("main")).to_contain_text("GJ-7001")


def test_a_system_administrator_lets_people_in_and_out(
    installation: Installation, administrator: Visit, visit: Visitor
) -> None:
    page = administrator.page
    administrator.go("/users/new/")
    page.fill("[name=username]", f"leaver-{time.time_ns()}")
    page.select_option("[name=role]", "read_only")
    page.click("main button.primary")
    temporary, name = page.inner_text("#temporary-password"), page.inner_text("h1").split()[0]
    leaver = visit()
    leaver.sign_in(name, temporary)
    leaver.choose_password(temporary)
    page.click("[data-dialog=ask-deactivate]")
    page.fill("#ask-deactivate-reason", "离职")
    page.click("#ask-deactivate button.danger")
    expect(page.locator("h1")).to_contain_text("停用")
    leaver.go("/")
    expect(leaver.page.locator("h1")).to_have_text("登录")  # signed out at once
    leaver.page.fill("[name=username]", name)
    leaver.page.fill("[name=password]", PASSWORD)
    leaver.page.press("[name=password]", "Enter")
    expect(leaver.page.locator("main")).to_contain_text("用户名或密码错误")
    administrator.go("/system/")
    expect(page.locator("main")).to_contain_text("网关")
    administrator.shot("system")
    forbidden(administrator, "/audit/", "/complaints/", "/accounts/")  # who runs it neither audits nor judges


def test_a_compliance_officer_protects_a_child_and_its_guardian_decides(
    installation: Installation, colleague: Colleague, chromium: Browser
) -> None:
    name = f"child-{time.time_ns()}"
    installation.chat("你好", user=name)
    window = colleague("compliance")
    page = window.page
    window.go(f"/accounts/?user={name}")
    account = page.locator("tbody tr a").first.inner_text()
    window.go(f"/minors/{account}/")
    page.select_option("[name=band]", "16_18")
    page.select_option("[name=basis]", "verified")
    page.fill("form[action$='/profile/'] [name=reason]", "监护人来电，已核验")
    page.click("form[action$='/profile/'] button.primary")
    expect(page.locator("main")).to_contain_text("16至18岁")
    page.click("form[action$='/link/'] button")
    address = page.locator(".notice .mono").inner_text()
    assert address.startswith(f"{installation.address}/guardian/")

    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    phone = context.new_page()
    phone.goto(address)
    phone.select_option("[name=scope]", "all")
    phone.click("button.primary")
    expect(phone.locator("main, body").first).to_contain_text("撤回")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    phone.screenshot(path=SCREENSHOTS / "guardian-01-paused.png", full_page=True)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert refused(lambda: installation.chat("再聊一会儿", user=name))
    phone.click("form.row button")  # taken back
    expect(phone.locator("form.row")).to_have_count(0)
    phone.goto(address.replace(address[-6:], "000000"))
    expect(phone.locator("body")).to_contain_text("GJ-")  # a key that is none
    context.close()


def refused(ask: Callable[[], object]) -> str:
    """How a call ends once gateways have heard of a decision; "" where it is still answered after a good while."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            answer = str(ask())
        except openai.APIStatusError as error:
            return error.message
        if "演示模型" not in answer:
            return answer
        time.sleep(0.1)
    return ""


def test_a_reviewer_judges_but_does_not_rule(installation: Installation, colleague: Colleague) -> None:
    installation.chat("帮我润色：加我微信领取福利", user=f"spammer-{time.time_ns()}")
    window = colleague("reviewer")
    page = window.page
    window.go("/cases/")
    page.locator("tbody tr a").first.click()
    page.wait_for_url(re.compile(r"/cases/\d+/$"))
    expect(page.locator("main")).to_contain_text("A.")
    forbidden(window, "/audit/", "/users/", "/policies/draft/", "/webhooks/")


def test_an_auditor_sees_every_act_and_does_none(
    installation: Installation, colleague: Colleague, administrator: Visit
) -> None:
    administrator.go("/users/")
    window = colleague("auditor")
    page = window.page
    window.go("/audit/?action=user.create")
    expect(page.locator("tbody tr").first).to_contain_text(installation.first["admin_username"])
    page.click("form[action$='/audit/verify/'] button")
    expect(page.locator("#problems")).to_contain_text("完整")
    for path in ("/integrations/", f"/integrations/{installation.first['integration_id']}/", "/cases/", "/policies/"):
        window.go(path)
        expect(page.locator("main form[method=post] button:visible")).to_have_count(0)
    forbidden(window, "/try/", "/users/new/", "/integrations/new/")


def test_a_reader_reads_the_standing_and_nothing_else(colleague: Colleague) -> None:
    window = colleague("read_only")
    page = window.page
    window.go("/")
    entries = page.eval_on_selector_all("#menu a", "links => links.map(a => a.getAttribute('href'))")
    assert set(entries) == {"/", "/obligations/"}
    window.go("/obligations/SVC-01/")
    expect(page.locator("h1")).to_contain_text("SVC-01")
    expect(page.locator("main form[method=post] button:visible")).to_have_count(0)
    forbidden(window, "/records/", "/cases/", "/accounts/", "/integrations/")
