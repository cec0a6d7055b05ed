"""A policy version on trial: compared in the shadow, or deciding for a share of the accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from guiju.evidence.record import Exchange, decode
from guiju.moderation import policy_source
from guiju.store.models import PolicyComparison, PolicyVersion
from guiju.store.services import policies
from guiju.store.snapshot import Trial
from tests.gateway.conftest import DOUBTFUL, WORD
from tests.gateway.serving import SYSTEM, Caller, wait_for

Make = Callable[..., Caller]
STRICT = policy_source.DEFAULT.read_text("utf-8").replace(
    "rules:\n", "rules:\n  - {risk: A.1.h, severity: medium, action: block}\n", 1
)


@pytest.fixture
def draft(caller: Caller) -> Iterator[PolicyVersion]:
    """A stricter version than the live one."""
    policies.ensure_default()  # so that the two have different numbers
    yield policies.create_draft(SYSTEM, STRICT)
    for row in PolicyVersion.objects.filter(state__in=("shadow", "partial")):
        policies.end_trial(SYSTEM, row)
    caller.gateway.refreshed()


def counted(row: PolicyVersion) -> dict[tuple[str, str, str], int]:
    return {(c.direction, c.live, c.trial): c.count for c in PolicyComparison.objects.filter(version=row)}


def test_in_the_shadow_it_only_counts(caller: Caller, draft: PolicyVersion) -> None:
    policies.start_trial(SYSTEM, draft)
    caller.gateway.refreshed()
    for text in (f"说说{DOUBTFUL}", f"说说{WORD}", "你好"):
        assert caller.chat(text).status == 200
    assert caller.post("/guard/v1/check", {"text": f"说说{DOUBTFUL}"}).json["action"] == "review"
    assert [record.prompt_action for record in caller.records()] == ["review", "answer_instead", "pass", "review"]
    wait_for(lambda: sum(n for (way, _, _), n in counted(draft).items() if way == "prompt") == 4)
    found = counted(draft)
    assert found["prompt", "review", "block"] == 2 and found["prompt", "pass", "pass"] == 1
    assert found["answer", "pass", "pass"] == 2


def test_for_a_share_it_decides(caller: Caller, draft: PolicyVersion) -> None:
    policies.start_trial(SYSTEM, draft, 50)
    caller.gateway.refreshed()
    policy = policy_source.default()
    trial = Trial(draft.pk, 50, policy, policy)
    users = 30  # that all of them fall on one side happens once in 500 million times
    for number in range(users):
        caller.chat(f"说说{DOUBTFUL}", user=f"u{number}")
    records = caller.records()
    assert {record.prompt_action for record in records} == {"review", "block"}
    for record in records:
        body = decode(bytes(record.body))
        assert isinstance(body, Exchange)
        inside = trial.takes(record.account)
        assert record.prompt_action == ("block" if inside else "review")
        assert body.policy.startswith(f"default@{draft.number}#") == inside
    blocked = sum(record.prompt_action == "block" for record in records)
    wait_for(lambda: counted(draft).get(("prompt", "review", "block")) == users)
    assert 0 < blocked < users
