"""Retention: how long each kind of record is kept, and when it is due for deletion.

Periods are calendar months in China's time (UTC+8). They are rounded in favour of keeping: something recorded on the
day D is due once the day D + n months is over.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from typing import Literal

import msgspec
import yaml

from guiju.china import CHINA, china_day
from guiju.errors import RetentionInvalid


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The period of one kind, with the law it rests on.

    ``confidence``: ``V`` primary text read in a copy, ``S`` secondary source, ``M`` general knowledge, ``O`` own choice.
    """

    kind: str
    keep_months: int
    minimum_months: int
    zh: str
    en: str
    source: str
    confidence: Literal["V", "S", "M", "O"]
    note: str = ""


class _Document(msgspec.Struct, forbid_unknown_fields=True):
    version: str
    rules: list[Rule]


class Retention:
    """The periods in force."""

    def __init__(self, rules: Mapping[str, Rule], version: str) -> None:
        self.rules = rules
        self.version = version

    @classmethod
    def load(cls, document: str | None = None, changes: Mapping[str, int] | None = None) -> Retention:
        """Read rules from YAML (Guiju's own if None) and apply the operator's periods.

        Args:
            changes: months to keep, by kind.

        Raises:
            RetentionInvalid: a malformed document, an unknown kind, or a period under the minimum.
        """
        text = resources.files("guiju.evidence").joinpath("data", "retention.yaml").read_text("utf-8")
        parsed = _parse(document if document is not None else text)
        rules = {rule.kind: rule for rule in parsed.rules}
        for kind, months in (changes or {}).items():
            if kind not in rules:
                raise RetentionInvalid(kind=kind, detail="unknown kind")
            rules[kind] = msgspec.structs.replace(rules[kind], keep_months=months)
        for rule in rules.values():
            if rule.keep_months < rule.minimum_months:
                detail = f"{rule.keep_months} < {rule.minimum_months} months, {rule.source}"
                raise RetentionInvalid(kind=rule.kind, detail=detail)
        return cls(rules, parsed.version)

    def due_at(self, kind: str, at: int) -> int:
        """When something of ``kind`` recorded at ``at`` becomes due; both in microseconds UTC."""
        last = _months_later(_day(at), self._rule(kind).keep_months)
        return _midnight(last + timedelta(days=1))

    def due(self, kind: str, at: int, now: int) -> bool:
        """Whether something of ``kind`` recorded at ``at`` may be deleted at ``now``."""
        return now >= self.due_at(kind, at)

    def cutoff(self, kind: str, now: int) -> int:
        """The moment before which everything of ``kind`` is due at ``now``: ``due(kind, at, now) == at < cutoff``."""
        months = self._rule(kind).keep_months
        today = _day(now)
        day = _months_later(today, -months) + timedelta(days=3)  # month ends differ by up to three days
        while _months_later(day, months) >= today:
            day -= timedelta(days=1)
        return _midnight(day + timedelta(days=1))

    def _rule(self, kind: str) -> Rule:
        rule = self.rules.get(kind)
        if rule is None:
            raise RetentionInvalid(kind=kind, detail="unknown kind")
        return rule


def _parse(text: str) -> _Document:
    try:
        return msgspec.convert(yaml.safe_load(text), _Document)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise RetentionInvalid(kind="document", detail=str(error)) from error


def _day(at: int) -> date:
    return china_day(datetime.fromtimestamp(at // 1_000_000, UTC))


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=CHINA).timestamp()) * 1_000_000


def _months_later(day: date, months: int) -> date:
    """The same day of the month ``months`` later; the month's last day where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
