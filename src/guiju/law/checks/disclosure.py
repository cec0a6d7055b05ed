"""Is what the service must tell the public published, and was it lately seen there?"""

from __future__ import annotations

from guiju.law.ledger import Ledger
from guiju.law.period import Period
from guiju.law.profile import Profile
from guiju.law.registry import Parameters, check
from guiju.law.result import CheckResult, Figure, Validity, failed, insufficient, passed

SERVICE = ("audience", "occasion", "purpose", "limits", "model_summary", "personal_information")
"""TC260-003 7 b."""

ALGORITHM = ("purpose", "algorithm_principle", "algorithm_mechanism", "non_personal_option", "close_option")
"""Algorithm-recommendation provisions, Articles 16 and 17."""


@check("service_disclosure", zh="服务信息公开", en="Service information published", needs=("confirmed_days",))
def service_disclosure(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """Audience, occasion, purpose, limits, model summary and use of personal information are published and were seen."""
    return _published(profile, period, parameters, SERVICE)


@check("algorithm_disclosure", zh="算法告知", en="Algorithm disclosed", needs=("confirmed_days",))
def algorithm_disclosure(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """Purpose, principle and mechanism of the algorithm and the ways out of it are published and were seen."""
    return _published(profile, period, parameters, ALGORITHM)


def _published(profile: Profile, period: Period, parameters: Parameters, parts: tuple[str, ...]) -> CheckResult:
    shown = profile.disclosure
    if shown is None:
        zh, en = "服务画像中尚未填写公开告知。", "The published disclosure is not filled in on the service profile."
        return insufficient((), zh, en)
    missing = [part for part in parts if not getattr(shown, part).strip()]
    age = (period.last_day - shown.confirmed_on).days if shown.confirmed_on else None
    figures = (Figure("missing_parts", len(missing)), parameters.figure("confirmed_age", age, "confirmed_days"))
    if missing:
        return failed(figures, f"未公开 {len(missing)} 项。", f"Not published: {', '.join(missing)}.")
    if shown.confirmed_on is None or not shown.url or not figures[-1].met:
        return insufficient(figures, "近期未确认公开情况。", "It was not lately seen where it is published.")
    validity = Validity.lasting(shown.confirmed_on, parameters.whole("confirmed_days"))
    return passed(figures, "已公开并确认。", "Published, and lately seen.", validity=validity)
