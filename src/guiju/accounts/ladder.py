"""The ladder: from an account's violations to the next step, and from its sanctions to what it may do.

Both are pure. Times are microseconds UTC; ``now`` is a parameter. A day is a calendar day in China (UTC+8). If the clock
was moved back, ``now`` may lie before the latest violation: windows then end at that violation, durations start at
``now``, and nothing is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import takewhile

import msgspec

from guiju.accounts.policy import AccountPolicy, Limit, Rule, Step, Use
from guiju.accounts.strikes import points
from guiju.accounts.violation import Violation

HOUR = 3_600_000_000
DAY = 24 * HOUR
CHINA = 8 * HOUR


class Sanction(msgspec.Struct, frozen=True):
    """A step that was taken. ``ends`` None means until lifted; ``lifted`` says when it was, None if it was not."""

    step: Step
    rule: str
    starts: int
    ends: int | None = None
    lifted: int | None = None
    records: tuple[str, ...] = ()

    def in_force(self, now: int) -> bool:
        """Whether it binds at ``now``."""
        return self.lifted is None and (self.ends is None or now < self.ends)


class AccountHistory(msgspec.Struct, frozen=True):
    """What is known of one account. ``violations`` stand in the order in which they were recorded."""

    violations: tuple[Violation, ...] = ()
    sanctions: tuple[Sanction, ...] = ()


class Proposal(msgspec.Struct, frozen=True):
    """The step that a rule asks for.

    Attributes:
        records: the evidence, oldest first. ``ends``: None for until lifted.
        automatic: whether it may be taken at once; otherwise it is put to a human.
        report: whether the account is also to be reported to the authority.
        delay_minutes: within how many minutes, at random, the step takes effect; 0 at once.
    """

    step: Step
    rule: str
    reason_zh: str
    reason_en: str
    records: tuple[str, ...]
    starts: int
    ends: int | None
    automatic: bool
    report: bool = False
    delay_minutes: int = 0


def judge(history: AccountHistory, policy: AccountPolicy, now: int) -> Proposal | None:
    """The strictest automatic step that follows from the latest violation, or None.

    Ask after every violation. A violation serves as evidence once per rule: what an earlier sanction of the same rule
    already named does not count for it again, except that every further violation of a day that reached the limit of
    ``in_a_day`` pauses anew. Nothing is proposed that is not stricter than what is in force.
    """
    return _strictest(history, policy, now, lambda rule: rule.automatic and not rule.shadow)


def advise(history: AccountHistory, policy: AccountPolicy, now: int) -> Proposal | None:
    """Like :func:`judge`, for the steps that the policy leaves to a human: the strictest to put before one, or None.

    It is repeated with every further violation until the step is taken; ask once while a case about it is open.
    """
    return _strictest(history, policy, now, lambda rule: not rule.automatic and not rule.shadow)


def rehearse(history: AccountHistory, policy: AccountPolicy, now: int) -> tuple[Proposal, ...]:
    """What the rules in the shadow would ask for now, each by itself: counted, never taken, to tune them first."""
    if not history.violations:
        return ()
    return tuple(
        _proposal(rule, counted, policy, now)
        for rule in policy.rules
        if rule.shadow and (counted := _counted(rule, history, policy, now))
    )


def _strictest(
    history: AccountHistory, policy: AccountPolicy, now: int, wanted: Callable[[Rule], bool]
) -> Proposal | None:
    if not history.violations:
        return None
    binding = max((s.step.rank for s in history.sanctions if s.in_force(now)), default=-1)
    proposals = [
        _proposal(rule, counted, policy, now)
        for rule in policy.rules
        if wanted(rule) and rule.step.rank > binding and (counted := _counted(rule, history, policy, now))
    ]
    return max(proposals, key=_strictness, default=None)


def _strictness(proposal: Proposal) -> tuple[int, float]:
    return proposal.step.rank, float("inf") if proposal.ends is None else float(proposal.ends)


def _counted(rule: Rule, history: AccountHistory, policy: AccountPolicy, now: int) -> Sequence[Violation]:
    """The violations that fulfil ``rule``; empty if it is not fulfilled."""
    violations, latest = history.violations, history.violations[-1]
    if rule.in_a_day is not None:
        today = [v for v in violations if _day(v.at) == _day(latest.at)]
        return today if len(today) >= rule.in_a_day else ()
    used = {record for s in history.sanctions if s.rule == rule.id for record in s.records}
    if latest.record in used:
        return ()
    if rule.in_a_row is not None:
        used = {record for s in history.sanctions if s.step.rank >= rule.step.rank for record in s.records}
        fresh = list(takewhile(lambda v: v.record not in used, reversed(violations)))[: latest.streak]
        return fresh[::-1] if len(fresh) >= rule.in_a_row else ()
    since = max(now, latest.at) - (rule.days or 0) * DAY
    recent = [v for v in violations if v.at > since and v.record not in used]
    return recent if points(recent, policy, max(now, latest.at)) >= (rule.points or 0) else ()


def _proposal(rule: Rule, counted: Sequence[Violation], policy: AccountPolicy, now: int) -> Proposal:
    count = len(counted) if rule.points is None else points(counted, policy, max(now, counted[-1].at))
    return Proposal(
        step=rule.step,
        rule=rule.id,
        reason_zh=rule.zh.format(count=count, days=rule.days),
        reason_en=rule.en.format(count=count, days=rule.days),
        records=tuple(violation.record for violation in counted),
        starts=now,
        ends=now + rule.hours * HOUR if rule.hours else None,
        automatic=rule.automatic,
        report=rule.report,
        delay_minutes=rule.delay_minutes,
    )


def _day(at: int) -> int:
    """The number of the day in China."""
    return (at + CHINA) // DAY


class Standing(msgspec.Struct, frozen=True):
    """What binds an account, strictest first. It knows when each part ends, so it may be kept and asked later."""

    sanctions: tuple[Sanction, ...] = ()
    limit: Limit = Limit()

    def step(self, now: int) -> Step | None:
        """The strictest step in force at ``now``."""
        return next((s.step for s in self.sanctions if s.in_force(now)), None)

    def may(self, use: Use, now: int) -> bool:
        """Whether the account may do this at ``now``."""
        steps = {s.step for s in self.sanctions if s.in_force(now)}
        if Step.SUSPEND in steps or Step.CLOSE in steps:
            return False
        return not (Step.LIMIT in steps and use in self.limit.without)

    def may_use(self, now: int) -> bool:
        """Whether the account may call at all."""
        return self.may(Use.CALL, now)

    def requests_per_minute(self, now: int) -> int | None:
        """The limit on calls at ``now``; None for none."""
        limited = any(s.step is Step.LIMIT and s.in_force(now) for s in self.sanctions)
        return self.limit.requests_per_minute if limited else None

    @property
    def closed(self) -> bool:
        """Whether service was ended."""
        return any(s.step is Step.CLOSE for s in self.sanctions)

    @property
    def until(self) -> int | None:
        """When a suspension ends by itself; None if it does not, or there is none."""
        stopping = [s.ends for s in self.sanctions if s.step in (Step.SUSPEND, Step.CLOSE)]
        ends = [end for end in stopping if end is not None]
        return max(ends) if ends and len(ends) == len(stopping) else None


def standing(sanctions: Iterable[Sanction], now: int, limit: Limit | None = None) -> Standing:
    """What binds an account at ``now`` and from then on, from all its sanctions in any order."""
    binding = [s for s in sanctions if s.in_force(now)]
    binding.sort(key=lambda s: (-s.step.rank, s.ends is not None, -(s.ends or 0), s.rule, s.starts, s.records))
    return Standing(tuple(binding), limit or Limit())


def streak(violating: Iterable[bool]) -> int:
    """How many of an account's latest prompts violate in a row; the prompts oldest first."""
    run = 0
    for violation in violating:
        run = run + 1 if violation else 0
    return run
