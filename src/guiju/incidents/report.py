"""The documents sent about an incident: from a template of fields; a field nobody filled is marked and listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

from guiju.china import CHINA, china_minute
from guiju.incidents.clocks import Clock, deadlines
from guiju.incidents.grading import Facts, Grade, grade
from guiju.incidents.rules import Confidence, Fact, Operator, rules, unverified
from guiju.paper import Paper, Template, write

Kind = Literal["first", "summary"]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    confidence: str
    source_zh: str
    source_en: str
    reports: tuple[Template, ...]


@dataclass(frozen=True)
class Moment:
    """One entry of the timeline."""

    at: datetime
    text: str


@dataclass(frozen=True)
class Incident:
    """An incident as its reports tell it. ``answers``: fields filled by hand, by their id."""

    title: str
    known_at: datetime
    facts: Facts
    drill: bool = False
    service: str = ""
    operator: Operator = Operator.ORDINARY
    occurred_at: datetime | None = None
    ended_at: datetime | None = None
    timeline: tuple[Moment, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)


@cache
def _file() -> _File:
    source = resources.files("guiju.incidents").joinpath("data", "reports.yaml").read_bytes()
    return msgspec.yaml.decode(source, type=_File)


def template(kind: Kind) -> Template:
    """The fields of a kind of report."""
    return next(one for one in _file().reports if one.id == kind)


def by_hand() -> frozenset[str]:
    """Ids of the fields that only a person can fill, of every report."""
    fields = {field.id for one in _file().reports for field in one.fields}
    known = Incident("x", datetime(2000, 1, 1, tzinfo=CHINA), Facts())
    return frozenset(fields - _told(known, "first").keys() | {"recipient"})


def report(incident: Incident, kind: Kind = "first") -> Paper:
    """The report of ``kind``. Nothing is blank: what is missing says so, and is listed."""
    values = {**incident.answers, **_told(incident, kind)}
    banner = "【演练 不报送】DRILL, not to be sent: " if incident.drill else ""
    return write(template(kind), values, f"{_file().source_zh} / {_file().source_en}", banner)


def _told(incident: Incident, kind: Kind) -> dict[str, str]:
    """What the incident itself says, by field."""
    graded = grade(incident.facts)
    clocks = deadlines(graded, incident.known_at, incident.operator, incident.ended_at)
    clock = next((one for one in clocks if one.rule.id == kind), None)
    counted = {fact.value: incident.facts.of(fact) for fact in Fact}
    level = rules().name(graded.level)
    return {
        "title": incident.title.strip(),
        "service": incident.service,
        "occurred_at": _time(incident.occurred_at),
        "known_at": _time(incident.known_at),
        "ended_at": _time(incident.ended_at),
        "level": f"{level.zh} / {level.en}",
        "criterion": _criterion(graded),
        "timeline": "\n".join(f"{_time(one.at)} {one.text}" for one in incident.timeline),
        **{name: "" if value is None else str(value) for name, value in counted.items()},
        **_sending(incident, clock),
    }


def _sending(incident: Incident, clock: Clock | None) -> dict[str, str]:
    """To whom and by when; where the rules do not say to whom, a person may."""
    recipient = f"{clock.rule.to_zh} / {clock.rule.to_en}" if clock is not None and clock.rule.to_zh else ""
    due = f"{_time(clock.due)}（{_source(clock.rule.source, clock.rule.confidence)}）" if clock and clock.due else ""
    if clock is None:
        due = "未达须报级别 / below the level that is reported"
    return {"recipient": recipient or incident.answers.get("recipient", "").strip(), "due": due}


def _criterion(graded: Grade) -> str:
    if graded.criterion is not None:
        one = graded.criterion
        return f"{one.zh} / {one.en}（{_source(one.source, one.confidence)}）"
    if graded.reportable:
        return "人工研判 / judged by a person"
    return "未达所载任何标准 / no recorded criterion is met"


def _source(source: str, confidence: Confidence) -> str:
    return f"{source}；条文未核验 / clause text not verified" if unverified(confidence) else source


def _time(at: datetime | None) -> str:
    return "" if at is None else china_minute(at)
