"""A reviewer's day without a mouse: signing in with a second factor, reading what is veiled, deciding, commenting, splitting,
escalating, being stopped at the limit of what one person is shown; and a colleague who decides the same again, blind.

Every key is pressed in a real browser on the real screens; on SQLite, and on PostgreSQL where that stands before pytest.
"""

from __future__ import annotations

import re
from datetime import timedelta

import msgspec
import pytest
from django.test import Client
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Browser, expect

from guiju.desk import DeskPolicy
from guiju.evidence import Exchange, RecordedFinding, Verdict, decode
from guiju.store import case_opening, desk_policy
from guiju.store.models import Account, Case, Integration, Role, User, Violation
from tests.console.conftest import PASSWORD
from tests.store.evidence_rows import TestChain

from .window import ADDRESS, Window

pytestmark = pytest.mark.django_db

FIRST, THIRD = "messages[0].content", "messages[2].content"
CASE = re.compile(r"/cases/\d+/")


@pytest.fixture(autouse=True)
def _everything_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every decided case is reviewed again."""
    usual = DeskPolicy.load()
    again = msgspec.structs.replace(usual.double_review, per_mille=1000)
    monkeypatch.setattr(desk_policy, "in_force", lambda: msgspec.structs.replace(usual, double_review=again))


class Person:
    """Somebody at a keyboard."""

    def __init__(self, name: str, chromium: Browser) -> None:
        self.user = User.objects.create_user(name, password=PASSWORD, role=Role.REVIEWER)
        self.device = TOTPDevice.objects.create(user=self.user, name="phone", confirmed=True)
        self.window = Window.open(chromium, Client())
        self.page, self.keys = self.window.page, self.window.page.keyboard

    def sign_in(self) -> None:
        """Name, password, the six digits the phone shows."""
        self.page.goto(f"{ADDRESS}/sign-in/")
        self.page.locator("#id_username").focus()
        self.keys.type(self.user.username)
        self.keys.press("Tab")
        self.keys.type(PASSWORD)
        self.keys.press("Enter")
        self.page.wait_for_url("**/own/second-factor/**")
        expect(self.page.locator("#id_token")).to_be_focused()
        self.keys.type(f"{TOTP(self.device.bin_key, self.device.step, self.device.t0, self.device.digits).token():06d}")
        self.keys.press("Enter")
        expect(self.page.locator("#menu")).to_be_visible()

    def stricter(self, most: str) -> None:
        """Set one's own limit of grave cases; the fields before it are the three veils."""
        self.page.goto(f"{ADDRESS}/desk/settings/")
        expect(self.page.locator("#id_blur, #id_greyscale, #id_mute").locator("visible=true")).to_have_count(3)
        assert self.page.eval_on_selector_all("#id_blur, #id_greyscale, #id_mute", "all => all.every(e => e.checked)")
        self.page.locator("#id_mute").focus()
        self.keys.press("Tab")
        self.keys.type(most)
        self.keys.press("Enter")
        expect(self.page.locator("#problems")).to_contain_text("设置已保存")

    def take(self) -> Case:
        """The next case, from the queue."""
        self.page.goto(f"{ADDRESS}/cases/")
        self.keys.press("n")
        return self.at_a_case()

    def at_a_case(self, other_than: Case | None = None) -> Case:
        """The case on the screen, once its text is there."""
        self.page.wait_for_url(
            lambda url: bool(CASE.search(url)) and (not other_than or f"/{other_than.pk}/" not in url)
        )
        expect(self.page.locator("#said")).to_be_attached()
        found = CASE.search(self.page.url)
        assert found is not None
        return Case.objects.get(pk=int(found[0].split("/")[2]))

    def decide(self, verdict: str, note: str) -> None:
        """A verdict's key, a note, and send."""
        self.keys.press(verdict)
        self.keys.press("o")
        self.keys.type(note)
        self.keys.press("Control+Enter")


def test_a_day_at_the_desk(integration: Integration, chromium: Browser) -> None:
    now = timezone.now()
    account = Account.objects.create(pseudonym="ab12cd34", integration=integration, first_seen=now, last_seen=now)
    chain = TestChain(at=now - timedelta(hours=1))
    grave = _case(chain, "A.1.d", "high", "集合地点见附件", account=account.pk)
    Violation.objects.create(account=account, record_id=grave.record_id, at=now - timedelta(hours=1), risk="A.1.d")
    other = _case(chain, "A.1.d", "high", "集合地点见另一附件")
    mixed = _case(
        chain,
        "A.1.h/gambling",
        "medium",
        "线上赌场怎么开户",
        also=RecordedFinding("words", "A.3.e/spam", "w-2", 800, "low", where=THIRD),
    )

    yu = Person("yu", chromium)
    yu.sign_in()
    yu.stricter("1")
    assert yu.take() == grave
    _veiled(yu)
    expect(yu.page.locator("main")).to_contain_text("w-1")  # the rule that fired
    expect(yu.page.locator("main")).to_contain_text(account.pk)
    expect(yu.page.locator("main")).to_contain_text(str(other.pk))  # a case alike
    yu.keys.press("m")
    yu.keys.type("地点是暗语")
    yu.keys.press("Control+Enter")
    expect(yu.page.locator("ul.lines", has_text="地点是暗语")).to_be_visible()
    yu.at_a_case()
    yu.decide("u", "请懂方言的同事看")
    assert yu.at_a_case(grave) == mixed  # the other grave one is kept from whoever reached the limit
    yu.keys.press("s")
    expect(yu.page.locator("#ask-split [name=parts]").first).to_be_focused()
    for key in ("Space", "Tab", "Space", "Tab"):
        yu.keys.press(key)
    yu.keys.type("两件事")
    yu.keys.press("Control+Enter")
    expect(yu.page.locator("#problems")).to_contain_text("2")
    verdicts = {FIRST: "v", THIRD: "f"}
    case = yu.take()
    for left in (1, 0):
        yu.decide(verdicts[case.part], "已核")
        if left:
            case = yu.at_a_case(case)
    expect(yu.page.locator("#problems")).to_contain_text("GJ-7031")  # only grave ones are left
    assert yu.page.url == f"{ADDRESS}/cases/"

    li = Person("li", chromium)
    li.sign_in()
    assert li.take() == grave  # escalated: it comes first
    expect(li.page.locator("main")).to_contain_text("请懂方言的同事看")
    li.keys.press("a")
    li.keys.press("ArrowDown")
    li.keys.press("Escape")
    li.decide("v", "确认")
    assert li.at_a_case(grave) == other
    li.decide("f", "普通聚会")
    case = li.at_a_case(other)
    for left in (1, 0):
        assert case.kind == Case.Kind.SECOND
        expect(li.page.locator("main")).not_to_contain_text("已核")  # blind
        li.decide(verdicts[case.part], "再看一遍")
        if left:
            case = li.at_a_case(case)
    li.page.wait_for_url("**/cases/")
    li.page.goto(f"{ADDRESS}/desk/")
    expect(li.page.locator("dl", has_text="Cohen κ")).to_contain_text("1.00")
    expect(li.page.locator("main")).to_contain_text("w-1")  # the precision of the rule
    assert account.sanctions.get().step == "warn"
    assert Case.objects.filter(kind=Case.Kind.SECOND, status="decided").count() == 2
    assert (yu.window.problems, li.window.problems) == ([], [])


def _case(
    chain: TestChain, risk: str, severity: str, said: str, *, account: str = "", also: RecordedFinding | None = None
) -> Case:
    """A case as the gateway's writer opens it."""
    found = (RecordedFinding("words", risk, "w-1", 900, severity, where=FIRST), *((also,) if also else ()))
    record = chain.write(said, "", account=account, prompt=Verdict("review", (), found, risk=risk, score=900))
    body = decode(bytes(record.body))
    assert isinstance(body, Exchange)
    told = msgspec.json.encode([{"where": FIRST, "text": said, "role": "user"}]).decode()
    return case_opening.open_case(record.pk, body, record.at, reach=5, prompt=told)


def _veiled(person: Person) -> None:
    """Blurred, grey and mute until a key says otherwise."""
    said = person.page.locator("#said")
    expect(said).to_have_class(re.compile("blurred.*grey.*muted"))
    words = said.locator(".words").first
    expect(words).to_have_css("filter", "blur(7px)")
    person.keys.down("p")
    expect(words).to_have_css("filter", "none")
    person.keys.up("p")
    expect(words).to_have_css("filter", "blur(7px)")
    person.keys.press("b")
    expect(words).to_have_css("filter", "none")
    person.keys.press("b")
    expect(words).to_have_css("filter", "blur(7px)")
