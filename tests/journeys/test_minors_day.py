"""A minor's day: the hours a guardian shuts, a limit over two devices that is raised again, a partner that is refused, and a
grown-up taken for a minor who appeals. The official client, the guardian's page on a phone, the console. At any hour."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import openai
import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import SCREENSHOTS, Installation, Visit

ALL_DAY = "00:00-12:01, 12:00-00:01"
NOTICE = "可能未满18周岁"


class Child:
    """Somebody who chats, with the devices that report the use."""

    def __init__(self, installation: Installation, name: str) -> None:
        self._at, self._key, self._name = installation.address, installation.first["integration_key"], name
        self._client = openai.OpenAI(base_url=f"{self._at}/v1", api_key=self._key, max_retries=0)

    def leave(self) -> None:
        """Close the connections."""
        self._client.close()

    def say(self, text: str = "今天天气怎么样？", **headers: str) -> tuple[str, str]:
        """The answer, and what the header says of minors."""
        raw = self._client.chat.completions.with_raw_response.create(
            model="guiju-demo", messages=[{"role": "user", "content": text}], user=self._name, extra_headers=headers
        )
        return raw.parse().choices[0].message.content or "", raw.headers.get("x-guiju-minors", "")

    def until(self, words: str, text: str = "今天天气怎么样？", **headers: str) -> tuple[str, str]:
        """What `say` gives once gateways have heard of what was decided (within a second)."""
        end = time.monotonic() + 60
        while words not in (said := self.say(text, **headers))[0]:
            assert time.monotonic() < end, f"{words!r} never came; the last answer was {said!r}"
            time.sleep(0.1)
        return said

    def call(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        """A call of the application about its user."""
        request = urllib.request.Request(
            self._at + path.format(user=self._name),
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def heartbeat(self, seconds: int) -> str:
        """A device tells how long it was used; what Guiju says to it."""
        told: str = self.call("POST", "/guard/v1/usage", user=self._name, seconds=seconds)["action"]
        return told


@pytest.fixture
def child(installation: Installation) -> Iterator[Child]:
    """Nobody has met them yet."""
    born = Child(installation, f"child-{time.time_ns()}")
    yield born
    born.leave()


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """The guardian's phone; no scripts are needed."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def limit(phone: Page, scope: str, value: str) -> None:
    """The guardian sets a limit."""
    phone.select_option("[name=scope]", scope)
    phone.fill("[name=value]", value)
    phone.click("button.primary")


def test_the_hours_the_time_and_the_company_of_a_child(installation: Installation, child: Child, phone: Page) -> None:
    child.call("PUT", "/guard/v1/accounts/{user}/profile", band="12_16", basis="verified", contact="g-1")
    proof = "ab" * 32
    child.call("POST", "/guard/v1/accounts/{user}/guardian", kind="exemption", scope="curfew", proof_sha256=proof)
    path = child.call("POST", "/guard/v1/accounts/{user}/guardian-link")["path"]
    _refused, header = child.until("虚拟伴侣", **{"X-Guiju-Persona": "partner"})
    assert "codes=persona" in header
    child.until("演示模型")

    phone.goto(installation.address + path)
    expect(phone.locator("body")).to_contain_text("12至16岁")
    limit(phone, "curfew", ALL_DAY)
    child.until("不提供服务")
    phone.locator("form.row", has_text="12:01").locator("button").click()

    limit(phone, "daily", "5")
    expect(phone.locator("body")).to_contain_text("每日时长 · 5 分钟")
    child.until("演示模型")
    assert child.heartbeat(180) != "deny"  # the telephone: three minutes
    child.heartbeat(320)  # the tablet: the same three minutes, and two before them
    assert "（5分钟）已用完" in child.until("已用完")[0]
    assert child.heartbeat(1) == "deny"
    end = time.monotonic() + 60
    while "已用完" not in (phone.text_content("body") or ""):  # gateways write what they count every few seconds
        assert time.monotonic() < end, phone.text_content("body")
        phone.reload()
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    phone.screenshot(path=SCREENSHOTS / "guardian-02-used-up.png", full_page=True)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    limit(phone, "daily", "60")
    child.until("演示模型")
    expect(phone.locator("body")).to_contain_text("每日时长 · 60 分钟")


@pytest.fixture
def officer(colleague: Callable[..., Visit]) -> Iterator[Visit]:
    """A compliance officer of a service for minors too, where signs of them are looked for; as stated before afterwards."""
    window = colleague("compliance")
    before = serves_minors(window, "true")
    yield window
    serves_minors(window, before)


def serves_minors(window: Visit, stated: str) -> str:
    """State in the profile whether minors are served; what stood there before."""
    window.go("/services/example/profile/")
    before = window.page.input_value("[name=minors_served]")
    window.page.select_option("[name=minors_served]", stated)
    window.page.click("main button.primary")
    expect(window.page.locator("h1")).to_have_text("画像已保存")
    return before


def test_a_grown_up_taken_for_a_minor_is_told_and_appeals(child: Child, officer: Visit) -> None:
    window, page, user = officer, officer.page, child
    user.until(NOTICE, "我今年13岁，在读初一")
    until_told(user, minor=True)
    asked = {"kind": "appeal", "statement": "我是成年人，上面那句是小说台词"}
    assert user.call("POST", "/guard/v1/accounts/{user}/requests", **asked)["state"] == "open"
    window.go("/minors/")
    case = page.locator("tr", has_text="小说台词").last
    expect(case).to_contain_text("申诉")
    window.shot("appeal")
    case.locator("a.mono").click()
    page.click("[data-dialog=ask-clear]")
    page.fill("#ask-clear-reason", "视频核验为成年人")
    page.click("#ask-clear button.primary")
    expect(page.locator("#problems")).to_contain_text("已解除")
    until_told(user, minor=False)


def until_told(user: Child, *, minor: bool) -> None:
    """Wait until the header of answers names an age band, or none any longer."""
    end = time.monotonic() + 60
    while ("band=" in (told := user.say()[1])) is not minor:
        assert time.monotonic() < end, told
        time.sleep(0.1)
