"""``guiju label``: the implicit label of AI-generated content in files (GB 45438-2025): write, read, judge, continue."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guiju.cli import terminal
from guiju.cli.exits import Exit
from guiju.cli.label_explicit import explicit
from guiju.cli.language import current, say

if TYPE_CHECKING:
    from guiju.labeling.files import FileReading, Placed, Written
    from guiju.labeling.verdict import Check, Report

app = typer.Typer(no_args_is_help=True, help="Labels of AI-generated content in files (GB 45438-2025).")

File = Annotated[Path, typer.Argument(help="An image, document or other file of a supported format.")]
Out = Annotated[Path, typer.Option("--out", "-o", help="Where the labelled copy goes; may be FILE itself.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Break = Annotated[
    bool, typer.Option("--break-c2pa", help="Write even if a C2PA manifest in the file becomes invalid by it.")
]

VERDICTS = {
    "compliant": ("合规", "compliant"),
    "noncompliant": ("不合规", "noncompliant"),
    "not_found": ("未发现隐式标识", "no implicit label found"),
    "cannot_tell": ("无法判断", "cannot tell"),
}
KINDS = {"standard": ("标准", "standard"), "guide": ("实践指南", "guide"), "policy": ("建议", "advice")}


@app.command()
def write(
    file: File,
    out: Out,
    producer: Annotated[str, typer.Option(help="Code of the generation provider: 27 characters (TC260-PG-20252A).")],
    number: Annotated[str, typer.Option("--id", help="Number of this content: unique, and revealing nothing.")],
    tier: Annotated[str, typer.Option("--label", help="1 is, 2 may be, 3 is suspected to be AI-generated.")] = "1",
    any_producer: Annotated[bool, typer.Option("--any-producer", help="Accept a name instead of a code.")] = False,
    keep_existing: Annotated[
        bool, typer.Option("--keep-existing", help="Refuse a file that is labelled already, instead of replacing it.")
    ] = False,
    break_c2pa: Break = False,
    as_json: Json = False,
) -> None:
    """Write the implicit label into a copy of a file, where the guide for its format puts it.

    A file keeps one label, so one that is there is replaced, and told. Pixels, text and all other metadata stay as they
    are. The copy is read back before it appears under its name; the original is never damaged. TXT, CSV and JSON have
    no place for metadata: the label goes into a file beside them, NAME.aigc.json.

    Example:

        guiju label write cat.png --out cat-labelled.png --producer 001191110102MACQD9K64010000 --id 7f3a9c

    Exit status: 0 written and read back; 2 not written: wrong arguments, or a file that cannot be labelled.
    """
    from guiju.labeling import files, provider_code
    from guiju.labeling.implicit import Label

    if tier not in ("1", "2", "3"):
        raise typer.BadParameter("1, 2 or 3", param_hint="--label")
    if not any_producer:
        provider_code.parse(producer)
    label = Label.first(producer, number, tier)  # type: ignore[arg-type]
    _told(files.write(file, out, label, keep_existing=keep_existing, break_c2pa=break_c2pa), out, as_json)


@app.command()
def propagate(
    file: File,
    out: Out,
    propagator: Annotated[str, typer.Option(help="Code of the propagation provider: 27 characters.")],
    number: Annotated[str, typer.Option("--id", help="The propagation provider's number for this content.")],
    any_propagator: Annotated[bool, typer.Option("--any-propagator", help="Accept a name instead of a code.")] = False,
    break_c2pa: Break = False,
    as_json: Json = False,
) -> None:
    """Continue the label of somebody else's content: rewrite its propagator and nothing else.

    For platforms (标识办法 Art. 6): producer, number and reserved code of the generation provider stay as they are.

    Example:

        guiju label propagate upload.jpg --out stored.jpg --propagator 00119144030008867405X220001 --id p-81

    Exit status: 0 written and read back; 2 not written, for example because there is no conforming label to continue.
    """
    from guiju.labeling import files, provider_code

    if not any_propagator:
        provider_code.parse(propagator)
    _told(files.propagate(file, out, propagator, number, break_c2pa=break_c2pa), out, as_json)


@app.command()
def read(file: File, as_json: Json = False) -> None:
    """Show the implicit label of a file, wherever in it, with C2PA and IPTC marks told apart.

    All places seen in the wild are read, conforming or not; `guiju label verify` judges them.

    Example:

        guiju label read upload.jpg --json | jq .label.ContentProducer

    Exit status: 0 read, with or without a label; 2 the file cannot be read.
    """
    from guiju.labeling import files

    reading = files.read(file)
    if as_json:
        terminal.emit(_reading_json(reading))
        return
    label = reading.label
    if label is not None:
        terminal.table([say("字段", "key"), say("值", "value")], label.keys().items())
    elif not reading.found:
        terminal.line(
            say("未发现隐式标识;这不证明内容由人创作。", "No implicit label. That is no proof of human origin.")
        )
    for place in reading.places:
        terminal.line(
            f"{say('位置', 'place')}: {place.found.placement} ({place.found.form.value}) {place.problem}".rstrip()
        )
    if reading.c2pa is not None:
        terminal.line(
            f"C2PA: {reading.c2pa.placement}, {len(reading.c2pa.manifests)} "
            + say("份凭证(未验证)", "manifests (not verified)")
        )
    for kind in reading.source_types:
        terminal.line(f"IPTC digitalSourceType: {kind}")
    for text in reading.damaged:
        terminal.note(f"{say('未能读取', 'not read')}: {text}")


@app.command()
def verify(file: File, as_json: Json = False) -> None:
    """Judge the implicit label of a file: compliant, noncompliant, not found, or cannot tell, with the clause.

    Only breaches of GB 45438-2025 make a file noncompliant. Deviations from a practice guide, and advice, are listed
    beside them.

    Example:

        guiju label verify upload.jpg --json | jq '.checks[] | select(.ok | not)'

    Exit status: 0 compliant; 1 any other verdict; 2 the file cannot be opened.
    """
    from guiju.labeling import verdict

    report = verdict.verify(file)
    if as_json:
        terminal.emit({"verdict": report.verdict.value, "checks": [_check_json(check) for check in report.checks]})
    else:
        _show(report)
    raise typer.Exit(Exit.OK if report.verdict is verdict.Verdict.COMPLIANT else Exit.FAILED)


@app.command()
def code(
    code: Annotated[str, typer.Argument(help="A provider code: 27 digits and capital letters.")], as_json: Json = False
) -> None:
    """Explain the 27-character code of a service provider (TC260-PG-20252A), with the check of the USCC in it.

    Example:

        guiju label code 001191110102MACQD9K64010000

    Exit status: 0 a valid code; 2 not one.
    """
    from guiju.labeling import provider_code

    parts = provider_code.parse(code)
    if as_json:
        terminal.emit(parts)
    else:
        terminal.line(parts.explain(current()))


app.command()(explicit)


def _told(written: Written, out: Path, as_json: bool) -> None:
    if as_json:
        replaced = [_place_json(place) for place in written.replaced]
        told = {"file": str(out), "placement": written.placement, "label": written.label.keys(), "replaced": replaced}
        terminal.emit({**told, "broken_c2pa": None if written.broken is None else written.broken.placement})
    else:
        terminal.line(f"{out}  {written.placement}")
    for place in written.replaced:
        known = "?" if place.reading is None else place.reading.label.ContentProducer
        terminal.note(
            say(f"已取代原标识:{known}({place.found.placement})", f"replaced: {known} ({place.found.placement})")
        )
    if written.broken is not None:
        terminal.note(say("C2PA 凭证现已失效,需重新签名。", "The C2PA manifest is invalid now; sign the file again."))


def _reading_json(reading: FileReading) -> dict[str, Any]:
    return {
        "found": reading.found,
        "label": None if reading.label is None else reading.label.keys(),
        "placements": [_place_json(place) for place in reading.places],
        "c2pa": reading.c2pa,
        "iptc": {"digitalSourceType": list(reading.source_types)} if reading.source_types else None,
        "format": reading.carrier,
        "damaged": list(reading.damaged),
    }


def _place_json(place: Placed) -> dict[str, Any]:
    reading = place.reading
    return {
        "placement": place.found.placement,
        "form": place.found.form.value,
        "offset": place.found.offset,
        "wrapped": None if reading is None else reading.wrapped,
        "label": None if reading is None else reading.label.keys(),
        "problem": place.problem,
    }


def _check_json(check: Check) -> dict[str, Any]:
    return {
        "id": check.id, "clause": check.clause, "ok": check.ok, "kind": check.kind,
        "message": check.message(current()), "message_zh": check.message("zh"), "message_en": check.message("en"),
    }  # fmt: skip


def _show(report: Report) -> None:
    terminal.line(say(*VERDICTS[report.verdict.value]))
    rows = (
        (check.ok, say(*KINDS[check.kind]), check.clause, check.id, check.message(current())) for check in report.checks
    )
    heads = [say("通过", "ok"), say("依据", "kind"), say("条款", "clause"), say("检查", "check"), say("内容", "what")]
    terminal.table(heads, rows)
