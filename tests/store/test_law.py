from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from guiju.errors import InvalidField, ProfileError, ThresholdError
from guiju.law.book import rules
from guiju.law.schema import Obligation, Proof, SetBy
from guiju.law.status import ObligationStatus, State
from guiju.store.actor import Actor
from guiju.store.models import AuditEntry, CheckRun, OperatorValue, Service
from guiju.store.services import documents, law, services

from .evidence_rows import TestChain

pytestmark = pytest.mark.django_db
PROFILE = {
    "roles": [actor.role for actor in rules().vocabulary.actors],
    "functions": ["text_generation"],
    "public_in_china": True,
    "opinion_attributes": True,
    "provider_code": "001191440300123456789X00000",
}


@pytest.fixture
def online(service: Service, system: Actor) -> Service:
    return services.update(system, service, profile=PROFILE)


def by_id(statuses: list[ObligationStatus]) -> dict[str, ObligationStatus]:
    return {one.obligation.id: one for one in statuses}


def measured() -> Obligation:
    """An obligation measured by the explicit-label check."""
    return next(o for o in rules().obligations if any(use.id == "explicit_label" for use in o.checks))


def test_measured_once_kept_and_read_back(online: Service, compliance: Actor) -> None:
    now = timezone.now()
    TestChain(at=now - timedelta(days=1)).write()
    run = by_id(law.run_checks(compliance, online, now))
    kept = by_id(law.status(online, now))
    assert run.keys() == kept.keys() == {o.id for o in rules().obligations}
    assert {key: one.status for key, one in run.items()} == {key: one.status for key, one in kept.items()}
    one = kept[measured().id]
    assert one == run[measured().id]
    assert one.runs
    assert CheckRun.objects.filter(obligation=measured().urn).count() == 1
    assert AuditEntry.objects.latest("id").action == "law.run_checks"


def test_before_the_first_measurement_nothing_is_proven(online: Service) -> None:
    one = by_id(law.status(online, timezone.now()))[measured().id]
    assert one.status is State.UNPROVEN
    assert "尚未运行核查" in one.reason_zh


def test_an_old_measurement_proves_nothing(online: Service, compliance: Actor) -> None:
    now = timezone.now()
    TestChain(at=now - timedelta(days=1)).write()
    assert by_id(law.run_checks(compliance, online, now))[measured().id].status is State.PROVEN
    late = by_id(law.status(online, now + law.STALE + timedelta(minutes=1)))[measured().id]
    assert late.status is State.UNPROVEN


def test_a_document_counts_at_once_and_no_more_when_withdrawn(
    online: Service, compliance: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path)
    now = timezone.now()
    applying = [
        one for one in law.status(online, now) if one.obligation.proof is Proof.DOCUMENT and one.applicability.applies
    ]
    target = applying[0].obligation
    assert applying[0].status is State.UNPROVEN
    today = now.date() - timedelta(days=1)
    row = documents.upload(compliance, target.urn, online, "报告", "a.pdf", io.BytesIO(b"x"), today)
    found = by_id(law.status(online, now))[target.id]
    assert found.status in (State.PROVEN, State.DUE_SOON)
    documents.withdraw(compliance, row, "作废")
    assert by_id(law.status(online, now))[target.id].status is State.UNPROVEN


def test_another_services_document_proves_nothing_here(
    online: Service, compliance: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path)
    now = timezone.now()
    target = next(o for o in rules().obligations if o.proof is Proof.DOCUMENT)
    other = Service.objects.create(slug="other", name="另一服务")
    before = by_id(law.status(online, now))[target.id].status
    documents.upload(compliance, target.id, other, "报告", "a.pdf", io.BytesIO(b"x"), date(2026, 1, 1))
    assert by_id(law.status(online, now))[target.id].status is before


def test_what_ends_soon_is_listed_soonest_first(
    online: Service, compliance: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path)
    now = timezone.now()
    book = rules()
    targets = [
        one.obligation
        for one in law.status(online, now)
        if one.obligation.proof is Proof.DOCUMENT
        and one.applicability.applies
        and (book.current_days(one.obligation) or 366) >= 365
    ][:3]
    today = now.date()
    for target, days in zip(targets, (20, 10, 60), strict=True):
        expires = today + timedelta(days=days)
        documents.upload(
            compliance, target.id, online, "x", "a", io.BytesIO(b"x"), today - timedelta(days=200), expires
        )
    assert [one.obligation.id for one in law.due_soon(online, now)] == [targets[1].id, targets[0].id]


def operator_threshold() -> tuple[str, str]:
    for obligation in rules().obligations:
        names = [t.name for t in obligation.thresholds if t.set_by is SetBy.OPERATOR]
        if len(names) == 1:
            return obligation.id, names[0]
    raise AssertionError("no obligation has exactly one threshold of the operator's")


def test_the_operators_threshold_is_dated_and_owned(compliance: Actor) -> None:
    obligation, name = operator_threshold()
    for value in (30, 45):
        law.set_operator_value(compliance, obligation, value, "李雷", "风险评估会议")
    row = OperatorValue.objects.get()
    assert (row.value, row.name, row.owner, row.set_by) == (45, name, "李雷", compliance.user)
    found = {t.name: t for t in law.book().obligation(obligation).thresholds}[name]
    assert (found.value, found.owner, found.confirmed) == (45, "李雷", True)
    assert AuditEntry.objects.latest("id").detail["before"] == 30


def test_what_the_law_fixes_is_not_the_operators(compliance: Actor) -> None:
    obligation, threshold = next(
        (o, t) for o in rules().obligations for t in o.thresholds if t.set_by is not SetBy.OPERATOR
    )
    with pytest.raises(ThresholdError):
        law.set_operator_value(compliance, obligation.id, 1, "李雷", "放宽", threshold.name)
    assert not OperatorValue.objects.exists()


def test_which_threshold_must_be_clear(compliance: Actor) -> None:
    several = next(o for o in rules().obligations if sum(t.set_by is SetBy.OPERATOR for t in o.thresholds) > 1)
    with pytest.raises(InvalidField):
        law.set_operator_value(compliance, several.id, 1, "李雷", "评估")


def test_a_threshold_the_rules_no_longer_know_is_left_out() -> None:
    OperatorValue.objects.create(obligation="urn:guiju:obligation:GONE-01", name="x", value=1, owner="x", reason="x")
    assert law.book().obligations == rules().obligations


def test_the_profile_is_checked_and_completed(service: Service, compliance: Actor) -> None:
    with pytest.raises(ProfileError):
        services.update(compliance, service, profile={"roles": "provider"})
    with pytest.raises(InvalidField):
        services.update(compliance, service, profile=[])
    row = services.update(compliance, service, profile={}, provider_name="某公司", provider_code="001" + "0" * 24)
    assert law.profile(row).entity_name == "某公司"
    assert law.profile(row).provider_code == "001" + "0" * 24
