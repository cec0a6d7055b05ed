"""``guiju label watermark``: invisible marks that bear the number of content: embed, detect, share what finds them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guiju.cli import terminal
from guiju.cli.exits import Exit
from guiju.cli.language import say

if TYPE_CHECKING:
    from guiju.labeling.watermark import Detection, Finder, Secret

app = typer.Typer(
    no_args_is_help=True, help="Invisible marks in pictures, sound, films and texts (GB 45438-2025, 6.2, Annex A)."
)

VERDICTS = {
    "read": ("发现本方水印,编号已读出", "a mark of yours, and its number"),
    "present": ("发现本方水印,编号未读出", "a mark of yours; its number was not read"),
    "not_found": (
        "未发现本方水印;这不证明内容由人创作。", "no mark of yours was found; that is no proof of human origin"
    ),
}  # fmt: skip

File = Annotated[Path, typer.Argument(help="A picture, sound, film or text file.")]
Key = Annotated[
    Path | None, typer.Option("--secret", help="File with the secret (64 hex digits); by default one kept by Guiju.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def embed(
    file: File,
    out: Annotated[Path, typer.Option("--out", "-o", help="Where the marked copy goes; may be FILE itself.")],
    number: Annotated[
        str, typer.Option("--id", help="The content number (ProduceID); by default that of the file's implicit label.")
    ] = "",
    strength: Annotated[
        float | None, typer.Option(help="Signal to mark in dB; lower is stronger and easier to see or hear.")
    ] = None,
    break_c2pa: Annotated[
        bool, typer.Option("--break-c2pa", help="Write even if a C2PA manifest in the file becomes invalid by it.")
    ] = False,
    secret: Key = None,
    as_json: Json = False,
) -> None:
    """Put an invisible mark into a copy of a file: 64 bits that stand for its content number.

    The copy is read back before it appears under its name, and an implicit label in the file survives. Mark first, sign
    C2PA afterwards. Marks outlast ordinary processing after which metadata is gone; whoever means to remove one can.

    Example:

        guiju label watermark embed cat.png --out cat-marked.png --id 7f3a9c

    Exit status: 0 marked and read back; 2 not marked: wrong arguments, or content that cannot bear a mark.
    """
    from guiju.labeling import watermark

    content = number or _labelled(file)
    if not content:
        raise typer.BadParameter("the file has no implicit label to take it from", param_hint="--id")
    bits = watermark.of_content(content)
    with terminal.working(file.name):
        told = watermark.embed(file, out, _secret(secret), bits, strength=strength, break_c2pa=break_c2pa)
    if as_json:
        terminal.emit(
            {"file": str(out), "medium": told.medium, "content_number": content, "number": f"{bits:016x}",
             "strength_db": told.strength, "frames": told.frames, "notes": list(told.notes)}
        )  # fmt: skip
        return
    terminal.line(f"{out}  {told.medium}  {bits:016x}  {told.strength:.1f} dB")
    for note in told.notes:
        terminal.note(note)


@app.command()
def detect(
    file: File,
    issued: Annotated[
        Path | None, typer.Option(help="A file with the content numbers you issued, one a line: names the one found.")
    ] = None,
    number: Annotated[str, typer.Option("--id", help="A content number: says whether the mark stands for it.")] = "",
    finder: Annotated[
        Path | None, typer.Option(help="A finder's key (guiju label watermark share) instead of the secret.")
    ] = None,
    presence: Annotated[
        bool, typer.Option("--presence", help="Tell whether there is a mark, and not its number.")
    ] = False,
    thorough: Annotated[
        bool, typer.Option("--thorough", help="Look for turned pictures and changed speeds too; several times slower.")
    ] = False,
    secret: Key = None,
    as_json: Json = False,
) -> None:
    """Look for an invisible mark in a file, whatever happened to it since, without the original.

    Unmarked content is taken for marked at most once in a million files. Marks of other generators that are openly
    documented are reported beside. A mark that is not found proves nothing.

    Example:

        guiju label watermark detect upload.jpg --json

    Exit status: 0 a mark of yours was found; 1 none was; 2 the file cannot be read.
    """
    from guiju.labeling import watermark

    key: Secret | Finder = _secret(secret) if finder is None else _finder(finder)
    if presence and isinstance(key, watermark.Secret):
        key = key.finder
    with terminal.working(file.name):
        found = watermark.detect(file, key, thorough=thorough)
    content = _content(found, issued, number)
    if as_json:
        terminal.emit(_json(found, content))
    else:
        _show(found, content)
    raise typer.Exit(Exit.OK if found.found else Exit.FAILED)


@app.command()
def share(
    out: Annotated[Path, typer.Option("--out", "-o", help="Where the finder's key goes; it must not exist yet.")],
    secret: Key = None,
) -> None:
    """Write the half of the secret that finds marks without reading their numbers, for a partner or a regulator.

    Whoever has it can tell that content is marked and nothing else about it; but it helps to forge or erase marks too.

    Example:

        guiju label watermark share --out finder.key

    Exit status: 0 written; 2 not written.
    """
    from guiju.labeling.watermark import keyfile

    keyfile.write_finder(out, _secret(secret).finder)
    terminal.line(str(out))


def _labelled(file: Path) -> str:
    """The content number in the implicit label of a file; empty if it has none."""
    from guiju.errors import MediaUnsupported
    from guiju.labeling import files

    try:
        label = files.read(file).label
    except MediaUnsupported:
        return ""
    return "" if label is None else label.ProduceID


def _secret(path: Path | None) -> Secret:
    from guiju.keyfiles import read_or_create
    from guiju.labeling.watermark import Secret, keyfile

    if path is not None:
        return keyfile.read_secret(path)
    from guiju.settings import load

    return Secret.derive(read_or_create(load().keys / "watermark.secret", 32))


def _finder(path: Path) -> Finder:
    from guiju.labeling.watermark import keyfile

    return keyfile.read_finder(path)


def _content(found: Detection, issued: Path | None, number: str) -> str | None:
    """The content number that was found: among those issued, or the one asked about."""
    from guiju.labeling.watermark import issued_as
    from guiju.labeling.watermark.keyfile import lines

    if found.number is None:
        return None
    if number and (one := issued_as(found.number, [number])):
        return one
    return None if issued is None else issued_as(found.number, lines(issued))


def _json(found: Detection, content: str | None) -> dict[str, Any]:
    return {
        "medium": found.medium, "verdict": found.verdict.value, "found": found.found,
        "number": None if found.number is None else f"{found.number:016x}", "content_number": content,
        "score": found.score, "threshold": found.threshold, "false_positive_rate": found.false_positive_rate,
        "notes": found.notes, "foreign": list(found.foreign),
    }  # fmt: skip


def _show(found: Detection, content: str | None) -> None:
    terminal.line(say(*VERDICTS[found.verdict.value]))
    if found.number is not None:
        terminal.line(f"{found.number:016x}  {content or say('(未给出对应的内容编号)', '(content number not known)')}")
    terminal.line(f"{say('分数', 'score')} {found.score:g} / {found.threshold:g}")
    for name, value in found.notes.items():
        terminal.line(f"{name}: {value:g}")
    for mark in found.foreign:
        terminal.line(f"{say('其他程序的水印', 'mark of another program')}: {mark.name} ({mark.errors}/{mark.bits})")
