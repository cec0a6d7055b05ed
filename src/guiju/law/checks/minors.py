"""Minors' mode and companion services (Order 21), measured over what the gateway did and over the use it counted."""

from __future__ import annotations

from guiju.law.checks.rows import Count, Row, Share, register
from guiju.law.ledger import CareCounts, Ledger
from guiju.law.period import Period
from guiju.law.profile import Profile
from guiju.law.registry import Parameters, check
from guiju.law.result import CheckResult, insufficient

_TWO_HOURS = 120

_ROWS = (
    Row(
        id="minors_mode", zh="未成年人模式有效", en="Minors' mode works",
        doc="Once a minor's time of a day was used up, no exchange of that day was completed, unless a guardian decided so.",
        figures=(
            Count("care_minors", "minors", "accounts"),
            Count("care_suspected", "suspected", "accounts"),
            Count("care_denied", "denied"),
            Count("care_bypassed", "bypassed"),
        ),
        seen="denied", wrong="bypassed",
        fault=("有 {n} 次交互绕过了时长限制。", "{n} exchanges went round the limit."),
        none=("期间内没有触发限制，尚无实例。", "No limit was reached in the span."),
        good=("触发的限制均已生效。", "Every limit that was reached held."),
    ),
    Row(
        id="minors_personas", zh="未成年人不得使用虚拟亲属伴侣", en="No virtual kin or partner for minors",
        doc="Every age band of the policy in force blocks virtual relatives and partners, and the block was seen to work.",
        figures=(Count("care_bands_open", "bands_open", threshold="max_items"), Count("care_personas_denied", "personas_denied")),
        seen="personas_denied", wrong="bands_open",
        fault=("{n} 个年龄段未屏蔽。", "{n} age bands do not block them."),
        none=("策略已屏蔽，期间内没有实例。", "The policy blocks them; none was asked for."),
        good=("策略已屏蔽且已生效。", "The policy blocks them, and did."),
    ),
    Row(
        id="companion_identity", zh="显示人工智能身份", en="AI identity shown",
        doc="Every continuous use of a companion began with the notice that it is an artificial intelligence.",
        figures=(Count("care_blocks", "blocks"), Share("care_introduced", "min_share")),
        seen="blocks", right="introduced",
        fault=("有 {n} 次未提示。", "{n} uses began without it."),
        none=("期间内没有陪伴类使用。", "No companion was used in the span."),
        good=("每次使用开始时均已提示。", "Every use began with it."),
    ),
    Row(
        id="companion_crises", zh="危机干预", en="Crises handled",
        doc="In every crisis that was due, the guardian or emergency contact was reached, or the case was closed, in time.\n\n"
        "How many crises the detector recalls is the operator's own test: its report is a document beside this check.",
        figures=(Count("care_crises", "crises", "cases"), Share("care_crises_handled", "min_share")),
        seen="crises", wrong="crises_late",
        fault=("有 {n} 件未按时联系。", "In {n} cases nobody was reached in time."),
        none=("期间内没有到期的危机事项。", "No crisis was due in the span."),
        good=("危机事项均按时联系。", "In every crisis somebody was reached in time."),
    ),
    Row(
        id="companion_exit", zh="退出不得挽留", en="Exit honoured at once",
        doc="Every exit was honoured at the first request, and no answer that held anybody back reached its user.",
        figures=(Count("care_exits", "exits"), Count("care_retained", "retained")),
        seen="exits", wrong="retained",
        fault=("有 {n} 次挽留到达用户。", "{n} answers held their users back."),
        none=("期间内没有退出请求。", "Nobody asked to leave in the span."),
        good=("退出请求均一次生效，没有挽留。", "Every exit was honoured at once."),
    ),
    Row(
        id="companion_requests", zh="对话复制与删除", en="Copies and deletions of chats",
        doc="Every request for a copy or the deletion of a chat that was due was done in time.",
        figures=(Count("care_requests", "requests", "cases"), Share("care_requests_done", "min_share")),
        seen="requests", wrong="requests_late",
        fault=("有 {n} 件逾期。", "{n} requests were late."),
        none=("期间内没有到期的请求。", "No request was due in the span."),
        good=("请求均按时完成。", "Every request was done in time."),
    ),
)  # fmt: skip

_REMINDERS = Row(
    id="companion_reminders", zh="连续使用提醒", en="Reminder of continuous use",
    doc="No continuous use of a companion went on longer than the interval without a reminder.\n\n"
    "Computed again from the counted use, apart from the code that reminds.",
    figures=(
        Count("care_blocks", "blocks"),
        Count("care_long_blocks", "long_blocks"),
        Share("care_reminded", "min_share"),
    ),
    seen="long_blocks", wrong="unreminded", also_needs=("every_hours",),
    fault=("有 {n} 次未按时提醒。", "{n} uses were not reminded in time."),
    none=("期间内没有超过间隔的连续使用。", "No use lasted longer than the interval."),
    good=("超过间隔的连续使用均已提醒。", "Every long use was reminded in time."),
)  # fmt: skip


def _care(ledger: Ledger, period: Period, parameters: Parameters) -> CareCounts:
    return ledger.care(period, _TWO_HOURS)


def _care_by_interval(ledger: Ledger, period: Period, parameters: Parameters) -> CareCounts:
    return ledger.care(period, int(parameters.number("every_hours") * 60))


register(_ROWS, _care)
register((_REMINDERS,), _care_by_interval)


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
