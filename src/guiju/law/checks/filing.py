"""Are the service's own filings there, well-formed, current and shown?"""

from __future__ import annotations

from datetime import date, timedelta

from guiju.law.ledger import Ledger
from guiju.law.period import Period
from guiju.law.profile import Filing, Profile
from guiju.law.registry import Parameters, check
from guiju.law.result import CheckResult, Figure, Validity, failed, insufficient, passed, percent

_UNFILLED = ("服务画像中尚未填写备案与登记。", "Filings are not filled in on the service profile.")


@check("service_filing", zh="大模型备案或登记号", en="Model filing or registration number", needs=("verified_days",))
def service_filing(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """The service holds the number its role calls for, of the published form, not lapsed, lately compared with the notice.

    Whoever only calls a filed model without changing it may register; whoever trains or tunes one must file.
    """
    if profile.filings is None:
        return insufficient((), *_UNFILLED)
    kinds = ("model_filing", "model_registration") if profile.has_role("registrant") else ("model_filing",)
    numbers = profile.filings_of(*kinds)
    on = period.last_day
    if not numbers:
        return failed((), "没有大模型备案号或登记号。", "There is no model filing or registration number.")
    sound = [f for f in numbers if parameters.fits(f.kind, f.number) and not _lapsed(f, on)]
    if not sound:
        return failed((), "编号格式不符或已失效。", "The number is malformed or has lapsed.")
    best = max(sound, key=lambda f: f.verified_on or date.min)
    age = (on - best.verified_on).days if best.verified_on else None
    figures = (parameters.figure("verified_days", age, "verified_days"),)
    if not best.notice_url or best.verified_on is None or not figures[0].met:
        return insufficient(
            figures,
            f"编号 {best.number} 近期未与公告核对。",
            f"Number {best.number} was not compared with the public notice lately.",
        )
    compared = Validity.lasting(best.verified_on, parameters.whole("verified_days"))
    held = Validity.earlier(compared, Validity(best.issued_on, best.expires_on) if best.expires_on else None)
    return passed(figures, f"编号 {best.number} 有效。", f"Number {best.number} is valid.", validity=held)


@check("filing_shown", zh="备案编号公示", en="Filing number shown", needs=("min_share", "seen_days"))
def filing_shown(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """A well-formed algorithm filing number was lately seen, with the link to the notice, on every surface."""
    if profile.filings is None:
        return insufficient((), *_UNFILLED)
    numbers = profile.filings_of("algorithm")
    if not any(parameters.fits("algorithm", f.number) for f in numbers):
        zh, en = "没有格式正确的算法备案号可供公示。", "There is no well-formed algorithm filing number to show."
        return failed((), zh, en)
    if not profile.surfaces:
        return insufficient((), "服务画像中尚未填写对外界面。", "Surfaces are not filled in on the service profile.")
    days = timedelta(days=parameters.whole("seen_days"))
    seen = [
        s.filing_seen_on for s in profile.surfaces if s.filing_seen_on and s.filing_seen_on >= period.last_day - days
    ]
    figures = (
        Figure("surfaces", len(profile.surfaces)),
        parameters.figure("shown_share", percent(len(seen), len(profile.surfaces)), "min_share"),
    )
    if not figures[-1].met:
        zh, en = "部分界面近期未确认公示。", "Some surfaces were not lately seen to show it."
        return insufficient(figures, zh, en)
    return passed(
        figures, "各界面均已公示。", "Every surface shows it.", validity=Validity.lasting(min(seen), days.days)
    )


@check("algorithm_categories", zh="算法归类", en="Algorithms mapped", needs=("min_share",))
def algorithm_categories(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """Every algorithm in service is mapped to one of the five categories."""
    algorithms = profile.algorithms
    if not algorithms:
        return insufficient((), "服务画像中尚未填写算法台账。", "No algorithm is listed on the service profile.")
    mapped = sum(parameters.fits("algorithm_category", a.category) for a in algorithms)
    figures = (
        Figure("algorithms", len(algorithms)),
        parameters.figure("mapped_share", percent(mapped, len(algorithms)), "min_share"),
    )
    if not figures[-1].met:
        unmapped = len(algorithms) - mapped
        return failed(figures, f"有 {unmapped} 个算法未归类。", f"{unmapped} algorithms are not mapped.")
    return passed(figures, "在用算法均已归类。", "Every algorithm is mapped.")


@check("unmodified_model", zh="未改动所调用模型", en="Called model left unmodified")
def unmodified_model(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """A registered service states that it neither trains nor fine-tunes a model."""
    if profile.functions is None:
        return insufficient((), "服务画像中尚未填写功能。", "Functions are not filled in on the service profile.")
    own = {"self_trained_model", "fine_tuned_model"} & set(profile.functions)
    if own:
        return failed(
            (),
            "登记主体不得训练或微调模型，应办理备案。",
            "A registered service may not train or tune a model: it must file.",
        )
    return passed((), "声明未训练或微调模型。", "States that no model is trained or tuned.")


@check("base_model_filed", zh="基础模型备案", en="Base models filed")
def base_model_filed(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """Every model that answered users is on the profile with a filing number of the published form."""
    served = ledger.models(period)
    if profile.base_models is None:
        zh, en = "服务画像中尚未填写基础模型。", "Base models are not filled in on the service profile."
        return insufficient((Figure("models", len(served)),), zh, en)
    listed = {m.name: m for m in profile.base_models}
    unlisted = [m.model for m in served if m.model not in listed]
    unfiled = [m.name for m in profile.base_models if not parameters.fits("model_filing", m.filing_number)]
    figures = (
        Figure("models", len(served)),
        Figure("unlisted_models", len(unlisted)),
        Figure("unfiled_models", len(unfiled)),
    )
    if unlisted or unfiled:
        names = "、".join([*unlisted, *unfiled][:5])
        return failed(figures, f"未登记或无有效备案号：{names}", f"Not listed, or without a valid number: {names}")
    if not served:
        return insufficient(figures, "期间内没有模型应答。", "No model answered in the span.")
    return passed(figures, "所用模型均已备案。", "Every model in use is filed.")


def _lapsed(filing: Filing, on: date) -> bool:
    return filing.expires_on is not None and filing.expires_on < on
