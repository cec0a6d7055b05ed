"""``guiju label write|read|verify`` on folders, patterns and lists of files: a line for every file, and a summary."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import typer
from rich.progress import Progress

from guiju.cli import label_shapes, terminal
from guiju.cli.exits import Exit
from guiju.cli.label_words import VERDICTS
from guiju.cli.language import current, say
from guiju.labeling import content_number, files, many, verdict
from guiju.labeling.implicit import Label, Tier
from guiju.labeling.many import Outcome, Source

if TYPE_CHECKING:
    from guiju.labeling.security import Pins

Row = dict[str, Any]


class Options(msgspec.Struct, frozen=True):
    """How many files are worked on: lines of JSON or of text, how many processes, and the log to go on with."""

    as_json: bool = False
    processes: int = 0
    log: Path | None = None


def write(
    given: list[str], out: Path, producer: str, tier: Tier, keep_existing: bool, break_c2pa: bool, options: Options
) -> None:
    """Label every file under a number of its own; copies go below ``out`` as the files stand below what was given."""
    task = partial(_write, out=out, producer=producer, tier=tier, keep_existing=keep_existing, break_c2pa=break_c2pa)
    done = run(task, given, options, _written_line, lambda _: "written")
    raise typer.Exit(Exit.USAGE if done["failed"] else Exit.OK)


def read(given: list[str], options: Options) -> None:
    """Show what every file says of itself."""
    done = run(_read, given, options, _read_line, lambda row: "labelled" if row["found"] else "unlabelled")
    raise typer.Exit(Exit.USAGE if done["failed"] else Exit.OK)


def verify(given: list[str], options: Options, pins: Pins | None = None) -> None:
    """Judge every file."""
    task = partial(_verify, pins=pins)
    done = run(task, given, options, _verdict_line, lambda row: str(row["verdict"]))
    raise typer.Exit(Exit.OK if done.keys() <= {"compliant"} else Exit.FAILED)


def _write(source: Source, *, out: Path, producer: str, tier: Tier, keep_existing: bool, break_c2pa: bool) -> Row:
    target = out / source.below
    target.parent.mkdir(parents=True, exist_ok=True)
    label = Label.first(producer, content_number.new(), tier)
    done = files.write(source.path, target, label, keep_existing=keep_existing, break_c2pa=break_c2pa)
    return {"source": str(source.path), **label_shapes.written(done, target)}


def _read(source: Source) -> Row:
    return {"file": str(source.path), **_plain(label_shapes.reading(files.read(source.path), source.path))}


def _verify(source: Source, *, pins: Pins | None) -> Row:
    return {"file": str(source.path), **label_shapes.report(verdict.verify(source.path, pins=pins))}


def _plain(shape: Row) -> Row:
    plain: Row = msgspec.to_builtins(shape, str_keys=True)
    return plain


def _written_line(row: Row) -> str:
    """Where the label went, and what it cost: labels that gave way, a manifest that is invalid now."""
    told = [f"{row['file']}  {row['placement']}"]
    for place in row["replaced"]:
        known = (place["label"] or {}).get("ContentProducer", "?")
        told.append(say(f"已取代:{known}", f"replaced: {known}"))
    if row["broken_c2pa"] is not None:
        told.append(say("C2PA 凭证已失效,需重新签名", "the C2PA manifest is invalid now"))
    return "  ".join(told)


def _read_line(row: Row) -> str:
    label = row["label"] or {}
    said = label.get("ContentProducer", "?") if row["found"] else say("未发现隐式标识", "no implicit label")
    return f"{row['file']}  {said}"


def _verdict_line(row: Row) -> str:
    broken = ", ".join(f"{one['clause'] or one['id']}" for one in row["checks"] if not one["ok"])
    return f"{row['file']}  {say(*VERDICTS[row['verdict']])}  {broken}".rstrip()


def run(
    task: Callable[[Source], Row], given: list[str], options: Options, shown: Callable[[Row], str],
    kind: Callable[[Row], str], verdicts: dict[str, tuple[str, str]] = VERDICTS,
) -> Counter[str]:  # fmt: skip
    """Do the task for every file that the log does not have yet; returns how many of each kind, those before counted."""
    counted = Counter[str]()
    known = _logged(options.log, counted)
    sources = [one for one in many.find(given) if str(one.path) not in known]
    processes = min(options.processes or os.cpu_count() or 1, max(1, len(sources) // 8))
    with (
        _log(options.log) as keep,
        Progress(console=terminal.err, transient=True, disable=not terminal.err.is_terminal) as progress,
    ):
        bar = progress.add_task(say("文件", "files"), total=len(sources))
        for outcome in many.each(task, sources, processes):
            row = _row(outcome)
            name = "failed" if outcome.result is None else kind(row)
            counted[name] += 1
            keep({"source": str(outcome.source.path), "kind": name, "row": row})
            _print(row, outcome, options.as_json, shown)
            progress.advance(bar)
    _summary(counted, len(known), verdicts)
    return counted


def _row(outcome: Outcome[Row]) -> Row:
    if outcome.result is not None:
        return outcome.result
    failure = outcome.failure
    told = {} if failure is None else {"code": failure.code, "message": failure.zh if current() == "zh" else failure.en}
    return {"file": str(outcome.source.path), "error": told}


def _print(row: Row, outcome: Outcome[Row], as_json: bool, shown: Callable[[Row], str]) -> None:
    if as_json:
        terminal.line(json.dumps(_plain(row), ensure_ascii=False))
    elif outcome.result is None:
        terminal.line(f"{row['file']}  {row['error'].get('code', '')} {row['error'].get('message', '')}")
    else:
        terminal.line(shown(row))


def _summary(counted: Counter[str], known: int, verdicts: dict[str, tuple[str, str]]) -> None:
    kinds = {
        "written": ("已写入", "written"), "labelled": ("有标识", "labelled"), "unlabelled": ("无标识", "unlabelled"),
        "failed": ("失败", "failed"), **verdicts,
    }  # fmt: skip
    parts = [f"{say(*kinds[name])} {number}" for name, number in sorted(counted.items())]
    before = say(f"(其中 {known} 个已在日志中)", f" ({known} of them in the log before)") if known else ""
    terminal.note(f"{say('共', 'files:')} {counted.total()}{before}  {'  '.join(parts)}".rstrip())


def _logged(log: Path | None, counted: Counter[str]) -> set[str]:
    """The files that a log has as done; those that failed are tried again. A line cut short by a stop counts as none."""
    known = set[str]()
    for line in log.read_text("utf-8").splitlines() if log is not None and log.exists() else ():
        try:
            row = json.loads(line)
            source, kind = str(row["source"]), str(row["kind"])
        except (ValueError, KeyError, TypeError):
            continue
        if kind != "failed" and source not in known:
            known.add(source)
            counted[kind] += 1
    return known


class _log:
    """Appends a line of JSON for every file to the log, if there is one."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def __enter__(self) -> Callable[[Row], None]:
        if self._path is None:
            return lambda row: None
        torn = self._path.exists() and not self._path.read_bytes().endswith(b"\n") and self._path.stat().st_size > 0
        self._file = self._path.open("a", encoding="utf-8")
        if torn:
            self._file.write("\n")
        return self._keep

    def _keep(self, row: Row) -> None:
        self._file.write(json.dumps(_plain(row), ensure_ascii=False) + "\n")
        self._file.flush()

    def __exit__(self, *_: object) -> None:
        if self._path is not None:
            self._file.close()
