"""Security incidents from the first word of them to their closing: graded, timed, reported; every act in the audit log.

A drill goes through the same steps, with the same clocks; its documents say that they are not to be sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from guiju import incidents as core
from guiju.errors import InvalidField, InvalidTransition, ReportsOutstanding
from guiju.incidents import Clock, Facts, Grade, Level, Moment, Operator, rules
from guiju.incidents.report import Kind
from guiju.paper import Paper
from guiju.store import notices, outbox
from guiju.store.actor import Actor
from guiju.store.acts import act, guarded, reasoned
from guiju.store.audit import append
from guiju.store.models import Incident, IncidentEvent, Service
from guiju.store.permissions import Permission
from guiju.store.validation import clean, fresh

State = Incident.State
Entry = IncidentEvent.Kind
_LONGEST = 4000


@dataclass(frozen=True)
class Opening:
    """What is known when an incident is opened. ``known_at`` None: just now."""

    title: str
    facts: Facts = field(default_factory=Facts)
    known_at: datetime | None = None
    occurred_at: datetime | None = None
    service: str = ""
    operator: str = Operator.ORDINARY
    drill: bool = False


@dataclass(frozen=True)
class Standing:
    """A clock of an incident and when its report was sent."""

    clock: Clock
    sent_at: datetime | None

    def late(self, now: datetime) -> bool:
        """Whether the time limit was missed, or is being missed at ``now``."""
        return self.clock.late(now, self.sent_at)


@act(Permission.HANDLE_INCIDENTS)
def open_incident(actor: Actor, opening: Opening, now: datetime) -> Incident:
    """Open an incident; the hours to report it run from when it was known.

    Raises:
        InvalidField: no title, an unknown service or operator, a negative figure, a time to come or out of order.
    """
    if opening.service and not Service.objects.filter(slug=opening.service).exists():
        raise InvalidField(field="service", problem="unknown service")
    row = Incident(
        title=opening.title.replace("\0", "").strip(),
        drill=opening.drill,
        service=Service.objects.filter(slug=opening.service).first(),
        operator=opening.operator,
        known_at=_past("known_at", opening.known_at or now, now),
        occurred_at=opening.occurred_at,
    )
    if row.occurred_at is not None and row.occurred_at > row.known_at:
        raise InvalidField(field="occurred_at", problem="later than known_at")
    graded = _graded(row, opening.facts)
    clean(row)
    row.save(force_insert=True)
    _add(actor, row, Entry.OPENED, f"{row.title}（{_said(graded)}）", row.known_at)
    append(actor, "incident.open", row, detail=_facts(row))
    outbox.announce("incident.opened", {"incident": row.pk, "level": row.level, "drill": row.drill}, now)
    return row


@act(Permission.HANDLE_INCIDENTS)
def note(actor: Actor, incident: Incident, text: str, now: datetime, at: datetime | None = None) -> IncidentEvent:
    """Add to the timeline what happened ``at`` (now by default).

    Raises:
        InvalidField: no words, too many, or a time to come. InvalidTransition: the incident is closed.
    """
    row, words = _not_closed(incident, "noted"), text.replace("\0", "").strip()
    if not words or len(words) > _LONGEST:
        raise InvalidField(field="text", problem=f"empty, or longer than {_LONGEST} characters")
    added = _add(actor, row, Entry.NOTE, words, _past("at", at or now, now))
    append(actor, "incident.note", row, detail={"entry": added.pk})
    return added


@act(Permission.HANDLE_INCIDENTS)
def fill(actor: Actor, incident: Incident, answers: Mapping[str, str]) -> Incident:
    """Fill fields of the reports by hand; an empty value empties the field.

    Raises:
        InvalidField: a field that is not filled by hand, or too many words. InvalidTransition: the incident is closed.
    """
    row = _not_closed(incident, "filled")
    for name, value in answers.items():
        if name not in core.by_hand():
            raise InvalidField(field=name, problem=f"filled by hand are: {', '.join(sorted(core.by_hand()))}")
        if len(value) > _LONGEST:
            raise InvalidField(field=name, problem=f"longer than {_LONGEST} characters")
    plain = {name: value.replace("\0", "").strip() for name, value in answers.items()}
    row.answers = {name: value for name, value in {**row.answers, **plain}.items() if value}
    row.save()
    append(actor, "incident.fill", row, detail={"fields": sorted(answers)})
    return row


@act(Permission.HANDLE_INCIDENTS)
def regrade(actor: Actor, incident: Incident, facts: Facts, reason: str, now: datetime) -> Incident:
    """Grade an incident again by new figures; they take the place of all that were there.

    Raises:
        ReasonMissing; InvalidField: a negative figure. InvalidTransition: the incident is closed.
    """
    row, because = _not_closed(incident, "graded"), reasoned(reason)
    before = row.level
    graded = _graded(row, facts)
    clean(row)
    row.save()
    _add(actor, row, Entry.GRADED, f"{_said(graded)}：{because}", now)
    append(actor, "incident.regrade", row, reason=because, detail={"before": before, **_facts(row)})
    return row


@act(Permission.HANDLE_INCIDENTS)
def end(actor: Actor, incident: Incident, now: datetime, at: datetime | None = None) -> Incident:
    """Handling ended ``at`` (now by default); the days to the closing report run from there.

    Raises:
        InvalidTransition: it ended before. InvalidField: a time to come, or before the incident was known.
    """
    row = fresh(incident)
    if row.state != State.OPEN:
        raise _refused(row, State.ENDED)
    row.state, row.ended_at = State.ENDED, _past("ended_at", at or now, now)
    if row.ended_at < row.known_at:
        raise InvalidField(field="ended_at", problem="earlier than known_at")
    row.save()
    _add(actor, row, Entry.ENDED, "处置结束 / handling ended", row.ended_at)
    append(actor, "incident.end", row, detail=_facts(row))
    return row


@act(Permission.HANDLE_INCIDENTS)
def report_sent(
    actor: Actor, incident: Incident, kind: Kind, receipt: str, now: datetime, at: datetime | None = None
) -> Incident:
    """Record that a report was sent (in a drill: would have been), with its receipt. The first sending stops the clock.

    Raises:
        ReasonMissing: no receipt. InvalidField: a time to come, or before the incident was known.
        InvalidTransition: closed, or a closing report before handling ended.
    """
    row, got = _not_closed(incident, kind), reasoned(receipt).replace("\0", "")
    sent_at = _past("sent_at", at or now, now)
    start = row.known_at if kind == "first" else row.ended_at
    if start is None:
        raise _refused(row, kind)
    if sent_at < start:
        raise InvalidField(field="sent_at", problem="before its time limit began")
    if getattr(row, f"{kind}_sent_at") is None:
        setattr(row, f"{kind}_sent_at", sent_at)
        setattr(row, f"{kind}_receipt", got)
        clean(row)
        row.save()
    _add(actor, row, Entry.SENT, f"{_REPORTS[kind]}：{got}", sent_at)
    append(actor, "incident.report", row, reason=got, detail={"kind": kind, "sent_at": sent_at, "drill": row.drill})
    return row


@act(Permission.HANDLE_INCIDENTS)
def close(actor: Actor, incident: Incident, reason: str, now: datetime) -> Incident:
    """Close an incident whose handling ended and whose reports were sent.

    Raises:
        ReasonMissing; InvalidTransition: handling goes on, or it is closed. ReportsOutstanding: naming what is not sent.
    """
    row, because = fresh(incident), reasoned(reason)
    if row.state != State.ENDED:
        raise _refused(row, State.CLOSED)
    if missing := [one.clock.rule.zh for one in standings(row) if one.sent_at is None]:
        raise ReportsOutstanding(missing="、".join(missing))
    row.state, row.closed_at = State.CLOSED, now
    row.save()
    _add(actor, row, Entry.CLOSED, because, now)
    append(actor, "incident.close", row, reason=because, detail=_facts(row))
    return row


@guarded(Permission.SEE_INCIDENTS)
def listed(actor: Actor, *, closed: bool = True) -> tuple[Incident, ...]:
    """Every incident, the one known last first; without the closed ones if told so."""
    rows = Incident.objects.select_related("service")
    return tuple(rows if closed else rows.exclude(state=State.CLOSED))


@guarded(Permission.SEE_INCIDENTS)
def draft(actor: Actor, incident: Incident, kind: Kind) -> Paper:
    """The report of ``kind`` as it could be sent now, with the fields that are missing.

    Operator and contact come from the setting [notices] values where nobody filled them in.
    """
    moments = tuple(Moment(one.at, one.text) for one in incident.timeline.all())
    told = core.Incident(
        title=incident.title,
        known_at=incident.known_at,
        facts=facts_of(incident),
        drill=incident.drill,
        service="" if incident.service is None else incident.service.name,
        operator=Operator(incident.operator),
        occurred_at=incident.occurred_at,
        ended_at=incident.ended_at,
        timeline=moments,
        answers={**notices.operator_fields(), **incident.answers},
    )
    return core.report(told, kind)


def facts_of(incident: Incident) -> Facts:
    """The figures of an incident."""
    judged = Level(incident.judged) if incident.judged else None
    return Facts(
        incident.people, incident.home_minutes, incident.page_minutes, incident.forwards, incident.views, judged
    )


def standings(incident: Incident) -> tuple[Standing, ...]:
    """The clocks of an incident, each with when its report was sent."""
    graded = core.grade(facts_of(incident))
    clocks = core.deadlines(graded, incident.known_at, Operator(incident.operator), incident.ended_at)
    sent = {"first": incident.first_sent_at, "summary": incident.summary_sent_at}
    return tuple(Standing(clock, sent[clock.rule.id]) for clock in clocks)


_REPORTS = {"first": "事件报告 / first report", "summary": "总结报告 / closing report"}


def _graded(row: Incident, facts: Facts) -> Grade:
    for fact in core.Fact:
        setattr(row, fact.value, facts.of(fact))
    graded = core.grade(facts)
    row.judged = facts.judged or ""
    row.level, row.criterion = graded.level, graded.criterion.id if graded.criterion is not None else ""
    return graded


def _said(graded: Grade) -> str:
    level = rules().name(graded.level)
    decided = f"，{graded.criterion.zh}" if graded.criterion is not None else ""
    return f"{level.zh}{decided}"


def _add(actor: Actor, row: Incident, kind: IncidentEvent.Kind, text: str, at: datetime) -> IncidentEvent:
    return IncidentEvent.objects.create(incident=row, at=at, kind=kind, text=text, by=actor.name)


def _past(name: str, at: datetime, now: datetime) -> datetime:
    if at > now:
        raise InvalidField(field=name, problem="in the future")
    return at


def _not_closed(incident: Incident, target: str) -> Incident:
    row = fresh(incident)
    if row.state == State.CLOSED:
        raise _refused(row, target)
    return row


def _refused(row: Incident, target: str) -> InvalidTransition:
    return InvalidTransition(what_zh="安全事件", what_en="incident", state=row.state, target=target)


def _facts(row: Incident) -> dict[str, object]:
    return {"level": row.level, "criterion": row.criterion, "drill": row.drill, "state": row.state}
