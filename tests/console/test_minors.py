"""Minors on the screens, and the guardian's own page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from guiju.minors import policy_source
from guiju.settings import ServiceSettings
from guiju.store.actor import Actor
from guiju.store.models import (
    AuditEntry,
    CareCase,
    CareEvent,
    CareProfile,
    GuardianDecision,
    Integration,
    MinorsPolicyVersion,
    RecordRisk,
    Role,
)
from guiju.store.services import guardians, minors

from .conftest import World

pytestmark = pytest.mark.django_db


def test_what_waits_and_who_is_protected(world: World, browser: Callable[[str], Client]) -> None:
    client = browser(Role.REVIEWER)
    page = client.get("/minors/").content.decode()
    assert "g-77" in page and "危机" in page and world.account.pk in page
    assert world.account.pk in client.get("/minors/?state=suspected").content.decode()
    waits = '<span class="count bad"'
    assert waits in client.get("/accounts/").content.decode()
    assert client.post(f"/minors/cases/{world.crisis.pk}/contacted/", {"reason": "电话联系到母亲"}).status_code == 302
    assert waits not in client.get("/accounts/").content.decode()
    assert client.post(f"/minors/cases/{world.crisis.pk}/close/", {"reason": "家人已陪同"}).status_code == 302
    row = CareCase.objects.get(pk=world.crisis.pk)
    assert row.state == "done" and row.handled_by is not None and row.contacted_at is not None


def test_an_account_its_age_and_the_suspicion(world: World, browser: Callable[[str], Client]) -> None:
    client = browser(Role.COMPLIANCE)
    assert "根据言行疑似" in client.get(f"/minors/{world.account.pk}/").content.decode()
    assert client.post(f"/minors/{world.account.pk}/clear/", {"reason": "视频核验"}).status_code == 302
    assert CareProfile.objects.get().basis == "verified"
    refused = client.post(
        f"/minors/{world.account.pk}/profile/", {"basis": "stated", "band": "8_12", "reason": "家长来电"}
    )
    assert refused.status_code == 422, "a verified age stands"
    given = {"basis": "verified", "band": "8_12", "reason": "证件"}
    assert client.post(f"/minors/{world.account.pk}/profile/", given).status_code == 302
    assert CareProfile.objects.get().band == "8_12"


def test_a_guardian_sees_and_limits_and_withdraws(
    world: World, browser: Callable[[str], Client], system: Actor
) -> None:
    minors.set_profile(system, world.account, basis="guardian", band="8_12")
    shown = browser(Role.COMPLIANCE).post(f"/minors/{world.account.pk}/link/").content.decode()
    token = shown.split("/guardian/")[1].split("/")[0]
    guest, place = Client(), f"/guardian/{token}/"
    page = guest.get(place)
    assert page.status_code == 200 and "8至12岁" in page.content.decode()
    assert page["Referrer-Policy"] == "same-origin" and "no-store" in page["Cache-Control"]
    assert world.account.pk not in page.content.decode(), "not even the pseudonym"
    for number, (kind, code) in enumerate([("denied", "persona"), ("heard", "crisis.die"), ("signal", "age.number")]):
        CareEvent.objects.create(at=timezone.now(), account=world.account.pk, kind=kind, code=code, record=str(number))
    told = guest.get(place).content.decode()
    assert "虚拟亲属、伴侣" in told and "危机" in told and "age.number" not in told, "warned of, and of nothing else"
    assert guest.post(place, {"act": "limit", "scope": "daily", "value": "30"}).status_code == 302
    assert guest.post(place, {"act": "limit", "scope": "single_spend", "value": "12"}).status_code == 302
    assert guest.post(place, {"act": "limit", "scope": "curfew", "value": "20:30-07:00"}).status_code == 302
    assert guest.post(place, {"act": "limit", "scope": "characters", "value": "小白，小黑"}).status_code == 302
    made = {d.scope: (d.value, d.names) for d in GuardianDecision.objects.filter(withdrawn_at=None)}
    assert made["daily"] == (30, []) and made["single_spend"] == (1200, [])
    assert made["curfew"] == (0, ["20:30-07:00"]) and made["characters"] == (0, ["小白", "小黑"])
    for wrong in ({"scope": "daily", "value": "viel"}, {"scope": "curfew", "value": "spät"}, {"scope": "x"}):
        assert guest.post(place, {"act": "limit", **wrong}).status_code == 422
    row = GuardianDecision.objects.get(scope="daily", withdrawn_at=None)
    assert guest.post(place, {"act": "withdraw", "decision": str(row.pk)}).status_code == 302
    row.refresh_from_db()
    assert row.withdrawn_by == "guardian page"
    assert guest.post(place, {"act": "withdraw", "decision": "999999"}).status_code == 404
    assert AuditEntry.objects.filter(action="guardian.withdraw", actor_name="guardian page").exists()
    guardians.revoke_links(system, world.account, "遗失")
    assert guest.get(place).status_code == 404
    assert Client().get("/guardian/made-up/").status_code == 404


def test_a_guardian_reads_that_a_companion_waits_for_consent(world: World, system: Actor) -> None:
    minors.set_profile(system, world.account, basis="guardian", band="8_12")
    _, token = guardians.issue_link(system, world.account)
    asked = "须先取得监护人同意"
    assert asked not in Client().get(f"/guardian/{token}/").content.decode()
    Integration.objects.filter(pk=world.integration.pk).update(purpose="companion")
    page = Client().get(f"/guardian/{token}/").content.decode()
    assert asked in page and "由其核验您的监护人身份" in page and "现在可以使用" not in page
    guardians.decide(system, world.account, "consent", "companion", proof_sha256="a" * 64)
    assert asked not in Client().get(f"/guardian/{token}/").content.decode()


def test_a_guardian_of_one_child_does_not_reach_another(world: World, system: Actor) -> None:
    other = type(world.account).objects.create(
        pseudonym="zz",
        integration=world.integration,
        first_seen=world.account.first_seen,
        last_seen=world.account.last_seen,
    )
    theirs = guardians.decide(system, other, "limit", "daily", value=10)
    _, token = guardians.issue_link(system, world.account)
    assert Client().post(f"/guardian/{token}/", {"act": "withdraw", "decision": str(theirs.pk)}).status_code == 404


def test_the_policy_is_examined_before_it_is_in_force(world: World, browser: Callable[[str], Client]) -> None:
    client = browser(Role.COMPLIANCE)
    broken = policy_source.shipped().replace("[kin, partner]", "[kin]", 1)
    page = client.post("/minors/policy/", {"source": broken, "note": "试"})
    assert page.status_code == 422 and "partner" in page.content.decode()
    good = policy_source.shipped().replace("school_day: 120", "school_day: 90")
    assert client.post("/minors/policy/", {"source": good, "note": "加严"}).status_code == 302
    assert MinorsPolicyVersion.objects.get().note == "加严"
    assert "第 1 版" in client.get("/minors/").content.decode()


def test_yearly_documents_are_counted_and_left_to_be_completed(world: World, browser: Callable[[str], Client]) -> None:
    client, year = browser(Role.COMPLIANCE), timezone.localdate().year
    made = client.get(f"/minors/documents/{year}/chat/public.html").content.decode()
    assert "防沉迷" in made and "未知 unknown: 1" in made and "待填" in made and "a1b2c3" not in made
    client.post(f"/records/{world.record.pk}/text/", {"reason": "投诉核查"})
    audit = client.get(f"/minors/documents/{year}/chat/audit.md").content.decode()
    assert "**工作人员查看原文次数（均有理由与审计日志） / Texts read by staff, each with its reason**：1\n" in audit
    assert client.get(f"/minors/documents/{year + 1}/chat/public.html").status_code == 404
    assert client.get(f"/minors/documents/{year}/chat/other.html").status_code == 404
    assert f"/minors/documents/{year}/chat/public.html" in client.get("/minors/").content.decode()


def test_a_yearly_document_is_noted_by_who_may(world: World, browser: Callable[[str], Client]) -> None:
    client, year = browser(Role.COMPLIANCE), timezone.localdate().year
    place = f"/minors/documents/{year - 1}/chat/public/done/"
    assert "尚未登记" in client.get("/minors/").content.decode()
    assert client.post(place, {"reason": " "}).status_code == 422
    assert client.post(place, {"reason": "https://example.com/minors"}).status_code == 302
    assert "https://example.com/minors" in client.get("/minors/").content.decode()
    assert browser(Role.REVIEWER).post(place, {"reason": "x"}).status_code == 403
    assert client.post(f"/minors/documents/{year}/chat/public/done/", {"reason": "x"}).status_code == 422, (
        "not over yet"
    )


def test_pools_are_shown_with_what_answers_each_band(
    world: World, browser: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    pools = {"pools": {"age-8-12": {"models": {"*": "kids"}}, "age-9": {"models": {"*": "x"}}}}
    service = ServiceSettings.model_validate({"slug": "chat", "upstream": {"url": "http://m/v1"}, "minors": pools})
    monkeypatch.setattr(settings, "GUIJU", settings.GUIJU.model_copy(update={"service": (service,)}))
    for risk in ("guiju.minors.pool", "guiju.minors.pool_missing"):
        RecordRisk.objects.create(
            record=world.record, risk=risk, at=timezone.now(), integration_id=world.integration.pk
        )
    page = browser(Role.COMPLIANCE).get("/minors/").content.decode()
    assert "专属内容池" in page and "无（拒绝）" in page and "age-9" in page
    assert "由专属内容池应答 1 次，由他处应答 0 次，拒绝 1 次" in page
