"""``guiju label survive``: a company's own processing step over labelled samples of every format."""

from __future__ import annotations

import shlex
import subprocess
import tempfile
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from guiju.cli import terminal
from guiju.cli.exits import Exit
from guiju.cli.language import say

FATES = {
    "kept": ("保留", "kept"),
    "moved": ("位置改变", "moved"),
    "changed": ("被改动", "changed"),
    "lost": ("丢失", "lost"),
    "unreadable": ("无法读取", "unreadable"),
    "failed": ("命令失败", "failed"),
}


def survive(
    pipeline: Annotated[
        str, typer.Option(help="The command to try; {in} and {out} stand for the files. No shell is used.")
    ],
    samples: Annotated[
        Path | None, typer.Option(help="A folder of files to try instead of the shipped samples of every format.")
    ] = None,
    only: Annotated[str, typer.Option(help="Only these suffixes, with commas between: jpg,png,mp4.")] = "",
    to: Annotated[str, typer.Option(help="What the command makes files of, for example webp; else as they came.")] = "",
    timeout: Annotated[float, typer.Option(min=1, help="Seconds for one file.")] = 60,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run your own processing command over labelled samples of every format, and say where labels die.

    A resize, a transcoder, an upload to a store and back: ordinary tools drop labels without a word. Formats that the
    command does not take are told as failed; --only leaves them out.

    Example:

        guiju label survive --pipeline "ffmpeg -y -i {in} -c copy {out}" --only mp4,mkv,mp3

    Exit status: 0 every label survived; 1 some did not; 2 wrong arguments.
    """
    from guiju.labeling import survival

    words = shlex.split(pipeline)
    if not any("{in}" in word for word in words) or not any("{out}" in word for word in words):
        raise typer.BadParameter("it must hold {in} and {out}", param_hint="--pipeline")
    wanted = {f".{one.strip().lstrip('.').lower()}" for one in only.split(",") if one.strip()}
    chosen = [path for path in survival.samples(samples) if not wanted or path.suffix.lower() in wanted]
    if not chosen:
        raise typer.BadParameter("no sample of this kind", param_hint="--only")

    def step(source: Path, target: Path) -> None:
        filled = [word.replace("{in}", str(source)).replace("{out}", str(target)) for word in words]
        try:
            ran = subprocess.run(filled, capture_output=True, timeout=timeout, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            raise survival.StepFailed(f"> {timeout:g} s") from None
        except OSError as error:
            raise survival.StepFailed(error.strerror or str(error)) from None
        if ran.returncode:
            last = ran.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
            raise survival.StepFailed(f"{ran.returncode}: {''.join(last)[:120]}")

    with tempfile.TemporaryDirectory(prefix="guiju-survive-") as work:
        suffix = f".{to.lstrip('.')}" if to else ""
        found = list(survival.survive(step, chosen, Path(work), suffix))
    if as_json:
        terminal.emit(found)
    else:
        heads = [
            say("样例", "sample"),
            say("标识", "label"),
            say("原位置", "was at"),
            say("现位置", "is at"),
            say("说明", "note"),
        ]
        rows = ((one.sample, say(*FATES[one.fate]), one.before, ", ".join(one.after), one.detail) for one in found)
        terminal.table(heads, rows)
    counted = Counter(one.fate.value for one in found)
    terminal.note("  ".join(f"{say(*FATES[fate])} {number}" for fate, number in sorted(counted.items())))
    raise typer.Exit(Exit.OK if counted.keys() <= {"kept"} else Exit.FAILED)
