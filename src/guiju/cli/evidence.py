"""``guiju evidence``: proof that records are whole, the inspector's package, retention, keys, one record's story."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from guiju.china import CHINA
from guiju.cli import terminal
from guiju.cli.boot import open_database, operator
from guiju.cli.exits import Exit
from guiju.cli.language import current, say

if TYPE_CHECKING:
    from guiju.evidence import ChainHead, Report
    from guiju.store.audit import AuditReport
    from guiju.store.evidence import Story, Texts

app = typer.Typer(no_args_is_help=True, help="Evidence: verify it, export it, keep it as long as the law asks.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Day = Annotated[
    datetime.datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="Day or moment, UTC+8.")
]


@app.command()
def verify(
    anchors: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Chain heads of an earlier run, kept elsewhere.")
    ] = None,
    save_heads: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="Write the chain heads here; keep the file outside this machine."),
    ] = None,
    without_texts: Annotated[
        bool,
        typer.Option("--without-texts", help="Leave the encrypted texts unopened: faster, and needs no master key."),
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many problems to list; all are counted.")] = 100,
    as_json: Json = False,
) -> None:
    """Find any changed, missing, added or reordered record, or entry of the audit log, and say which.

    Reads every chain, record and seal in constant memory while gateways go on writing; compares what searches and reports
    read with what the records say, and every text still kept with the commitment in its record (nobody sees it). With
    --anchors it also finds records cut off at the end of a chain that were never sealed, and acts cut off the end of the
    audit log.

    Examples:

        guiju evidence verify --json | jq .ok

        guiju evidence verify --save-heads heads-$(date +%F).json

    Exit status: 0 nothing found; 1 problems found; 3 the database or a key cannot be used.
    """
    open_database()
    from guiju.store import audit, evidence

    kept = _read_heads(anchors)
    records = [head for head in kept if head.chain != audit.CHAIN]
    report = evidence.verify(operator(), anchors=records, limit=limit, texts=not without_texts)
    log = audit.verify(kept)
    if save_heads is not None:
        save_heads.write_bytes(msgspec.json.encode([*report.heads, log.anchor]) + b"\n")
    if as_json:
        terminal.emit(_report(report, log))
    else:
        _show_report(report, log)
    raise typer.Exit(Exit.OK if report.ok and log.ok else Exit.FAILED)


@app.command()
def export(
    target: Annotated[Path, typer.Argument(help="A directory to make, or a file ending in .zip.")],
    since: Day = None,
    until: Day = None,
    with_text: Annotated[
        bool, typer.Option("--with-text", help="Include the texts themselves; recorded as a look.")
    ] = False,
    purpose: Annotated[str, typer.Option(help="For whom and why; stands in the package and the audit log.")] = "",
    company: Annotated[str, typer.Option("--operator", help="Name of the company, for the cover of the package.")] = "",
    as_json: Json = False,
) -> None:
    """Write a package for an inspector: records, seals, public keys, and a program that verifies them without Guiju.

    --since and --until bound the arrival of requests (until is exclusive); the excerpt is widened to whole seals.

    Example:

        guiju evidence export 2026-10.zip --since 2026-10-01 --until 2026-11-01 --purpose 网信办检查
    """
    open_database()
    from guiju.store import evidence

    manifest = evidence.export(
        operator(), target, _moment(since), _moment(until), with_text, purpose=purpose, operator=company
    )
    if as_json:
        terminal.emit({"target": str(target), "counts": manifest.counts, "files": manifest.files})
        return
    counts = manifest.counts
    terminal.line(
        say(
            f"已写入 {target}:{counts.records} 条记录,{counts.seals} 个封存,{counts.texts} 段文本。",
            f"Wrote {target}: {counts.records} records, {counts.seals} seals, {counts.texts} texts.",
        )
    )
    script = "verify.py" if target.is_file() else f"{target}/verify.py"
    first = say("解压后", "unpack it, then ") if target.is_file() else ""
    terminal.line(say(f"验证:{first}python3 {script}", f"To verify: {first}python3 {script}"))


@app.command()
def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say from which day on texts are kept.")] = False,
    as_json: Json = False,
) -> None:
    """Delete the texts whose retention has ended. Records and hashes stay, and the chain still verifies.

    How long texts are kept is evidence.text_retention_days, never less than the law asks. Run it daily.

    Example:

        guiju evidence retention --dry-run
    """
    open_database()
    from django.utils import timezone

    from guiju.store import evidence
    from guiju.store.evidence import retention as rules
    from guiju.store.models import RecordText

    now = timezone.now()
    if dry_run:
        due = rules.cutoff(now)
        count = RecordText.objects.filter(at__lt=due).count()
    else:
        sweep = evidence.sweep_retention(operator(), now)
        due, count = sweep.cutoff, sweep.texts
    if as_json:
        terminal.emit({"texts": count, "cutoff": due, "deleted": not dry_run})
        return
    verb = say("应删除", "due") if dry_run else say("已删除", "deleted")
    terminal.line(f"{terminal.shown(due)}  {verb} {count}")


@app.command("rotate-key")
def rotate_key(as_json: Json = False) -> None:
    """Encrypt new texts under a new data key from now on; old texts stay readable under theirs.

    After the master key was changed, this also wraps the stored data keys under the new one.

    Example:

        guiju evidence rotate-key
    """
    open_database()
    from guiju.store import evidence

    key = evidence.rotate_data_key(operator())
    if as_json:
        terminal.emit({"id": key.pk, "created_at": key.created_at})
    else:
        terminal.line(say(f"新数据密钥 {key.pk} 已启用。", f"Data key {key.pk} is in use."))


@app.command()
def show(
    record: Annotated[str, typer.Argument(help="Record id or content number.")],
    text: Annotated[bool, typer.Option("--text", help="Show the texts too; the look is recorded.")] = False,
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why you read the texts; needed with --text.")] = "",
    as_json: Json = False,
) -> None:
    """Show one record's whole story: what was found and decided, how it is proven, what followed.

    Example:

        guiju evidence show 4f1c9a70-… --text --reason 用户申诉
    """
    open_database()
    from guiju.store import evidence

    story = evidence.story(evidence.find_record(record))
    texts = evidence.read_text(operator(), story.record, reason) if text else None
    facts = _story(story, texts)
    if as_json:
        terminal.emit(facts)
        return
    body = facts.pop("body")
    told = [*facts.items(), *((name, value) for name, value in body.items() if name not in facts)]
    terminal.table([say("项目", "field"), say("值", "value")], told)


def _read_heads(path: Path | None) -> list[ChainHead]:
    from guiju.evidence import ChainHead

    if path is None:
        return []
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[ChainHead])
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise typer.BadParameter(f"{path} holds no chain heads", param_hint="--anchors") from None


def _report(report: Report, log: AuditReport) -> dict[str, Any]:
    """``ok``, ``records``, ``problems`` and ``audit`` are the stable part."""
    told = [{"message": problem.message(current()), **msgspec.structs.asdict(problem)} for problem in report.problems]
    audit = {"ok": log.ok, "entries": log.entries, "broken": log.broken, "lost": log.lost or None, "head": log.head}
    return msgspec.structs.asdict(report) | {"ok": report.ok and log.ok, "problems": told, "audit": audit}


def _show_report(report: Report, log: AuditReport) -> None:
    terminal.line(
        say(
            f"{report.records} 条记录,{report.chains} 条链,{report.seals} 个封存,{report.unsealed} 条尚未封存",
            f"{report.records} records in {report.chains} chains, {report.seals} seals, {report.unsealed} not yet sealed",
        )
    )
    _show_log(log)
    for problem in report.problems:
        span = str(problem.seq) if problem.last in (-1, problem.seq) else f"{problem.seq}–{problem.last}"
        where = f"{problem.chain}:{span}" if problem.seq >= 0 else problem.chain
        terminal.line(f"✗ {where} {problem.record}  {problem.kind.value}  {problem.message(current())}")
    if report.found > len(report.problems):
        terminal.line(say(f"…共 {report.found} 个问题", f"… {report.found} problems in all"))
    if report.ok and log.ok:
        terminal.line(say("✓ 未发现问题", "✓ nothing found"))


def _show_log(log: AuditReport) -> None:
    terminal.line(say(f"审计日志 {log.entries} 条", f"{log.entries} entries in the audit log"))
    if log.broken is not None:
        terminal.line(
            say(
                f"✗ 审计日志被改动：第 {log.broken} 条与前一条不符",
                f"✗ the audit log has been changed: entry {log.broken} does not fit the one before it",
            )
        )
    if log.lost:
        terminal.line(
            say(
                f"✗ 审计日志缺少此前留存的摘要所指的第 {log.lost} 条",
                f"✗ the audit log lacks entry {log.lost}, whose head was kept elsewhere",
            )
        )


def _story(story: Story, texts: Texts | None) -> dict[str, Any]:
    record, seal = story.record, story.seal
    return {
        "id": record.pk,
        "content_number": record.content_number,
        "at": record.at,
        "integration": story.integration.name if story.integration else record.integration_id,
        "account": record.account or None,
        "chain": story.chain.name,
        "seq": record.seq,
        "hash": bytes(record.hash).hex(),
        "previous": story.previous,
        "seal": None if seal is None else {"number": seal.number, "at": seal.at, "key": seal.key_id},
        "text_held": story.text_held,
        "case": story.case and {"status": story.case.status, "verdict": story.case.verdict},
        "sanctions": [{"step": s.step, "rule": s.rule, "reason": s.reason} for s in story.sanctions],
        "looks": [{"at": look.at, "by": look.actor_name, "reason": look.reason} for look in story.looks],
        "body": msgspec.to_builtins(story.body),
        **({} if texts is None else {"prompt": texts.prompt, "answer": texts.answer}),
    }


def _moment(day: datetime.datetime | None) -> datetime.datetime | None:
    return day and day.replace(tzinfo=CHINA)
