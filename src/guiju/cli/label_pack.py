"""``guiju label pack``: the evidence on labels that app stores and filing ask for, made from files really labelled."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

import typer

from guiju.cli import terminal
from guiju.cli.exits import Exit
from guiju.cli.language import say


def pack(
    out: Annotated[Path, typer.Argument(help="A folder that does not exist yet, or a file named *.zip.")],
    company: Annotated[str, typer.Option(help="The provider, as in the filing.")],
    service: Annotated[str, typer.Option(help="The service, as in the filing.")],
    producer: Annotated[str, typer.Option(help="Code of the generation provider: 27 characters (TC260-PG-20252A).")],
    sample: Annotated[
        list[Path] | None, typer.Option(help="A real output of the service, unlabelled; may be given several times.")
    ] = None,
    filing: Annotated[str, typer.Option(help="Number of the model or algorithm filing.")] = "",
    words: Annotated[str, typer.Option(help="Words of the explicit label, as `guiju label explicit` takes them.")] = "",
    position: Annotated[str, typer.Option(help="Position of the words in pictures and films.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make the evidence pack on labels: scheme, pictures of positions, technical note, samples (标识办法 Art. 7, 12).

    Copies of the samples get both labels, are checked, and what was measured goes into index.html, which prints. Without
    samples examples are made; a store will want real outputs. What only the company has (assessment report, letter with
    its seal) is listed as missing.

    Example:

        guiju label pack pack.zip --company 某某公司 --service 某某绘画 --producer 001191110102MACQD9K64010000 --sample cat.png

    Exit status: 0 made, every sample compliant; 1 made, some sample is not; 2 not made.
    """
    from guiju.labeling import pack as packs
    from guiju.labeling.explicit import Mark

    facts = packs.Facts(
        company=company, service=service, producer=producer, filing=filing, day=datetime.date.today()
    )  # fmt: skip
    made = packs.make(out, facts, tuple(sample or ()), Mark(words=words, position=position))
    if as_json:
        told = [
            {"file": one.file, "explicit": one.report.verdict, "implicit": one.implicit.verdict, "sha256": one.sha256}
            for one in made.outcomes
        ]
        terminal.emit({"pack": str(out), "compliant": made.compliant, "own_samples": made.own, "samples": told})
    else:
        rows = [
            (one.compliant, one.file, one.report.verdict.value, one.implicit.verdict.value) for one in made.outcomes
        ]
        heads = [say("通过", "ok"), say("样本", "sample"), say("显式标识", "explicit"), say("隐式标识", "implicit")]
        terminal.table(heads, rows)
        terminal.line(str(out))
        if not made.own:
            terminal.note(
                say(
                    "所用为示例文件;正式提交请用 --sample 给出真实输出。",
                    "These are examples; give real outputs with --sample before handing it in.",
                )
            )
    raise typer.Exit(Exit.OK if made.compliant else Exit.FAILED)
