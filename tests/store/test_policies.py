from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from guiju.errors import InvalidField, InvalidTransition, PolicySourceError, PolicyTestsUnmet, PolicyUntested
from guiju.moderation import policy_source
from guiju.store import snapshot_version
from guiju.store.actor import Actor
from guiju.store.models import PolicyVersion
from guiju.store.services import policies
from guiju.store.snapshot import Trial

pytestmark = pytest.mark.django_db
SOURCE = policy_source.DEFAULT.read_text("utf-8")


def publish(actor: Actor) -> PolicyVersion:
    return policies.publish(actor, policies.create_draft(actor, SOURCE))


def states() -> dict[int, str]:
    return dict(PolicyVersion.objects.order_by("number").values_list("number", "state"))


def test_a_draft_is_numbered_and_not_in_force(compliance: Actor) -> None:
    before = snapshot_version.current()
    policies.create_draft(compliance, SOURCE)
    row = policies.create_draft(compliance, SOURCE.replace("name: default", "name: ours"), "收紧")
    assert policies.live() is None
    assert policy_source.load(row.source).version.startswith("ours@2#")
    assert snapshot_version.current() == before


def test_a_text_with_mistakes_is_not_kept(compliance: Actor) -> None:
    with pytest.raises(PolicySourceError):
        policies.create_draft(compliance, "rules: [")
    assert not PolicyVersion.objects.exists()


def test_exactly_one_is_live(compliance: Actor) -> None:
    before = snapshot_version.current()
    for _ in range(3):
        publish(compliance)
    assert states() == {1: "retired", 2: "retired", 3: "live"}
    assert snapshot_version.current() == before + 3


def test_only_drafts_are_published(compliance: Actor) -> None:
    row = publish(compliance)
    with pytest.raises(InvalidTransition):
        policies.publish(compliance, row)


def test_rolling_back_goes_back_step_by_step(compliance: Actor) -> None:
    for _ in range(3):
        publish(compliance)
    assert policies.rollback(compliance).number == 2
    assert policies.rollback(compliance).number == 1
    with pytest.raises(InvalidTransition):
        policies.rollback(compliance)
    assert states() == {1: "live", 2: "withdrawn", 3: "withdrawn"}
    assert publish(compliance).number == 4
    assert policies.rollback(compliance).number == 1, "nothing comes back to what was rolled back from"


def test_an_end_brings_back_what_was_live_before_not_what_was_rolled_back_from(compliance: Actor) -> None:
    for _ in range(2):
        publish(compliance)
    policies.rollback(compliance)
    head = policies.create_draft(compliance, SOURCE)
    ends = timezone.now() + timedelta(hours=1)
    policies.publish(compliance, head, ends)
    back = policies.expire(ends)
    assert back is not None and back.number == 1
    assert states() == {1: "live", 2: "withdrawn", 3: "expired"}


def test_a_version_is_held_to_its_test_lines(compliance: Actor) -> None:
    head, _, _ = SOURCE.partition("\ntests:")
    with pytest.raises(PolicyUntested):
        policies.publish(compliance, policies.create_draft(compliance, head))
    with pytest.raises(PolicyUntested):
        policies.publish(compliance, policies.create_draft(compliance, head + "\ntests: [{text: 好, expect: pass}]\n"))
    wrong = SOURCE + "  - {text: 今天天气怎么样, expect: block}\n"
    with pytest.raises(PolicyTestsUnmet) as caught:
        policies.publish(compliance, policies.create_draft(compliance, wrong))
    assert caught.value.params["count"] == 1 and "block ≠ pass" in str(caught.value)
    assert policies.live() is None


def test_trials(compliance: Actor) -> None:
    publish(compliance)
    second, third = (policies.create_draft(compliance, SOURCE) for _ in range(2))
    policies.start_trial(compliance, second)
    assert states() == {1: "live", 2: "shadow", 3: "draft"}
    policies.start_trial(compliance, third, 20)
    assert states() == {1: "live", 2: "draft", 3: "partial"}
    policies.compared({(third.pk, "prompt", "pass", "block"): 2, (0, "prompt", "pass", "block"): 1})
    policies.compared({(third.pk, "prompt", "pass", "block"): 3})
    assert [(c.live, c.trial, c.count) for c in third.comparisons.all()] == [("pass", "block", 5)]
    policies.end_trial(compliance, third)
    assert states()[3] == "draft" and third.comparisons.count() == 1
    policies.start_trial(compliance, third, 5)
    assert not third.comparisons.exists()
    policies.publish(compliance, third)
    assert states() == {1: "retired", 2: "draft", 3: "live"}
    for share in (-1, 100):
        with pytest.raises(InvalidField):
            policies.start_trial(compliance, second, share)
    with pytest.raises(InvalidTransition):
        policies.start_trial(compliance, third)
    with pytest.raises(InvalidTransition):
        policies.end_trial(compliance, second)


def test_a_version_with_an_end_makes_way_for_the_one_before(compliance: Actor) -> None:
    publish(compliance)
    draft = policies.create_draft(compliance, SOURCE)
    now = timezone.now()
    with pytest.raises(InvalidField):
        policies.publish(compliance, draft, now - timedelta(seconds=1))
    policies.publish(compliance, draft, now + timedelta(hours=1))
    assert policies.expire(now) is None and states() == {1: "retired", 2: "live"}
    before = snapshot_version.current()
    back = policies.expire(now + timedelta(hours=2))
    assert back is not None and back.number == 1 and states() == {1: "live", 2: "expired"}
    assert snapshot_version.current() > before and policies.expire(now + timedelta(hours=3)) is None


def test_the_same_accounts_stay_in_as_a_share_grows() -> None:
    policy = policy_source.default()
    keys = [f"account-{n}" for n in range(2000)]
    inside = [{k for k in keys if Trial(7, share, policy, policy).takes(k)} for share in (0, 10, 50, 99)]
    assert inside[0] == set() and inside[1] < inside[2] < inside[3]
    assert 140 < len(inside[1]) < 260 and 900 < len(inside[2]) < 1100


def test_the_default_comes_once(compliance: Actor) -> None:
    policies.ensure_default()
    policies.ensure_default()
    assert states() == {1: "live"}
