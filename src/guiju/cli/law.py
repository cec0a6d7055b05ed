"""``guiju law``: how the eight duties stand, what one obligation asks and what proves it, and a service's profile."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer
import yaml

from guiju.cli import terminal
from guiju.cli.boot import open_database, operator
from guiju.cli.language import current, say

if TYPE_CHECKING:
    from guiju.law.book import Book
    from guiju.law.status import ObligationStatus
    from guiju.store.models import Service

app = typer.Typer(no_args_is_help=True, help="The law: duties, obligations, what proves them, and a service's profile.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Which = Annotated[str, typer.Option(help="Slug of the service; the first one by default.")]
Stored = Annotated[bool, typer.Option("--stored", help="Show the last results instead of measuring now.")]

STATES = {
    "proven": ("已证明", "proven"),
    "due_soon": ("即将到期", "due soon"),
    "unproven": ("未证明", "unproven"),
    "failing": ("不符合", "failing"),
    "unknown": ("待填画像", "profile incomplete"),
    "not_applicable": ("不适用", "not applicable"),
}
"""Names of the states of `guiju.law.status.State`, in the order of the columns."""


@app.command()
def status(service: Which = "", stored: Stored = False, as_json: Json = False) -> None:
    """Measure every obligation now and show how the eight duties stand.

    Each duty counts its obligations: proven, due soon, failing, unproven, waiting for a field of the profile, or not
    applicable. With --json every obligation comes with its status, figures, clauses and the records it rests on.

    Examples:

        guiju law status

        guiju law status --json | jq '.obligations[] | select(.status == "failing") | .urn'

    Exit status: 0 measured, whatever the outcome; 2 no such service; 3 the database is not in order.
    """
    chosen, book, statuses = _measure(service, stored)
    from guiju.law import report
    from guiju.law.status import State, by_duty

    if as_json:
        terminal.emit({"service": chosen.pk, **report.to_json(book, statuses)})
        return
    terminal.table(
        [say("义务类别", "duty"), *(say(*names) for names in STATES.values())],
        (
            (
                f"{one.duty.number} {say(one.duty.title_zh, one.duty.title_en)}",
                *(one.count(State(name)) or "" for name in STATES),
            )
            for one in by_duty(book, statuses)
        ),
        title=f"{chosen.name} ({chosen.pk})",
    )
    if fields := sorted({name for one in statuses for name in one.applicability.missing}):
        terminal.line(say("服务画像待填写:", "To be stated in the service profile: ") + ", ".join(fields))
    pressing = [one for one in statuses if one.status in (State.FAILING, State.DUE_SOON)]
    for one in pressing:
        name = say(one.obligation.title_zh, one.obligation.title_en)
        terminal.line(f"{say(*STATES[one.status])}  {one.obligation.id}  {name}: {say(one.reason_zh, one.reason_en)}")


@app.command()
def obligation(
    obligation: Annotated[str, typer.Argument(help="Id (FIL-01) or URN of the obligation.")],
    service: Which = "",
    stored: Stored = False,
    as_json: Json = False,
) -> None:
    """Show one obligation: its clauses, whether it applies and why, the checks, their figures and the records.

    Example:

        guiju law obligation FIL-01
    """
    _, book, statuses = _measure(service, stored)
    from guiju.law import report

    wanted = book.obligation(obligation)
    one = next(s for s in statuses if s.obligation.id == wanted.id)
    if as_json:
        terminal.emit(report.obligation_json(book, one))
    else:
        _show(book, one)


@app.command()
def profile(
    service: Which = "",
    set_: Annotated[
        Path | None,
        typer.Option("--set", exists=True, dir_okay=False, help="YAML or JSON file with the whole profile."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what is stated about a service, or replace it by a file. Applicability of every obligation follows from it.

    Examples:

        guiju law profile --json > profile.json

        guiju law profile --set profile.json
    """
    open_database()
    from guiju.store.services import services

    chosen = _service(service)
    if set_ is not None:
        chosen = services.update(operator(), chosen, profile=_read(set_))
    if as_json:
        terminal.emit(chosen.profile)
        return
    from guiju.law.book import rules

    rows = []
    for field in rules().form.fields:
        value = chosen.profile.get(field.name)
        rows.append(
            (field.name, say(field.zh, field.en), say("(未填)", "(not filled in)") if value is None else _short(value))
        )
    terminal.table(
        [say("字段", "field"), say("名称", "name"), say("值", "value")], rows, title=f"{chosen.name} ({chosen.pk})"
    )


def _measure(slug: str, stored: bool) -> tuple[Service, Book, list[ObligationStatus]]:
    open_database()
    from django.utils import timezone

    from guiju.store.services import law

    chosen, now = _service(slug), timezone.now()
    statuses = law.status(chosen, now) if stored else law.run_checks(operator(), chosen, now)
    return chosen, law.book(), statuses


def _service(slug: str) -> Service:
    from guiju.errors import NotFound
    from guiju.store.models import Service

    found = Service.objects.filter(pk=slug).first() if slug else Service.objects.first()
    if found is None:
        raise NotFound(what_zh="服务", what_en="service", key=slug)
    return found


def _show(book: Book, one: ObligationStatus) -> None:
    known, language = one.obligation, current()
    terminal.line(f"{known.id}  {say(known.title_zh, known.title_en)}")
    terminal.line(f"{known.urn}")
    terminal.line()
    terminal.line(known.text_zh)
    terminal.line()
    for clause in known.clauses:
        instrument = book.instrument(clause.instrument)
        title = say(instrument.title_zh, instrument.title_en)
        terminal.line(f"§ {title} {clause.article} ({_confidence(book, clause.confidence)})")
    terminal.line(say(one.applicability.reason_zh, one.applicability.reason_en))
    terminal.line(f"{say(*STATES[one.status])}: {say(one.reason_zh, one.reason_en)}")
    if one.figures:
        rows = []
        for figure in one.figures:
            named = book.figure_name(figure.name)
            bound = "" if figure.comparison is None else f"{figure.comparison.value} {figure.threshold}"
            rows.append((named.zh if language == "zh" else named.en, figure.value, figure.unit, bound, figure.met))
        heads = [
            say("指标", "figure"),
            say("数值", "value"),
            say("单位", "unit"),
            say("要求", "required"),
            say("达标", "met"),
        ]
        terminal.table(heads, rows)
    if one.records:
        terminal.line(f"{say('记录', 'records')}: {' '.join(one.records)}")


def _confidence(book: Book, code: str) -> str:
    """How sure the clause is, in words; and that its text was not read, where it was not."""
    known = next(each for each in book.vocabulary.confidences if each.code == code)
    told = say(known.zh, known.en)
    return told if known.verified else say(f"条文原文未核实：{told}", f"clause text not verified: {told}")


def _read(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text("utf-8"))  # JSON is YAML
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{path}: {error}", param_hint="--set") from None


def _short(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
