"""The inventory on its screens."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from guiju.store import keys
from guiju.store.models import AuditEntry, Integration, IntegrationKey, Refusal, Role

from .conftest import World

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

NEW = {
    "name": "小说助手",
    "service": "chat",
    "owner": "陈静",
    "purpose": "creation",
    "minors": "unknown",
    "blocked_style": "stand_in",
    "label_position": "start",
}


def shown_key(page: str) -> str:
    found = re.search(r'id="new-key">([^<]+)<', page)
    assert found is not None
    return found[1]


def test_a_new_integration_shows_its_key_once_and_waits_for_approval(
    world: World, browser: Callable[[str], Client]
) -> None:
    client = browser(Role.SYSTEM_ADMIN)
    page = client.post("/integrations/new/", NEW).content.decode()
    key = shown_key(page)
    row = Integration.objects.get(name="小说助手")
    assert row.status == "applied"
    assert row.keys.get().digest == keys.key_hasher().hash(key)
    assert key not in client.get(f"/integrations/{row.pk}/").content.decode()
    assert not AuditEntry.objects.filter(detail__icontains=key).exists()


def test_wrong_fields_are_shown_at_their_place(world: World, browser: Callable[[str], Client]) -> None:
    page = browser(Role.COMPLIANCE).post("/integrations/new/", {**NEW, "name": "", "label_position": "interface"})
    assert "field-error" in page.content.decode()
    page = browser(Role.COMPLIANCE).post("/integrations/new/", {**NEW, "label_position": "interface"})
    assert 'id="id_interface_declaration_error"' in page.content.decode()
    assert not Integration.objects.filter(name="小说助手").exists()


def test_an_administrator_edits_only_what_was_not_approved(world: World, browser: Callable[[str], Client]) -> None:
    row = world.integration
    edited = {**NEW, "owner": "新负责人", "filing_number": "网信算备9", "name": row.name}
    assert browser(Role.SYSTEM_ADMIN).post(f"/integrations/{row.pk}/edit/", edited).status_code == 302
    row.refresh_from_db()
    assert (row.owner, row.filing_number, row.purpose) == ("新负责人", "", "customer_service")
    assert browser(Role.COMPLIANCE).post(f"/integrations/{row.pk}/edit/", edited).status_code == 302
    row.refresh_from_db()
    assert (row.filing_number, row.purpose) == ("网信算备9", "creation")


def test_models_are_written_one_a_line(world: World, browser: Callable[[str], Client]) -> None:
    client, row = browser(Role.COMPLIANCE), world.integration
    client.post(f"/integrations/{row.pk}/edit/", {**NEW, "models_allowed": "m-1\r\n\r\n m-2 "})
    row.refresh_from_db()
    assert row.models_allowed == ["m-1", "m-2"]
    assert "m-1\nm-2" in client.get(f"/integrations/{row.pk}/edit/").content.decode()


def test_suspending_needs_a_reason_which_is_shown(world: World, browser: Callable[[str], Client]) -> None:
    client, row = browser(Role.COMPLIANCE), world.integration
    refused = client.post(f"/integrations/{row.pk}/status/", {"status": "suspended", "reason": " "})
    assert (refused.status_code, "GJ-7007" in refused.content.decode()) == (422, True)
    client.post(f"/integrations/{row.pk}/status/", {"status": "suspended", "reason": "投诉未处理"})
    row.refresh_from_db()
    assert row.status == "suspended"
    assert "投诉未处理" in client.get(f"/integrations/{row.pk}/").content.decode()


def test_only_steps_the_user_may_take_are_offered(world: World, browser: Callable[[str], Client]) -> None:
    steps = {
        role: browser(role).get(f"/integrations/{world.integration.pk}/").context["steps"] for role in Role.values[:4]
    }
    assert steps == {
        Role.SYSTEM_ADMIN: ["suspended"],
        Role.REVIEWER: [],
        Role.COMPLIANCE: ["retired", "suspended"],
        Role.AUDITOR: [],
    }


def test_keys_are_added_and_revoked(world: World, browser: Callable[[str], Client]) -> None:
    client, row = browser(Role.SYSTEM_ADMIN), world.integration
    tomorrow = timezone.localdate() + timedelta(days=1)
    shown_key(client.post(f"/integrations/{row.pk}/keys/", {"expires_on": tomorrow.isoformat()}).content.decode())
    second = row.keys.order_by("created_at").last()
    assert second is not None
    assert second.expires_at is not None
    assert timezone.localtime(second.expires_at).date() == tomorrow + timedelta(days=1)
    client.post(f"/integrations/{row.pk}/keys/{second.pk}/revoke/", {"reason": "泄露"})
    assert IntegrationKey.objects.get(pk=second.pk).revoked_at is not None
    assert client.post(f"/integrations/other/keys/{second.pk}/revoke/", {"reason": "x"}).status_code == 404
    assert client.post(f"/integrations/{row.pk}/keys/", {"expires_on": "bald"}).status_code == 302


@pytest.mark.parametrize(
    ("query", "found"),
    [("", True), ("q=客服", True), ("q=王芳", True), ("q=nobody", False), ("status=approved", True), ("status=retired", False),
     ("service=chat", True), ("purpose=creation", False)],
)  # fmt: skip
def test_the_list_is_filtered(query: str, found: bool, world: World, browser: Callable[[str], Client]) -> None:
    page = browser(Role.AUDITOR).get(f"/integrations/?{query}").content.decode()
    assert (f"/integrations/{world.integration.pk}/" in page) is found


def test_a_key_is_found_by_its_prefix(world: World, browser: Callable[[str], Client]) -> None:
    prefix = world.integration.keys.get().prefix
    assert world.integration.name in browser(Role.AUDITOR).get(f"/integrations/?q={prefix}").content.decode()


def test_traffic_and_refusals_are_counted(world: World, browser: Callable[[str], Client]) -> None:
    now = timezone.now()
    Refusal.objects.create(hour=now, code="GJ-1202", integration_id=world.integration.pk, count=7, last_at=now)
    page = browser(Role.AUDITOR).get(f"/integrations/{world.integration.pk}/")
    assert page.context["exchanges"] == 1
    assert page.context["refusals"] == [("GJ-1202", 7)]
    assert browser(Role.AUDITOR).get("/integrations/").context["traffic"][world.integration.pk] == 1


def test_an_empty_inventory_says_what_to_do(browser: Callable[[str], Client]) -> None:
    page = browser(Role.COMPLIANCE).get("/integrations/").content.decode()
    assert "还没有接入应用" in page
    assert 'href="/integrations/new/"' in page


def test_the_checklist_is_gone_through_on_its_screen(world: World, browser: Callable[[str], Client]) -> None:
    client, row = browser(Role.COMPLIANCE), world.integration
    Integration.objects.filter(pk=row.pk).update(status="suspended")
    at = f"/integrations/{row.pk}/checklist/"
    states = {line.point.id: line.state for line in client.get(at).context["lines"]}
    assert states["minors"] == "open" and states["purpose"] == "met"
    refused = client.post(at, {"reason": "恢复", "confirmed": ["human"]})
    assert refused.status_code == 422 and "GJ-7045" in refused.content.decode()
    assert [line.confirmed for line in refused.context["lines"] if line.point.id == "human"] == [True]
    accepted = [name for name, state in states.items() if state == "open"]
    assert client.post(at, {"reason": "恢复", "accepted": accepted}).status_code == 302
    row.refresh_from_db()
    assert row.status == "approved"
    assert ("minors", "accepted") in [(p.id, s) for p, s in client.get(f"/integrations/{row.pk}/").context["checklist"]]
    client.post(at, {"reason": "复核", "accepted": accepted})
    assert AuditEntry.objects.filter(action="integration.review", reason="复核").exists()


def test_traffic_register_and_discovery(world: World, browser: Callable[[str], Client]) -> None:
    client = browser(Role.AUDITOR)
    Refusal.objects.create(hour=timezone.now(), code="GJ-1202", caller="someone", count=3, last_at=timezone.now())
    page = client.get("/integrations/reconcile/")
    assert page.context["found"].unknown == {"someone": 3} and "没有备案或登记编号" in page.content.decode()
    register = client.get("/integrations/register.csv")
    assert (
        register.headers["Content-Type"].startswith("text/csv") and world.integration.name in register.content.decode()
    )
    log = SimpleUploadedFile("access.log", b"10.1.1.9 CONNECT api.deepseek.com:443\n10.1.1.9 GET own.example.cn/\n")
    found = client.post("/integrations/discover/", {"log": log}).context["log"]
    assert [(one.caller, one.host, one.calls) for one in found] == [("10.1.1.9", "api.deepseek.com", 1)]
    assert client.post("/integrations/discover/", {}).status_code == 422


def test_keys_are_rotated_with_an_overlap(world: World, browser: Callable[[str], Client]) -> None:
    client, row = browser(Role.SYSTEM_ADMIN), world.integration
    first = row.keys.get()
    key = shown_key(client.post(f"/integrations/{row.pk}/rotate/", {"days": "7"}).content.decode())
    first.refresh_from_db()
    assert first.expires_at is not None and first.expires_at > timezone.now() + timedelta(days=6)
    assert row.keys.filter(digest=keys.key_hasher().hash(key), expires_at=None).exists()
    assert client.post(f"/integrations/{row.pk}/rotate/", {"days": "91"}).status_code == 422
