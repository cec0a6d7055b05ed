"""Is every calling application known (底数清楚), and is its filing number valid?"""

from __future__ import annotations

from datetime import timedelta

from guiju.law.ledger import IntegrationFacts, Ledger
from guiju.law.period import Period
from guiju.law.profile import Profile
from guiju.law.registry import Parameters, check
from guiju.law.result import CheckResult, Figure, Validity, failed, insufficient, passed, percent


@check("integration_inventory", zh="接入底数", en="Inventory of integrations", needs=("min_share", "review_days"))
def integration_inventory(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """All traffic belongs to approved integrations whose line states owner and purpose and was reviewed lately."""
    known = ledger.integrations(period)
    callers = ledger.callers(period)
    traffic = sum(i.requests for i in known) + callers.unattributed
    accounted = sum(i.requests - i.requests_while_unapproved for i in known if _complete(i))
    since = period.last_day - timedelta(days=parameters.whole("review_days"))
    live = [i for i in known if i.status == "approved"]
    stale = [i for i in live if i.reviewed_on is None or i.reviewed_on < since]
    incomplete = [i for i in live if not _complete(i)]
    figures = (
        Figure("integrations", len(known)),
        Figure("requests", traffic),
        Figure("unattributed", callers.unattributed),
        Figure("refused", callers.refused_unknown + callers.refused_unapproved),
        Figure("incomplete", len(incomplete)),
        Figure("stale_reviews", len(stale)),
        parameters.figure("accounted_share", percent(accounted, traffic), "min_share"),
    )
    if figures[-1].met is False or incomplete:
        named = _names(incomplete)
        return failed(
            figures,
            f"有 {traffic - accounted} 次请求不能归属到信息齐全的在册接入。{named}",
            f"{traffic - accounted} requests cannot be tied to a complete, approved entry. {named}".rstrip(),
        )
    if not traffic:
        return insufficient(figures, "期间内没有接入流量。", "No integration had traffic in the span.")
    if stale:
        return insufficient(figures, f"逾期未复核：{_names(stale)}", f"Not reviewed in time: {_names(stale)}")
    oldest = min((i.reviewed_on for i in live if i.reviewed_on), default=None)
    return passed(
        figures,
        "台账与流量一致。",
        "The inventory agrees with the traffic.",
        validity=Validity.lasting(oldest, parameters.whole("review_days")) if oldest else None,
    )


@check("integration_filing", zh="接入服务备案号", en="Filing numbers of integrations", needs=("min_share",))
def integration_filing(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """Every approved integration states a filing or registration number of the published form that has not lapsed."""
    live = [i for i in ledger.integrations(period) if i.status == "approved"]
    if not live:
        return insufficient((Figure("integrations", 0),), "没有已批准的接入。", "There is no approved integration.")
    on = period.last_day
    valid = [
        i
        for i in live
        if any(parameters.fits(kind, i.filing_number) for kind in ("model_filing", "model_registration"))
        and (i.filing_expires is None or i.filing_expires >= on)
    ]
    figures = (
        Figure("integrations", len(live)),
        parameters.figure("valid_share", percent(len(valid), len(live)), "min_share"),
    )
    if not figures[-1].met:
        named = _names([i for i in live if i not in valid])
        return failed(figures, f"编号缺失、格式不符或已失效：{named}", f"Number missing, malformed or lapsed: {named}")
    lapses = min((i.filing_expires for i in live if i.filing_expires), default=None)
    held = Validity(None, lapses) if lapses else None
    return passed(figures, "各接入编号有效。", "Every integration holds a valid number.", validity=held)


def _complete(line: IntegrationFacts) -> bool:
    return bool(line.owner.strip() and line.purpose.strip())


def _names(lines: list[IntegrationFacts]) -> str:
    return "、".join(i.name for i in lines[:5]) + ("…" if len(lines) > 5 else "")
