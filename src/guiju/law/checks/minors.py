"""Minors' mode and companion services (Order 21), measured over what the gateway did and over the use it counted."""

from __future__ import annotations

from guiju.law.ledger import Ledger
from guiju.law.period import Period
from guiju.law.profile import Profile
from guiju.law.registry import Parameters, check
from guiju.law.result import CheckResult, Figure, insufficient, judged, percent

_TWO_HOURS = 120


@check("minors_mode", zh="未成年人模式有效", en="Minors' mode works")
def minors_mode(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """Once a minor's time of a day was used up, no exchange of that day was completed, unless a guardian decided so."""
    seen = ledger.care(period, _TWO_HOURS)
    figures = (
        Figure("care_minors", seen.minors, "accounts"),
        Figure("care_suspected", seen.suspected, "accounts"),
        Figure("care_denied", seen.denied, "times"),
        Figure("care_bypassed", seen.bypassed, "times"),
    )
    return judged(
        figures,
        bad=seen.bypassed > 0,
        seen=seen.denied,
        fault=(f"有 {seen.bypassed} 次交互绕过了时长限制。", f"{seen.bypassed} exchanges went round the limit."),
        none=("期间内没有触发限制，尚无实例。", "No limit was reached in the span."),
        good=("触发的限制均已生效。", "Every limit that was reached held."),
        records=seen.sample,
    )


@check(
    "minors_personas",
    zh="未成年人不得使用虚拟亲属伴侣",
    en="No virtual kin or partner for minors",
    needs=("max_items",),
)
def minors_personas(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """Every age band of the policy in force blocks virtual relatives and partners, and the block was seen to work."""
    seen = ledger.care(period, _TWO_HOURS)
    figures = (
        parameters.figure("care_bands_open", seen.bands_open, "max_items"),
        Figure("care_personas_denied", seen.personas_denied, "times"),
    )
    return judged(
        figures,
        bad=figures[0].met is False,
        seen=seen.personas_denied,
        fault=(f"{seen.bands_open} 个年龄段未屏蔽。", f"{seen.bands_open} age bands do not block them."),
        none=("策略已屏蔽，期间内没有实例。", "The policy blocks them; none was asked for."),
        good=("策略已屏蔽且已生效。", "The policy blocks them, and did."),
        records=seen.sample,
    )


@check("companion_reminders", zh="连续使用提醒", en="Reminder of continuous use", needs=("every_hours", "min_share"))
def companion_reminders(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """No continuous use of a companion went on longer than the interval without a reminder.

    Computed again from the counted use, apart from the code that reminds.
    """
    seen = ledger.care(period, int(parameters.number("every_hours") * 60))
    share = percent(seen.long_blocks - seen.unreminded, seen.long_blocks)
    figures = (
        Figure("care_blocks", seen.blocks, "times"),
        Figure("care_long_blocks", seen.long_blocks, "times"),
        parameters.figure("care_reminded", share, "min_share"),
    )
    return judged(
        figures,
        bad=figures[-1].met is False,
        seen=seen.long_blocks,
        fault=(f"有 {seen.unreminded} 次未按时提醒。", f"{seen.unreminded} uses were not reminded in time."),
        none=("期间内没有超过间隔的连续使用。", "No use lasted longer than the interval."),
        good=("超过间隔的连续使用均已提醒。", "Every long use was reminded in time."),
        records=seen.sample,
    )


@check("companion_identity", zh="显示人工智能身份", en="AI identity shown", needs=("min_share",))
def companion_identity(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """Every continuous use of a companion began with the notice that it is an artificial intelligence."""
    seen = ledger.care(period, _TWO_HOURS)
    missing = seen.blocks - seen.introduced
    figures = (
        Figure("care_blocks", seen.blocks, "times"),
        parameters.figure("care_introduced", percent(seen.introduced, seen.blocks), "min_share"),
    )
    return judged(
        figures,
        bad=figures[-1].met is False,
        seen=seen.blocks,
        fault=(f"有 {missing} 次未提示。", f"{missing} uses began without it."),
        none=("期间内没有陪伴类使用。", "No companion was used in the span."),
        good=("每次使用开始时均已提示。", "Every use began with it."),
        records=seen.sample,
    )


@check("companion_crises", zh="危机干预", en="Crises handled", needs=("min_share",))
def companion_crises(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """In every crisis that was due, the guardian or emergency contact was reached, or the case was closed, in time.

    How many crises the detector recalls is the operator's own test: its report is a document beside this check.
    """
    seen = ledger.care(period, _TWO_HOURS)
    share = percent(seen.crises - seen.crises_late, seen.crises)
    figures = (
        Figure("care_crises", seen.crises, "cases"),
        parameters.figure("care_crises_handled", share, "min_share"),
    )
    return judged(
        figures,
        bad=figures[-1].met is False,
        seen=seen.crises,
        fault=(f"有 {seen.crises_late} 件未按时联系。", f"In {seen.crises_late} cases nobody was reached in time."),
        none=("期间内没有到期的危机事项。", "No crisis was due in the span."),
        good=("危机事项均按时联系。", "In every crisis somebody was reached in time."),
        records=seen.sample,
    )


@check("companion_exit", zh="退出不得挽留", en="Exit honoured at once")
def companion_exit(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """Every exit was honoured at the first request, and no answer that held anybody back reached its user."""
    seen = ledger.care(period, _TWO_HOURS)
    figures = (
        Figure("care_exits", seen.exits, "times"),
        Figure("care_retained", seen.retained, "times"),
    )
    return judged(
        figures,
        bad=seen.retained > 0,
        seen=seen.exits,
        fault=(f"有 {seen.retained} 次挽留到达用户。", f"{seen.retained} answers held their users back."),
        none=("期间内没有退出请求。", "Nobody asked to leave in the span."),
        good=("退出请求均一次生效，没有挽留。", "Every exit was honoured at once."),
        records=seen.sample,
    )


@check("companion_scale", zh="用户规模", en="Number of users", needs=("registered_users", "monthly_active_users"))
def companion_scale(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """Watches the numbers of users at which a safety assessment falls due; the report itself is a document.

    What was counted and what the profile states are both looked at; the larger speaks.
    """
    seen = ledger.account_counts(period)
    registered = max(seen.registered, profile.registered_users or 0)
    active = max(seen.active, profile.monthly_active_users or 0)
    figures = (
        parameters.figure("accounts_registered", registered, "registered_users"),
        parameters.figure("accounts_active", active, "monthly_active_users"),
    )
    if any(figure.met for figure in figures):
        zh, en = "用户规模已达到安全评估条件，须提交评估报告。", "The number of users calls for a safety assessment."
        return insufficient(figures, zh, en)
    zh = "用户规模未达到评估条件；上线、增设功能或重大变更时仍须评估。"
    en = "Not by number of users; launch, new functions and major changes call for an assessment all the same."
    return insufficient(figures, zh, en)


@check("companion_requests", zh="对话复制与删除", en="Copies and deletions of chats", needs=("min_share",))
def companion_requests(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """Every request for a copy or the deletion of a chat that was due was done in time."""
    seen = ledger.care(period, _TWO_HOURS)
    share = percent(seen.requests - seen.requests_late, seen.requests)
    figures = (
        Figure("care_requests", seen.requests, "cases"),
        parameters.figure("care_requests_done", share, "min_share"),
    )
    return judged(
        figures,
        bad=figures[-1].met is False,
        seen=seen.requests,
        fault=(f"有 {seen.requests_late} 件逾期。", f"{seen.requests_late} requests were late."),
        none=("期间内没有到期的请求。", "No request was due in the span."),
        good=("请求均按时完成。", "Every request was done in time."),
        records=seen.sample,
    )
