"""``guiju lexicon``: word lists in and out as files, what they count to, and whether their test lines hold."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guiju.cli import terminal
from guiju.cli.boot import open_database, operator
from guiju.cli.exits import Exit
from guiju.cli.language import say

if TYPE_CHECKING:
    from guiju.moderation.lexicon import Entry, Lexicon
    from guiju.moderation.lexicon_report import Stats
    from guiju.store.models import WordList

app = typer.Typer(no_args_is_help=True, help="Word lists: import, export, counts against the standard, test lines.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Shipped = Annotated[bool, typer.Option("--shipped", help="The lists that ship with Guiju, not those in force here.")]
Lists = Annotated[list[str] | None, typer.Argument(help="Slugs of lists; all of them by default.", show_default=False)]

LEAST = 10_000
"""Words a keyword library must have in all (TC260-003-2024 8.1, GB/T 45654-2025)."""
WEEK = 7
"""Days after which a library counts as not kept up to date."""


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A .csv, .xlsx or .json file.")],
    into: Annotated[str, typer.Option("--list", help="Slug of the list; made if there is none.")],
    title: Annotated[str, typer.Option(help="Title of a new list.")] = "",
    risk: Annotated[str, typer.Option(help="Risk of entries that name none, for a new list.")] = "",
    owner: Annotated[str, typer.Option(help="Who answers for a new list.")] = "",
    source: Annotated[str, typer.Option(help="Where the words of a new list come from, by what right.")] = "",
    note: Annotated[str, typer.Option(help="What is new in this version.")] = "",
    live: Annotated[bool, typer.Option(help="Put the version in force at once.")] = True,
) -> None:
    """Read a file as the next version of a word list and put it in force; gateways follow within a second.

    Test lines of the entries (columns hit and miss) must hold, or nothing is imported. A list without a line of each kind is
    a draft: it comes in with --no-live only.

    Examples:

        guiju lexicon import words.xlsx --list own --title 自有词表 --owner 内容安全部 --source 自行整理

        guiju lexicon import words.csv --list own --no-live --note 十一月更新

    Exit status: 0 imported; 1 a test line fails; 2 wrong arguments, a line that cannot be used, or no test lines; 3 the database is not
    in order.
    """
    from guiju.errors import WordListUntested
    from guiju.moderation import lexicon_csv, lexicon_file, lexicon_report
    from guiju.moderation.lexicon import Lexicon

    entries = lexicon_file.read(file.name, file.read_bytes(), into)
    open_database()
    from guiju.store.models import WordList
    from guiju.store.services import word_lists

    row = WordList.objects.filter(pk=into).first()
    default = row.risk if row else risk
    if _failing(Lexicon.compile(_with_risk(entry, default) for entry in entries)):
        raise typer.Exit(Exit.FAILED)
    missing = () if row and row.shipped else lexicon_report.lacking(entries)
    if missing and live:
        raise WordListUntested(slug=into, columns=", ".join(missing))
    row = row or word_lists.create(operator(), into, title or into, risk, owner, source)
    version = word_lists.add_version(operator(), row, lexicon_csv.format_csv(entries), note)
    if live:
        word_lists.set_live(operator(), version)
    draft = say("草稿：缺少测试语句，不能生效", "a draft: without test lines it cannot be put in force")
    state = say("已生效", "in force") if live else draft if missing else say("未生效", "not in force")
    terminal.line(
        say(
            f"{into} 第 {version.number} 版:{version.entries} 条,{state}",
            f"{into} version {version.number}: {version.entries} entries, {state}",
        )
    )


@app.command()
def export(
    out: Annotated[Path, typer.Option("--out", "-o", help="Where to write: .csv, .xlsx or .json.")],
    lists: Lists = None,
    shipped: Shipped = False,
) -> None:
    """Write word lists into one file, with every column.

    Examples:

        guiju lexicon export --out all.xlsx

        guiju lexicon export gambling fraud --shipped --out words.json

    Exit status: 0 written; 2 wrong arguments; 3 the database is not in order.
    """
    from guiju.moderation import lexicon_file

    entries = _entries(lists, shipped)
    data = lexicon_file.write(out.name, entries)
    try:
        out.write_bytes(data)
    except OSError as error:
        raise typer.BadParameter(f"cannot write {out}: {error.strerror}", param_hint="--out") from None
    terminal.note(say(f"已写出 {len(entries)} 条:{out}", f"{len(entries)} entries written to {out}"))


@app.command()
def stats(lists: Lists = None, shipped: Shipped = False, as_json: Json = False) -> None:
    """Count words against the minima of the standard: in all, per risk, with source and owner, and how old the newest is.

    Example:

        guiju lexicon stats --json | jq '.risks[] | select(.entries < .least)'

    Exit status: 0 counted, whatever the outcome; 3 the database is not in order.
    """
    from guiju.law.book import rules
    from guiju.moderation import lexicon_report

    minima = {
        risk.code: kind.keywords
        for kind in rules().risks.classes
        for risk in rules().risks.risks
        if kind.keywords and risk.code.startswith(kind.code + ".")
    }
    found = lexicon_report.stats(_entries(lists, shipped), minima, LEAST, date.today())
    if as_json:
        terminal.emit(found)
    else:
        _show(found)


@app.command()
def test(
    lists: Lists = None,
    shipped: Shipped = False,
    neutral: Annotated[
        list[Path] | None,
        typer.Option(exists=True, dir_okay=False, help="More ordinary text, one line each.", show_default=False),
    ] = None,
    as_json: Json = False,
) -> None:
    """Run the test lines of entries, and look for padding: entries that meet ordinary text or repeat another.

    Example:

        guiju lexicon test --neutral our-support-tickets.txt

    Exit status: 0 all lines hold and no entry looks like padding; 1 otherwise; 3 the database is not in order.
    """
    from guiju.moderation import lexicon_report
    from guiju.moderation.lexicon import Lexicon

    lexicon = Lexicon.compile(_entries(lists, shipped))
    ordinary = [*lexicon_report.neutral_lines(), *(line for path in neutral or () for line in _lines(path))]
    padding = lexicon_report.padding(lexicon, ordinary)
    failing = lexicon_report.failing_lines(lexicon)
    if as_json:
        terminal.emit({"entries": len(lexicon), "failing": failing, "padding": padding})
    else:
        _failing(lexicon)
        for each in padding:
            what = say("疑似凑数", "looks like padding")
            terminal.line(f"{what}  {each.rule}  {each.word}  {each.why}: {each.line}")
        terminal.note(
            say(
                f"{len(lexicon)} 条:{len(failing)} 行测试不符,{len(padding)} 条疑似凑数",
                f"{len(lexicon)} entries: {len(failing)} test lines fail, {len(padding)} look like padding",
            )
        )
    raise typer.Exit(Exit.FAILED if failing or padding else Exit.OK)


def _entries(lists: list[str] | None, shipped: bool) -> tuple[Entry, ...]:
    """The entries of the named lists, or of all."""
    if shipped:
        from guiju.moderation import starter

        known = {each.id: each.entries for each in starter.lists()}
        return tuple(entry for name in _chosen(lists, known) for entry in known[name]())
    open_database()
    from guiju.store.models import WordList
    from guiju.store.services import word_lists

    rows: dict[str, WordList] = {row.slug: row for row in WordList.objects.select_related("live")}
    return tuple(entry for name in _chosen(lists, rows) for entry in word_lists.entries(rows[name].live))


def _chosen(lists: list[str] | None, known: Collection[str]) -> list[str]:
    unknown = [name for name in lists or () if name not in known]
    if unknown:
        raise typer.BadParameter(f"no list {', '.join(unknown)}; known: {', '.join(known)}")
    return lists or list(known)


def _with_risk(entry: Entry, risk: str) -> Entry:
    import msgspec

    return entry if entry.risk or entry.allow else msgspec.structs.replace(entry, risk=risk)


def _failing(lexicon: Lexicon) -> bool:
    """Print the test lines that fail; whether any does."""
    from guiju.moderation.lexicon_report import failing_lines

    failing = failing_lines(lexicon)
    for each in failing:
        wanted = say("应命中", "must meet") if each.wanted == "hit" else say("不应命中", "must not meet")
        terminal.line(f"{wanted}  {each.rule}  {each.word}: {each.line}")
    return bool(failing)


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text("utf-8-sig").splitlines() if line.strip()]
    except UnicodeDecodeError as error:
        raise typer.BadParameter(f"{path}: {error}", param_hint="--neutral") from None


def _show(found: Stats) -> None:
    total = say("合计", "all")
    rows: list[tuple[object, ...]] = [(total, found.entries, found.least, found.entries >= found.least)]
    rows += [(each.risk, each.entries, each.least or "", each.met if each.least else "") for each in found.risks]
    terminal.table(
        [say("风险", "risk"), say("不同词数", "different words"), say("下限", "least"), say("达标", "met")], rows
    )
    terminal.table([say("词表", "list"), say("条目", "entries")], found.lists)
    newest = found.newest.isoformat() if found.newest else say("无日期", "undated")
    terminal.line(
        say(
            f"允许词 {found.allow};有来源 {found.sourced};有负责人 {found.owned};过期 {found.expired};最新条目 {newest}",
            f"allow {found.allow}; with source {found.sourced}; with owner {found.owned}; expired {found.expired}; newest {newest}",
        )
    )
    if found.days is None or found.days > WEEK:
        terminal.note(say("一周内没有更新。", "No update within a week."), "yellow")
