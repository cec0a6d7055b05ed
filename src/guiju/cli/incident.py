"""``guiju incident``: security incidents and drills, their clocks and reports."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guiju.china import CHINA
from guiju.cli import terminal
from guiju.cli.boot import open_database, operator
from guiju.cli.language import say
from guiju.incidents import Level, Operator, rules
from guiju.incidents.report import Kind

if TYPE_CHECKING:
    from guiju.store.models import Incident

app = typer.Typer(
    no_args_is_help=True, help="Security incidents and drills: level, timeline, hours to report, report documents."
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Which = Annotated[int, typer.Argument(help="Number of the incident.", metavar="ID")]
_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
When = Annotated[
    datetime.datetime | None, typer.Option(formats=_FORMATS, help="When it happened, UTC+8; now by default.")
]
People = Annotated[int | None, typer.Option(min=0, help="People whose personal information leaked.")]
HomeMinutes = Annotated[int | None, typer.Option(min=0, help="Minutes illegal content stood on a tampered home page.")]
PageMinutes = Annotated[int | None, typer.Option(min=0, help="Minutes it stood on another tampered page.")]
Forwards = Annotated[int | None, typer.Option(min=0, help="How often that content was forwarded.")]
Views = Annotated[int | None, typer.Option(min=0, help="How often that content was viewed.")]
Judged = Annotated[Level | None, typer.Option(help="A level you hold it to be; it raises the figures' level only.")]


@app.command("open")
def open_(
    title: Annotated[str, typer.Argument(help="What happened, in one line.")],
    known: Annotated[
        datetime.datetime | None,
        typer.Option(formats=_FORMATS, help="When you learned of it, UTC+8; the hours run from here. Now by default."),
    ] = None,
    occurred: Annotated[
        datetime.datetime | None, typer.Option(formats=_FORMATS, help="When it happened, UTC+8, where known.")
    ] = None,
    service: Annotated[str, typer.Option(help="Slug of the service concerned.")] = "",
    operator_kind: Annotated[
        Operator, typer.Option("--operator", help="Who runs it: the hours to report depend on it.")
    ] = Operator.ORDINARY,
    drill: Annotated[bool, typer.Option("--drill", help="A rehearsal: same steps, documents marked.")] = False,
    people: People = None,
    home_minutes: HomeMinutes = None,
    page_minutes: PageMinutes = None,
    forwards: Forwards = None,
    views: Views = None,
    judged: Judged = None,
    as_json: Json = False,
) -> None:
    """Open an incident, or a drill; it is graded at once by what is counted so far.

    Example:

        guiju incident open 用户资料外泄 --people 1200000 --known 2026-11-22T09:30
    """
    open_database()
    from django.utils import timezone

    from guiju.incidents import Facts
    from guiju.store.services import incidents

    opening = incidents.Opening(
        title=title,
        facts=Facts(people, home_minutes, page_minutes, forwards, views, judged),
        known_at=_moment(known),
        occurred_at=_moment(occurred),
        service=service,
        operator=operator_kind,
        drill=drill,
    )
    _tell(incidents.open_incident(operator(), opening, timezone.now()), as_json)


@app.command("list")
def list_(
    all_: Annotated[bool, typer.Option("--all", help="The closed ones too.")] = False, as_json: Json = False
) -> None:
    """List incidents with their level and what is due when.

    Example:

        guiju incident list

    Exit status: 0 nothing late; 1 a report of a real incident is late, or was.
    """
    open_database()
    from django.utils import timezone

    from guiju.store.services import incidents

    now, rows = timezone.now(), incidents.listed(operator(), closed=all_)
    if as_json:
        terminal.emit([_facts(row) for row in rows])
    else:
        columns = ["id", say("事件", "incident"), say("级别", "level"), say("状态", "state"), say("获知", "known")]
        lines = ([row.pk, _name(row), _level(row), row.get_state_display(), row.known_at, _due(row)] for row in rows)
        terminal.table([*columns, say("报送", "reports")], lines)
    if any(one.late(now) for row in rows if not row.drill for one in incidents.standings(row)):
        raise typer.Exit(1)


@app.command()
def note(
    incident: Which,
    text: Annotated[str, typer.Argument(help="What happened or was done; no personal information.")],
    at: When = None,
    as_json: Json = False,
) -> None:
    """Add an entry to the timeline.

    Example:

        guiju incident note 3 已断开对外接口 --at 2026-11-22T10:05
    """
    open_database()
    from django.utils import timezone

    from guiju.store.services import incidents

    row = _find(incident)
    incidents.note(operator(), row, text, timezone.now(), _moment(at))
    _tell(row, as_json)


@app.command()
def grade(
    incident: Which,
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why; it stands in the audit log.", prompt=True)],
    people: People = None,
    home_minutes: HomeMinutes = None,
    page_minutes: PageMinutes = None,
    forwards: Forwards = None,
    views: Views = None,
    judged: Judged = None,
    as_json: Json = False,
) -> None:
    """Grade again by new figures; those not given stay as they are.

    Example:

        guiju incident grade 3 --people 10400000 --reason 完成核数
    """
    open_database()
    from django.utils import timezone

    from guiju.store.services import incidents

    row = _find(incident)
    given = {
        "people": people, "home_minutes": home_minutes, "page_minutes": page_minutes, "forwards": forwards, "views": views,
        "judged": judged,
    }  # fmt: skip
    new: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    facts = replace(incidents.facts_of(row), **new)
    _tell(incidents.regrade(operator(), row, facts, reason, timezone.now()), as_json)


@app.command()
def report(
    incident: Which,
    kind: Annotated[Kind, typer.Option(help="The first report, or the closing one.")] = "first",
    fields: Annotated[
        list[str] | None, typer.Option("--set", help="Fill a field: field=words. May be given again.", metavar="F=V")
    ] = None,
    sent: Annotated[str, typer.Option(help="Record that it was sent, with this receipt.", metavar="RECEIPT")] = "",
    at: When = None,
    html: Annotated[bool, typer.Option("--html", help="An HTML page instead of Markdown.")] = False,
    as_json: Json = False,
) -> None:
    """Print a report with the fields that are missing, fill fields, or record that it was sent.

    Example:

        guiju incident report 3 --set cause=弱口令 > 事件报告.md

    Exit status: 0 complete, or recorded as sent; 1 fields are missing.
    """
    open_database()
    from django.utils import timezone

    from guiju.store.services import incidents

    row = _find(incident)
    if fields:
        row = incidents.fill(operator(), row, dict(_pair(one) for one in fields))
    if sent:
        _tell(incidents.report_sent(operator(), row, kind, sent, timezone.now(), _moment(at)), as_json)
        return
    made = incidents.draft(operator(), row, kind)
    if as_json:
        terminal.emit({"markdown": made.markdown, "html": made.html, "missing": [one.id for one in made.missing]})
    else:
        terminal.line(made.html if html else made.markdown)
    if made.missing:
        missing = ", ".join(f"{one.id} ({say(one.zh, one.en)})" for one in made.missing)
        terminal.note(say(f"待填：{missing}", f"To be filled: {missing}"), "yellow")
        raise typer.Exit(1)


@app.command()
def end(incident: Which, at: When = None, as_json: Json = False) -> None:
    """Handling ended: the days to the closing report run from here.

    Example:

        guiju incident end 3 --at 2026-11-24T18:00
    """
    open_database()
    from django.utils import timezone

    from guiju.store.services import incidents

    _tell(incidents.end(operator(), _find(incident), timezone.now(), _moment(at)), as_json)


@app.command()
def close(
    incident: Which,
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why; it stands in the audit log.", prompt=True)],
    as_json: Json = False,
) -> None:
    """Close an incident whose handling ended and whose reports were sent.

    Example:

        guiju incident close 3 --reason 整改完成
    """
    open_database()
    from django.utils import timezone

    from guiju.store.services import incidents

    _tell(incidents.close(operator(), _find(incident), reason, timezone.now()), as_json)


def _find(number: int) -> Incident:
    from guiju.errors import NotFound
    from guiju.store.models import Incident

    row = Incident.objects.filter(pk=number).first()
    if row is None:
        raise NotFound(what_zh="安全事件", what_en="incident", key=number)
    return row


def _moment(at: datetime.datetime | None) -> datetime.datetime | None:
    return None if at is None else at.replace(tzinfo=CHINA)


def _pair(given: str) -> tuple[str, str]:
    name, sign, value = given.partition("=")
    if not sign:
        raise typer.BadParameter(given, param_hint="--set")
    return name.strip(), value


def _tell(row: Incident, as_json: bool) -> None:
    if as_json:
        terminal.emit(_facts(row))
        return
    terminal.line(f"{row.pk}  {_name(row)}  {_level(row)}  {row.get_state_display()}  {_due(row)}".rstrip())


def _name(row: Incident) -> str:
    return f"{say('【演练】', '[drill] ')}{row.title}" if row.drill else row.title


def _level(row: Incident) -> str:
    name = rules().name(Level(row.level))
    return say(name.zh, name.en)


def _due(row: Incident) -> str:
    from guiju.store.services import incidents

    said = []
    for one in incidents.standings(row):
        when = one.sent_at or one.clock.due
        state = say("已报送", "sent") if one.sent_at else say("应于", "due")
        at = terminal.shown(when) if when else say("处置结束后起算", "from the end of handling")
        said.append(f"{say(one.clock.rule.zh, one.clock.rule.en)} {state} {at}")
    return "; ".join(said)


def _facts(row: Incident) -> dict[str, Any]:
    from django.utils import timezone

    from guiju.store.services import incidents

    columns = (
        "title", "drill", "operator", "state", "occurred_at", "known_at", "ended_at", "people", "home_minutes",
        "page_minutes", "forwards", "views", "judged", "level", "criterion", "answers", "first_receipt", "summary_receipt",
        "closed_at",
    )  # fmt: skip
    now = timezone.now()
    return {
        "id": row.pk,
        "service": row.service_id,
        **{name: getattr(row, name) for name in columns},
        "clocks": [
            {
                "report": one.clock.rule.id,
                "due": one.clock.due,
                "sent_at": one.sent_at,
                "late": one.late(now),
                "source": one.clock.rule.source,
                "confidence": one.clock.rule.confidence,
            }
            for one in incidents.standings(row)
        ],
        "timeline": [{"at": one.at, "kind": one.kind, "text": one.text, "by": one.by} for one in row.timeline.all()],
    }
