"""Are logs kept long enough, unaltered, and can they be handed over?"""

from __future__ import annotations

from guiju.china import china_day
from guiju.law.ledger import Ledger
from guiju.law.period import Period, add_months
from guiju.law.profile import Profile
from guiju.law.registry import Parameters, check
from guiju.law.result import CheckResult, Figure, Validity, failed, insufficient, passed


@check("log_retention", zh="日志留存期", en="Retention of logs", needs=("months",))
def log_retention(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """Nothing was deleted before it was due, and the system has run long enough to show it.

    A service younger than the retention proves nothing yet: that is *insufficient*, not a pass. Records that are gone
    although no deletion is on record fail.
    """
    months = parameters.whole("months")
    kept = ledger.retention(months)
    on = period.last_day
    cutoff = add_months(on, -months)
    running = (on - kept.first_written).days if kept.first_written else 0
    figures = (
        Figure("running_days", running, "days"),
        Figure("kept_days", (on - kept.oldest_kept).days if kept.oldest_kept else None, "days"),
        Figure("deleted_early", kept.deleted_early),
    )
    if kept.deleted_early:
        zh, en = f"有 {kept.deleted_early} 条在到期前删除。", f"{kept.deleted_early} were deleted before they were due."
        return failed(figures, zh, en, kept.sample)
    if kept.first_written is None:
        return insufficient(figures, "尚无记录。", "There are no records yet.")
    lost = kept.oldest_kept is None or (kept.oldest_kept > kept.first_written and not kept.deleted_due)
    if lost:
        zh, en = "最早的记录缺失，且没有相应的删除记载。", "The oldest records are gone with no deletion on record."
        return failed(figures, zh, en, kept.sample)
    if kept.first_written > cutoff:
        return insufficient(
            figures,
            f"系统运行不足 {months} 个月；至今没有提前删除。",
            f"In operation for less than {months} months; nothing was deleted early so far.",
            kept.sample,
        )
    return passed(figures, f"日志留存满 {months} 个月。", f"Logs are kept for {months} months.", kept.sample)


@check("evidence_chain", zh="记录链验证", en="Evidence chain verified", needs=("verify_days",))
def evidence_chain(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """The whole hash chain was verified lately and no record was found changed, missing or out of order."""
    chain = ledger.chain()
    last = chain.last_verification
    day = china_day(last.at) if last else None
    age = parameters.figure("verified_age", (period.last_day - day).days if day else None, "verify_days")
    figures = (
        Figure("records", chain.records),
        Figure("unsealed", chain.unsealed),
        Figure("problems", last.problems if last else None),
        age,
    )
    if last is not None and last.problems:
        zh, en = f"最近一次验证发现 {last.problems} 处问题。", f"The last verification found {last.problems} problems."
        return failed(figures, zh, en)
    if not chain.records:
        return insufficient(figures, "尚无记录。", "There are no records yet.")
    if day is None or not age.met:
        zh, en = "近期没有完整验证。", "There was no recent full verification."
        return insufficient(figures, zh, en)
    return passed(
        figures, "记录链完整。", "The chain is intact.", validity=Validity.lasting(day, parameters.whole("verify_days"))
    )


@check("export_drill", zh="导出演练", en="Export drill", needs=("drill_days",))
def export_drill(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """Evidence was exported for an inspector, and the package verified, within the set number of days.

    Where the obligation also carries ``max_hours``, the newest such export must have taken no longer.
    """
    days = parameters.whole("drill_days")
    on = period.last_day
    drills = [d for d in ledger.drills(Period.ending(on, days)) if d.verified]
    newest = drills[-1] if drills else None
    figures = [Figure("drills", len(drills))]
    if newest is None:
        started = ledger.retention(0).first_written
        if started is not None and (on - started).days > days:
            zh, en = f"{days} 天内没有经验证的导出演练。", f"No verified export within {days} days."
            return failed(figures, zh, en)
        return insufficient(figures, "尚未做过导出演练。", "There was no export drill yet.")
    day = china_day(newest.at)
    figures.append(parameters.figure("drill_age", (on - day).days, "drill_days"))
    if "max_hours" in parameters.thresholds:
        figures.append(parameters.figure("drill_hours", round(newest.seconds / 3600, 2), "max_hours"))
    records = [d.id for d in reversed(drills)]
    if any(f.met is False for f in figures):
        return failed(figures, "最近一次导出超过用时上限。", "The newest export took too long.", records)
    return passed(
        figures, "导出演练在期限内完成。", "An export drill was done in time.", records, Validity.lasting(day, days)
    )
