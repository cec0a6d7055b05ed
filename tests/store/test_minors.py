"""Minors in the store: who is known to be one, what guardians decided, use, suspicions, crises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from guiju.errors import GuardianLinkInvalid, InvalidField, InvalidTransition, MinorsPolicyInvalid, ReasonMissing
from guiju.minors import Basis, Ledger, Purchase, Span, policy_source
from guiju.minors.calendar import MINUTE, day_of
from guiju.store import care, care_notes
from guiju.store.actor import Actor
from guiju.store.care_notes import Noted, StatedAge
from guiju.store.models import (
    Account,
    AuditEntry,
    CareCase,
    CareEvent,
    CareProfile,
    Delivery,
    GuardianLink,
    Integration,
    UsageDay,
    Webhook,
)
from guiju.store.moments import micros
from guiju.store.services import care_cases, guardians, minors
from guiju.store.snapshot_loader import SnapshotLoader

pytestmark = pytest.mark.django_db
POLICY = policy_source.default()
NOON = datetime(2026, 11, 18, 4, tzinfo=UTC)
AT = micros(NOON)
PROOF = "ab" * 32


@pytest.fixture
def account(integration: Integration) -> Account:
    return Account.objects.create(pseudonym="p1", integration=integration, first_seen=NOON, last_seen=NOON)


def noted(kind: str, code: str, *, weight: int = 0, days: int = 0, record: str = "", account: str = "p1") -> Noted:
    integration = Integration.objects.get().pk
    at = AT + days * 24 * 60 * MINUTE
    return Noted(at, "chat", integration, account, kind, code, record or f"{code}-{days}"[:32], "", weight)


# --- the policy ------------------------------------------------------------------------------------------------------


def test_the_policy_in_force_is_the_newest(system: Actor) -> None:
    assert care.policy_in_force() == POLICY and care.policy_number() == 0
    stricter = policy_source.shipped().replace("school_day: 120", "school_day: 90")
    row = minors.publish_policy(system, stricter, "加严")
    assert row.number == care.policy_number() == 1
    assert care.policy_in_force().bands[-1].daily.school_day == 90
    with pytest.raises(MinorsPolicyInvalid):
        minors.publish_policy(system, stricter.replace("[kin, partner]", "[]"), "放宽")
    with pytest.raises(ReasonMissing):
        minors.publish_policy(system, stricter, " ")
    assert SnapshotLoader(5.0).load().minors_policy.bands[-1].daily.school_day == 90


# --- profiles --------------------------------------------------------------------------------------------------------


def test_a_better_founded_statement_stands(system: Actor, account: Account) -> None:
    minors.set_profile(system, account, basis="verified", band="8_12")
    with pytest.raises(InvalidField):
        minors.set_profile(system, account, basis="stated", band="adult")
    minors.set_profile(system, account, basis="verified", born="2009-05", mode=True)
    found = care.profile_of("p1")
    assert (found.born, found.basis, found.mode) == ("2009-05", Basis.VERIFIED, True)
    entries = AuditEntry.objects.filter(action="minors.profile")
    assert entries.count() == 2


@pytest.mark.parametrize("wrong", [{"band": "13"}, {"born": "2009"}, {"basis": "suspected"}, {"basis": "x"}])
def test_what_no_profile_can_be(wrong: dict[str, str], system: Actor, account: Account) -> None:
    with pytest.raises(InvalidField):
        minors.set_profile(system, account, **{"basis": "stated", **wrong})


def test_what_callers_state_with_exchanges(account: Account) -> None:
    integration = account.integration_id
    care_notes.state([StatedAge("p1", integration, "8_12", False, AT), StatedAge("new", integration, "3_8", True, AT)])
    assert CareProfile.objects.get(pk="p1").band == "8_12"
    assert CareProfile.objects.get(pk="new").mode is True
    CareProfile.objects.filter(pk="p1").update(basis="verified")
    care_notes.state([StatedAge("p1", integration, "adult", False, AT)])
    assert CareProfile.objects.get(pk="p1").band == "8_12"


# --- suspicion -------------------------------------------------------------------------------------------------------


def test_one_clear_statement_switches_minors_mode_on(account: Account) -> None:
    care_notes.note([noted("signal", "school.teacher", weight=4)], POLICY)
    assert not CareProfile.objects.exists()
    care_notes.note([noted("signal", "age.number", weight=10)], POLICY)
    row = CareProfile.objects.get(pk="p1")
    assert (row.basis, row.mode) == ("suspected", True) and row.suspected_at == NOON
    entry = AuditEntry.objects.get(action="minors.suspect")
    assert entry.detail["signals"] == ["age.number", "school.teacher"] and entry.object_id == "p1"


def test_hints_of_several_days_add_up_and_repeats_do_not(account: Account) -> None:
    once = noted("signal", "school.teacher", weight=4)
    care_notes.note([once, once], POLICY)
    care_notes.note([once, once._replace(record="again")], POLICY)
    assert CareEvent.objects.count() == 2 and not CareProfile.objects.exists()
    care_notes.note([noted("signal", "school.teacher", weight=4, days=n) for n in (1, 2)], POLICY)
    assert CareProfile.objects.get(pk="p1").mode


def test_a_suspicion_yields_to_verification_and_not_to_a_mere_statement(system: Actor, account: Account) -> None:
    care_notes.note([noted("signal", "age.number", weight=10)], POLICY)
    minors.set_profile(system, account, basis="stated", band="adult")
    assert CareProfile.objects.get(pk="p1").mode, "anybody can say so"
    minors.set_profile(system, account, basis="verified", band="adult")
    assert not CareProfile.objects.get(pk="p1").mode
    care_notes.note([noted("signal", "age.number", weight=10, days=1)], POLICY)
    assert not CareProfile.objects.get(pk="p1").mode, "a verified age is not suspected again"


def test_an_appeal_that_is_upheld(system: Actor, account: Account) -> None:
    with pytest.raises(InvalidField):
        CareProfile.objects.create(account=account, updated_at=NOON)
        minors.clear_suspicion(system, account, "核验")
    care_notes.note([noted("signal", "age.number", weight=10)], POLICY)
    case = care_cases.request(system, account, "appeal", "我三十岁")
    assert care_cases.request(system, account, "appeal", "再说一遍") == case
    minors.clear_suspicion(system, account, "视频核验")
    assert care_cases.close(system, case, "申诉成立").state == "done"
    row = CareProfile.objects.get(pk="p1")
    assert (row.band, row.basis, row.mode) == ("adult", "verified", False)


# --- crises ----------------------------------------------------------------------------------------------------------


def test_a_crisis_opens_one_case_with_a_clock(system: Actor, account: Account) -> None:
    Webhook.objects.create(name="值班", address="https://example.com", events=["care.crisis"], created_at=NOON)
    care_notes.note([noted("heard", "crisis.die"), noted("heard", "distress.alone")], POLICY)
    care_notes.note([noted("heard", "crisis.nolive")], POLICY)
    case = CareCase.objects.get()
    assert case.kind == "crisis" and case.due_at - case.opened_at == timedelta(minutes=30)
    assert list(care_cases.under_way()) == [case]
    told = Delivery.objects.get()  # one case, told of once
    assert (told.event, told.body["case"], told.body["due_at"]) == ("care.crisis", case.pk, case.due_at.isoformat())
    case = care_cases.contacted(system, case, "电话联系到母亲")
    assert case.contacted_at is not None
    with pytest.raises(InvalidTransition):
        care_cases.contacted(system, case, "再次")
    closed = care_cases.close(system, case, "家人已陪同")
    assert closed.note == "电话联系到母亲\n家人已陪同" and not care_cases.under_way().exists()
    with pytest.raises(InvalidTransition):
        care_cases.close(system, case, "再次")


# --- guardians -------------------------------------------------------------------------------------------------------


def test_what_guardians_decide(system: Actor, account: Account) -> None:
    first = guardians.decide(system, account, "limit", "daily", value=40)
    guardians.decide(system, account, "limit", "daily", value=20)
    guardians.decide(system, account, "consent", "companion", proof_sha256=PROOF, proof_note="授权书")
    first.refresh_from_db()
    assert first.withdrawn_at is not None
    rules = {(r.kind.value, r.scope, r.value) for r in SnapshotLoader(5.0).load().minors["p1"].rules}
    assert rules == {("limit", "daily", 20), ("consent", "companion", 0)}
    given = account.guardian_decisions.get(kind="consent")
    guardians.withdraw(system, given)
    assert {r.scope for r in care.profiles()["p1"].rules} == {"daily"}
    with pytest.raises(InvalidTransition):
        guardians.withdraw(system, given)


@pytest.mark.parametrize(
    ("kind", "scope", "more"),
    [
        ("limit", "personas", {}),
        ("exemption", "daily", {}),
        ("consent", "companion", {}),
        ("consent", "companion", {"proof_sha256": "abc"}),
        ("limit", "curfew", {"names": ["spät"]}),
        ("limit", "characters", {}),
        ("limit", "daily", {"value": -1}),
        ("exemption", "daily", {"proof_sha256": PROOF, "expires_at": NOON}),
    ],
)
def test_what_no_guardian_can_decide(
    kind: str, scope: str, more: dict[str, object], system: Actor, account: Account
) -> None:
    with pytest.raises(InvalidField):
        guardians.decide(system, account, kind, scope, **more)  # type: ignore[arg-type]


def test_a_guardians_way_in(system: Actor, account: Account) -> None:
    link, token = guardians.issue_link(system, account)
    assert token not in link.digest and guardians.enter(token, timezone.now()) == account
    for wrong, now in ((token[:-1], timezone.now()), ("", timezone.now()), (token, link.expires_at)):
        with pytest.raises(GuardianLinkInvalid):
            guardians.enter(wrong, now)
    assert guardians.revoke_links(system, account, "遗失") == 1
    with pytest.raises(GuardianLinkInvalid):
        guardians.enter(token, timezone.now())
    assert GuardianLink.objects.get().used_at is not None


# --- use -------------------------------------------------------------------------------------------------------------


def test_use_of_several_gateways_adds_up_in_any_order(db: None) -> None:
    one = Ledger((Span(AT, AT + 10 * MINUTE),), {"a": Purchase(AT, 500)}, {"identity": AT})
    two = Ledger((Span(AT + 5 * MINUTE, AT + 20 * MINUTE),), {"b": Purchase(AT, 100)}, {"identity": AT + 1})
    for part in (two, one, one, two):
        care.store_usage("p1", part, POLICY, NOON)
    usage = care.usage_of("p1", NOON, POLICY).usage(AT + 30 * MINUTE, POLICY.counting)
    assert (usage.today, usage.spent, usage.reminded) == (20 * MINUTE, 600, {"identity": AT + 1})
    assert care.usage_since(None, NOON).keys() == {"p1"}
    assert care.usage_since(NOON + timedelta(seconds=1), NOON) == {}
    assert care.used_minutes("p1", day_of(AT), 2, POLICY) == [(day_of(AT) - timedelta(days=1), 0), (day_of(AT), 20)]


def test_midnight_divides_what_is_stored(db: None) -> None:
    midnight = micros(datetime(2026, 11, 18, 16, tzinfo=UTC))
    now = datetime(2026, 11, 18, 17, tzinfo=UTC)
    care.store_usage("p1", Ledger((Span(midnight - 10 * MINUTE, midnight + 5 * MINUTE),)), POLICY, now)
    assert UsageDay.objects.count() == 2
    found = care.usage_of("p1", now, POLICY).usage(midnight + 6 * MINUTE, POLICY.counting)
    assert found.today == 5 * MINUTE and found.continuous(midnight + 5 * MINUTE) == 15 * MINUTE


def test_a_service_of_companions_is_known_to_gateways(integration: Integration) -> None:
    service = integration.service
    service.profile = {"functions": ["companion"], "public_in_china": True}
    service.save()
    view = SnapshotLoader(5.0).load().services["chat"]
    assert (view.companion, view.watched) == (True, True)
    service.profile = {"left_over": 1}
    service.save()
    assert SnapshotLoader(5.0).load().services["chat"].companion is False
    assert connection.vendor in ("sqlite", "postgresql")


def test_a_snapshot_reads_again_only_who_changed(
    system: Actor, account: Account, integration: Integration, django_assert_num_queries: object
) -> None:
    now = timezone.now()
    other = Account.objects.create(pseudonym="p2", integration=integration, first_seen=now, last_seen=now)
    minors.set_profile(system, account, basis="stated", band="8_12")
    known = care.KnownProfiles()
    first = known.now()
    assert first == care.profiles() and first.keys() == {"p1"}
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert known.now() is first
    minors.set_profile(system, other, basis="stated", band="3_8")
    guardians.decide(system, other, "limit", "daily", value=10)
    CareProfile.objects.filter(pk="p1").update(band="16_18")  # of which nothing is told: not looked at
    second = known.now()
    assert second["p1"].band == "8_12" and (second["p2"].band, len(second["p2"].rules)) == ("3_8", 1)
    assert first.keys() == {"p1"}, "what a snapshot holds is never changed"
    minors.set_profile(system, account, basis="verified", band="adult", mode=False)
    assert known.now() == care.profiles() and known.now().keys() == {"p2"}
