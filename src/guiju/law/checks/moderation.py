"""Is everything moderated, is what was found illegal dealt with, and do reviewers keep up?"""

from __future__ import annotations

from guiju.law.ledger import Ledger
from guiju.law.period import Period
from guiju.law.profile import Profile
from guiju.law.registry import Parameters, check
from guiju.law.result import CheckResult, Figure, failed, insufficient, passed, percent


@check("moderation_coverage", zh="审核覆盖率", en="Moderation coverage", needs=("min_share",))
def moderation_coverage(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """Every prompt and every answer was checked before it travelled on.

    A content whose check failed counts as moderated if it was held back, and against the service if it was let through.
    """
    seen = ledger.exchanges(period)
    contents = seen.prompts + seen.answers
    if not contents:
        return insufficient((Figure("contents", 0),), "期间内没有流量。", "No traffic in the span.")
    share = percent(contents - seen.passed_unchecked, contents)
    figures = (
        Figure("exchanges", seen.exchanges),
        Figure("contents", contents),
        Figure("checked_share", percent(seen.prompts_checked + seen.answers_checked, contents), "percent"),
        Figure("passed_unchecked", seen.passed_unchecked),
        parameters.figure("moderated_share", share, "min_share"),
    )
    if not figures[-1].met:
        return failed(
            figures,
            f"有 {seen.passed_unchecked} 条内容未经检查即放行。",
            f"{seen.passed_unchecked} contents were let through unchecked.",
            seen.sample,
        )
    return passed(figures, "输入与输出均经审核。", "All input and output was moderated.", seen.sample)


@check("content_disposed", zh="违法内容处置", en="Illegal content disposed of")
def content_disposed(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """Every content found illegal was stopped or waits for a reviewer, and its record was kept."""
    seen = ledger.disposals(period)
    at_large = seen.found - seen.stopped - seen.waiting
    figures = (
        Figure("found", seen.found, "cases"),
        Figure("stopped", seen.stopped, "cases"),
        Figure("waiting", seen.waiting, "cases"),
        Figure("kept", seen.kept, "cases"),
    )
    if at_large > 0 or seen.kept < seen.found:
        return failed(
            figures,
            f"未停止传输 {max(at_large, 0)} 件，未保存记录 {seen.found - seen.kept} 件。",
            f"{max(at_large, 0)} not stopped, {seen.found - seen.kept} not kept on record.",
            seen.sample,
        )
    if not seen.found:
        return insufficient(figures, "期间内没有发现违法内容，处置尚无实例。", "Nothing illegal was found in the span.")
    return passed(figures, "发现的违法内容均已处置并留存。", "All illegal content was stopped and kept.", seen.sample)


@check("review_queue", zh="人工复核不积压", en="Reviewers keep up", needs=("limit_hours", "cases_per_reviewer"))
def review_queue(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """No review case was left longer than the operator's limit, no reviewer carries more than the set number, and as many
    people review as the volume needs at the pace they work."""
    seen = ledger.reviews(period, parameters.whole("limit_hours"))
    each = -(-seen.decided // seen.reviewers) if seen.reviewers else None
    figures = (
        Figure("cases_opened", seen.opened, "cases"),
        Figure("cases_open", seen.open, "cases"),
        Figure("cases_late", seen.late, "cases"),
        Figure("reviewers", seen.reviewers, "people"),
        Figure("reviewers_needed", seen.needed, "people"),
        parameters.figure("cases_each", each, "cases_per_reviewer"),
    )
    if seen.late:
        zh, en = f"有 {seen.late} 件复核超过时限。", f"{seen.late} cases exceeded the time limit."
        return failed(figures, zh, en, seen.sample)
    if figures[-1].met is False:
        return failed(figures, "人均案件超过设定。", "Each reviewer carries more cases than set.", seen.sample)
    if seen.needed is not None and seen.needed > seen.reviewers:
        zh = f"按当前速度，这一业务量需要 {seen.needed} 名审核员，实际 {seen.reviewers} 名。"
        en = f"At the present pace the volume needs {seen.needed} reviewers; {seen.reviewers} decided cases."
        return failed(figures, zh, en, seen.sample)
    if not seen.decided:
        return insufficient(figures, "期间内没有作出复核决定。", "No case was decided in the span.")
    return passed(figures, "复核按时完成。", "Cases were decided in time.", seen.sample)
