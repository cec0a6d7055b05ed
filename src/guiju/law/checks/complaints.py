"""Can people complain, is a time limit declared for it, and is it kept?"""

from __future__ import annotations

from guiju.law.ledger import ComplaintCounts, Ledger
from guiju.law.period import Period
from guiju.law.profile import Profile
from guiju.law.registry import Parameters, check
from guiju.law.result import CheckResult, Figure, failed, insufficient, passed, percent

PERSONAL_INFORMATION = "personal_information"
IP = "ip"


@check("complaint_channel", zh="投诉举报入口", en="Complaint entry")
def complaint_channel(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """The public page is served, and names a time limit for every kind of message it takes."""
    channel = ledger.complaint_channel()
    figures = (Figure("complaint_kinds", len(channel.topics)),)
    if not channel.open:
        return failed(figures, "公开的投诉举报页面未开放。", "The public page for complaints is not served.")
    return passed(
        figures,
        "投诉举报页面已开放，各类别均公布处理流程与时限。",
        "The page is served; every kind states how it goes on and its time limit.",
    )


@check("complaints_in_time", zh="投诉按时答复", en="Complaints answered in time", needs=("min_share",))
def complaints_in_time(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """Of the complaints whose declared limit says something already, at least the set share was answered within it.

    A complaint that still waits within its limit is not counted; one reopened after a missed limit stays late.
    """
    counts = ledger.complaints(period, ())
    share = parameters.figure("complaints_in_time", _share(counts), "min_share")
    figures = (share, Figure("complaints_late", counts.late), Figure("complaints_received", counts.received))
    if share.value is None:
        return insufficient(figures, "期间内没有到期的投诉，尚无实例。", "No complaint fell due in the span.")
    if not share.met:
        return failed(
            figures, f"有 {counts.late} 件投诉未按公布时限答复。", f"{counts.late} complaints missed their limit."
        )
    return passed(figures, "投诉按公布的时限答复。", "Complaints were answered within the declared limits.")


@check(
    "personal_requests_in_time",
    zh="个人信息请求按时答复",
    en="Personal-information requests in time",
    needs=("max_days",),
)
def personal_requests_in_time(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """The declared limit for requests about personal information is no longer than allowed, and none missed it."""
    days = next((t.working_days for t in ledger.complaint_channel().topics if t.id == PERSONAL_INFORMATION), None)
    declared = parameters.figure("declared_days", days, "max_days")
    counts = ledger.complaints(period, (PERSONAL_INFORMATION,))
    figures = (declared, Figure("complaints_late", counts.late), Figure("complaints_received", counts.received))
    if days is None or not declared.met:
        return failed(figures, "未公布合规的答复时限。", "No time limit within the bound is declared.")
    if counts.late:
        return failed(figures, f"有 {counts.late} 件请求超时。", f"{counts.late} requests missed their limit.")
    if not counts.in_time:
        return insufficient(figures, "期间内没有到期的请求，尚无实例。", "No request fell due in the span.")
    return passed(figures, "个人信息请求均按时答复。", "Every request was answered in time.")


@check("ip_channel", zh="知识产权投诉渠道", en="Channel for IP complaints")
def ip_channel(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """Third parties can claim intellectual property on the public page, without an account."""
    channel = ledger.complaint_channel()
    figures = (Figure("complaints_received", ledger.complaints(period, (IP,)).received),)
    if not channel.open or not any(topic.id == IP for topic in channel.topics):
        return failed(figures, "没有开放知识产权投诉渠道。", "No channel for IP complaints is open.")
    return passed(figures, "知识产权投诉渠道已向第三方开放。", "Third parties can complain about IP.")


def _share(counts: ComplaintCounts) -> float | None:
    return percent(counts.in_time, counts.in_time + counts.late)
