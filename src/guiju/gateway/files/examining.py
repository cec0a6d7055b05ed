"""``POST /v1/label/read``: what a file says of itself. ``POST /v1/uploads/check``: what a platform makes of an upload
(标识办法 Art. 6). ``POST /v1/uploads/label``: the same file with the platform's fields written into it (Art. 6(2))."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Literal, cast

import msgspec

from guiju.errors import NothingToPropagate
from guiju.evidence.record import LabelEntry, RecordedFinding, Verdict, new_id
from guiju.gateway.files.desk import Desk, Json, Sent, about, file_of, flag
from guiju.gateway.files.form import Form
from guiju.gateway.files.issued import issued
from guiju.gateway.files.kept import Kept
from guiju.gateway.files.visit import FileVisit
from guiju.labeling import explicit, files, shapes, upload, verdict
from guiju.labeling.implicit import Label
from guiju.labeling.upload import Judgement
from guiju.store.writer import now_us

FAMILY = "guiju.upload"
"""Tiers stand in records as findings of this family, so that evidence is searched by them."""


class ReadFile(Desk):
    name = "label.read"
    path = "/v1/label/read"

    async def answer(self, visit: FileVisit, form: Form, folder: Path) -> Json:
        source = file_of(form)
        reading = await asyncio.to_thread(files.read, source)
        report = await asyncio.to_thread(verdict.verify, source)
        told: Json = {**shapes.reading(reading), **shapes.report(report)}
        if flag(form, "explicit", False):
            found = await asyncio.to_thread(explicit.check, source)
            told["explicit"] = msgspec.to_builtins(found)
        return told


class CheckUpload(Desk):
    name = "upload.check"
    path = "/v1/uploads/check"

    async def answer(self, visit: FileVisit, form: Form, folder: Path) -> Json:
        source = file_of(form)
        judged, reading = await asyncio.to_thread(_examined, visit, form, source)
        number = new_id(now_us())
        await visit.keep(number, await asyncio.to_thread(_kept, form, source, judged))
        label = None if reading is None or reading.label is None else reading.label.keys()
        return {"record": number, **msgspec.to_builtins(judged), "existing": label}


class LabelUpload(Desk):
    name = "upload.label"
    path = "/v1/uploads/label"

    async def answer(self, visit: FileVisit, form: Form, folder: Path) -> Sent:
        source = file_of(form)
        judged, _ = await asyncio.to_thread(_examined, visit, form, source)
        if not judged.label:
            raise NothingToPropagate()
        number = form.fields.get("id", "").strip() or new_id(now_us())
        target = folder / f"propagated{source.suffix}"
        label = await asyncio.to_thread(_propagate, source, target, visit.provider, number, judged)
        entry = LabelEntry(content=number, implicit=label.to_json(), reason="标识办法 Art. 6(2)")
        kept = await asyncio.to_thread(_kept, form, target, judged)
        await visit.keep(number, msgspec.structs.replace(kept, label=entry))
        headers = {"x-guiju-record": number, "x-guiju-aigc": label.to_json(), "x-guiju-tier": judged.tier.value}
        return Sent(target, "application/octet-stream", form.name or target.name, headers)


def _examined(visit: FileVisit, form: Form, source: Path) -> tuple[Judgement, files.FileReading | None]:
    declared, look = flag(form, "declared", False), flag(form, "explicit", True)
    secret = visit.runtime.watermark if flag(form, "watermark", False) else None
    return upload.examine(source, declared=declared, look=look, issued=issued, secret=secret)


def _propagate(source: Path, target: Path, platform: str, number: str, judged: Judgement) -> Label:
    """Continue the label that is there, or write one that says how sure it is."""
    if any(sign.kind == "label" for sign in judged.signs):
        return files.propagate(source, target, platform, number).label
    tier = cast(Literal["1", "2", "3"], judged.label)
    return files.write(source, target, Label.first(platform, number, tier)).label


def _kept(form: Form, path: Path, judged: Judgement) -> Kept:
    findings = tuple(
        RecordedFinding(
            detector="upload", risk=f"{FAMILY}.{sign.tier.value}", rule=sign.kind, score=1000, severity="low"
        )
        for sign in judged.signs
    )
    return Kept(Verdict(action="pass", findings=findings, risk=f"{FAMILY}.{judged.tier.value}"), about(form, path))
