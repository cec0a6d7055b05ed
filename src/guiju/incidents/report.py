"""The documents sent about an incident: from a template of fields; a field nobody filled is marked and listed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache
from html import escape
from importlib import resources
from typing import Literal

import msgspec

from guiju.incidents.clocks import Clock, deadlines
from guiju.incidents.grading import Facts, Grade, grade
from guiju.incidents.rules import Confidence, Fact, Operator, rules, unverified

CHINA = timezone(timedelta(hours=8), "CST")
Kind = Literal["first", "summary"]
_MARKS = re.compile(r"([\\`*_\[\]<>|#])")


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a report."""

    id: str
    zh: str
    en: str


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Fields under one heading."""

    zh: str
    en: str
    fields: tuple[Field, ...]


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of report."""

    id: Kind
    zh: str
    en: str
    sections: tuple[Section, ...]


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


@dataclass(frozen=True)
class Report:
    """A report to be read before it is sent. ``missing``: fields that are not filled, in the order of the page."""

    markdown: str
    html: str
    missing: tuple[Field, ...]


@cache
def _file() -> _File:
    source = resources.files("guiju.incidents").joinpath("data", "reports.yaml").read_bytes()
    return msgspec.yaml.decode(source, type=_File)


def template(kind: Kind) -> Template:
    """The fields of a kind of report."""
    return next(one for one in _file().reports if one.id == kind)


def by_hand() -> frozenset[str]:
    """Ids of the fields that only a person can fill, of every report."""
    fields = {f.id for one in _file().reports for section in one.sections for f in section.fields}
    known = Incident("x", datetime(2000, 1, 1, tzinfo=CHINA), Facts())
    return frozenset(fields - _told(known, "first").keys() | {"recipient"})


def report(incident: Incident, kind: Kind = "first") -> Report:
    """The report of ``kind`` as Markdown and as an HTML page. Nothing is blank: what is missing says so, and is listed."""
    page = template(kind)
    values = {**{key: value.strip() for key, value in incident.answers.items()}, **_told(incident, kind)}
    fields = [one for section in page.sections for one in section.fields]
    missing = tuple(one for one in fields if not values.get(one.id))
    markdown = "\n".join(_markdown(page, values, missing, incident.drill)) + "\n"
    return Report(markdown, _html(page, values, missing, incident.drill), missing)


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
    return "" if at is None else f"{at.astimezone(CHINA):%Y-%m-%d %H:%M} (UTC+8)"


def _title(page: Template, drill: bool) -> str:
    mark = "【演练 不报送】DRILL, not to be sent: " if drill else ""
    return f"{mark}{page.zh} / {page.en}"


def _gap(one: Field) -> str:
    return f"【待填：{one.zh} / to be filled: {one.en}】"


def _remark() -> str:
    return f"{_file().source_zh} / {_file().source_en}"


def _markdown(page: Template, values: Mapping[str, str], missing: tuple[Field, ...], drill: bool) -> Iterator[str]:
    yield f"# {_title(page, drill)}"
    if missing:
        yield from ("", f"**待填 {len(missing)} 项 / {len(missing)} fields to be filled**", "")
        yield from (f"- {one.zh} / {one.en} (`{one.id}`)" for one in missing)
    for section in page.sections:
        yield from ("", f"## {section.zh} / {section.en}", "")
        for one in section.fields:
            lines = (values.get(one.id) or _gap(one)).splitlines()
            yield f"- **{one.zh} / {one.en}**：" + "  \n  ".join(_MARKS.sub(r"\\\1", line) for line in lines)
    yield from ("", f"*{_remark()}*")


def _html(page: Template, values: Mapping[str, str], missing: tuple[Field, ...], drill: bool) -> str:
    title = escape(_title(page, drill))
    parts = [f"<h1>{title}</h1>"]
    if missing:
        items = "".join(f"<li>{escape(one.zh)} / {escape(one.en)}</li>" for one in missing)
        parts.append(f"<p>待填 {len(missing)} 项 / {len(missing)} fields to be filled</p><ul>{items}</ul>")
    for section in page.sections:
        parts.append(f"<h2>{escape(section.zh)} / {escape(section.en)}</h2><dl>")
        for one in section.fields:
            value = escape(values.get(one.id) or _gap(one)).replace("\n", "<br>")
            parts.append(f"<dt>{escape(one.zh)} / {escape(one.en)}</dt><dd>{value}</dd>")
        parts.append("</dl>")
    body = "\n".join([*parts, f"<p><em>{escape(_remark())}</em></p>"])
    return f'<!doctype html>\n<html lang="zh-Hans"><meta charset="utf-8"><title>{title}</title>\n{body}\n</html>\n'
