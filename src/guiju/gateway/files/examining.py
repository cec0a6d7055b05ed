"""``POST /v1/label/read``: what a file says of itself. ``POST /v1/uploads/check``: what a platform makes of an upload
(标识办法 Art. 6). ``POST /v1/uploads/label``: the same file with the platform's fields written into it (Art. 6(2))."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import msgspec

from guiju.errors import NothingToPropagate
from guiju.evidence.record import LabelEntry, RecordedFinding, Verdict, new_id
from guiju.gateway.files.desk import Desk, Json, Sent, about, file_of, flag, telling
from guiju.gateway.files.form import Form
from guiju.gateway.files.issued import issued
from guiju.gateway.files.kept import Kept
from guiju.gateway.files.visit import FileVisit
from guiju.labeling import explicit, files, shapes, upload, verdict
from guiju.labeling.upload import Examined, Judgement, Search
from guiju.store.writer import now_us

FAMILY = "guiju.upload"
"""Tiers stand in records as findings of this family, so that evidence is searched by them."""


class ReadFile(Desk):
    name = "label.read"
    path = "/v1/label/read"

    async def answer(self, visit: FileVisit, form: Form, folder: Path) -> Json:
        source = file_of(form)
        return await visit.runtime.workshop.do(partial(_told, source, look=flag(form, "explicit", False)))


class CheckUpload(Desk):
    name = "upload.check"
    path = "/v1/uploads/check"

    async def answer(self, visit: FileVisit, form: Form, folder: Path) -> Json:
        source = file_of(form)
        found = await visit.runtime.workshop.do(partial(_examined, visit, form, source))
        judged, reading = found.judged, found.reading
        number = new_id(now_us())
        await visit.keep(number, await asyncio.to_thread(_kept, form, source, judged))
        label = None if reading is None or reading.label is None else reading.label.keys()
        return {"record": number, **msgspec.to_builtins(judged), "existing": label}


class LabelUpload(Desk):
    name = "upload.label"
    path = "/v1/uploads/label"

    async def answer(self, visit: FileVisit, form: Form, folder: Path) -> Sent:
        source = file_of(form)
        judged = (await visit.runtime.workshop.do(partial(_examined, visit, form, source))).judged
        if not judged.label:
            raise NothingToPropagate()
        number = form.fields.get("id", "").strip() or new_id(now_us())
        target = folder / f"propagated{source.suffix}"
        carried = partial(upload.carry_on, source, target, visit.provider, number, judged)
        label = await visit.runtime.workshop.do(partial(carried, break_c2pa=flag(form, "break_c2pa", False)))
        entry = LabelEntry(content=number, implicit=label.to_json(), reason="标识办法 Art. 6(2)")
        kept = await asyncio.to_thread(_kept, form, target, judged)
        await visit.keep(number, msgspec.structs.replace(kept, label=entry))
        headers = {**telling(target, label, number), "x-guiju-tier": judged.tier.value}
        return Sent(target, "application/octet-stream", form.name or target.name, headers)


def _told(source: Path, *, look: bool) -> Json:
    reading = files.read(source)
    told: Json = {**shapes.reading(reading, source), **shapes.report(verdict.verify(source))}
    if look:
        told["explicit"] = msgspec.to_builtins(explicit.check(source))
    return told


def _examined(visit: FileVisit, form: Form, source: Path) -> Examined:
    search = Search(
        declared=flag(form, "declared", False),
        look=flag(form, "explicit", True),
        secret=visit.runtime.watermark if flag(form, "watermark", True) else None,
        issued=partial(issued, writer=visit.runtime.writer),
    )
    return upload.examine(source, search)


def _kept(form: Form, path: Path, judged: Judgement) -> Kept:
    findings = tuple(
        RecordedFinding(
            detector="upload", risk=f"{FAMILY}.{sign.tier.value}", rule=sign.kind, score=1000, severity="low"
        )
        for sign in judged.signs
    )
    return Kept(Verdict(action="pass", findings=findings, risk=f"{FAMILY}.{judged.tier.value}"), about(form, path))
