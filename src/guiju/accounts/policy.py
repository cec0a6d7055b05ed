"""The account policy: what counts, how much, and which step follows, as data with diagnostics."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

from guiju import located
from guiju.errors import AccountPolicyInvalid
from guiju.nouns import Action, Decision


class Step(enum.StrEnum):
    """The ladder, from the mildest step to the strictest."""

    WARN = "warn"
    LIMIT = "limit"
    SUSPEND = "suspend"
    CLOSE = "close"

    @property
    def rank(self) -> int:
        """0 for ``warn`` up to 3 for ``close``."""
        return list(Step).index(self)


class Use(enum.StrEnum):
    """What an account might do that a step can forbid."""

    CALL = "call"
    UPLOAD = "upload"
    MEDIA = "media"
    TOOLS = "tools"


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the step ``limit`` means."""

    requests_per_minute: int = 5
    without: frozenset[Use] = frozenset()


class Probing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When somebody tries again and again: ``times`` of one risk within ``minutes`` weigh ``percent`` each from then on."""

    times: int
    minutes: int
    percent: int


class Decay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """After so many days a violation weighs this much, in per cent."""

    after_days: int
    percent: int


class Bulk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bulk actions: above how many accounts a second person approves, and within how many hours all can be undone."""

    approval_above: int = 20
    undo_hours: int = 24


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One condition and the step that follows. Reasons may hold ``{count}`` and ``{days}``.

    ``automatic`` False puts the step before a second person. ``shadow`` only counts what it would do. ``report``: the
    account is also to be reported to the authority. ``delay_minutes``: the step takes effect at a random moment within
    them, so that nobody learns from the moment which prompt was the one too many; 0 at once.
    """

    id: str
    step: Step
    hours: int
    zh: str
    en: str
    source: str
    confidence: Literal["V", "S", "M", "O"]
    in_a_row: int | None = None
    in_a_day: int | None = None
    points: int | None = None
    days: int | None = None
    automatic: bool = True
    shadow: bool = False
    report: bool = False
    delay_minutes: int = 0

    def in_english(self, reason: str) -> str | None:
        """The English of a reason that this rule gave in Chinese; None if it reads otherwise (the rule was changed)."""
        shape = re.escape(self.zh.replace("{days}", str(self.days))).replace(r"\{count\}", "([0-9]+)")
        found = re.fullmatch(shape, reason)
        return found and self.en.format(count=found[1] if found.groups() else "", days=self.days)


class AccountPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A checked policy. Build it with :meth:`load`."""

    version: str
    counted: frozenset[Action]
    rules: tuple[Rule, ...]
    exempt: frozenset[str] = frozenset()
    weights: dict[str, int] = {}
    limit: Limit = Limit()
    severities: dict[str, int] = {}
    disguise: int = 100
    probing: Probing | None = None
    decay: tuple[Decay, ...] = ()
    bulk: Bulk = Bulk()

    @classmethod
    def load(cls, source: str | None = None) -> AccountPolicy:
        """Read a policy from YAML; Guiju's default if None.

        Raises:
            AccountPolicyInvalid: with every mistake found, each with line and column.
        """
        return _default() if source is None else located.typed(source, cls, _mistakes, AccountPolicyInvalid)

    def counts(self, decision: Decision) -> bool:
        """Whether the decision on a prompt is a violation by its author.

        It is not when a check failed: nobody is handled for what Guiju could not see.
        """
        if decision.failures or not decision.findings or decision.action not in self.counted:
            return False
        return not any(_under(decision.risk, risk) for risk in self.exempt)

    def weight(self, risk: str) -> int:
        """The points of one violation with this risk."""
        fitting = [prefix for prefix in self.weights if _under(risk, prefix)]
        return self.weights[max(fitting, key=len)] if fitting else 1

    def in_english(self, rule: str, reason: str) -> str:
        """What an English notice gives as the reason of a step: the rule's own words, else those of whoever took it."""
        named = next((one for one in self.rules if one.id == rule), None)
        return (named and named.in_english(reason)) or reason


def _under(risk: str, prefix: str) -> bool:
    return risk == prefix or (risk.startswith(prefix) and risk[len(prefix)] in "./")


@cache
def _default() -> AccountPolicy:
    return AccountPolicy.load(resources.files("guiju.accounts").joinpath("data", "policy.yaml").read_text("utf-8"))


def _mistakes(policy: AccountPolicy) -> Iterator[tuple[str, str]]:
    """What the types cannot say: pairs of path and message."""
    if unfit := [action.value for action in policy.counted if not action.stops]:
        yield "$.counted", f"{', '.join(sorted(unfit))}: 只有拦截类决定可以计数 (only decisions that stop may count)"
    if any(weight < 0 for weight in policy.weights.values()):
        yield "$.weights", "分值不能为负 (points cannot be negative)"
    if policy.limit.requests_per_minute < 1:
        yield "$.limit.requests_per_minute", "至少为 1 (at least 1)"
    yield from _weighing_mistakes(policy)
    seen: set[str] = set()
    for index, rule in enumerate(policy.rules):
        for name, message in _rule_mistakes(rule):
            yield f"$.rules[{index}].{name}", message
        if rule.id in seen:
            yield f"$.rules[{index}].id", f"{rule.id}: 编号重复 (repeated id)"
        seen.add(rule.id)
    yield from _weak_pause(policy)


def _weighing_mistakes(policy: AccountPolicy) -> Iterator[tuple[str, str]]:
    if strange := sorted(set(policy.severities) - {"low", "medium", "high"}):
        yield "$.severities", f"{', '.join(strange)}: 只能是 low、medium、high (only these three)"
    if any(percent < 0 for percent in policy.severities.values()):
        yield "$.severities", "百分比不能为负 (per cent cannot be negative)"
    if policy.disguise < 100:
        yield "$.disguise", "变形规避不能比直接违规轻，至少 100 (disguise weighs no less: at least 100)"
    probing = policy.probing
    if probing is not None and (probing.times < 2 or probing.minutes < 1 or probing.percent < 100):
        yield "$.probing", "times 至少 2，minutes 至少 1，percent 至少 100 (at least 2, 1 and 100)"
    ages = [step.after_days for step in policy.decay]
    shares = [step.percent for step in policy.decay]
    falling = ages == sorted(set(ages)) and shares == sorted(shares, reverse=True)
    if not falling or any(age < 1 for age in ages) or any(not 0 <= share <= 100 for share in shares):
        yield "$.decay", "天数递增、百分比不增且在 0 到 100 (days rise, per cent falls from 100 to 0)"
    if policy.bulk.approval_above < 0 or policy.bulk.undo_hours < 0:
        yield "$.bulk", "不能为负 (not negative)"


def _rule_mistakes(rule: Rule) -> Iterator[tuple[str, str]]:
    conditions = [value for value in (rule.in_a_row, rule.in_a_day, rule.points) if value is not None]
    if len(conditions) != 1:
        yield "id", "须恰有 in_a_row、in_a_day、points 之一 (exactly one condition)"
    elif conditions[0] < 1:
        yield "id", "次数或分值至少为 1 (counts and points start at 1)"
    if (rule.points is None) != (rule.days is None) or (rule.days is not None and rule.days < 1):
        yield "days", "points 与 days 须同时给出，days 至少为 1 (points and days go together, days at least 1)"
    if rule.hours < 0 or (rule.step is Step.CLOSE and rule.hours):
        yield "hours", "不能为负；终止服务没有期限 (not negative; closing has no end)"
    if rule.delay_minutes < 0 or (rule.delay_minutes and rule.points is None):
        yield (
            "delay_minutes",
            "不能为负；只有按分值的规则可以延后 (not negative; only rules with points may be delayed)",
        )
    for name, text in (("zh", rule.zh), ("en", rule.en)):
        if set(re.findall(r"\{(.*?)\}", text)) - {"count", "days"}:
            yield name, "占位符只能是 {count} 和 {days} (only these placeholders)"


_PAUSE = {"in_a_row": 3, "in_a_day": 5}  # TC260-003-2024, 7 g); clause number from memory


def _weak_pause(policy: AccountPolicy) -> Iterator[tuple[str, str]]:
    for condition, most in _PAUSE.items():
        counts = [
            getattr(rule, condition)
            for rule in policy.rules
            if rule.automatic and not rule.shadow and rule.step.rank >= 2
        ]
        if not any(count is not None and count <= most for count in counts):
            yield (
                "$.rules",
                f"缺少 {condition} 不大于 {most} 的自动暂停规则 (no automatic pause at {condition} <= {most})",
            )
