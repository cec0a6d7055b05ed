from __future__ import annotations

from datetime import timedelta

import pytest

from guiju.moderation import policy_source
from guiju.store.backtest import SAMPLES, backtest
from guiju.store.models import Integration

from .evidence_rows import START, TestChain, verdict

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SOURCE = """
name: other
number: 1
rules:
  - {risk: A.1.h, direction: prompt, action: block}
  - {risk: A.4.f, purpose: customer_service, action: pass}
fail: {"*": pass}
"""


def test_recorded_findings_are_judged_again(integration: Integration) -> None:
    Integration.objects.filter(pk=integration.pk).update(purpose="customer_service")
    chain = TestChain()
    write = lambda **fields: chain.write(integration=integration.pk, service="chat", **fields)  # noqa: E731
    for _ in range(3):
        write(prompt=verdict("pass"), answer=verdict("pass"))
    reviewed = [write(prompt=verdict("review", "A.1.h/fraud"), answer=verdict("pass")) for _ in range(SAMPLES + 2)]
    write(prompt=verdict("pass"), answer=verdict("mask", "A.4.f/mobile"))
    write(prompt=verdict("pass", "A.2.a"), answer=verdict("pass"))
    seen: list[tuple[int, int]] = []
    found = backtest(policy_source.load(SOURCE), START - DAY, START + DAY, progress=lambda *p: seen.append(p))
    assert (found.exchanges, found.judged, found.verdicts) == (SAMPLES + 7, SAMPLES + 4, 2 * (SAMPLES + 4))
    first, second = found.changes
    assert (first.direction, first.before, first.after, first.count) == ("prompt", "review", "block", SAMPLES + 2)
    assert first.samples == tuple(row.content_number for row in reversed(reviewed))[:SAMPLES]
    assert (second.direction, second.before, second.after, second.count) == ("answer", "mask", "pass", 1)
    assert (found.stricter, found.milder) == (SAMPLES + 2, 1)
    assert found.same == found.verdicts - SAMPLES - 3
    assert seen[-1] == (SAMPLES + 4, SAMPLES + 4)


def test_the_span_and_the_service_narrow_it(integration: Integration) -> None:
    chain = TestChain()
    for day, service in enumerate(("chat", "chat", "other")):
        chain.write(
            at=START + day * DAY, integration=integration.pk, service=service, prompt=verdict("review", "A.1.h")
        )
    policy = policy_source.load(SOURCE)
    assert backtest(policy, START, START + DAY).judged == 1
    assert backtest(policy, START, START + 9 * DAY).judged == 3
    assert backtest(policy, START, START + 9 * DAY, "other").judged == 1


def test_the_policy_in_force_changes_nothing(integration: Integration) -> None:
    chain = TestChain()
    policy = policy_source.default()
    for risk in ("A.1.h/fraud", "A.4.f/idcard", "guiju.disguise.bidi"):
        from guiju.evidence import RecordedFinding, Verdict
        from guiju.nouns import Direction, Finding

        finding = Finding(risk, "pii", "r", 0.9, "text", ((0, 1),))
        decided = policy.decide(Direction.PROMPT, [finding])
        held = (RecordedFinding("pii", risk, "r", 900, "medium", ((0, 1),), "text"),)
        chain.write(integration=integration.pk, prompt=Verdict(decided.action.value, (), held), answer=verdict("pass"))
    assert backtest(policy, START - DAY, START + DAY).changes == ()
