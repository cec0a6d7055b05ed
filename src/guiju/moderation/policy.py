"""The policy: from findings and failures to one decision.

A policy is a versioned YAML file (``guiju.moderation.policy_source`` reads it). Its rules map findings to actions; the
strictest action over all findings wins. A finding no rule speaks of passes, and stays in the decision as seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Literal

import msgspec

from guiju.moderation.context import ALWAYS, ANYWHERE, Circumstances, Context
from guiju.moderation.sieve import Sieve, Sieves
from guiju.nouns import Action, Decision, Direction, Failure, Finding

#: ``*`` in a rule stands for every risk.
EVERY = "*"


class PolicyRule(msgspec.Struct, frozen=True):
    """One line of the policy. Every condition must hold; an empty one holds always.

    Attributes:
        risk: a risk tag with everything under it (``A.2`` covers ``A.2.a`` and ``A.2.a/slur``), or ``*``.
        action: what is then done.
        detectors, severities: the finding's. ``min_score``: the finding's score must reach it.
        directions: the way the content travels.
        circumstances: of the exchange.
        note: why, for the console.
    """

    risk: str
    action: Action
    detectors: frozenset[str] = frozenset()
    severities: frozenset[str] = frozenset()
    directions: frozenset[Direction] = frozenset()
    circumstances: Circumstances = ALWAYS
    min_score: float = 0.0
    note: str = ""

    def about(self, risk: str, detector: str, severity: str) -> bool:
        """Whether it speaks of findings of this kind, whatever their score."""
        return (
            under(risk, self.risk)
            and (not self.severities or severity in self.severities)
            and (not self.detectors or detector in self.detectors)
        )

    def holds(self, direction: Direction, context: Context) -> bool:
        """Whether it speaks of contents that travel this way in these circumstances."""
        return (not self.directions or direction in self.directions) and self.circumstances.hold(context)


class StreamRule(msgspec.Struct, frozen=True):
    """How answers are streamed in some circumstances.

    Attributes:
        strict: hold every passage until the models have judged it. ``retract``: the front end can take back what it showed.
        passage_score: from which score on a finding that stops a passage by itself ends the answer. A few sentences alone
            mislead a model more easily than the whole, so it is higher than for the whole.
    """

    strict: bool = False
    retract: bool = False
    passage_score: float = 0.98
    circumstances: Circumstances = ALWAYS


class PolicyTest(msgspec.Struct, frozen=True):
    """A text with the action the policy's owner expects for it.

    Attributes:
        expected: the action; ``pass`` stands for every action that lets the text through as it is (``label``, ``advise``).
        context: the circumstances it is judged in.
    """

    text: str
    expected: Action
    direction: Direction = Direction.PROMPT
    context: Context = ANYWHERE


#: Clean text goes out at once, and the models may cut after.
FAST = StreamRule()


class Policy(msgspec.Struct, frozen=True, dict=True):
    """A policy ready to decide.

    Attributes:
        name, number, digest: what ``version`` is made of; the digest is over the source text.
        rules: in the order of the source (the order does not matter for the outcome).
        fail_closed, fail_open: risks whose failed checks block, or pass as ``unchecked``; the longest match speaks.
        answers: risk → stand-in answers in Chinese; ``*`` for the rest.
        probability: severity → the probability that a content with such a certain finding must not pass; ``none`` is the
            probability where nothing was found. Set by hand by the policy's owner, not calibrated against data.
        mask: the character that covers masked text.
        masking: how the texts of a prompt are masked: ``tokens`` stand in for the values, which come back in the answer, or
            the values are ``cover``-ed. Answers are always covered.
        domains: what is added to answers of a field of special care, by its pack: ``remind``, ``cite``, ``figures``.
        streams: how answers are streamed; over all that hold, strict and retract win.
        tests: texts with the action each must get; held before the policy goes into force.
    """

    name: str
    number: int
    digest: str
    rules: tuple[PolicyRule, ...]
    fail_closed: frozenset[str] = frozenset()
    fail_open: frozenset[str] = frozenset({EVERY})
    answers: dict[str, tuple[str, ...]] = {}
    probability: dict[str, float] = {}
    mask: str = "*"
    masking: Literal["tokens", "cover"] = "tokens"
    title: str = ""
    tests: tuple[PolicyTest, ...] = ()
    domains: dict[str, tuple[Literal["remind", "cite", "figures"], ...]] = {}
    streams: tuple[StreamRule, ...] = ()

    @cached_property
    def version(self) -> str:
        """``name@number#digest``, the form written into evidence."""
        return f"{self.name}@{self.number}#{self.digest}"

    def sieve(self, direction: Direction, context: Context = ANYWHERE) -> Sieve:
        """The rules that hold in this direction and these circumstances, laid out once."""
        return self._sieves.of(direction, context)

    def asks(self, condition: str) -> bool:
        """Whether any rule asks about one of ``context.CONDITIONS``; what nobody asks about need not be found out."""
        return condition in self._sieves.asked or any(condition in rule.circumstances.asks for rule in self.streams)

    def streaming(self, context: Context = ANYWHERE) -> StreamRule:
        """How answers are streamed in these circumstances."""
        holding = [rule for rule in self.streams if rule.circumstances.hold(context)] if self.streams else ()
        if not holding:
            return FAST
        return StreamRule(
            strict=any(rule.strict for rule in holding),
            retract=any(rule.retract for rule in holding),
            passage_score=min(rule.passage_score for rule in holding),
        )

    @cached_property
    def _sieves(self) -> Sieves:
        return Sieves(self.rules)

    def action_of(self, finding: Finding, direction: Direction, context: Context = ANYWHERE) -> Action:
        """The strictest action any rule asks for this finding; ``pass`` where none speaks of it."""
        return self.sieve(direction, context).action(finding)

    def likelihood(self, finding: Finding, direction: Direction, context: Context = ANYWHERE) -> float:
        """The probability, by this finding alone, that the content must not pass."""
        return self._likelihood(finding, self.action_of(finding, direction, context))

    def closes_on(self, failure: Failure) -> bool:
        """Whether this failed check blocks: one of its risks is closed on failure."""
        return any(self._closed(risk) for risk in failure.risks or (EVERY,))

    def decide(
        self,
        direction: Direction,
        findings: Sequence[Finding],
        failures: Sequence[Failure] = (),
        context: Context = ANYWHERE,
        prior: float | None = None,
    ) -> Decision:
        """One decision over the findings and failures of one direction of one exchange.

        A failed check blocks or passes as the ``fail`` section says. Where it passes, the action is ``unchecked`` unless
        findings already ask for masking or stronger: masking must not be lost, and ``failures`` is there in any case.
        ``prior`` is the probability before the findings, where a model has judged the content; the score is never lower.
        """
        action, risk, leading = Action.PASS, "", self.probability.get("none", 0.0)
        score = self.probability.get("none", 0.0) if prior is None else prior
        sieve = self.sieve(direction, context)
        for finding in findings:
            asked = sieve.action(finding)
            likely = self._likelihood(finding, asked)
            if asked.rank > action.rank or (asked is action and likely > leading):
                action, risk, leading = asked, finding.risk, likely
            score = max(score, likely)
        if failures:
            closed = next((f for f in failures if self.closes_on(f)), None)
            if closed is not None and not action.stops:
                action, risk = Action.BLOCK, next((r for r in closed.risks if self._closed(r)), "")
            elif action.rank < Action.MASK.rank:
                action = Action.UNCHECKED
        return Decision(action, tuple(findings), tuple(failures), self.version, round(score, 4), risk)

    def stand_in(self, risk: str, turn: int = 0) -> str:
        """The stand-in answer for a risk (its own, that of a broader risk, or ``*``); ``turn`` rotates among several."""
        choices = self.answers.get(_longest(risk, self.answers), ())
        return choices[turn % len(choices)] if choices else ""

    def _likelihood(self, finding: Finding, asked: Action) -> float:
        if asked is Action.PASS:
            return self.probability.get("none", 0.0)
        return self.probability.get(finding.severity, 0.5) * finding.score

    def _closed(self, risk: str) -> bool:
        closed, opened = _longest(risk, self.fail_closed), _longest(risk, self.fail_open)
        return bool(closed) and len(closed) >= len(opened)


def under(risk: str, prefix: str) -> bool:
    """Whether ``risk`` is ``prefix`` or lies below it (``A.1.f/gambling`` is under ``A.1.f`` and ``A.1``, not ``A.1.ff``)."""
    if prefix == EVERY or risk == prefix:
        return True
    return risk.startswith(prefix) and risk[len(prefix)] in "./"


def _longest(risk: str, prefixes: Iterable[str]) -> str:
    """The most particular of ``prefixes`` that covers ``risk``; ``*`` is the least particular, none is empty."""
    fitting = [p for p in prefixes if under(risk, p)]
    return max(fitting, key=lambda p: 0 if p == EVERY else len(p), default="")
