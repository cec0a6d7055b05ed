"""``POST /v1/label``: a file goes in, the same file with its labels comes out. ``POST /v1/label/copies``: without the
explicit one, to a user who asked for it (标识办法 Art. 9)."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Literal, cast

import msgspec

from guiju.errors import FormInvalid
from guiju.evidence.record import LabelEntry, Verdict, new_id
from guiju.gateway.files.desk import Desk, Sent, about, file_of, flag
from guiju.gateway.files.form import Form
from guiju.gateway.files.issued import issued
from guiju.gateway.files.kept import Kept
from guiju.gateway.files.visit import FileVisit
from guiju.labeling import explicit, files, watermark
from guiju.labeling.explicit import Mark
from guiju.labeling.implicit import Label
from guiju.labeling.watermark import Secret, of_content
from guiju.media import carrier_of
from guiju.store.writer import now_us

Tier = Literal["1", "2", "3"]


class Marked(msgspec.Struct, frozen=True):
    """A finished file: where it lies, its format, the words drawn in it (if any), and the label in it."""

    path: Path
    carrier: str
    words: str
    label: Label


def mark_file(
    source: Path,
    folder: Path,
    label: Label,
    mark: Mark | None,
    *,
    break_c2pa: bool = False,
    secret: Secret | None = None,
) -> Marked:
    """Put both labels on a file: what is seen or heard first, then the watermark, the metadata last.

    Args:
        mark: the explicit label; None for none. ``secret``: of the watermark; None for none.

    Raises:
        LabelError, MediaError: as :func:`guiju.labeling.explicit.label` and :func:`guiju.labeling.files.write`.
    """
    words, path = "", source
    if mark is not None:
        path = folder / f"marked{source.suffix}"
        words = explicit.label(source, path, mark, break_c2pa=break_c2pa).made.words
    if secret is not None:
        watermark.embed(
            path, folder / f"bearing{source.suffix}", secret, of_content(label.ProduceID), break_c2pa=break_c2pa
        )
        path = folder / f"bearing{source.suffix}"
    target = folder / f"labelled{source.suffix}"
    files.write(path, target, label, break_c2pa=break_c2pa)
    with target.open("rb") as file:
        return Marked(target, carrier_of(file, target.suffix).name, words, label)


class LabelFile(Desk):
    name = "label.write"
    path = "/v1/label"

    async def answer(self, visit: FileVisit, form: Form, folder: Path) -> Sent:
        source, number = file_of(form), await _number(form)
        tier = form.fields.get("label", "1")
        if tier not in ("1", "2", "3"):
            raise FormInvalid(problem="label is 1, 2 or 3")
        mark = _mark(form) if flag(form, "explicit", True) else None
        secret = visit.runtime.watermark if flag(form, "watermark", False) else None
        label = Label.first(visit.provider, number, cast(Tier, tier))
        made = await asyncio.to_thread(
            partial(mark_file, source, folder, label, mark, break_c2pa=flag(form, "break_c2pa", False), secret=secret)
        )
        entry = LabelEntry(
            content=number,
            explicit=made.words,
            implicit=label.to_json(),
            position="content" if made.words else "",
            reason="" if made.words else "explicit=false",
        )
        kept = Kept(Verdict(action="label"), await asyncio.to_thread(about, form, made.path), entry)
        await visit.keep(number, kept)
        return _sent(form, made)


class CopyWithout(Desk):
    """The copy keeps, or gets, its implicit label; who asked, who gets it and which terms were agreed are on record."""

    name = "label.copy"
    path = "/v1/label/copies"

    async def answer(self, visit: FileVisit, form: Form, folder: Path) -> Sent:
        source = file_of(form)
        asked = {field: form.fields.get(field, "").strip() for field in ("user", "recipient", "terms", "purpose")}
        missing = [field for field in ("user", "recipient", "terms") if not asked[field]]
        if missing:
            raise FormInvalid(problem=f"missing: {', '.join(missing)}")
        reading = await asyncio.to_thread(files.read, source)
        number, label = new_id(now_us()), reading.label
        if label is None:
            label = Label.first(visit.provider, number)
            made = await asyncio.to_thread(mark_file, source, folder, label, None)
        else:
            made = Marked(source, reading.carrier, "", label)
        who = partial(
            about, form, made.path, recipient=asked["recipient"], terms=asked["terms"], purpose=asked["purpose"]
        )
        parts = await asyncio.to_thread(who)
        entry = LabelEntry(content=label.ProduceID, implicit=label.to_json(), reason="标识办法 Art. 9")
        await visit.keep(number, Kept(Verdict(action="label"), parts, entry, lawful=True))
        return _sent(form, made)


async def _number(form: Form) -> str:
    """The content number: the caller's, or a new one.

    Raises:
        FormInvalid: too long, or given out before.
    """
    number = form.fields.get("id", "").strip()
    if len(number) > 64 or not number.isascii():
        raise FormInvalid(problem="id has at most 64 ASCII characters")
    if not number:
        return new_id(now_us())
    taken = await asyncio.to_thread(issued, number)
    if taken:
        raise FormInvalid(problem="this id was given out before")
    return number


def _mark(form: Form) -> Mark:
    mark = Mark(words=form.fields.get("words", ""), position=form.fields.get("position", ""))
    name = form.fields.get("preset", "")
    return explicit.preset(mark, name) if name else mark


def _sent(form: Form, made: Marked) -> Sent:
    headers = {"x-guiju-record": made.label.ProduceID, "x-guiju-aigc": made.label.to_json()}
    return Sent(made.path, "application/octet-stream", form.name or made.path.name, headers)
