"""What a policy would have decided over recorded exchanges: the findings in evidence judged again, no text read.

Records keep every finding, also those that changed nothing, so a policy can be judged over them without the texts. What
detectors or word lists of today would find is not asked here. An answer that was stopped keeps only the findings up to
there. Cost grows with the exchanges that had findings or failed checks; the others are counted, not read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime

import msgspec
from django.db.models import Exists, OuterRef, Q, QuerySet

from guiju.evidence.record import Exchange, Verdict, decode
from guiju.moderation.policy import Policy
from guiju.nouns import Action, Direction, Failure, Finding
from guiju.store.models import Integration, Record, RecordRisk

SAMPLES = 10
"""Content numbers kept for each kind of change."""
_CHUNK = 1000

Progress = Callable[[int, int], None]
"""Called with how many records were judged, and how many there are to judge."""


class Change(msgspec.Struct, frozen=True):
    """Verdicts that went from one action to another: how many, and the newest of them by content number."""

    direction: str
    before: str
    after: str
    count: int
    samples: tuple[str, ...] = ()


class Backtest(msgspec.Struct, frozen=True):
    """The outcome.

    Attributes:
        policy: version of the policy judged.
        exchanges: how many the span holds. ``judged``: those with something to judge; the others pass under any policy.
        verdicts: prompts and answers judged. ``same``: decided as before.
        changes: the others, the most frequent first.
    """

    policy: str
    exchanges: int
    judged: int
    verdicts: int
    same: int
    changes: tuple[Change, ...]

    @property
    def stricter(self) -> int:
        """Verdicts that would have been stricter."""
        return sum(c.count for c in self.changes if Action(c.after).rank > Action(c.before).rank)

    @property
    def milder(self) -> int:
        """Verdicts that would have been milder."""
        return sum(c.count for c in self.changes if Action(c.after).rank < Action(c.before).rank)


def backtest(
    policy: Policy, since: datetime, until: datetime, service: str = "", progress: Progress | None = None
) -> Backtest:
    """Judge the exchanges of a span again; ``service`` narrows it to one."""
    rows = Record.objects.filter(at__gte=since, at__lt=until)
    if service:
        rows = rows.filter(service=service)
    asked = rows.filter(
        Exists(RecordRisk.objects.filter(record=OuterRef("pk")))
        | Q(prompt_action="unchecked")
        | Q(answer_action="unchecked")
    )
    exchanges, total = rows.count(), asked.count()
    purposes = dict(Integration.objects.values_list("id", "purpose"))
    counts: Counter[tuple[str, str, str]] = Counter()
    samples: dict[tuple[str, str, str], list[str]] = {}
    judged = 0
    for exchange in _exchanges(asked):
        judged += 1
        for direction, verdict in ((Direction.PROMPT, exchange.prompt), (Direction.ANSWER, exchange.answer)):
            if verdict.action:
                after = _again(policy, direction, verdict, purposes.get(exchange.integration, ""))
                key = (direction.value, verdict.action, after.value)
                counts[key] += 1
                held = samples.setdefault(key, [])
                if len(held) < SAMPLES:
                    held.append(exchange.id)
        if progress is not None and judged % _CHUNK == 0:
            progress(judged, total)
    if progress is not None:
        progress(judged, total)
    changes = [Change(*key, count, tuple(samples[key])) for key, count in counts.most_common() if key[1] != key[2]]
    verdicts = counts.total()
    return Backtest(
        policy.version, exchanges, judged, verdicts, verdicts - sum(c.count for c in changes), tuple(changes)
    )


def _exchanges(rows: QuerySet[Record]) -> Iterator[Exchange]:
    """The bodies, newest first."""
    for body in rows.order_by("-at", "-id").values_list("body", flat=True).iterator(_CHUNK):
        found = decode(bytes(body))
        if isinstance(found, Exchange):
            yield found


def _again(policy: Policy, direction: Direction, verdict: Verdict, purpose: str) -> Action:
    findings = [
        Finding(f.risk, f.detector, f.rule, f.score / 1000, f.where, f.spans, severity=f.severity)
        for f in verdict.findings
    ]
    failures = [Failure(f.detector, f.risks, f.error) for f in verdict.failures]
    return policy.decide(direction, findings, failures, purpose).action
