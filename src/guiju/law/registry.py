"""The registry of checks: one decorator, one lookup, one way to run them.

A check is a pure function ``(ledger, profile, period, parameters) -> CheckResult``. Its docstring is its documentation.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from guiju.law.ledger import Ledger
from guiju.law.period import Period
from guiju.law.profile import Profile
from guiju.law.result import CheckResult, Figure, insufficient
from guiju.law.schema import Threshold


@dataclass(frozen=True)
class Parameters:
    """The thresholds of the obligation that is being measured, and the published forms of numbers."""

    thresholds: Mapping[str, Threshold]
    patterns: Mapping[str, re.Pattern[str]] = field(default_factory=dict)

    def number(self, name: str) -> int | float:
        """The value of a threshold the check declared that it needs."""
        value = self.thresholds[name].value
        if value is None:  # run() answers before a check can get here
            raise KeyError(name)
        return value

    def whole(self, name: str) -> int:
        """The same as a whole number, for day and item counts."""
        return int(self.number(name))

    def figure(self, figure: str, value: int | float | None, threshold: str) -> Figure:
        """A measured number against one of the thresholds, in the threshold's unit."""
        bound = self.thresholds[threshold]
        return Figure(figure, value, bound.unit, bound.comparison, bound.value)

    def fits(self, pattern: str, text: str) -> bool:
        """Whether ``text`` has the published form of this kind of number."""
        return self.patterns[pattern].fullmatch(text) is not None


Run = Callable[[Ledger, Profile, Period, Parameters], CheckResult]


@dataclass(frozen=True)
class Check:
    """A registered check: its id, names, the thresholds it needs, what it does, and the function."""

    id: str
    zh: str
    en: str
    needs: tuple[str, ...]
    doc: str
    run: Run

    def __call__(self, ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
        """Run the check; *insufficient* when the operator has yet to set a threshold it needs."""
        unset = [parameters.thresholds[n] for n in self.needs if parameters.thresholds[n].value is None]
        if unset:
            zh = "、".join(t.zh for t in unset)
            en = ", ".join(t.en for t in unset)
            return insufficient((), f"运营者尚未设定：{zh}。", f"The operator has yet to set: {en}.")
        return self.run(ledger, profile, period, parameters)


CHECKS: dict[str, Check] = {}


def check(id: str, *, zh: str, en: str, needs: tuple[str, ...] = ()) -> Callable[[Run], Run]:
    """Register a check.

    Args:
        id: unique, named by obligations in the YAML.
        zh, en: its name.
        needs: names of thresholds every obligation using it must carry.

    Raises:
        ValueError: the id is taken or the function has no docstring (both are mistakes of the programmer).
    """

    def register(run: Run) -> Run:
        doc = inspect.getdoc(run)
        if id in CHECKS or not doc:
            raise ValueError(f"check {id!r}: " + ("registered twice" if id in CHECKS else "needs a docstring"))
        CHECKS[id] = Check(id, zh, en, needs, doc, run)
        return run

    return register
