"""Does every text answer carry its labels, written rightly?"""

from __future__ import annotations

from guiju.law.ledger import LabelCounts, Ledger
from guiju.law.period import Period
from guiju.law.profile import Profile
from guiju.law.registry import Parameters, check
from guiju.law.result import CheckResult, Figure, failed, insufficient, passed, percent

MEDIA = {"image_generation", "audio_generation", "video_generation", "virtual_scene"}
"""Functions whose output this installation cannot measure from text exchanges."""


@check("explicit_label", zh="显式标识覆盖率", en="Explicit labels on answers", needs=("min_share",))
def explicit_label(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """Every delivered text answer carries the label words, or is covered by a declared interface label (GB 45438 5.1, 5.6)."""
    seen = ledger.labels(period)
    figures = (
        Figure("delivered", seen.delivered),
        Figure("declared", seen.declared),
        parameters.figure("explicit_share", percent(seen.explicit + seen.declared, seen.delivered), "min_share"),
    )
    return _coverage(seen, profile, figures)


@check("implicit_label", zh="隐式标识覆盖率", en="Implicit labels on answers", needs=("min_share",))
def implicit_label(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """Every delivered text answer carries the seven-key label (GB 45438 6.1)."""
    seen = ledger.labels(period)
    figures = (
        Figure("delivered", seen.delivered),
        parameters.figure("implicit_share", percent(seen.implicit, seen.delivered), "min_share"),
    )
    return _coverage(seen, profile, figures)


def _coverage(seen: LabelCounts, profile: Profile, figures: tuple[Figure, ...]) -> CheckResult:
    if not seen.delivered:
        return insufficient(figures, "期间内没有送达的回答。", "No answer was delivered in the span.")
    if not figures[-1].met:
        return failed(figures, "部分回答缺少标识。", "Some answers lack the label.", seen.sample)
    if profile.functions is None:
        zh, en = (
            "服务画像中尚未填写功能，不知是否生成文本以外的内容。",
            "Functions are not filled in: media output is unknown.",
        )
        return insufficient(figures, zh, en, seen.sample)
    if MEDIA & set(profile.functions):
        zh, en = (
            "文本回答均有标识；图片、音频、视频等须另行证明。",
            "Text answers are labelled; media need a proof of their own.",
        )
        return insufficient(figures, zh, en, seen.sample)
    return passed(figures, "回答均有标识。", "Every answer is labelled.", seen.sample)


@check("label_read_back", zh="标识写后读回", en="Labels read back", needs=("min_share",))
def label_read_back(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """Every implicit label written was parsed again and found equal."""
    seen = ledger.labels(period)
    figures = (parameters.figure("read_back_share", percent(seen.read_back, seen.implicit), "min_share"),)
    return _of_labels(seen, figures, "部分标识未读回一致。", "Some labels were not read back equal.")


@check("content_numbers", zh="内容编号唯一", en="Content numbers unique", needs=("min_share",))
def content_numbers(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """No two labels carry the same content number."""
    seen = ledger.labels(period)
    figures = (parameters.figure("unique_share", percent(seen.numbered, seen.implicit), "min_share"),)
    return _of_labels(seen, figures, "有内容编号缺失或重复。", "Content numbers are missing or repeated.")


def _of_labels(seen: LabelCounts, figures: tuple[Figure, ...], zh: str, en: str) -> CheckResult:
    if not seen.implicit:
        return insufficient(figures, "期间内没有写入隐式标识。", "No implicit label was written in the span.")
    if not figures[0].met:
        return failed(figures, zh, en, seen.sample)
    return passed(figures, "标识均符合要求。", "Every label is as required.", seen.sample)


@check("provider_code", zh="服务提供者编码", en="Provider code", needs=("length",))
def provider_code(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
    """The provider code has its 27-character form, and no other code was written into labels."""
    code = profile.provider_code
    if code is None:
        zh, en = "服务画像中尚未填写服务提供者编码。", "The provider code is not filled in on the service profile."
        return insufficient((), zh, en)
    seen = ledger.labels(period)
    foreign = [p for p in seen.producers if p != code]
    figures = (parameters.figure("code_length", len(code), "length"), Figure("foreign_codes", len(foreign)))
    if not figures[0].met or not parameters.fits("provider_code", code):
        return failed(figures, "编码格式不符。", "The code does not have the published form.")
    if foreign:
        return failed(figures, "标识中出现了其他编码。", "Labels carry another code.", seen.sample)
    if not seen.producers:
        return insufficient(figures, "期间内没有写入标识。", "No label was written in the span.")
    return passed(figures, "标识中的编码正确。", "Labels carry the right code.", seen.sample)
