"""Runs one check the way an obligation of the shipped rules uses it."""

from __future__ import annotations

from guiju.law.book import Override, rules
from guiju.law.period import Period
from guiju.law.profile import Profile
from guiju.law.registry import CHECKS
from guiju.law.result import CheckResult

from ..ledger import ON, FakeLedger


def measure(
    obligation: str, ledger: FakeLedger | None = None, profile: Profile | None = None, check: str = "", **set_to: float
) -> CheckResult:
    """The answer of an obligation's (only, or named) check on :data:`ON`; ``set_to`` overrides operator thresholds."""
    book = rules().with_overrides(Override(obligation, n, v, "测试", "测试", ON) for n, v in set_to.items())
    used = book.obligation(obligation)
    (use,) = [u for u in used.checks if check in ("", u.id)]
    period = Period.ending(ON, use.window_days)
    result = CHECKS[use.id](ledger or FakeLedger(), profile or Profile(), period, book.parameters(used))
    for figure in result.figures:
        assert book.figure_name(figure.name).zh
        assert figure.unit in {u.code for u in book.vocabulary.units}
    assert result.zh and result.en
    return result


def value(result: CheckResult, figure: str) -> int | float | None:
    """The value of one figure."""
    (found,) = [f for f in result.figures if f.name == figure]
    return found.value
