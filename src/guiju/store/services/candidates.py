"""Models from decided cases: made, compared with the live one, promoted, taken back. Gateways follow within a second."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from guiju.errors import CandidateOutdated, ComparisonStale, InvalidTransition, TooFewDecided
from guiju.moderation import masking
from guiju.moderation.models import rehearsal, shelf
from guiju.moderation.models.network import Weights
from guiju.moderation.models.tuning import READ, Lesson, tune
from guiju.nouns import Direction, Part
from guiju.store import model_report, model_shelf, snapshot_version, training_set
from guiju.store.actor import Actor
from guiju.store.acts import act, guarded, reasoned
from guiju.store.audit import append, one_at_a_time
from guiju.store.models import ModelCandidate
from guiju.store.permissions import Permission
from guiju.store.snapshot_loader import SnapshotLoader
from guiju.store.training_set import Gathered
from guiju.store.validation import fresh
from guiju.text.reading import read

State = ModelCandidate.State
FEWEST = 20
"""Decided texts of either side below which there is nothing to learn."""
_PATIENT_MS = 10_000.0
_HOLD = 15


@dataclass(frozen=True)
class Exported:
    """What an export wrote: how many texts, and how many cases were left out for which reason."""

    texts: int
    left_out: dict[str, int]


@guarded(Permission.MANAGE_MODELS)
def retrain(actor: Actor, now: datetime) -> ModelCandidate:
    """Make a candidate from the shipped weights and the decided cases, and compare it with the live model.

    The texts are read for the model alone and stay here; that they were is in the audit log.

    Raises:
        TooFewDecided: fewer than twenty texts of either side.
    """
    loader = SnapshotLoader(_PATIENT_MS)
    snapshot = loader.load()
    gathered = training_set.gather(snapshot)
    _enough(gathered)
    name = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    with one_at_a_time():
        detail = {"texts": len(gathered.texts), "left_out": gathered.left_out, "name": name}
        append(actor, "model.retrain", None, detail=detail)
    base, made = shelf.manifest(), _tuned(gathered)
    learnt = sum(not one.held_out for one in gathered.texts)
    manifest = msgspec.structs.replace(
        base, version=f"{base.version}+{name}", made=now.date().isoformat(), recipe="guiju moderation retrain"
    )
    digest = model_shelf.write(name, manifest, made)
    row = ModelCandidate(
        name=name, base=base.version, sha256=digest, examples=learnt, made_at=now, made_by=actor.name
    )  # fmt: skip
    row.report = model_report.against_live(row, gathered, snapshot.checker, _PATIENT_MS)
    row.compared_with, row.compared_at = _live_name(), now
    with one_at_a_time():
        row.save(force_insert=True)
    return row


@guarded(Permission.MANAGE_MODELS)
def compare(actor: Actor, candidate: ModelCandidate, now: datetime) -> ModelCandidate:
    """Compare a candidate with the model that is live now, over the cases decided by now.

    Raises:
        CandidateDamaged. TooFewDecided: the texts have gone since.
    """
    row = fresh(candidate)
    snapshot = SnapshotLoader(_PATIENT_MS).load()
    gathered = training_set.gather(snapshot)
    report = model_report.against_live(row, gathered, snapshot.checker, _PATIENT_MS)
    with one_at_a_time():
        row.report, row.compared_with, row.compared_at = report, _live_name(), now
        row.save(update_fields=["report", "compared_with", "compared_at"])
        append(actor, "model.compare", row, detail={"with": row.compared_with, "texts": len(gathered.texts)})
    return row


@act(Permission.MANAGE_MODELS)
def promote(actor: Actor, candidate: ModelCandidate, reason: str, now: datetime) -> ModelCandidate:
    """Put a candidate live in place of the model it was compared with; what was live can come back.

    Raises:
        ReasonMissing; InvalidTransition: it is live. CandidateDamaged. CandidateOutdated: made from other shipped weights.
        ComparisonStale: another model went live since.
    """
    row, because = fresh(candidate), reasoned(reason)
    if row.state == State.LIVE:
        raise InvalidTransition(what_zh="模型", what_en="model", state=row.state, target=State.LIVE)
    model_shelf.folder_of(row)
    if row.base != shelf.manifest().version:
        raise CandidateOutdated(name=row.name, base=row.base)
    if row.compared_at is None or row.compared_with != _live_name():
        shipped = "shipped"
        raise ComparisonStale(name=row.name, compared=row.compared_with or shipped, live=_live_name() or shipped)
    before = _retire()
    _go_live(actor, row, now)
    append(actor, "model.promote", row, reason=because, detail={"before": before or "shipped", "sha256": row.sha256})
    snapshot_version.bump()
    return row


@act(Permission.MANAGE_MODELS)
def rollback(actor: Actor, reason: str, now: datetime) -> ModelCandidate | None:
    """Put live again what was live before; the shipped model (``None``) before the first promotion.

    Raises:
        ReasonMissing; InvalidTransition: the shipped model is live. CandidateDamaged: of the earlier one.
    """
    because, row = reasoned(reason), model_shelf.live()
    if row is None or row.promoted_at is None:
        raise InvalidTransition(what_zh="模型", what_en="model", state="shipped", target="an earlier model")
    earlier = ModelCandidate.objects.filter(state=State.RETIRED, promoted_at__lt=row.promoted_at)
    back = earlier.order_by("-promoted_at").first()
    model_shelf.folder_of(back)
    _retire()
    if back is not None:
        ModelCandidate.objects.filter(pk=back.pk).update(state=State.LIVE)
    append(actor, "model.rollback", row, reason=because, detail={"back": back.name if back else "shipped"})
    snapshot_version.bump()
    return fresh(back) if back is not None else None


@guarded(Permission.EXPORT_TEXT)
def export_training_set(actor: Actor, out: Path) -> Exported:
    """Write the decided texts as JSON lines, personal information masked, readable by the owner alone.

    Raises:
        OSError: the file cannot be written.
    """
    snapshot = SnapshotLoader(_PATIENT_MS).load()
    gathered = training_set.gather(snapshot)
    with one_at_a_time():
        detail = {"texts": len(gathered.texts), "left_out": gathered.left_out, "file": out.name}
        append(actor, "case.export_training", None, detail=detail)
    masked = []
    for one in gathered.texts:
        found = snapshot.checker.check([Part("text", one.text, "user")], one.direction).findings
        hidden = masking.mask(one.text, [finding for finding in found if finding.detector == "pii"]).text
        masked.append(msgspec.structs.replace(one, text=hidden))
    descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.writelines(training_set.lines(Gathered(tuple(masked), gathered.left_out)))
    return Exported(len(masked), gathered.left_out)


def _enough(gathered: Gathered) -> None:
    harmful = sum(one.harmful for one in gathered.texts)
    harmless = len(gathered.texts) - harmful
    if min(harmful, harmless) < FEWEST:
        raise TooFewDecided(harmful=harmful, harmless=harmless, least=FEWEST)


def _tuned(gathered: Gathered) -> dict[str, Weights]:
    """New arrays for every file that decided texts speak about."""
    told, made = shelf.manifest(), {}
    heads = tuple(head.name for head in told.heads)
    for entry in told.models:
        learnt = [one for one in gathered.texts if one.direction in entry.directions and not one.held_out]
        if learnt:
            lessons = [one.lesson for one in learnt] + _again(entry.directions, len(learnt))
            made[entry.file] = tune(model_shelf.weights(entry.file), heads, lessons).weights
    return made


def _again(directions: tuple[Direction, ...], cases: int) -> list[Lesson]:
    """The lines that ship, for what they are to be told apart by today; together they count fifteen times as much as the cases at most."""
    kept = [line for line in rehearsal.lines() if line.direction in directions and not line.held_out]
    weight = min(1.0, _HOLD * cases / max(len(kept), 1))
    return [Lesson(read(line.text).text[:READ], line.harmful, line.tag, weight, case=False) for line in kept]


def _live_name() -> str:
    row = model_shelf.live()
    return row.name if row is not None else ""


def _retire() -> str:
    row = model_shelf.live()
    if row is None:
        return ""
    ModelCandidate.objects.filter(pk=row.pk).update(state=State.RETIRED)
    return row.name


def _go_live(actor: Actor, row: ModelCandidate, now: datetime) -> None:
    row.state, row.promoted_at, row.promoted_by = State.LIVE, now, actor.name
    row.save(update_fields=["state", "promoted_at", "promoted_by"])
