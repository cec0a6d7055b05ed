"""``guiju minors``: the policy that protects minors, and the yearly report on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guiju.cli import terminal
from guiju.cli.boot import open_database, operator
from guiju.cli.language import say
from guiju.minors.annual import Kind
from guiju.minors.names import named

if TYPE_CHECKING:
    from guiju.store.minors_report import YearReport

app = typer.Typer(no_args_is_help=True, help="The protection of minors: its policy and the yearly report.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def report(
    year: Annotated[int, typer.Option(min=2000, max=9998, help="The calendar year, days of China.")],
    service: Annotated[str, typer.Option(help="Only this service; all by default.")] = "",
    document: Annotated[
        Kind | None,
        typer.Option(help="The document for the public (Art. 42), or for the audit (Art. 37), to be completed."),
    ] = None,
    html: Annotated[bool, typer.Option("--html", help="The document as an HTML page.")] = False,
    as_json: Json = False,
) -> None:
    """Count a year of minors' protection for the public report, as Markdown; it names no account.

    Example:

        guiju minors report --year 2026 > minors-2026.md

        guiju minors report --year 2026 --document public --html > 防沉迷年度公布.html
    """
    open_database()
    from guiju.errors import NotFound
    from guiju.store.minors_report import of_year
    from guiju.store.models import Service

    rows = Service.objects.filter(slug=service) if service else Service.objects.all()
    if service and not rows:
        raise NotFound(what_zh="服务", what_en="service", key=service)
    if document is not None:
        from guiju.store import minors_documents

        for row in rows:
            made = minors_documents.of(row, year, document)
            terminal.line(made.html if html else made.markdown)
        return
    reports = [of_year(row, year) for row in rows]
    if as_json:
        terminal.emit(reports)
        return
    for one in reports:
        for text in _lines(one):
            terminal.line(text)


@app.command()
def noted(
    year: Annotated[int, typer.Option(min=2000, max=9998, help="The calendar year of the document.")],
    document: Annotated[Kind, typer.Option(help="The public report (Art. 42), or the audit (Art. 37).")],
    service: Annotated[str, typer.Option(help="The service.")],
    where: Annotated[str, typer.Option(help="The address of the published report, or the receipt of the authority.")],
    on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day it was published or reported.")],
) -> None:
    """Note that a yearly document was published or reported; MIN-07 and MIN-08 are measured by it.

    Example:

        guiju minors noted --year 2025 --document public --service assistant --where https://example.com/minors --on 2026-02-01
    """
    open_database()
    from guiju.store.models import Service
    from guiju.store.services import minors
    from guiju.store.validation import find

    done = minors.note_yearly(operator(), find(Service, service), year, document, where, on.date())
    terminal.note(
        say(f"已登记：{done.year} 年，{done.on}，{done.where}", f"Noted: {done.year}, {done.on}, {done.where}")
    )


@app.command()
def policy(
    file: Annotated[Path | None, typer.Argument(help="A policy file; the policy in force by default.")] = None,
    publish: Annotated[str, typer.Option(help="Put the file in force, with this note of why.", metavar="NOTE")] = "",
) -> None:
    """Print the minors' policy in force, examine a file, or put it in force.

    Example:

        guiju minors policy draft.yaml --publish "暑期时长调整"

    Exit status: 0 in order; 2 the file cannot be read or holds mistakes.
    """
    from guiju.minors import policy_source

    if file is None:
        open_database()
        from guiju.store.models import MinorsPolicyVersion

        row = MinorsPolicyVersion.objects.first()
        terminal.line(row.source if row is not None else policy_source.shipped())
        return
    try:
        source = file.read_text("utf-8")
    except (OSError, UnicodeError) as error:
        raise typer.BadParameter(str(error)) from None
    read = policy_source.load(source)
    if publish:
        open_database()
        from guiju.store.services import minors

        published = minors.publish_policy(operator(), source, publish)
        terminal.note(say(f"第 {published.number} 版已生效。", f"Version {published.number} is in force."))
        return
    terminal.note(say(f"{read.version}：没有错误。", f"{read.version}: no mistakes."))


def _lines(one: YearReport) -> list[str]:
    found = [
        f"# {say('未成年人保护与防沉迷年度报告', 'Yearly report on the protection of minors')} {one.year}: {one.service}",
        "",
        f"{say('策略', 'Policy')} {one.policy}; {say('本年发布', 'published this year')} {one.policies}",
        "",
    ]
    sections: list[tuple[str, dict[str, int]]] = [
        (say("未成年账号（按年龄段）", "Minors' accounts by band"), _bands(one.bands)),
        (
            say("疑似识别", "Suspicions"),
            {say("切换", "switched"): one.suspected, say("申诉成立", "cleared"): one.cleared},
        ),
        (say("拒绝", "Denials"), _named(one.denied)),
        (say("提醒", "Reminders"), _named(one.reminded)),
        (
            say("使用", "Use"),
            {say("账号日", "account-days"): one.days, say("分钟", "minutes"): one.minutes},
        ),
        (say("监护人决定", "Guardians' decisions"), _named({**one.guardians, "withdrawn": one.withdrawn})),
        (say("情绪与危机信号", "Distress and crises"), _named(one.heard)),
        (say("退出与挽留", "Exits and retention"), _named({"exits": one.exits, "retained": one.retained})),
        *(
            (f"{say('事项', 'Cases')}: {say(named(kind).zh, named(kind).en)}", _named(states))
            for kind, states in one.cases.items()
        ),
    ]
    for title, counts in sections:
        found += [f"## {title}", "", *(f"- {name}: {count}" for name, count in counts.items()), ""]
    return found


def _named(counts: Mapping[str, int]) -> dict[str, int]:
    return {say(named(code).zh, named(code).en): n for code, n in counts.items()}


def _bands(counts: Mapping[str, int]) -> dict[str, int]:
    from guiju.store import care

    bands = {band.id: say(band.zh, band.en) for band in care.policy_in_force().bands}
    return {bands.get(code) or say(named(code).zh, named(code).en): n for code, n in counts.items()}
