"""What people do all day: find a chat, decide a case, suspend an integration, try a text, prove a duty."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import openai
import pytest
from playwright.sync_api import expect

from .conftest import Installation, Visit

Colleague = Callable[..., Visit]


def test_a_chat_just_made_is_there_with_its_story(installation: Installation, colleague: Colleague) -> None:
    window = colleague("compliance")
    page = window.page
    said = f"请用一句话介绍杭州西湖（{time.time_ns()}）"
    assert "演示模型" in installation.chat(said, user="tourist-7")
    window.go("/records/")
    page.locator("tbody tr").first.locator("a").first.click()
    expect(page.locator("h1")).to_contain_text("记录")
    expect(page.locator(".story")).to_contain_text("收到请求")
    expect(page.locator(".label-keys")).to_contain_text("ProduceID")
    expect(page.locator("#text")).not_to_contain_text(said)
    window.shot("story")
    page.fill("#reason", "客户投诉 7 号")
    page.click("#text button")
    expect(page.locator("#said")).to_contain_text(said)
    assert page.locator("#said .words").first.evaluate("e => getComputedStyle(e).filter") == "blur(7px)"
    page.locator("h1").click()  # leave the field
    page.keyboard.down("p")
    expect(page.locator("body")).to_have_class(re.compile("peek"))
    window.shot("text-peeked")
    page.keyboard.up("p")
    page.reload()
    expect(page.locator(".story")).to_contain_text("客户投诉 7 号")  # the look is part of the story
    window.go("/accounts/?user=tourist-7")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_deciding_a_case_by_keyboard(installation: Installation, colleague: Colleague) -> None:
    installation.chat("帮我润色：加我微信领取福利", user="spammer-1")
    window = colleague("reviewer")
    page = window.page
    window.go("/cases/")
    expect(page.locator("tbody tr").first).to_contain_text("案件")
    window.shot("queue")
    page.keyboard.press("n")
    page.wait_for_url(re.compile(r"/cases/\d+/$"))
    case = page.locator("h1").inner_text().split()[1]
    expect(
        page.locator("#said mark", has_text="加我").first
    ).to_be_visible()  # the text came by itself, its findings marked
    expect(page.locator(".lease [data-until]")).to_have_text(re.compile(r"^(09|10):\d\d$"))
    page.keyboard.press("v")
    page.select_option("[name=sanction_step]", "warn")
    page.keyboard.press("Escape")
    page.keyboard.press("o")
    page.keyboard.type("引流广告")
    window.shot("deciding")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#problems")).to_contain_text(f"案件 {case} 已判定")
    window.go(f"/cases/{case}/")
    expect(page.locator("h1")).to_contain_text("确认违规")
    window.shot("decided")
    page.click("main a.mono[href^='/accounts/']")
    expect(page.locator("main")).to_contain_text("警示")


def test_a_suspended_integration_is_refused_at_its_next_call(
    installation: Installation, colleague: Colleague, administrator: Visit
) -> None:
    window = colleague("compliance")
    page = window.page
    installation.chat("你好")
    window.go(f"/integrations/{installation.first['integration_id']}/")
    page.click("[data-dialog=ask-suspended]")
    page.fill("#ask-suspended-reason", "用途与申报不符")
    window.shot("confirm")
    page.click("#ask-suspended button.danger")
    expect(page.locator("h1")).to_contain_text("暂停")
    window.shot("suspended")
    refused = _refusal(installation)
    assert refused.status_code == 403
    assert str(refused.body["code"]).startswith("GJ-12")  # type: ignore[index]
    page.click("a.button.primary[href$='/checklist/']")
    for box in page.locator("[name=confirmed], [name=accepted]").all():
        box.check()
    page.fill("#reason", "已整改并复核")
    window.shot("checklist")
    page.click(".form-foot button.primary")
    expect(page.locator("h1")).to_contain_text("已批准")
    _until(lambda: installation.chat("你好"))
    administrator.go(f"/integrations/{installation.first['integration_id']}/")
    expect(administrator.page.locator("main")).to_contain_text("用途与申报不符")  # the history keeps the reason


def _refusal(installation: Installation) -> openai.APIStatusError:
    """The error of a call once gateways have heard of the suspension (within a second)."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            installation.chat("你好")
        except openai.APIStatusError as error:
            return error
        time.sleep(0.05)
    pytest.fail("the call was still answered")


def _until(works: Callable[[], object]) -> None:
    """Try again while gateways have not heard of the approval."""
    end = time.monotonic() + 30
    while True:
        try:
            works()
            return
        except openai.APIStatusError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def test_trying_a_text(colleague: Colleague) -> None:
    window = colleague("compliance")
    page = window.page
    window.go("/try/")
    page.keyboard.type("身份证号11010519491231002X，加我微信领取福利")
    page.check("[value=answer]")
    page.locator("#id_text").press("Control+Enter")
    expect(page.locator("#result mark").first).to_have_text(re.compile("11010519491231002X"))
    expect(page.locator("#result")).to_contain_text("SVC-01")
    expect(page.locator("#result .words-out")).not_to_contain_text("11010519491231002X")
    expect(page.locator("#result")).to_contain_text("ContentProducer")
    window.shot("tried")


def test_a_profile_decides_and_measuring_proves(installation: Installation, colleague: Colleague) -> None:
    installation.chat("今天天气怎么样？")
    window = colleague("compliance")
    page = window.page
    window.go("/services/example/profile/")
    page.check("[name=roles][value=provider]")
    page.check("[name=functions][value=text_generation]")
    page.select_option("[name=public_in_china]", "true")
    page.select_option("[name=minors_served]", "true")
    window.shot("profile")
    page.click("main button.primary")
    expect(page.locator("h1")).to_have_text("画像已保存")
    expect(page.locator("main")).to_contain_text("MIN-")
    window.shot("what-follows")
    page.click("main button.primary")  # measure now
    expect(page.locator("#problems")).to_contain_text("核查完成")
    window.shot("overview-measured")
    window.go("/obligations/SVC-01/")
    expect(page.locator("h1")).to_contain_text("已证明")
    expect(page.locator("main")).to_contain_text("100 %")
    window.shot("obligation")
    page.locator("main a[href^='/records/find/']").first.click()
    expect(page.locator("h1")).to_contain_text("记录")


def test_an_auditor_verifies_and_takes_a_package_home(installation: Installation, colleague: Colleague) -> None:
    installation.chat("你好")
    window = colleague("auditor")
    page = window.page
    window.go("/proof/")
    page.keyboard.press("v")
    expect(page.locator("[role=status]")).to_contain_text("证据完整")
    window.shot("verified")
    page.fill("[name=purpose]", "例行演练")
    with page.expect_download() as download:
        page.click("main form[action$='/export/'] button")
    assert download.value.suggested_filename.endswith(".zip")
    window.go("/audit/")
    expect(page.locator("tbody")).to_contain_text("例行演练")
    window.shot("audit-log")
