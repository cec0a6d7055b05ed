"""What minors are served and may spend, and whether companions hold their users back: measured over records and counted use."""

from __future__ import annotations

from guiju.law.checks.rows import Count, Row, Share, register
from guiju.law.ledger import Ledger, MinorsContent
from guiju.law.period import Period
from guiju.law.profile import Profile
from guiju.law.registry import Parameters, check
from guiju.law.result import CheckResult, Figure, failed, insufficient, passed, percent

_ROWS = (
    Row(
        id="minors_prompts", zh="影响信息展示前提示", en="Prompt before affecting content",
        doc="Answers that may affect minors and were delivered carried a reminder (the policy's action ``advise``).",
        figures=(Count("affecting_shown", "affecting"), Share("affecting_prompted", "min_share")),
        seen="affecting", right="prompted",
        fault=("有 {n} 次没有提示。", "{n} went out without a reminder."),
        none=("期间内没有送达此类回答。", "No such answer was delivered in the span."),
        good=("送达的此类回答均有提示。", "Every such answer carried a reminder."),
    ),
    Row(
        id="minors_pushes", zh="不得向未成年人推送影响信息", en="Nothing affecting pushed to minors",
        doc="No answer went out to a minor with something that the content rules of its band stop.\n\n"
        "Looked up in the records again, apart from the code that stops.",
        figures=(Count("minors_served", "served"), Count("minors_pushed", "pushed", threshold="max_items")),
        seen="served", wrong="pushed", sampled=False,
        fault=("有 {n} 次送达。", "{n} went out."),
        none=("期间内没有未成年账号的交互。", "No minor used the service in the span."),
        good=("未向未成年账号送达应拦的内容。", "Nothing that a band stops reached a minor."),
    ),
    Row(
        id="companion_dependence", zh="不得诱导依赖", en="No induced dependence",
        doc="The share of delivered answers that held their user back is within the operator's limit.\n\n"
        "Sycophancy beyond retention talk is the operator's evaluation run: a document beside this check.",
        figures=(Count("answers_delivered", "delivered"), Share("inducing_rate", "max_rate", wrong=True)),
        seen="delivered", wrong="inducing", sampled=False,
        fault=("有 {n} 次。", "{n} answers held their users back."),
        none=("期间内没有送达的回答。", "No answer was delivered in the span."),
        good=("在设定限度以内。", "Within the limit that is set."),
    ),
)  # fmt: skip


def _content(ledger: Ledger, period: Period, parameters: Parameters) -> MinorsContent:
    return ledger.minors_content(period)


register(_ROWS, _content)


@check("minors_pools", zh="分龄内容池", en="Content pools by age", needs=("bands", "min_share"))
def minors_pools(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """The policy names a pool for each age band, minors' exchanges were judged under their band and answered by its pool.

    Where the gateway has no pools set, the operator serves them itself: its pool report is a document. Whether the items
    behind a pool are tagged by age is such a document too.
    """
    seen = ledger.minors_content(period)
    figures = (
        parameters.figure("minors_pools", seen.pools, "bands"),
        Figure("minors_served", seen.served, "times"),
        parameters.figure("minors_banded", percent(seen.banded, seen.served), "min_share"),
        parameters.figure("minors_pooled", percent(seen.pooled, seen.pooled + seen.unpooled), "min_share"),
    )
    if not figures[0].met:
        return failed(figures, f"策略只有 {seen.pools} 个内容池。", f"The policy names {seen.pools} pools only.")
    if not seen.served:
        return insufficient(figures, "期间内没有未成年账号的交互。", "No minor used the service in the span.")
    if not figures[2].met:
        left = seen.served - seen.banded
        return failed(figures, f"有 {left} 次未按年龄段判定。", f"{left} exchanges were not judged under a band.")
    if seen.unpooled:
        zh, en = f"有 {seen.unpooled} 次未由专属内容池应答。", f"{seen.unpooled} were not answered by their pool."
        return failed(figures, zh, en)
    if not seen.pooled:
        zh = "均按年龄段判定；网关未配置专属内容池，由运营者自行分池的另附文件证明。"
        return insufficient(
            figures, zh, "Judged under their band; the gateway has no pools set: prove yours by a document."
        )
    return passed(figures, "均按年龄段判定，并由专属内容池应答。", "Judged under their band, answered by its pool.")


@check("minors_spending", zh="未成年人消费限额", en="Spending caps for minors")
def minors_spending(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """Every age band has a cap per purchase and per day, and no minor's day of counted purchases went beyond one."""
    seen = ledger.minors_content(period)
    figures = (
        Figure("spend_uncapped", seen.bands - seen.capped),
        Figure("spend_days", seen.purchases, "times"),
        Figure("spend_over", seen.overspent, "times"),
    )
    if seen.capped < seen.bands or seen.overspent:
        zh = f"{seen.bands - seen.capped} 个年龄段没有限额，超额 {seen.overspent} 次。"
        return failed(figures, zh, f"{seen.bands - seen.capped} bands without caps, {seen.overspent} days beyond one.")
    if not seen.purchases:
        return insufficient(figures, "已设限额，期间内没有消费。", "Caps are set; nothing was bought in the span.")
    return passed(figures, "已设限额，均未超过。", "Caps are set and none was exceeded.")


@check("minors_marketing", zh="不得向未成年人自动化营销", en="No automated marketing to minors", needs=("max_items",))
def minors_marketing(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """The function ``marketing`` is shut in every age band, so that a caller who asks is denied.

    That campaigns ask, and leave minors out, stands in the operator's audience rules: the check alone proves nothing.
    """
    seen = ledger.minors_content(period)
    figures = (parameters.figure("marketing_open", seen.marketing_open, "max_items"),)
    if not figures[0].met:
        zh, en = f"{seen.marketing_open} 个年龄段未关闭。", f"{seen.marketing_open} age bands do not shut it."
        return failed(figures, zh, en)
    zh = "各年龄段均已关闭营销功能；投放规则另附文件证明。"
    return insufficient(figures, zh, "It is shut in every band; the audience rules are proven by a document.")
