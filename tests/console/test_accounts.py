"""Accounts on their screens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from guiju.store import keys
from guiju.store.models import Account, Role, Sanction

from .conftest import World

pytestmark = pytest.mark.django_db


def test_an_account_is_found_by_the_callers_own_name(world: World, browser: Callable[[str], Client]) -> None:
    hidden = keys.pseudonymiser().pseudonym(world.integration.pk, "13800138000")
    now = timezone.now()
    Account.objects.create(pseudonym=hidden, integration=world.integration, first_seen=now, last_seen=now)
    client = browser(Role.REVIEWER)
    for query in ("user=13800138000", f"user=13800138000&integration={world.integration.pk}", f"q={hidden[:8]}"):
        page = client.get(f"/accounts/?{query}").content.decode()
        assert hidden in page
        assert "a1b2c3" not in page
    assert "没有符合条件的账号" in client.get("/accounts/?user=nobody").content.decode()


@pytest.mark.parametrize(("state", "found"), [("sanctioned", True), ("violating", True), ("", True)])
def test_the_list_is_filtered_by_state(state: str, found: bool, world: World, browser: Callable[[str], Client]) -> None:
    assert ("a1b2c3" in browser(Role.REVIEWER).get(f"/accounts/?state={state}").content.decode()) is found


def test_a_sanction_is_imposed_for_a_while_with_its_evidence(world: World, browser: Callable[[str], Client]) -> None:
    client = browser(Role.REVIEWER)
    asked = {"step": "suspend", "hours": "72", "reason": "连续违规"}
    assert client.post("/accounts/a1b2c3/sanctions/", asked).status_code == 302
    row = Sanction.objects.get(step="suspend")
    assert row.records == [world.record.pk]
    assert row.expires_at is not None
    assert timedelta(hours=71) < row.expires_at - timezone.now() <= timedelta(hours=72)
    assert "暂停" in client.get("/accounts/a1b2c3/").content.decode()


def test_only_the_compliance_officer_closes(world: World, browser: Callable[[str], Client]) -> None:
    asked = {"step": "close", "hours": "72", "reason": "屡犯"}
    assert browser(Role.REVIEWER).post("/accounts/a1b2c3/sanctions/", asked).status_code == 422
    assert browser(Role.COMPLIANCE).post("/accounts/a1b2c3/sanctions/", asked).status_code == 302
    closed = Sanction.objects.get(step="close")
    assert closed.expires_at is None
    assert f"ask-lift-{closed.pk}" not in browser(Role.REVIEWER).get("/accounts/a1b2c3/").content.decode()
    assert f"ask-lift-{closed.pk}" in browser(Role.COMPLIANCE).get("/accounts/a1b2c3/").content.decode()


def test_a_sanction_is_lifted_with_a_reason(world: World, browser: Callable[[str], Client]) -> None:
    client, address = browser(Role.REVIEWER), f"/accounts/a1b2c3/sanctions/{world.sanction.pk}/lift/"
    assert client.post(address).status_code == 422
    client.post(address, {"reason": "误判"})
    page = client.get("/accounts/a1b2c3/").content.decode()
    assert "误判" in page
    assert "状态正常" in page
    assert client.post(address, {"reason": "再来"}).status_code == 409


def test_a_reason_is_asked_for(world: World, browser: Callable[[str], Client]) -> None:
    answer = browser(Role.REVIEWER).post("/accounts/a1b2c3/sanctions/", {"step": "warn", "hours": "24", "reason": ""})
    assert answer.status_code == 422
    assert Sanction.objects.count() == 1


def test_an_account_shows_what_its_violations_weigh(world: World, browser: Callable[[str], Client]) -> None:
    now = timezone.now()
    for number in range(5):  # the fifth try of a risk within half an hour weighs double
        world.account.violations.create(record_id=900 + number, at=now, risk="A.1.a", disguised=not number)
    page = browser(Role.REVIEWER).get("/accounts/a1b2c3/")
    tally = page.context["tally"]
    weights = {record: strike.hundredths for record, strike in tally.strikes.items() if record in range(900, 905)}
    assert weights == {900: 900, 901: 600, 902: 600, 903: 600, 904: 600}
    assert [(one.days, one.points, one.next_rule) for one in tally.standings] == [
        (30, 34, ""),
        (90, 34, "ladder.close"),
    ]
    words = page.content.decode()
    assert "变形规避" in words and "反复试探" in words and "30 天内 34 分" in words


def test_old_violations_weigh_less_and_less(world: World, browser: Callable[[str], Client]) -> None:
    now = timezone.now()
    for number, age in enumerate((29, 31, 61, 91)):
        world.account.violations.create(record_id=900 + number, at=now - timedelta(days=age), risk="A.1.f/minors")
    page = browser(Role.REVIEWER).get("/accounts/a1b2c3/")
    tally = page.context["tally"]
    assert [tally.strikes[record].hundredths for record in (900, 901, 902)] == [500, 250, 125]
    assert 903 not in tally.strikes
    within_30, within_90 = tally.standings
    assert within_90.points - within_30.points == 3  # 2.5 and 1.25, rounded down
