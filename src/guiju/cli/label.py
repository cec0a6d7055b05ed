"""``guiju label``: the implicit label of AI-generated content in files (GB 45438-2025): write, read, judge, continue."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import msgspec
import typer

from guiju.cli import terminal
from guiju.cli.exits import Exit
from guiju.cli.label_explicit import explicit
from guiju.cli.label_pack import pack
from guiju.cli.label_screen import screen
from guiju.cli.label_survive import survive
from guiju.cli.label_watermark import app as watermark
from guiju.cli.label_words import KINDS, VERDICTS
from guiju.cli.language import current, say

if TYPE_CHECKING:
    from guiju.labeling.files import Written
    from guiju.labeling.implicit import Tier
    from guiju.labeling.security import Role
    from guiju.labeling.verdict import Report

app = typer.Typer(no_args_is_help=True, help="Labels of AI-generated content in files (GB 45438-2025).")

File = Annotated[Path, typer.Argument(help="An image, document or other file of a supported format.")]
Out = Annotated[Path, typer.Option("--out", "-o", help="Where the labelled copy goes; may be FILE itself.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Break = Annotated[
    bool,
    typer.Option(
        "--allow-breaking-c2pa", "--break-c2pa", help="Write even if a C2PA manifest in the file becomes invalid by it."
    ),
]

Files = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE...", help="Files, folders (everything below them) or quoted patterns such as 'in/**/*.png'."
    ),
]
Processes = Annotated[
    int, typer.Option("--processes", min=0, help="Many files: processes to use; 0 for one per processor.")
]
Log = Annotated[
    Path | None,
    typer.Option(
        help="Many files: lines of JSON are added here; a run that finds it goes on where the last one stopped."
    ),
]


@app.command()
def write(
    file: Files,
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help="Where the labelled copy goes; a folder for many files. May be FILE itself."),
    ],
    producer: Annotated[str, typer.Option(help="Code of the generation provider: 27 characters (TC260-PG-20252A).")],
    number: Annotated[
        str,
        typer.Option("--id", help="Number of this content: unique, and revealing nothing. Many files get fresh ones."),
    ] = "",
    tier: Annotated[str, typer.Option("--label", help="1 is, 2 may be, 3 is suspected to be AI-generated.")] = "1",
    any_producer: Annotated[bool, typer.Option("--any-producer", help="Accept a name instead of a code.")] = False,
    keep_existing: Annotated[
        bool, typer.Option("--keep-existing", help="Refuse a file that is labelled already, instead of replacing it.")
    ] = False,
    break_c2pa: Break = False,
    processes: Processes = 0,
    log: Log = None,
    as_json: Json = False,
) -> None:
    """Write the implicit label into a copy of a file, where the guide for its format puts it.

    A file keeps one label, so one that is there is replaced, and told. Pixels, text and all other metadata stay as they
    are. The copy is read back before it appears under its name; the original is never damaged. TXT, CSV and JSON have
    no place for metadata: the label goes into a file beside them, NAME.aigc.json.

    Several files, a folder or a pattern are labelled in parallel, each under a fresh number; the copies go into the
    folder --out, as the originals stand in theirs. --json prints a line for each.

    Example:

        guiju label write cat.png --out cat-labelled.png --producer 001191110102MACQD9K64010000 --id 7f3a9c

    Exit status: 0 written and read back; 2 not written: wrong arguments, or a file that cannot be labelled.
    """
    from guiju.labeling import files, many, provider_code
    from guiju.labeling.implicit import Label

    if tier not in ("1", "2", "3"):
        raise typer.BadParameter("1, 2 or 3", param_hint="--label")
    if not any_producer:
        provider_code.parse(producer)
    if many.is_many(file):
        if number:
            raise typer.BadParameter("many files get numbers of their own", param_hint="--id")
        from guiju.cli import label_many

        options = label_many.Options(as_json, processes, log)
        label_many.write(file, out, producer, cast("Tier", tier), keep_existing, break_c2pa, options)
    if not number:
        raise typer.BadParameter("a single file needs one", param_hint="--id")
    label = Label.first(producer, number, cast("Tier", tier))
    _told(files.write(Path(file[0]), out, label, keep_existing=keep_existing, break_c2pa=break_c2pa), out, as_json)


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
def sign(
    file: File,
    out: Out,
    key: Annotated[Path, typer.Option(help="Private key: PEM without a password; SM2, RSA or ECDSA.")],
    role: Annotated[
        str, typer.Option(help="Who signs: producer (ReservedCode1) or propagator (ReservedCode2).")
    ] = "producer",
    bind: Annotated[
        bool, typer.Option("--bind", help="Sign a hash of the content too: the label cannot be moved to other content.")
    ] = False,
    break_c2pa: Break = False,
    as_json: Json = False,
) -> None:
    """Sign the label of a file: security data go into its reserved code (TC260-PG-202511A).

    The public key travels in the label. Publish it, or its fingerprint, where those who verify can find it: a valid
    signature proves who signed only to those who know the key (`guiju label verify --keys`).

    Example:

        openssl genpkey -algorithm SM2 -out key.pem
        guiju label sign cat.png --out cat.png --key key.pem --bind

    Exit status: 0 signed and read back; 2 not signed, for example because there is no conforming label.
    """
    from guiju.labeling import files, keys

    if role not in ("producer", "propagator"):
        raise typer.BadParameter("producer or propagator", param_hint="--role")
    chosen = cast("Role", role)
    _told(files.sign(file, out, keys.private(key), role=chosen, bind=bind, break_c2pa=break_c2pa), out, as_json)


@app.command()
def c2pa(
    file: File,
    out: Out,
    key: Annotated[Path, typer.Option(help="Private key: PEM without a password; P-256, RSA or Ed25519.")],
    chain: Annotated[Path, typer.Option(help="Certificates in PEM, that of the key first.")],
    parent: Annotated[
        Path | None, typer.Option(help="The file as it came, with a manifest of its own, which goes into the new one.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Sign a labelled file with a C2PA manifest. Label first, then sign: a label written later breaks the manifest.

    A manifest does not replace the implicit label. Nothing is fetched, no thumbnail is made. Needs the extra c2pa.

    Example:

        guiju label c2pa cat.png --out cat.png --key c2pa-key.pem --chain c2pa-chain.pem

    Exit status: 0 signed and read back; 2 not signed, for example because there is no label.
    """
    from guiju.labeling import credentials

    made = credentials.sign(file, out, key, chain, parent=parent)
    if as_json:
        terminal.emit({"file": str(out), "c2pa": made})
    else:
        terminal.line(f"{out}  C2PA {made.state}, {made.manifest}")


@app.command()
def read(file: Files, processes: Processes = 0, log: Log = None, as_json: Json = False) -> None:
    """Show the implicit label of a file, wherever in it, with C2PA and IPTC marks told apart.

    All places seen in the wild are read, conforming or not; `guiju label verify` judges them. Several files, a folder or
    a pattern are read in parallel, with a line for each.

    Example:

        guiju label read upload.jpg --json | jq .label.ContentProducer

    Exit status: 0 read, with or without a label; 2 the file cannot be read.
    """
    from guiju.cli import label_shapes
    from guiju.labeling import files, many
    from guiju.labeling.explaining import explain
    from guiju.labeling.verdict import security_of

    if many.is_many(file):
        from guiju.cli import label_many

        label_many.read(file, label_many.Options(as_json, processes, log))
    reading = files.read(Path(file[0]))
    if as_json:
        terminal.emit(label_shapes.reading(reading, Path(file[0])))
        return
    label = reading.label
    if label is not None:
        rows = (
            (one.key, one.value, say(f"{one.zh}：{one.says_zh}".rstrip("："), f"{one.en}: {one.says_en}".rstrip(": ")))
            for one in explain(label, security_of(Path(file[0]), reading))
        )
        terminal.table([say("字段", "key"), say("值", "value"), say("含义", "meaning")], rows)
    elif not reading.found:
        terminal.line(
            say("未发现隐式标识;这不证明内容由人创作。", "No implicit label. That is no proof of human origin.")
        )
    for place in reading.places:
        terminal.line(
            f"{say('位置', 'place')}: {place.found.placement} ({place.found.form.value}) {place.problem}".rstrip()
        )
    if reading.c2pa is not None:
        terminal.line(f"C2PA: {reading.c2pa.placement}, {len(reading.c2pa.manifests)} {_verified(Path(file[0]))}")
    for kind in reading.source_types:
        terminal.line(f"IPTC digitalSourceType: {kind}")
    for text in reading.iim:
        terminal.line(f"IPTC-IIM {text}")
    for text in reading.damaged:
        terminal.note(f"{say('未能读取', 'not read')}: {text}")


@app.command()
def verify(
    file: Files,
    keys: Annotated[
        Path | None,
        typer.Option(
            help="A file or folder of public keys (PEM): signatures must be by one of them (TC260-PG-202511A)."
        ),
    ] = None,
    processes: Processes = 0,
    log: Log = None,
    as_json: Json = False,
) -> None:
    """Judge the implicit label of a file: compliant, noncompliant, not found, or cannot tell, with the clause.

    Only breaches of GB 45438-2025 make a file noncompliant. Deviations from a practice guide, and advice, are listed
    beside them. Several files, a folder or a pattern are judged in parallel, with a line for each.

    A signature in a reserved code is checked. Its key travels in the file: without --keys a valid one shows only that
    the label was not changed since, not who signed.

    Example:

        guiju label verify upload.jpg --json | jq '.checks[] | select(.ok | not)'

    Exit status: 0 compliant; 1 any other verdict; 2 the file cannot be opened.
    """
    from guiju.cli import label_shapes
    from guiju.labeling import many, security, verdict

    pins = None if keys is None else security.pins(keys)
    if many.is_many(file):
        from guiju.cli import label_many

        label_many.verify(file, label_many.Options(as_json, processes, log), pins)
    report = verdict.verify(Path(file[0]), pins=pins)
    if as_json:
        terminal.emit(label_shapes.report(report))
    else:
        _show(report)
    raise typer.Exit(Exit.OK if report.verdict is verdict.Verdict.COMPLIANT else Exit.FAILED)


@app.command()
def code(
    code: Annotated[
        str, typer.Argument(help="A provider code, 27 digits and capital letters; or a USCC (18) to make one from.")
    ],
    application: Annotated[
        str, typer.Option(help="With a USCC: four digits or capitals of your choice for the model or application.")
    ] = "0000",
    propagation: Annotated[
        bool, typer.Option("--propagation", help="With a USCC: the code of a platform that spreads content.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Explain the 27-character code of a service provider (TC260-PG-20252A), with the check of the USCC in it; or make
    one's own from a unified social credit code.

    Codes seen in public files are named, with date and source. That is no registry: anybody can write any code.

    Example:

        guiju label code 001191110102MACQD9K64010000
        guiju label code 91110102MACQD9K640 --application A001

    Exit status: 0 a valid code; 2 not one.
    """
    from guiju.labeling import provider_code, providers

    if len(code) == provider_code.USCC_LENGTH:
        service = provider_code.PROPAGATION if propagation else provider_code.GENERATION
        code = provider_code.build(code, service, application)
    parts, seen = provider_code.parse(code), providers.known(code)
    if as_json:
        terminal.emit({"code": code, **msgspec.structs.asdict(parts), "seen": seen})
        return
    terminal.line(code)
    terminal.line(parts.explain(current()))
    for one in seen:
        known = f" ({one.code or one.uscc})" if code not in (one.code, one.uscc) else ""
        terminal.line(
            f"{say('公开文件中见到', 'seen in public files')}: {one.brand}{known}; {one.where}; {one.noted}; {one.source}"
        )


app.command()(explicit)
app.command()(pack)
app.command()(screen)
app.command()(survive)
app.add_typer(watermark, name="watermark")


def _told(written: Written, out: Path, as_json: bool) -> None:
    if as_json:
        from guiju.cli import label_shapes

        terminal.emit(label_shapes.written(written, out))
    else:
        terminal.line(f"{out}  {written.placement}")
    for place in written.replaced:
        known = "?" if place.reading is None else place.reading.label.ContentProducer
        terminal.note(
            say(f"已取代原标识:{known}({place.found.placement})", f"replaced: {known} ({place.found.placement})")
        )
    if written.broken is not None:
        terminal.note(say("C2PA 凭证现已失效,需重新签名。", "The C2PA manifest is invalid now; sign the file again."))


def _verified(path: Path) -> str:
    from guiju.labeling import credentials

    known = credentials.examine(path) if credentials.available() else None
    if known is None:
        return say("份凭证(未验证)", "manifests (not verified)")
    said = ", ".join(filter(None, (known.state, known.issuer, *known.problems, *known.source_types)))
    return say(f"份凭证:{said}", f"manifests: {said}")


def _show(report: Report) -> None:
    terminal.line(say(*VERDICTS[report.verdict.value]))
    rows = (
        (check.ok, say(*KINDS[check.kind]), check.clause, check.id, check.message(current())) for check in report.checks
    )
    heads = [say("通过", "ok"), say("依据", "kind"), say("条款", "clause"), say("检查", "check"), say("内容", "what")]
    terminal.table(heads, rows)
