"""Is the keyword library large enough, spread over the risks, sourced, and kept up to date?"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from guiju.china import china_day
from guiju.law.ledger import Ledger
from guiju.law.period import Period
from guiju.law.profile import Profile
from guiju.law.registry import Parameters, check
from guiju.law.result import CheckResult, Figure, Validity, failed, insufficient, passed, percent


@check("keyword_total", zh="关键词总数", en="Size of the keyword library", needs=("min_entries",))
def keyword_total(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """The library holds at least the required number of different words."""
    figures = (parameters.figure("keywords", ledger.lexicon().entries, "min_entries"),)
    if not figures[0].met:
        return failed(figures, "关键词总数不足。", "The library has too few words.")
    return passed(figures, "关键词总数达标。", "The library is large enough.")


@check("keyword_minimum_a1", zh="A.1 类关键词数量", en="Keywords per A.1 risk", needs=("min_each",))
def keyword_minimum_a1(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """Each of the eight A.1 risks has at least the required number of words."""
    return _minimum(ledger, parameters, [f"A.1.{letter}" for letter in "abcdefgh"])


@check("keyword_minimum_a2", zh="A.2 类关键词数量", en="Keywords per A.2 risk", needs=("min_each",))
def keyword_minimum_a2(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """Each of the nine A.2 risks has at least the required number of words."""
    return _minimum(ledger, parameters, [f"A.2.{letter}" for letter in "abcdefghi"])


def _minimum(ledger: Ledger, parameters: Parameters, risks: list[str]) -> CheckResult:
    counted = {c.risk: c.entries for c in ledger.lexicon().by_risk}
    counts = {risk: counted.get(risk, 0) for risk in risks}
    short = [f"{risk} {n}" for risk, n in counts.items() if n < parameters.number("min_each")]
    figures = (
        Figure("risks_short", len(short), "risks"),
        parameters.figure("smallest", min(counts.values()), "min_each"),
    )
    if short:
        return failed(figures, f"数量不足：{'、'.join(short)}", f"Too few words: {', '.join(short)}")
    return passed(figures, "每类关键词数量达标。", "Each risk has enough words.")


@check("keyword_updates", zh="关键词库更新", en="Keyword library updated", needs=("max_gap_days",))
def keyword_updates(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """No gap between two updates of the library was longer than allowed; a library younger than that proves nothing yet."""
    first = ledger.lexicon().first_version_on
    if first is None:
        return failed((Figure("updates", 0),), "没有关键词库。", "There is no keyword library.")
    on = period.last_day
    limit = timedelta(days=parameters.whole("max_gap_days"))
    days = [china_day(c.at) for c in ledger.lexicon_changes(period)]
    points = [max(first, china_day(period.start)), *days, on]
    gap = max((later - earlier).days for earlier, later in pairwise(points))
    figures = (Figure("updates", len(days), "times"), parameters.figure("longest_gap", gap, "max_gap_days"))
    if not figures[-1].met:
        return failed(figures, f"有 {gap} 天没有更新。", f"There was no update for {gap} days.")
    if on - first < limit:
        return insufficient(figures, "词库启用不足一个更新周期。", "The library is younger than one update interval.")
    held = Validity.lasting(days[-1] if days else first, limit.days)
    return passed(figures, "词库按期更新。", "The library is updated on time.", validity=held)


@check("feature_library", zh="违法不良信息特征库", en="Feature library", needs=("max_age_days", "min_sourced"))
def feature_library(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """The feature library exists, was updated lately, and every entry states where it comes from."""
    library = ledger.lexicon()
    if not library.entries or library.first_version_on is None:
        return failed((Figure("keywords", 0, "entries"),), "没有特征库。", "There is no feature library.")
    days = parameters.whole("max_age_days")
    changes = ledger.lexicon_changes(Period.ending(period.last_day, days + 1))
    newest = china_day(changes[-1].at) if changes else library.first_version_on
    figures = (
        Figure("keywords", library.entries, "entries"),
        parameters.figure("sourced_share", percent(library.sourced, library.entries), "min_sourced"),
        parameters.figure("update_age", (period.last_day - newest).days, "max_age_days"),
    )
    if not all(f.met for f in figures[1:]):
        return failed(
            figures, "特征库有条目缺少来源，或未按期更新。", "Entries lack a source, or the library is out of date."
        )
    zh, en = "特征库已建立并按期更新。", "The library exists and is up to date."
    return passed(figures, zh, en, validity=Validity.lasting(newest, days))
