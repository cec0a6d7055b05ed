"""Trying a text: the same check as in the gateway, without an exchange and without a record."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from django.conf import settings

from guiju.console.bearing import obligations_of
from guiju.console.said import Said, said
from guiju.domains import packs
from guiju.labeling import Label, Placement, TextLabeller
from guiju.labeling.content_number import new
from guiju.law.schema import Obligation
from guiju.moderation import starter
from guiju.moderation.checker import Checker
from guiju.moderation.context import ANYWHERE, Context
from guiju.nouns import Action, Decision, Direction, Finding, Part
from guiju.store import policy_words
from guiju.store.models import Integration, PolicyVersion
from guiju.store.snapshot import Snapshot
from guiju.store.snapshot_loader import SnapshotLoader

WHERE = "messages[0].content"


class _InForce:
    """What gateways decide by now, loaded again only when something changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loader: SnapshotLoader | None = None
        self._snapshot: Snapshot | None = None

    def snapshot(self) -> Snapshot:
        """The snapshot in force at this moment."""
        with self._lock:
            self._loader = self._loader or SnapshotLoader(settings.GUIJU.gateway.check_budget_ms)
            if self._snapshot is None or self._snapshot.number != self._loader.number():
                self._snapshot = self._loader.load()
            return self._snapshot


in_force = _InForce()


@dataclass(frozen=True)
class RuleWords:
    """A rule as a person reads it."""

    title: str
    reason: str
    owner: str
    source: str


@dataclass(frozen=True)
class Line:
    """One finding: what the policy makes of it, what its rule is for, and which obligations it bears on."""

    number: int
    finding: Finding
    action: Action
    rule: RuleWords
    obligations: Sequence[Obligation]


@dataclass(frozen=True)
class Trial:
    """What would have happened.

    Attributes:
        texts: the text with its findings marked.
        goes_on: what would have been delivered: the text itself, masked, labelled, or the stand-in answer.
        label, placement: the seven keys and where the words stand; None where no answer goes out.
    """

    decision: Decision
    texts: list[Said]
    lines: list[Line]
    goes_on: str
    label: Label | None
    placement: Placement | None


def attempt(
    text: str,
    direction: Direction,
    integration: Integration | None,
    version: PolicyVersion | None,
    context: Context = ANYWHERE,
) -> Trial:
    """Check ``text`` as the gateway would.

    Args:
        integration: whose purpose and label settings count; none for neither.
        version: a policy version to try instead of the one in force.
        context: age band, standing and kind of content; purpose, integration and field are found here.

    Raises:
        PolicySourceError: the version no longer fits this version of Guiju.
    """
    snapshot = in_force.snapshot()
    checker = _with(snapshot.checker, version)
    context = msgspec.structs.replace(
        context,
        purpose=integration.purpose if integration else "",
        integration=integration.pk if integration else "",
        domain=tuple(pack.id for pack in packs().of(text)),
    )
    part = Part(WHERE, text, "user" if direction is Direction.PROMPT else "assistant")
    decision = checker.check([part], direction, context)
    goes_on = _goes_on(checker, part, decision, direction, context)
    label, placement = None, None
    if direction is Direction.ANSWER and not decision.action.stops:
        goes_on, placement, label = _labelled(goes_on, snapshot, integration)
    return Trial(
        decision,
        said([part], direction.value, decision.findings),
        _lines(checker, decision, direction, context),
        goes_on,
        label,
        placement,
    )


def _with(checker: Checker, version: PolicyVersion | None) -> Checker:
    if version is None:
        return checker
    return Checker(
        checker.lexicon,
        policy_words.accepted(version.source),
        checker.detectors,
        checker.budget_seconds * 1000,
        cache_size=16,
    )


def _goes_on(checker: Checker, part: Part, decision: Decision, direction: Direction, context: Context) -> str:
    if decision.action is Action.BLOCK or decision.action is Action.ANSWER_INSTEAD:
        return checker.policy.stand_in(decision.risk)
    return checker.mask(part, decision.findings, direction, context)


def _labelled(text: str, snapshot: Snapshot, integration: Integration | None) -> tuple[str, Placement, Label]:
    view = snapshot.integrations.get(integration.pk) if integration else None
    service = snapshot.services.get(view.service) if view else next(iter(snapshot.services.values()), None)
    labelled, placement = (view.labeller if view else TextLabeller.build()).apply(text)
    return labelled, placement, Label.first(service.provider if service else "guiju", new())


def _lines(checker: Checker, decision: Decision, direction: Direction, context: Context) -> list[Line]:
    return [
        Line(
            number,
            finding,
            checker.policy.action_of(finding, direction, context),
            _rule(checker, finding),
            obligations_of(finding.risk),
        )
        for number, finding in enumerate(decision.findings, start=1)
    ]


def _rule(checker: Checker, finding: Finding) -> RuleWords:
    """What the rule is called, who answers for it, and where it comes from."""
    if entry := checker.lexicon.entry(finding.rule):
        return RuleWords(entry.list, entry.reason or finding.reason, entry.owner, entry.source)
    for rule in starter.patterns():
        if rule.id == finding.rule:
            return RuleWords(rule.title, rule.reason, "Guiju", rule.source)
    return RuleWords(finding.rule, finding.reason, "Guiju", "")
