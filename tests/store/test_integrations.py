from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from guiju.errors import ChecklistOpen, InvalidField, InvalidTransition, NotFound, PermissionDenied, ReasonMissing
from guiju.store import keys, snapshot_version
from guiju.store.actor import Actor
from guiju.store.models import AuditEntry, Integration, IntegrationKey, Service
from guiju.store.services import integrations
from guiju.store.services.integrations import Looked

pytestmark = pytest.mark.django_db


def create(actor: Actor, service: Service | str, **fields: object) -> Integration:
    return integrations.create(actor, name="客服", service=service, owner="王", purpose="customer_service", **fields)[0]  # type: ignore[arg-type]


def test_the_key_is_shown_once_and_kept_as_a_digest(compliance: Actor, service: Service) -> None:
    row, key = integrations.create(compliance, name="客服", service="chat", owner="王", purpose="customer_service")
    assert row.status == Integration.Status.APPLIED
    stored = IntegrationKey.objects.get(integration=row)
    assert stored.digest == keys.key_hasher().hash(key)
    assert key not in str([*AuditEntry.objects.values(), *IntegrationKey.objects.values()])


def test_approval_needs_its_own_permission(administrator: Actor, compliance: Actor, service: Service) -> None:
    with pytest.raises(PermissionDenied):
        create(administrator, service, status="approved")
    row = create(administrator, service)
    with pytest.raises(PermissionDenied):
        integrations.set_status(administrator, row, "approved", "好")
    approved = integrations.set_status(compliance, row, "approved", "材料齐全")
    assert approved.reviewed_at is not None


def test_the_administrator_may_suspend_but_not_resume(administrator: Actor, integration: Integration) -> None:
    row = integrations.set_status(administrator, integration, "suspended", "密钥泄露")
    with pytest.raises(PermissionDenied):
        integrations.set_status(administrator, row, "approved", "恢复")


def test_what_was_approved_is_changed_by_who_approves(
    administrator: Actor, compliance: Actor, integration: Integration
) -> None:
    integrations.update(administrator, integration, owner="李", requests_per_minute=60)
    with pytest.raises(PermissionDenied):
        integrations.update(administrator, integration, allow_media=True)
    assert integrations.update(compliance, integration, allow_media=True).allow_media


@pytest.mark.parametrize(
    ("before", "after", "possible"),
    [
        ("applied", "approved", True),
        ("applied", "suspended", False),
        ("applied", "retired", True),
        ("approved", "applied", False),
        ("approved", "suspended", True),
        ("suspended", "approved", True),
        ("suspended", "retired", True),
        ("retired", "approved", False),
        ("retired", "applied", False),
    ],
)
def test_transitions(compliance: Actor, integration: Integration, before: str, after: str, possible: bool) -> None:
    Integration.objects.filter(pk=integration.pk).update(status=before)
    if possible:
        assert integrations.set_status(compliance, integration, after, "理由").status == after
    else:
        with pytest.raises(InvalidTransition):
            integrations.set_status(compliance, integration, after, "理由")


def test_gateways_see_every_change_that_matters(system: Actor, integration: Integration) -> None:
    def moved(before: int) -> bool:
        return snapshot_version.current() > before

    before = snapshot_version.current()
    integrations.update(system, integration)
    assert not moved(before)
    integrations.update(system, integration, concurrent=3)
    assert moved(before)
    before = snapshot_version.current()
    integrations.set_status(system, integration, "suspended", "检查")
    assert moved(before)
    before = snapshot_version.current()
    integrations.new_key(system, integration)
    assert moved(before)
    before = snapshot_version.current()
    integrations.revoke_key(system, integration.keys.all()[0], "泄露")
    assert moved(before)


def test_a_retired_integration_gets_no_key_and_no_change(system: Actor, integration: Integration) -> None:
    integrations.set_status(system, integration, "retired", "下线")
    with pytest.raises(InvalidTransition):
        integrations.new_key(system, integration)
    with pytest.raises(InvalidTransition):
        integrations.update(system, integration, owner="李")


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "approved"},
        {"id": "x"},
        {"purpose": "war"},
        {"requests_per_minute": -1},
        {"owner": ""},
        {"label_position": "interface"},
        {"models_allowed": "gpt"},
        {"models_allowed": [1]},
    ],
)
def test_bad_values_are_refused(system: Actor, integration: Integration, fields: dict[str, object]) -> None:
    before = AuditEntry.objects.count()
    with pytest.raises(InvalidField):
        integrations.update(system, integration, **fields)
    assert AuditEntry.objects.count() == before


def test_an_interface_label_is_dated_when_declared(system: Actor, integration: Integration) -> None:
    row = integrations.update(system, integration, label_position="interface", interface_declaration="输入框下方常显")
    assert row.interface_declared_at is not None


def test_suspending_states_a_reason(system: Actor, integration: Integration) -> None:
    with pytest.raises(ReasonMissing):
        integrations.set_status(system, integration, "suspended", " ")


def test_an_unknown_service_is_not_found(compliance: Actor, service: Service) -> None:
    with pytest.raises(NotFound):
        create(compliance, "nothing")


def test_an_approval_goes_through_the_checklist(compliance: Actor, service: Service) -> None:
    row = create(compliance, service, contact="010", minors="excluded", models_allowed=["m"])
    person = frozenset({"filing_checked", "human", "label_seen"})
    with pytest.raises(ChecklistOpen) as caught:
        integrations.approve(compliance, row, Looked(confirmed=person), "材料齐全")
    assert caught.value.params["points"] == "备案或登记编号格式、编号在有效期内"
    accepted = frozenset({"filing_format", "filing_valid"})
    row = integrations.approve(compliance, row, Looked(person, accepted), "尚在登记，先行内测")
    assert (row.status, row.checklist["purpose"], row.checklist["human"]) == ("approved", "met", "confirmed")
    assert row.checklist["filing_valid"] == "accepted"
    entry = AuditEntry.objects.get(action="integration.status")
    assert entry.detail["checklist"] == row.checklist and entry.reason == "尚在登记，先行内测"
    with pytest.raises(ChecklistOpen):
        integrations.mark_reviewed(compliance, row, "年度复核", Looked(person))
    integrations.update(compliance, row, filing_number="Beijing-KeFu-20260901")
    again = integrations.mark_reviewed(compliance, row, "年度复核", Looked(person))
    assert set(again.checklist.values()) == {"met", "confirmed"}


def test_a_rotation_leaves_both_keys_for_the_overlap(administrator: Actor, integration: Integration) -> None:
    now = timezone.now()
    integrations.new_key(administrator, integration, now + timedelta(days=1))
    before = list(integration.keys.all())
    secret = integrations.rotate_key(administrator, integration, timedelta(days=7), now)
    new = IntegrationKey.objects.get(digest=keys.key_hasher().hash(secret))
    ends = [IntegrationKey.objects.get(pk=key.pk).expires_at for key in before]
    assert new.expires_at is None and ends == [now + timedelta(days=7), now + timedelta(days=1)]  # none is prolonged
    with pytest.raises(InvalidField):
        integrations.rotate_key(administrator, integration, timedelta(days=91), now)
