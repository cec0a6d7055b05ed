"""Strikes, proposals, exemptions, reports, bulk actions and webhooks on their screens."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from guiju.store.models import AuthorityReport, BulkAction, Exemption, ProposedStep, Role, Sanction, ShadowStep, Webhook

from .conftest import World

pytestmark = pytest.mark.django_db


def test_the_spread_of_strikes_is_drawn(world: World, browser: Callable[[str], Client]) -> None:
    day = world.exemption.starts_at.date()
    ShadowStep.objects.create(account=world.account, rule="trial", step="limit", day=day, at=world.exemption.starts_at)
    answer = browser(Role.REVIEWER).get("/accounts/strikes/")
    page = answer.content.decode()
    assert answer.context["spread"].bins[1] == 1
    reached = {line.rule.id: line.reached for line in answer.context["rules"]}
    assert (reached["ladder.warn"], reached["pause.in_a_row"], reached["ladder.close"]) == (1, None, None)
    assert '<svg class="chart"' in page and "ladder.suspend" in page and "trial" in page


def test_a_second_person_approves(world: World, browser: Callable[[str], Client]) -> None:
    reviewer, compliance = browser(Role.REVIEWER), browser(Role.COMPLIANCE)
    reviewer.post("/accounts/a1b2c3/propose/", {"step": "close", "reason": "屡犯"})
    row = ProposedStep.objects.get(step="close")
    assert f"ask-approve-{row.pk}" not in reviewer.get("/accounts/proposals/").content.decode()
    assert reviewer.post(f"/accounts/proposals/{row.pk}/approve/").status_code == 409
    assert f"ask-approve-{row.pk}" in compliance.get("/accounts/proposals/").content.decode()
    assert compliance.post(f"/accounts/proposals/{row.pk}/approve/", {"reason": "同意"}).status_code == 302
    assert Sanction.objects.filter(step="close", lifted_at=None).exists()


def test_an_exemption_stands_with_the_account(world: World, browser: Callable[[str], Client]) -> None:
    client = browser(Role.COMPLIANCE)
    client.post(f"/accounts/a1b2c3/exempt/{world.exemption.pk}/end/", {"reason": "结束"})
    assert client.post("/accounts/a1b2c3/exempt/", {"days": "366", "reason": "测试"}).status_code == 422
    client.post("/accounts/a1b2c3/exempt/", {"days": "30", "reason": "红队测试"})
    assert "红队测试" in client.get("/accounts/a1b2c3/").content.decode()
    assert Exemption.objects.filter(reason="红队测试").count() == 1


def test_a_report_goes_from_one_person_to_another(
    world: World, browser: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewer, compliance = browser(Role.REVIEWER), browser(Role.COMPLIANCE)
    asked = {"authority": "市网信办", "reason": "屡次诱导违法内容"}
    assert reviewer.post("/accounts/a1b2c3/report/", asked).status_code == 302
    row = AuthorityReport.objects.get(account="a1b2c3")
    at = f"/accounts/reports/{row.pk}"
    assert "运营者名称" in compliance.get("/accounts/reports/").content.decode()  # nobody told the operator's name yet
    assert compliance.post(f"{at}/approve/", {"authority": "市网信办"}).status_code == 422
    told = settings.GUIJU.notices.model_copy(update={"values": {"operator": "某公司", "contact": "王 010"}})
    monkeypatch.setattr(settings, "GUIJU", settings.GUIJU.model_copy(update={"notices": told}))
    assert f"ask-approve-{row.pk}" not in reviewer.get("/accounts/reports/").content.decode()
    assert compliance.post(f"{at}/approve/", {"authority": "省网信办", "note": "同意"}).status_code == 302
    made = compliance.get(f"{at}/document.html").content.decode()
    assert "省网信办" in made and world.record.content_number in made and "待填" not in made and "线上赌场" not in made
    compliance.post(f"{at}/sent/", {"number": "2026-9"})
    row.refresh_from_db()
    assert (row.state, row.number, row.decided_by, row.reported_by) == (
        "sent",
        "2026-9",
        row.decided_by,
        row.decided_by,
    )
    assert "2026-9" in compliance.get("/accounts/a1b2c3/").content.decode()
    assert compliance.get(f"{at}/document.pdf").status_code == 404


def test_a_bulk_action_is_looked_at_first(world: World, browser: Callable[[str], Client]) -> None:
    client = browser(Role.COMPLIANCE)
    asked = {"accounts": "a1b2c3\nnobody", "step": "suspend", "hours": "24", "reason": "水军"}
    looked = client.post("/accounts/bulk/new/", asked)
    assert looked.status_code == 200 and looked.context["seen"].would == ("a1b2c3",)
    assert not Sanction.objects.filter(rule="bulk").exists()
    assert client.post("/accounts/bulk/new/", {**asked, "go": "1"}).status_code == 302
    row = BulkAction.objects.get(step="suspend")
    assert row.state == "applied"
    page = client.get("/accounts/bulk/").content.decode()
    assert f"ask-undo-{row.pk}" in page and f"ask-approve-{world.bulk.pk}" in page
    client.post(f"/accounts/bulk/{row.pk}/undo/", {"reason": "误操作"})
    assert not Sanction.objects.filter(rule="bulk", lifted_at=None).exists()
    assert client.post("/accounts/bulk/new/", {**asked, "accounts": "nobody", "go": "1"}).status_code == 422


def test_a_secret_is_shown_once(
    world: World, browser: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(Role.COMPLIANCE)
    asked = {
        "name": "工单系统",
        "address": "https://tickets.example/in",
        "shape": "generic",
        "events": ["appeal.decided"],
    }
    assert "GJ-5110" in client.post("/webhooks/", asked).content.decode()
    hosts = settings.GUIJU.webhooks.model_copy(update={"allowed_hosts": ("tickets.example",)})
    monkeypatch.setattr(settings, "GUIJU", settings.GUIJU.model_copy(update={"webhooks": hosts}))
    shown = client.post("/webhooks/", asked)
    secret = shown.context["secret"]
    assert len(secret) == 32 and secret in shown.content.decode()
    assert secret not in client.get("/webhooks/").content.decode()
    row = Webhook.objects.get(name="工单系统")
    client.post(f"/webhooks/{row.pk}/", {"reason": "停用"})
    row.refresh_from_db()
    assert row.active is False
    assert client.post(f"/webhooks/deliveries/{world.delivery.pk}/retry/").status_code == 302
