"""The rules of a policy, laid out beforehand for one direction and context, so that a finding meets only those that matter.

What depends on the circumstances alone is decided once per direction and context, what depends on the kind of a finding once
per kind. What is left for a finding is its score against a handful of steps, the strictest first.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from guiju.nouns import Action, Direction, Finding

if TYPE_CHECKING:  # the rules are the policy's
    from guiju.moderation.context import Context
    from guiju.moderation.policy import PolicyRule

#: Kinds of findings, and contexts, remembered at most; a policy meets far fewer.
_MOST = 4096


class Sieve:
    """The rules that hold in one direction and context. Shared between threads; a lost race costs a repeated lookup."""

    __slots__ = ("__weakref__", "_by_kind", "_rules")

    def __init__(self, rules: Iterable[PolicyRule]) -> None:
        self._rules = sorted(rules, key=lambda rule: -rule.action.rank)
        self._by_kind: dict[tuple[str, str, str], tuple[tuple[float, Action], ...]] = {}

    def action(self, finding: Finding) -> Action:
        """The strictest action any rule asks for this finding; ``pass`` where none speaks of it."""
        kind = (finding.risk, finding.detector, finding.severity)
        steps = self._by_kind.get(kind)
        if steps is None:
            steps = self._steps(*kind)
            if len(self._by_kind) < _MOST:
                self._by_kind[kind] = steps
        for least, action in steps:
            if finding.score >= least:
                return action
        return Action.PASS

    def _steps(self, risk: str, detector: str, severity: str) -> tuple[tuple[float, Action], ...]:
        """From which score on which action: the strictest first, without those that a stricter one makes idle."""
        steps: list[tuple[float, Action]] = []
        for rule in self._rules:
            if rule.about(risk, detector, severity) and (not steps or rule.min_score < steps[-1][0]):
                steps.append((rule.min_score, rule.action))
        return tuple(steps)


class Sieves:
    """The sieves of a policy, by direction and context. Shared between threads."""

    __slots__ = ("_made", "_rules", "asked")

    def __init__(self, rules: Iterable[PolicyRule]) -> None:
        self._rules = tuple(rules)
        self.asked = frozenset(name for rule in self._rules for name in rule.circumstances.asks)
        self._made: dict[object, Sieve] = {}

    def of(self, direction: Direction, context: Context) -> Sieve:
        """The sieve for a direction and context; where no rule asks about the context, one for all of them."""
        key = (direction, context) if self.asked else direction
        made = self._made.get(key)
        if made is None:
            made = Sieve(rule for rule in self._rules if rule.holds(direction, context))
            if len(self._made) < _MOST:
                self._made[key] = made
        return made
