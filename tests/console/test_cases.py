"""The review desk: claim, read, decide, next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from guiju.store.models import AuditEntry, Case, Role, Sanction, User, Violation

from .conftest import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(world: World, browser: Callable[[str], Client]) -> Client:
    return browser(Role.REVIEWER)


def taken(desk: Client, case: Case) -> str:
    address = f"/cases/{case.pk}/"
    assert desk.post("/cases/next/").headers["Location"] == address
    return address


def test_the_next_case_is_taken_read_and_decided(world: World, desk: Client) -> None:
    address = taken(desk, world.case)
    page = desk.get(address).content.decode()
    assert 'hx-trigger="load, submit"' in page  # the text comes by itself to whoever holds the case
    assert "data-until=" in page
    text = desk.post(f"{address}text/", headers={"HX-Request": "true"}).content.decode()
    assert "线上赌场开户" in text
    assert AuditEntry.objects.get(action="evidence.read_text").reason == f"审核案件 {world.case.pk}"
    answer = desk.post(f"{address}decide/", {"verdict": "violation", "note": "招揽赌博", "sanction_step": "suspend"})
    assert answer.headers["Location"] == "/cases/"  # nothing more to take
    world.case.refresh_from_db()
    assert (world.case.status, world.case.verdict) == ("decided", "violation")
    assert Sanction.objects.filter(account=world.account, step="suspend", records=[world.record.pk]).exists()
    assert "队列已清空" in desk.get("/cases/").content.decode()


def test_after_a_decision_comes_the_next_case(world: World, desk: Client) -> None:
    record = world.chain.write(integration=world.integration.pk)
    later = Case.objects.create(
        record=record, opened_at=timezone.now(), due_at=timezone.now() + timedelta(days=2), risk="A.1"
    )
    address = taken(desk, world.case)
    assert desk.post(f"{address}decide/", {"verdict": "fine"}).headers["Location"] == f"/cases/{later.pk}/"
    assert not Violation.objects.filter(record_id=world.record.pk).exists()


def test_what_is_missing_is_said_where_it_is_missing(world: World, desk: Client) -> None:
    address = taken(desk, world.case)
    unsure = desk.post(f"{address}decide/", {"verdict": "unsure"})
    assert (unsure.status_code, "GJ-7007" in unsure.content.decode()) == (422, True)
    assert desk.post(f"{address}decide/", {"verdict": "maybe"}).status_code == 422
    fine = desk.post(f"{address}decide/", {"verdict": "fine", "sanction_step": "warn", "note": "x"})
    assert (fine.status_code, "GJ-7006" in fine.content.decode()) == (422, True)


def test_a_lost_claim_decides_nothing(world: World, desk: Client, user_of: Callable[[str], User]) -> None:
    address = taken(desk, world.case)
    other = User.objects.create(username="other", role=Role.REVIEWER)
    Case.objects.filter(pk=world.case.pk).update(claimed_by=other)
    answer = desk.post(f"{address}decide/", {"verdict": "fine"})
    assert (answer.status_code, "GJ-7003" in answer.content.decode()) == (409, True)
    page = desk.get(address).content.decode()
    assert "other 正在处理此案" in page
    assert 'id="decide"' not in page
    desk.post(f"{address}claim/")
    assert "正由他人处理" in desk.get(address).content.decode()


def test_a_case_can_be_given_back(world: World, desk: Client) -> None:
    address = taken(desk, world.case)
    assert "/cases/" in desk.get("/cases/?tab=mine").content.decode()
    assert desk.get("/cases/?tab=mine").context["page"].paginator.count == 1
    desk.post(f"{address}release/")
    assert desk.get("/cases/?tab=mine").context["page"].paginator.count == 0


def test_an_escalated_case_is_for_somebody_else(world: World, desk: Client) -> None:
    address = taken(desk, world.case)
    desk.post(f"{address}decide/", {"verdict": "unsure", "note": "方言不懂"})
    page = desk.get("/cases/").content.decode()
    assert "已上报" in page
    assert desk.post("/cases/next/").headers["Location"] == "/cases/"
    assert "方言不懂" in desk.get(address).content.decode()


def test_a_reviewer_cannot_close_accounts_from_the_desk(world: World, desk: Client) -> None:
    address = taken(desk, world.case)
    answer = desk.post(f"{address}decide/", {"verdict": "violation", "note": "x", "sanction_step": "close"})
    assert answer.status_code == 422
    assert 'value="close"' not in desk.get(address).content.decode()


def test_a_record_without_account_offers_no_sanction(world: World, desk: Client) -> None:
    record = world.chain.write(integration=world.integration.pk)
    case = Case.objects.create(record=record, opened_at=timezone.now(), due_at=timezone.now(), risk="A.1", priority=99)
    page = desk.get(taken(desk, case)).content.decode()
    assert "该记录未注明账号" in page


@pytest.mark.parametrize(
    ("query", "count"), [("tab=open", 1), ("tab=decided", 0), ("risk=A.1.h", 1), ("risk=A.2", 0), ("tab=odd", 1)]
)
def test_the_queue_is_filtered(query: str, count: int, world: World, desk: Client) -> None:
    assert desk.get(f"/cases/?{query}").context["page"].paginator.count == count


def test_others_look_on(world: World, browser: Callable[[str], Client]) -> None:
    page = browser(Role.AUDITOR).get(f"/cases/{world.case.pk}/").content.decode()
    assert "您的角色无权查看原文" in page
    assert "case_claim" not in page
    assert 'data-key="c"' not in page
