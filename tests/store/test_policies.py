from __future__ import annotations

import pytest

from guiju.errors import InvalidTransition, PolicySourceError
from guiju.moderation import policy_source
from guiju.store import snapshot_version
from guiju.store.actor import Actor
from guiju.store.models import PolicyVersion
from guiju.store.services import policies

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
    assert states() == {1: "live", 2: "retired", 3: "retired"}
    assert publish(compliance).number == 4
    assert policies.rollback(compliance).number == 3


def test_the_default_comes_once(compliance: Actor) -> None:
    policies.ensure_default()
    policies.ensure_default()
    assert states() == {1: "live"}
