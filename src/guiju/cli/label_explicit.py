"""``guiju label explicit``: labels that people see or hear (GB 45438-2025, chapter 5): put on files, and checked in them."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import msgspec
import typer

from guiju.cli import terminal
from guiju.cli.exits import Exit
from guiju.cli.language import current, say

if TYPE_CHECKING:
    from guiju.labeling.explicit import Check, Labelled, Report
    from guiju.labeling.many import Source

VERDICTS = {
    "compliant": ("合规", "compliant"),
    "noncompliant": ("不合规", "noncompliant"),
    "not_found": (
        "未发现显式标识;这不证明内容由人创作。", "no explicit label found; that is no proof of human origin"
    ),
    "cannot_tell": ("无法判断", "cannot tell"),
}  # fmt: skip
KINDS = {"standard": ("标准", "standard"), "policy": ("建议", "advice")}
KEPT = {
    "none": ("原文件没有隐式标识,显式标识不能代替它:guiju label write", "the file had no implicit label, which an explicit one does not replace: guiju label write"),
    "kept": ("隐式标识原样保留", "the implicit label stands as it was"),
    "rewritten": ("隐式标识已重新写入", "the implicit label was written again"),
    "unread": ("此格式无法读取隐式标识,未作核对", "implicit labels of this format cannot be read; none was checked"),
}  # fmt: skip


class Form(enum.StrEnum):
    """Values of ``--form``: those of `guiju.labeling.explicit.Form`, which would be slow to import for every command."""

    AUTO = "auto"
    PLAIN = "plain"
    BOX = "box"
    CORNER = "corner"
    RHYTHM = "rhythm"
    VOICE = "voice"


class Span(enum.StrEnum):
    """Values of ``--span``: those of `guiju.labeling.explicit.Span`."""

    OPENING = "opening"
    WHOLE = "whole"


class Guide(enum.StrEnum):
    """Values of ``--guide``."""

    SCENE = "scene"
    INTERFACE = "interface"


def explicit(
    file: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILE...]",
            help="Pictures, sound, films, texts, Office documents, PDF or HTML: files, folders or quoted patterns.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Where the labelled copy goes; a folder for many files. May be FILE itself."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Look for the label and measure it (after making it).")
    ] = False,
    words: Annotated[str, typer.Option(help="Id or text of the words; by default AI生成.")] = "",
    position: Annotated[
        str, typer.Option(help="Pictures, films: bottom-right, top-left …; sound, texts: start, middle, end.")
    ] = "",
    height: Annotated[float, typer.Option(help="Height of the ink over the shortest side, 0.05 to 0.3.")] = 0.0,
    form: Annotated[Form, typer.Option(help="What the label is made of.")] = Form.AUTO,
    span: Annotated[Span | None, typer.Option(help="Films: the opening seconds, or the whole.")] = None,
    seconds: Annotated[float, typer.Option(help="Films: how long the opening label stays, at least 2.")] = 0.0,
    preset: Annotated[str, typer.Option(help="Position and span for a platform: standard, douyin, bilibili …")] = "",
    font: Annotated[Path | None, typer.Option(help="A font file instead of the shipped one.")] = None,
    prompt: Annotated[Path | None, typer.Option(help="A WAV file with a spoken label of your own.")] = None,
    spoken: Annotated[str, typer.Option(help="The words spoken in --prompt.")] = "",
    picture: Annotated[
        Path | None, typer.Option(help="With --check: a PNG of the file with what was found marked in it.")
    ] = None,
    guide: Annotated[
        Guide | None, typer.Option(help="Show the checklist for virtual scenes or interfaces instead.")
    ] = None,
    break_c2pa: Annotated[
        bool,
        typer.Option(
            "--allow-breaking-c2pa",
            "--break-c2pa",
            help="Write even if a C2PA manifest in the file becomes invalid by it.",
        ),
    ] = False,
    processes: Annotated[int, typer.Option(min=0, help="Many files: processes to use; 0 for one per processor.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Put a label that people see or hear on a file, or check the one it has (GB 45438-2025, chapter 5).

    Words in pictures are measured on their ink, so that they are 5 % of the shortest side under every reading of the
    standard. The implicit label survives or is written again, and which of the two is said. `--check` reads finished
    files: words by OCR, the opening frames of films, the rhythm in sound, the words in texts. A label that is not found
    proves nothing.

    Several files, a folder or a pattern are worked on in parallel; copies go into the folder --out, as the originals
    stand in theirs. --json prints a line for each.

    Example:

        guiju label explicit cat.png --out cat-labelled.png --check

    Exit status: 0 made, and compliant if checked; 1 checked, any other verdict; 2 not made, or not to be read.
    """
    if guide is not None:
        _guide(guide, as_json)
        return
    if not file or not (out or check):
        raise typer.BadParameter("FILE with --out or --check, or --guide")
    if picture is not None and not check:
        raise typer.BadParameter("--picture goes with --check", param_hint="--picture")
    from guiju.labeling import explicit as labels
    from guiju.labeling import many

    mark = labels.Mark(
        words=words, position=position, height=height, form=labels.Form(form), seconds=seconds, font=font, prompt=prompt,
        spoken=spoken, span=None if span is None else labels.Span(span),
    )  # fmt: skip
    if preset:
        mark = labels.preset(mark, preset)
    if many.is_many(file):
        if picture is not None:
            raise typer.BadParameter("one file", param_hint="--picture")
        _many(file, _Work(mark, out, check, break_c2pa), as_json, processes)
    source = Path(file[0])
    with terminal.working(source.name):
        made = None if out is None else labels.label(source, out, mark, break_c2pa=break_c2pa)
        report = labels.check(out or source, mark, picture=picture) if check else None
    if as_json:
        terminal.emit(_shape(made, out, report))
    else:
        _show(made, out, report)
    raise typer.Exit(Exit.OK if report is None or report.verdict.value == "compliant" else Exit.FAILED)


class _Work(msgspec.Struct, frozen=True):
    """What is done to each of many files; it travels to other processes."""

    mark: Any
    out: Path | None
    check: bool
    break_c2pa: bool

    def __call__(self, source: Source) -> dict[str, Any]:
        from guiju.labeling import explicit as labels

        target = None if self.out is None else self.out / source.below
        if target is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
        made = None if target is None else labels.label(source.path, target, self.mark, break_c2pa=self.break_c2pa)
        report = labels.check(target or source.path, self.mark) if self.check else None
        row: dict[str, Any] = msgspec.to_builtins(_shape(made, target, report), str_keys=True)
        return {"source": str(source.path), **row}


def _many(given: list[str], work: _Work, as_json: bool, processes: int) -> NoReturn:
    """A line for every file and a summary; worked on in parallel."""
    from guiju.cli import label_many

    options = label_many.Options(as_json, processes)
    done = label_many.run(work, given, options, _line, lambda row: str(row.get("verdict", "written")), VERDICTS)
    if work.check:
        raise typer.Exit(Exit.OK if done.keys() <= {"compliant"} else Exit.FAILED)
    raise typer.Exit(Exit.USAGE if done["failed"] else Exit.OK)


def _line(row: dict[str, Any]) -> str:
    """One file of many: what was made, and the verdict with the checks that failed."""
    told = [row.get("file") or row["source"]]
    told += [row["words"], say(*KEPT[row["implicit"]])] if "words" in row else []
    if "verdict" in row:
        broken = ", ".join(one["id"] for one in row["checks"] if one["ok"] is not True)
        told += [say(*VERDICTS[row["verdict"]]), broken]
    return "  ".join(part for part in told if part)


def _shape(made: Labelled | None, out: Path | None, report: Report | None) -> dict[str, Any]:
    return ({} if made is None else _made_json(made, out)) | ({} if report is None else _report_json(report))


def _show(made: Labelled | None, out: Path | None, report: Report | None) -> None:
    if made is not None:
        figures = ", ".join(f"{name} {value:g}" for name, value in made.made.figures.items())
        where = ", ".join(one.where for one in made.made.sightings)
        terminal.line(f"{out}  {made.made.words}  {where}  {figures}")
        terminal.note(say(*KEPT[made.implicit.value]))
        for note in made.made.notes:
            terminal.note(note)
        if made.broken:
            terminal.note(
                say("C2PA 凭证现已失效,需重新签名。", "The C2PA manifest is invalid now; sign the file again.")
            )
    if report is not None:
        terminal.line(say(*VERDICTS[report.verdict.value]))
        rows = (
            (_sign(one), say(*KINDS[one.kind]), one.clause, one.id, one.message(current())) for one in report.checks
        )
        heads = [
            say("通过", "ok"),
            say("依据", "kind"),
            say("条款", "clause"),
            say("检查", "check"),
            say("内容", "what"),
        ]
        terminal.table(heads, rows)


def _sign(check: Check) -> object:
    return "?" if check.ok is None else check.ok


def _made_json(made: Labelled, out: Path | None) -> dict[str, Any]:
    return {
        "file": str(out), "medium": made.made.medium, "words": made.made.words, "figures": made.made.figures,
        "made": list(made.made.sightings), "notes": list(made.made.notes), "implicit": made.implicit.value,
        "broken_c2pa": made.broken or None,
    }  # fmt: skip


def _report_json(report: Report) -> dict[str, Any]:
    return {
        "verdict": report.verdict.value, "medium": report.medium,
        "checks": [_check_json(check) for check in report.checks], "found": list(report.found),
    }  # fmt: skip


def _check_json(check: Check) -> dict[str, Any]:
    return {
        "id": check.id, "clause": check.clause, "ok": check.ok, "kind": check.kind,
        "message": check.message(current()), "message_zh": check.message("zh"), "message_en": check.message("en"),
        "measured": check.measured, "required": check.required, "unit": check.unit,
    }  # fmt: skip


def _guide(which: Guide, as_json: bool) -> None:
    from guiju.labeling.explicit.guides import guide

    chosen = guide(which.value)
    if as_json:
        terminal.emit(chosen)
        return
    terminal.line(say(chosen.zh, chosen.en))
    heads = ["", say("条款", "clause"), say("要求", "what"), say("怎样核对", "how to check")]
    rows = (
        (say("应", "shall") if one.kind == "standard" else say("宜", "advice"), one.clause, say(one.zh, one.en), say(one.how_zh, one.how_en))
        for one in chosen.items
    )  # fmt: skip
    terminal.table(heads, rows)
