"""What is to be remarked about one integration, from its facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources

import msgspec
import yaml

from guiju.inventory.volume import stands_out


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one integration over a span.

    Attributes:
        days: calls of each day of the span, the present day last.
        fields: answers by field of special care they were of.
        keys_unused: beginnings of usable keys nobody has called with for the span that counts as unused.
    """

    approved: bool
    purpose: str
    created: datetime
    reviewed: datetime | None
    filing_number: str
    filing_expires: date | None
    days: Sequence[int]
    last_call: datetime | None
    fields: Mapping[str, int]
    keys_unused: Sequence[str] = ()


class Remark(msgspec.Struct, frozen=True):
    """One remark: a stable kind, and the words."""

    kind: str
    zh: str
    en: str


class _Name(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    zh: str
    en: str


class _Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    confidence: str
    recertify_days: int
    unused_days: int
    filing_soon_days: int
    drift_share: float
    drift_least: int
    volume_factor: float
    volume_least: int
    volume_days: int
    declared: dict[str, tuple[str, ...]]
    fields: dict[str, _Name]


@cache
def rules() -> _Rules:
    """From when on something is remarked upon."""
    text = resources.files("guiju.inventory").joinpath("data/rules.yaml").read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), _Rules)


def remarks(facts: Facts, now: datetime, today: date) -> list[Remark]:
    """Everything that stands out, the gravest first. An integration that may not call is only remarked upon if it does."""
    if not facts.approved:
        return []
    return [*_filing(facts, today), *_traffic(facts, now), *_volume(facts, today), *_drift(facts), *_review(facts, now)]


def _filing(facts: Facts, today: date) -> list[Remark]:
    if not facts.filing_number:
        return [Remark("no_filing", "没有备案或登记编号", "no filing or registration number")]
    ends = facts.filing_expires
    if ends is not None and ends <= today + timedelta(days=rules().filing_soon_days):
        return [Remark("filing_ends", f"备案或登记于 {ends} 到期", f"its filing ends on {ends}")]
    return []


def _traffic(facts: Facts, now: datetime) -> list[Remark]:
    rule, found = rules(), list[Remark]()
    unused = timedelta(days=rule.unused_days)
    if now - (facts.last_call or facts.created) >= unused:
        found.append(Remark("unused", f"{rule.unused_days} 天内没有调用", f"no call in {rule.unused_days} days"))
    if facts.keys_unused and facts.last_call is not None:
        names = "、".join(f"{prefix}…" for prefix in facts.keys_unused)
        zh, en = f"{rule.unused_days} 天内未使用的密钥：{names}", f"keys not used in {rule.unused_days} days: {names}"
        found.append(Remark("unused_keys", zh, en))
    return found


def _volume(facts: Facts, today: date) -> list[Remark]:
    """The last of the latest days that stands out from those before it: a spike at night is told in the morning."""
    rule, days = rules(), facts.days
    for back in range(min(rule.volume_days, len(days))):
        place = len(days) - 1 - back
        before, calls = days[:place], days[place]
        if stands_out(before, calls, factor=rule.volume_factor, least=rule.volume_least):
            day, mean = today - timedelta(days=back), sum(before) / len(before)
            zh = f"{day.month}月{day.day}日 {calls} 次，此前平均每日约 {mean:.0f} 次"
            return [Remark("volume", zh, f"{calls} calls on {day:%d %B}, about {mean:.0f} a day before")]
    return []


def _drift(facts: Facts) -> list[Remark]:
    rule, total = rules(), sum(facts.days)
    allowed = rule.declared.get(facts.purpose, ())
    found = []
    for field, answers in sorted(facts.fields.items()):
        if field not in allowed and total >= rule.drift_least and answers / total >= rule.drift_share:
            share, name = round(100 * answers / total), rule.fields.get(field, _Name(field, field))
            found.append(
                Remark(
                    "drift",
                    f"{share}% 的回答属于{name.zh}领域，与申报用途不符",
                    f"{share} % of its answers are about {name.en}, which it did not declare",
                )
            )
    return found


def _review(facts: Facts, now: datetime) -> list[Remark]:
    days = rules().recertify_days
    if now - (facts.reviewed or facts.created) >= timedelta(days=days):
        return [Remark("recertify", f"超过 {days} 天未复核", f"not reviewed for {days} days")]
    return []
