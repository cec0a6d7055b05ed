"""Holding a policy to its own test lines, with the word lists and models it will decide over."""

from __future__ import annotations

import msgspec

from guiju.moderation.checker import Checker
from guiju.moderation.policy import PolicyTest
from guiju.nouns import Action, Part

_PASSING = frozenset({Action.PASS, Action.LABEL, Action.ADVISE})


class Unmet(msgspec.Struct, frozen=True):
    """A test line that does not hold: what was decided instead, and over which risk."""

    number: int
    test: PolicyTest
    action: Action
    risk: str


def unmet(checker: Checker) -> tuple[Unmet, ...]:
    """The test lines of the checker's policy that do not hold, in order; numbers count from 1."""
    found: list[Unmet] = []
    for number, test in enumerate(checker.policy.tests, 1):
        decision = checker.check([Part("text", test.text, "user")], test.direction, test.context)
        if not _meets(decision.action, test.expected):
            found.append(Unmet(number, test, decision.action, decision.risk))
    return tuple(found)


def balanced(tests: tuple[PolicyTest, ...]) -> bool:
    """Whether both sides are tested: a line that must pass, and one that must not."""
    return {test.expected in _PASSING for test in tests} == {True, False}


def _meets(action: Action, expected: Action) -> bool:
    return action is expected or (expected is Action.PASS and action in _PASSING)
