"""``guiju check``: what would be done with a text, a file, or every line of a data set."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from guiju.cli import rules_in_force, terminal
from guiju.cli.exits import Exit
from guiju.cli.language import say
from guiju.nouns import Decision, Direction, Part

if TYPE_CHECKING:
    from rich.progress import Progress

    from guiju.moderation.checker import Checker
    from guiju.moderation.context import Context

STDIO = "-"


def check(
    text: Annotated[str | None, typer.Argument(help="The text to check.", show_default=False)] = None,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", help="Check a whole file as one text; - reads standard input.")
    ] = None,
    jsonl: Annotated[
        Path | None, typer.Option("--jsonl", help="Check every line of a JSON-lines file; - reads standard input.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Where --jsonl writes; - is standard output.")] = Path(STDIO),
    direction: Annotated[
        Direction, typer.Option(help="Which way the text travels; a JSON line may say otherwise.")
    ] = Direction.PROMPT,
    purpose: Annotated[str, typer.Option(help="Purpose of the integration, where the policy tells them apart.")] = "",
    integration: Annotated[str, typer.Option(help="Id of the integration, likewise.")] = "",
    band: Annotated[str, typer.Option(help="Age band of the end user: adult, unknown, 8_12 …")] = "",
    standing: Annotated[str, typer.Option(help="Standing of the account: unnamed, good, warn, limit.")] = "",
    modality: Annotated[
        str, typer.Option(help="What the text is, asks for or was read from: text, image, audio …")
    ] = "text",
    policy: Annotated[
        str, typer.Option(help="live: what is in force here; shipped: what Guiju ships; or a policy file.")
    ] = rules_in_force.LIVE,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check a text, a file, or JSON lines, and say what the policy does with it.

    It is the same check the gateway makes. Without a database the word lists and the policy that ship with Guiju are
    used, so it works straight after installation.

    A JSON line in has text, and optionally id, direction and history (earlier turns: strings, or objects with role and
    content). For each one line comes out, in the same order: id, action, score (the probability, 0 to 1, that the text
    must not pass) and findings; or id and error where the line could not be used.

    Examples:

        guiju check '加我微信代开发票' --direction answer

        guiju check --jsonl prompts.jsonl --out verdicts.jsonl

    Exit status: 0 the text may pass (with --jsonl: every line was checked); 1 it must not pass or could not be checked
    (with --jsonl: some line was unusable); 2 wrong arguments; 3 the installation is not in order.
    """
    if sum(given is not None for given in (text, file, jsonl)) != 1:
        raise typer.BadParameter("give exactly one of TEXT, --file and --jsonl")
    context = _context(purpose, integration, band, standing, modality)
    from guiju.cli.batch import in_its_field

    checker = rules_in_force.checker(policy)
    if jsonl is not None:
        raise typer.Exit(_lines(checker, jsonl, out, direction, context))
    parts = [Part("text", _read(file) if file else text or "")]
    decision = checker.check(parts, direction, in_its_field(checker, context, parts))
    if as_json:
        told = {"action": decision.action, "score": decision.score, "findings": decision.findings}
        terminal.emit({"id": None if file is None else str(file), **told})
    else:
        _show(decision)
    raise typer.Exit(Exit.FAILED if decision.action.stops or decision.failures else Exit.OK)


def _context(purpose: str, integration: str, band: str, standing: str, modality: str) -> Context:
    """The circumstances given; a word no policy can ask for would only ever miss, so it is refused.

    Age bands are the operator's to name, and integrations too: any word will do there.
    """
    from guiju.moderation.context import Context, shipped

    for name, value in (("purpose", purpose), ("standing", standing), ("modality", modality)):
        known = shipped().known(name)
        if value and value not in known:
            raise typer.BadParameter(f"one of {', '.join(sorted(known))}", param_hint=f"--{name}")
    return Context(purpose, integration, (), band, standing, modality)


def _read(file: Path) -> str:
    """The text of a file. Bytes of another encoding, read as UTF-8, would be checked as something that nobody wrote."""
    if str(file) == STDIO:
        data = sys.stdin.buffer.read()
    else:
        with _opened(file) as source:
            data = source.read()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        told = say(
            f"{file} 不是 UTF-8 文本;GBK 文件请先转换:iconv -f GB18030 -t UTF-8",
            f"{file} is no UTF-8 text; convert GBK first: iconv -f GB18030 -t UTF-8",
        )
        raise typer.BadParameter(told, param_hint="--file") from None


def _show(decision: Decision) -> None:
    terminal.line(f"{decision.action.value}  {decision.score:.2f}  {decision.policy}")
    if decision.findings:
        terminal.table(
            [
                say("风险", "risk"),
                say("得分", "score"),
                say("检测器", "detector"),
                say("规则", "rule"),
                say("位置", "where"),
                say("原因", "reason"),
            ],
            (
                (f.risk, f"{f.score:.2f}", f.detector, f.rule, " ".join(f"{a}–{b}" for a, b in f.spans), f.reason)
                for f in decision.findings
            ),
        )
    for failure in decision.failures:
        terminal.note(
            say(f"未能检查:{failure.detector}({failure.error})", f"not checked: {failure.detector} ({failure.error})")
        )


def _lines(checker: Checker, source: Path, target: Path, direction: Direction, context: Context) -> Exit:
    from guiju.cli.batch import check_lines

    counts: dict[str, int] = {}
    usable = True
    with _input(source) as lines, _output(target) as sink:
        for answer in check_lines(checker, lines, direction, context):
            sink.write(answer.line)
            usable &= answer.usable
            counts[answer.action] = counts.get(answer.action, 0) + 1
    total = sum(counts.values())
    told = ", ".join(f"{action} {count}" for action, count in sorted(counts.items()))
    terminal.note(say(f"共 {total} 行:{told or '无'}", f"{total} lines: {told or 'none'}"))
    return Exit.OK if usable else Exit.FAILED


@contextlib.contextmanager
def _input(source: Path) -> Iterator[Iterable[bytes]]:
    """The lines of ``source``, with a progress bar on a terminal."""
    if str(source) == STDIO:
        yield sys.stdin.buffer
        return
    with _opened(source) as file:
        if not sys.stderr.isatty():
            yield file
            return
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=terminal.err,
        ) as bar:
            yield _watched(file, bar)


def _watched(file: BinaryIO, bar: Progress) -> Iterator[bytes]:
    """The lines of ``file``; the bar moves by kilobytes, and not for each line: drawing must cost nothing."""
    task = bar.add_task("KB", total=max(1, os.fstat(file.fileno()).st_size // 1024))
    done = 0
    for line in file:
        yield line
        before, done = done // 65536, done + len(line)
        if done // 65536 != before:
            bar.update(task, completed=done // 1024)
    bar.update(task, completed=done // 1024)


@contextlib.contextmanager
def _output(target: Path) -> Iterator[BinaryIO]:
    """Somewhere to write; a file appears under its name only when it is whole, so OUT may even be IN."""
    if str(target) == STDIO:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    partial = target.with_name(target.name + ".partial")
    try:
        with open(partial, "wb") as file:
            yield file
        partial.replace(target)
    except OSError as error:
        raise typer.BadParameter(f"cannot write {target}: {error.strerror}", param_hint="--out") from None
    finally:
        partial.unlink(missing_ok=True)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise typer.BadParameter(f"cannot read {path}: {error.strerror}") from None
