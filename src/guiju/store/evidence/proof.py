"""Proof: verifying all evidence, and the inspector's package. Both stream; both leave an entry of their result."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TypeVar

from django.db.models import Max, Min, Model, QuerySet
from django.utils import timezone

import guiju
from guiju.errors import TextTampered
from guiju.evidence import ChainHead, Exchange, Report, Vault, decode
from guiju.evidence import verify as verify_rows
from guiju.evidence.export import About, Contents, Manifest, TextRow, write_package
from guiju.evidence.problems import Log
from guiju.evidence.vault import NONCE
from guiju.store import keys
from guiju.store.actor import Actor
from guiju.store.acts import guarded
from guiju.store.audit import append, one_at_a_time
from guiju.store.evidence import rows
from guiju.store.evidence.beside import Beside
from guiju.store.evidence.rows import Window
from guiju.store.models import Record, RecordText, VerifyRun
from guiju.store.models.evidence import SEQ_BITS
from guiju.store.moments import micros
from guiju.store.permissions import Permission, require

EXPORT_TEXT = "evidence.export_text"
"""The action under which exports that contain texts stand in the audit log."""

EXPORT = "evidence.export"

M = TypeVar("M", bound=Model)


@guarded(Permission.VERIFY_EVIDENCE)
def verify(actor: Actor, *, anchors: Iterable[ChainHead] = (), limit: int = 100, texts: bool = True) -> Report:
    """Verify every chain, record and seal, and what stands beside the records, while gateways go on writing.

    Args:
        anchors: heads of an earlier report, kept outside the database. ``limit``: how many problems to list.
        texts: also open every text still kept. Nobody sees it: it is held against its record's commitment.

    Raises:
        PermissionDenied; MasterKeyInvalid: texts cannot be opened here.
    """
    started = timezone.now()
    beside = Beside(Log(limit), cache(keys.vault) if texts else None)
    known = rows.windows()
    by_name = {window.name: window for window in known}
    report = verify_rows(
        [window.row() for window in known],
        rows.everything(known, beside),
        lambda name: rows.seals(by_name[name]),
        keys.seal_public_keys(),
        anchors=anchors,
        limit=limit,
    ).joined(beside.log, beside.texts)
    _conclude(actor, "verify", started, ok=report.ok, records=report.records, problems=report.found)
    return report


@guarded(Permission.EXPORT_EVIDENCE)
def export(
    actor: Actor,
    target: Path,
    since: datetime | None = None,
    until: datetime | None = None,
    with_text: bool = False,
    *,
    purpose: str = "",
    operator: str = "",
) -> Manifest:
    """Write the inspector's package of the exchanges that arrived in ``[since, until)`` (open ends: all), and verify it.

    The excerpt is widened to where seals begin and end, so that its signatures can be checked; texts are only those of
    the span itself. An export with texts is recorded as a look before it begins. The finished package is verified by
    the script inside it, as the inspector will; the result is kept as the proof of an export drill.

    Raises:
        PermissionDenied; PackageExists: ``target`` is there already. MasterKeyInvalid, TextTampered.
    """
    if with_text:
        require(actor, Permission.EXPORT_TEXT)
    started = timezone.now()
    chosen = _chosen(since, until)
    with one_at_a_time():
        detail = {"since": since, "until": until, "purpose": purpose, "target": target.name}
        append(actor, EXPORT_TEXT if with_text else EXPORT, None, reason=purpose, detail=detail)
    contents = Contents(
        chains=[window.row() for window in chosen],
        records=(row for window in chosen for row in rows.records(window)),
        seals=(seal for window in chosen for seal in rows.seals(window)),
        keys=keys.seal_public_keys(),
        texts=_texts(chosen, since, until) if with_text else None,
    )
    about = About(
        created=micros(started),
        operator=operator,
        partial=since is not None or until is not None,
        purpose=purpose,
        since=micros(since) if since else 0,
        software=f"guiju {guiju.__version__}",
        until=micros(until) if until else 0,
    )
    manifest = write_package(target, contents, about, keys.seal_key())
    sound = _passes_its_own_script(target)
    _conclude(actor, "export", started, ok=sound, records=manifest.counts.records, problems=int(not sound))
    return manifest


def _passes_its_own_script(package: Path) -> bool:
    """Whether the package verifies by its own ``verify.py``, run without Guiju; a zip file is unpacked beside itself."""
    with tempfile.TemporaryDirectory(dir=package.parent, prefix=f".{package.name}.") as folder:
        if package.is_file():
            shutil.unpack_archive(package, folder, "zip")
            package = Path(folder)
        command = [sys.executable, "-I", str(package / "verify.py"), str(package)]
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0


def _chosen(since: datetime | None, until: datetime | None) -> list[Window]:
    known = rows.windows()
    if since is None and until is None:
        return known
    chosen = []
    for window in known:
        first, last = _reach(window, since, until)
        if first is not None and last is not None:
            chosen.append(rows.excerpt(window, first, last))
    return chosen


def _reach(window: Window, since: datetime | None, until: datetime | None) -> tuple[int | None, int | None]:
    """Lowest and highest sequence number of the chain's exchanges in the span."""
    low = window.number << SEQ_BITS
    found = _in_span(Record.objects.filter(id__gt=low, id__lte=low | window.last), since, until)
    edge = found.aggregate(first=Min("id"), last=Max("id"))
    return (None, None) if edge["first"] is None else (edge["first"] - low, edge["last"] - low)


def _texts(chosen: Iterable[Window], since: datetime | None, until: datetime | None) -> Iterator[TextRow]:
    """The texts still held of the exchanges in the span, in the order of the records."""
    vault = keys.vault()
    for window in chosen:
        first, last = window.number << SEQ_BITS | window.first, window.number << SEQ_BITS | window.last
        stored = RecordText.objects.select_related("record").order_by("record_id")
        while page := list(
            _in_span(stored.filter(record_id__gte=first, record_id__lte=last), since, until)[: rows.PAGE]
        ):
            for text in page:
                yield from _opened(vault, text)
            first = page[-1].record_id + 1


def _opened(vault: Vault, stored: RecordText) -> Iterator[TextRow]:
    body = decode(bytes(stored.record.body))
    if not isinstance(body, Exchange):
        raise TextTampered(record=stored.record.content_number)
    for part, sealed in (("prompt", bytes(stored.prompt)), ("answer", bytes(stored.answer))):
        if sealed:
            opened = vault.open_text(stored.key_id, sealed[:NONCE], sealed[NONCE:], body.id, part)
            yield TextRow(body.id, part, opened.salt, opened.text)


def _in_span(found: QuerySet[M], since: datetime | None, until: datetime | None) -> QuerySet[M]:
    if since is not None:
        found = found.filter(at__gte=since)
    return found if until is None else found.filter(at__lt=until)


def _conclude(actor: Actor, kind: str, started: datetime, *, ok: bool, records: int, problems: int) -> None:
    """Keep the result: obligations are proven by it."""
    seconds = max(0, round((timezone.now() - started).total_seconds()))
    with one_at_a_time():
        run = VerifyRun.objects.create(kind=kind, ok=ok, records=records, problems=problems, seconds=seconds)
        detail = {"ok": ok, "records": records, "problems": problems, "seconds": seconds}
        append(actor, f"evidence.{kind}.done", run, detail=detail)
