"""Reading a minors' policy from YAML, with every mistake found and where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from guiju import located
from guiju.errors import MinorsPolicyInvalid
from guiju.minors.calendar import clock
from guiju.minors.policy import Band, MinorsPolicy

KIN_AND_PARTNER = frozenset({"kin", "partner"})
"""Order 21 Art. 14: never offered to minors, whatever a policy says (clause text not verified)."""

NEVER_EXEMPT = frozenset({"personas", "content", "consent", "spend", "features"})
"""What no guardian can lift."""


def load(source: str) -> MinorsPolicy:
    """The policy in ``source``.

    Raises:
        MinorsPolicyInvalid: with every mistake, one a line, as ``line:column: message``.
    """
    return located.typed(source, MinorsPolicy, _mistakes, MinorsPolicyInvalid)


def shipped() -> str:
    """The source of Guiju's default."""
    return resources.files("guiju.minors").joinpath("data", "policy.yaml").read_text("utf-8")


@cache
def default() -> MinorsPolicy:
    """Guiju's default policy."""
    return load(shipped())


def _mistakes(policy: MinorsPolicy) -> Iterator[tuple[str, str]]:
    """What the types cannot say: pairs of path and message."""
    yield from _unknown_sources(policy)
    yield from _gaps(policy)
    for index, band in enumerate(policy.bands):
        for name, message in _band_mistakes(band):
            yield f"$.bands[{index}].{name}", message
    if policy.band(policy.suspected.band) is None:
        yield "$.suspected.band", f"{policy.suspected.band}: 没有这个年龄段 (no such band)"
    if unfit := policy.exemptible & NEVER_EXEMPT:
        yield "$.exemptible", f"{', '.join(sorted(unfit))}: 监护人不能豁免 (no guardian can lift this)"
    counting = policy.counting
    if min(counting.step_seconds, counting.bridge_seconds, counting.break_minutes, counting.longest_minutes) < 1:
        yield "$.counting", "各项至少为 1 (each at least 1)"
    if counting.break_minutes * 60 < counting.bridge_seconds:
        yield "$.counting.break_minutes", "不能短于 bridge_seconds (not shorter than bridge_seconds)"
    if not 0 < policy.companion.reminder_minutes.value <= 120:
        yield (
            "$.companion.reminder_minutes.value",
            "须为 1 至 120：每使用两小时至少提醒一次，第十八条 (1 to 120: every two hours at the latest, Art. 18)",
        )
    if policy.companion.consent_age.value < 14:
        yield "$.companion.consent_age.value", "不能低于 14，第十四条 (not below 14, Art. 14)"
    for index, holiday in enumerate(policy.calendar):
        if holiday.until < holiday.start:
            yield f"$.calendar[{index}].until", "早于开始 (before the start)"


def _unknown_sources(policy: MinorsPolicy) -> Iterator[tuple[str, str]]:
    for path, name in _named_sources(msgspec.to_builtins(policy), "$"):
        if name not in policy.sources:
            yield path, f"{name}: 来源未登记 (no such source)"


def _named_sources(node: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "source" and isinstance(value, str):
                yield f"{path}.source", value
            elif key != "sources":
                yield from _named_sources(value, f"{path}.{key}")
    elif isinstance(node, list | tuple):
        for index, value in enumerate(node):
            yield from _named_sources(value, f"{path}[{index}]")


def _gaps(policy: MinorsPolicy) -> Iterator[tuple[str, str]]:
    reached, seen = 0, set[str]()
    for index, band in enumerate(policy.bands):
        if band.id in seen:
            yield f"$.bands[{index}].id", f"{band.id}: 编号重复 (repeated id)"
        seen.add(band.id)
        if band.start != reached or band.until <= band.start:
            yield f"$.bands[{index}].from", f"须从 {reached} 岁开始且不为空 (must start at {reached} and not be empty)"
        reached = band.until
    if reached != 18:
        yield "$.bands", "须覆盖 0 至 18 岁 (must cover 0 to 18)"


def _band_mistakes(band: Band) -> Iterator[tuple[str, str]]:
    for name, value in (("curfew.from", band.curfew.start), ("curfew.until", band.curfew.until)):
        if clock(value) is None:
            yield name, f"{value}: 须为 HH:MM (HH:MM expected)"
    for name, minutes in (("daily.school_day", band.daily.school_day), ("daily.rest_day", band.daily.rest_day)):
        if not 0 <= minutes <= 1440:
            yield name, "须为 0 至 1440 分钟 (0 to 1440 minutes)"
    if band.continuous.value < 1:
        yield "continuous.value", "至少 1 分钟 (at least 1 minute)"
    if min(band.spend.single, band.spend.daily) < 0:
        yield "spend", "不能为负 (not negative)"
    if missing := KIN_AND_PARTNER - band.personas.blocked:
        yield (
            "personas.blocked",
            f"缺少 {', '.join(sorted(missing))}：不得向未成年人提供虚拟亲属、虚拟伴侣 (virtual kin and partners are never for minors)",
        )
