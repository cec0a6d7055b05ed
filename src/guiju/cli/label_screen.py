"""``guiju label screen``: uploads sorted into the tiers of 标识办法 Art. 6, and continued with the platform's own fields."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from guiju.cli import terminal
from guiju.cli.exits import Exit
from guiju.cli.language import current, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from guiju.labeling.many import Source
    from guiju.labeling.security import Pins
    from guiju.labeling.watermark import Secret

TIERS = {
    "verified": ("已核验", "verified"),
    "declared": ("已声明(可能)", "declared"),
    "suspected": ("疑似", "suspected"),
    "unknown": ("未发现迹象;这不证明内容由人创作", "nothing known, which is no proof of human origin"),
}  # fmt: skip


def screen(
    file: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="Uploads: files, folders (everything below them) or quoted patterns."),
    ],
    declared: Annotated[bool, typer.Option("--declared", help="Their users declared them as AI-generated.")] = False,
    look: Annotated[
        bool, typer.Option("--look/--no-look", help="Look for words and rhythms too, which takes longest.")
    ] = True,
    secret: Annotated[
        Path | None, typer.Option(help="Look for watermarks too: a file with the secret of one's own (64 hex digits).")
    ] = None,
    keys: Annotated[
        Path | None, typer.Option(help="A file or folder of public keys (PEM): labels signed by others count unsigned.")
    ] = None,
    issued: Annotated[
        bool, typer.Option("--issued", help="Ask this installation's records whether a content number is its own.")
    ] = False,
    platform: Annotated[
        str, typer.Option(help="Code of the platform: copies with its fields are written below --out (Art. 6(2)).")
    ] = "",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The folder for the copies.")] = None,
    break_c2pa: Annotated[
        bool,
        typer.Option(
            "--allow-breaking-c2pa",
            "--break-c2pa",
            help="Write even if a C2PA manifest in the file becomes invalid by it.",
        ),
    ] = False,
    processes: Annotated[int, typer.Option("--processes", min=0, help="Processes; 0 for one per processor.")] = 0,
    log: Annotated[
        Path | None, typer.Option(help="Lines of JSON are added here; a run that finds it goes on where it stopped.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a line of JSON for each file.")] = False,
) -> None:
    """Sort uploads into verified, declared and suspected, with every reason and the notice to show (标识办法 Art. 6).

    Reasons: implicit label and its signature, C2PA, IPTC, words and rhythms, generators' visible marks, watermarks, traces
    of generators in metadata, one's own content numbers. What could not be looked at is named. Nothing known never means
    made by people. With --platform and --out, copies get ContentPropagator and PropagateID, or a label that says how sure
    it is. --log keeps the reasons.

    Example:

        guiju label screen uploads/ --platform 001191110102MACQD9K64020000 --out stored/ --log screened.jsonl

    Exit status: 0 every file was looked at; 2 a file could not be used, or wrong arguments.
    """
    from guiju.cli import label_many
    from guiju.labeling import provider_code, security

    if bool(platform) != (out is not None):
        raise typer.BadParameter("--platform and --out go together", param_hint="--out")
    if platform:
        provider_code.parse(platform)
    if issued:
        _registry()  # what is wrong with the database is told once, before any file
    work = _Work(
        declared, look, None if secret is None else _secret(secret), None if keys is None else security.pins(keys),
        issued, platform, out, break_c2pa,
    )  # fmt: skip
    options = label_many.Options(as_json, processes, log)
    done = label_many.run(work, file, options, _line, lambda row: str(row["tier"]), TIERS)
    if not as_json and done.keys() - {"unknown", "failed"}:
        terminal.note(_reminder())
    raise typer.Exit(Exit.USAGE if done["failed"] else Exit.OK)


class _Work(msgspec.Struct, frozen=True):
    """What is done to each file; it travels to other processes."""

    declared: bool
    look: bool
    secret: Secret | None
    pins: Pins | None
    issued: bool
    platform: str
    out: Path | None
    break_c2pa: bool

    def __call__(self, source: Source) -> dict[str, Any]:
        from guiju.errors import ManifestWouldBreak
        from guiju.labeling import content_number, upload

        search = upload.Search(
            declared=self.declared, look=self.look, secret=self.secret, pins=self.pins,
            issued=_registry() if self.issued else None,
        )  # fmt: skip
        judged = upload.examine(source.path, search).judged
        row: dict[str, Any] = {"file": str(source.path), **msgspec.to_builtins(judged)}
        if self.out is not None and judged.label:
            target = self.out / source.below
            target.parent.mkdir(parents=True, exist_ok=True)
            number = content_number.new()
            try:
                label = upload.carry_on(source.path, target, self.platform, number, judged, break_c2pa=self.break_c2pa)
            except ManifestWouldBreak as kept:  # what the file is, is known all the same
                row["not_written"] = {"code": kept.code, "zh": kept.message("zh"), "en": kept.message("en")}
            else:
                row |= {"out": str(target), "label_written": label.keys()}
        return row


@cache
def _registry() -> Callable[[str], bool]:
    """Whether a content number was given out here; opens the database, once a process."""
    from guiju.cli import boot

    boot.open_database()
    from guiju.gateway.files.issued import issued

    return issued


def _secret(path: Path) -> Secret:
    from guiju.labeling.watermark import keyfile

    return keyfile.read_secret(path)


def _line(row: dict[str, Any]) -> str:
    key = "zh" if current() == "zh" else "en"
    reasons = "; ".join(" ".join(filter(None, (one[key], one["detail"]))) for one in row["signs"])
    unread = say("未能查看", "not looked at") + ": " + ", ".join(row["unread"]) if row["unread"] else ""
    if kept := row.get("not_written"):
        unread = "  ".join(
            filter(None, (unread, say("未写入标识", "no label written") + f": {kept['code']} {kept[key]}"))
        )
    notice = "「" + row[f"notice_{key}"] + "」" if row[f"notice_{key}"] else ""
    return "  ".join(part for part in (row["file"], say(*TIERS[row["tier"]]), notice, reasons, unread) if part)


def _reminder() -> str:
    from guiju.labeling import upload

    judged = upload.judge(())
    return say(judged.reminder_zh, judged.reminder_en)
