"""How the desk works, as data: ``data/desk.yaml``, or the operator's own file of the same shape."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Annotated, Literal

import msgspec

from guiju.errors import DeskPolicyInvalid

Severity = Literal["low", "medium", "high"]
Points = Annotated[int, msgspec.Meta(ge=0, le=100)]
Positive = Annotated[int, msgspec.Meta(ge=1)]


class Reach(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``points`` for a case of an integration that at least so many accounts use."""

    at_least: Positive
    points: Points


class MinorsInvolved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``points`` where the account is a minor's or the risk one of these."""

    points: Points
    risks: tuple[str, ...]
    source: str


class Deadline(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hours within which a case is to be decided; empty conditions fit every case."""

    id: str
    hours: Positive
    source: str
    zh: str
    en: str
    minors: bool = False
    risks: tuple[str, ...] = ()
    severities: tuple[Severity, ...] = ()

    def fits(self, risk: str, severity: str, minors: bool) -> bool:
        """Whether it holds for such a case."""
        if self.minors and not minors:
            return False
        if self.severities and severity not in self.severities:
            return False
        return not self.risks or under(risk, self.risks)


class Urgency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points on top while a case waits: from so many minutes before its deadline, and after it."""

    soon_minutes: Positive
    soon_points: Points
    late_points: Points


class DoubleReview(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The share of decided cases, per mille, that somebody else decides again without seeing the first decision.

    ``hours``: within which; ``points``: their place in the queue.
    """

    per_mille: Annotated[int, msgspec.Meta(ge=0, le=1000)]
    hours: Positive
    points: Points
    source: str


class ExposureLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is grave to look at, how much of it a shift may hold, and when a break is due."""

    severities: tuple[Severity, ...]
    risks: tuple[str, ...]
    severe_cases: Positive
    severe_minutes: Positive
    shift_hours: Positive
    break_after_minutes: Positive
    break_minutes: Positive
    source: str

    def severe(self, risk: str, severity: str) -> bool:
        """Whether such a case is grave to look at."""
        return severity in self.severities or under(risk, self.risks)


class Training(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose decided cases may be learnt from besides everybody else's."""

    minors: bool
    companions: bool


class Staffing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one reviewer does in a day: hours at the desk, and the share of them, per cent, spent on cases."""

    hours_a_day: Annotated[int, msgspec.Meta(ge=1, le=24)]
    busy_percent: Annotated[int, msgspec.Meta(ge=1, le=100)]
    source: str


class DeskPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A checked policy of the desk. Build it with :meth:`load`."""

    version: str
    severity: dict[Severity, Points]
    reach: tuple[Reach, ...]
    reach_days: Positive
    minors: MinorsInvolved
    escalated_points: Points
    deadlines: tuple[Deadline, ...]
    urgency: Urgency
    lease_minutes: Positive
    double_review: DoubleReview
    exposure: ExposureLimits
    training: Training
    staffing: Staffing

    @classmethod
    def load(cls, source: str | None = None) -> DeskPolicy:
        """Read a policy from YAML; Guiju's own if None.

        Raises:
            DeskPolicyInvalid: it cannot be read, or a case would have no deadline.
        """
        return _default() if source is None else _read(source)

    @property
    def most_reach(self) -> int:
        """The number of accounts beyond which more make no difference."""
        return max((step.at_least for step in self.reach), default=0)


def under(risk: str, prefixes: tuple[str, ...]) -> bool:
    """Whether a risk tag is one of ``prefixes`` or a finer tag below one."""
    return any(risk == prefix or (risk.startswith(prefix) and risk[len(prefix)] in "./") for prefix in prefixes)


@cache
def _default() -> DeskPolicy:
    return _read(resources.files("guiju.desk").joinpath("data", "desk.yaml").read_text("utf-8"))


def _read(source: str) -> DeskPolicy:
    try:
        policy = msgspec.yaml.decode(source.encode(), type=DeskPolicy)
    except msgspec.MsgspecError as problem:
        raise DeskPolicyInvalid(detail=str(problem)) from problem
    except Exception as problem:  # the YAML reader's own errors have no common class with msgspec's
        raise DeskPolicyInvalid(detail=f"YAML: {problem}") from problem
    if set(policy.severity) != {"low", "medium", "high"}:
        raise DeskPolicyInvalid(detail="severity: low, medium and high each need points")
    if not policy.deadlines or not policy.deadlines[-1].fits("", "", False):
        raise DeskPolicyInvalid(detail="deadlines: the last one must fit every case")
    return policy
