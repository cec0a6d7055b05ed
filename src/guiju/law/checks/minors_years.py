"""The two yearly documents about minors: whether the year before was reported on, and what its figures say."""

from __future__ import annotations

from datetime import date

from guiju.law.ledger import Ledger, MinorsYear
from guiju.law.period import Period
from guiju.law.profile import Profile
from guiju.law.registry import Parameters, check
from guiju.law.result import CheckResult, Figure, Validity, failed, insufficient, passed


@check("minors_report", zh="防沉迷年度公布", en="Yearly public report")
def minors_report(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """The report on every year in which minors used the service was published, by the end of the following year.

    Somebody notes where it was published; the copy itself is a document beside this check. No minor's use, no proof.
    """
    before, last = ledger.minors_years(period.last_day.year - 1, 2)
    figures = _figures(last, last.published)
    return _judged(figures, before, last, (before.published, last.published), period.last_day.year, _REPORT)


@check("minors_audit", zh="未成年人个人信息年度审计", en="Yearly audit of minors' information")
def minors_audit(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """The audit of every year in which minors used the service was reported by the end of the following year, and every
    look of staff into a minor's texts has its reason on record.

    Somebody notes the receipt; report and receipt are documents beside this check.
    """
    before, last = ledger.minors_years(period.last_day.year - 1, 2)
    looks = (Figure("minors_looks", last.looks, "times"), Figure("minors_unreasoned", last.unreasoned, "times"))
    figures = (*_figures(last, last.audited), *looks)
    if last.unreasoned:
        zh = f"有 {last.unreasoned} 次查阅未成年人原文没有理由。"
        return failed(figures, zh, f"Minors' texts were read {last.unreasoned} times without a reason.")
    return _judged(figures, before, last, (before.audited, last.audited), period.last_day.year, _AUDIT)


_REPORT = "公布防沉迷工作情况", "the public report"
_AUDIT = "报告未成年人个人信息合规审计", "the report of the audit"


def _figures(last: MinorsYear, done: date | None) -> tuple[Figure, ...]:
    return (
        Figure("minors_year_accounts", last.accounts, "accounts"),
        Figure("minors_year_documents", int(done is not None)),
    )


def _judged(
    figures: tuple[Figure, ...],
    before: MinorsYear,
    last: MinorsYear,
    done: tuple[date | None, date | None],
    now: int,
    what: tuple[str, str],
) -> CheckResult:
    """*Fail* where the year before last was never reported on, *pass* where last year was."""
    zh, en = what
    if before.accounts and done[0] is None:
        missing = f"{before.year} 年度尚未{zh}，已逾期。"
        return failed(figures, missing, f"{before.year}: {en} is missing and overdue.")
    if not last.accounts:
        nobody = f"{last.year} 年没有未成年账号的使用记录。"
        return insufficient(figures, nobody, f"No minor's use is on record for {last.year}.")
    if done[1] is None:
        due = f"{last.year} 年度尚未{zh}，须在 {now} 年内完成；完成后在控制台「未成年人与陪伴」登记。"
        told = f"{last.year}: {en} is due by the end of {now}; note it in the console under Minors and companions."
        return insufficient(figures, due, told)
    validity = Validity(done[1], date(now, 12, 31))
    return passed(figures, f"已于 {done[1]} {zh}。", f"Done on {done[1]}: {en}.", validity=validity)
