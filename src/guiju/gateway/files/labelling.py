"""``POST /v1/label``: a file goes in, the same file with its labels comes out. ``POST /v1/label/copies``: without the
explicit one, to a user who asked for it (标识办法 Art. 9)."""

from __future__ import annotations

import asyncio
import logging
import time
from functools import partial
from pathlib import Path
from typing import Literal, cast

import msgspec

from guiju.errors import (
    ContentOfAnother,
    ContentUnknown,
    FormInvalid,
    GuijuError,
    MediaUnsupported,
    NoPlaceForWords,
    OriginalNotKept,
)
from guiju.evidence.record import LabelEntry, Verdict, new_id
from guiju.gateway.files.desk import Desk, Sent, about, file_of, flag, telling
from guiju.gateway.files.form import Form
from guiju.gateway.files.issued import given_out, issued
from guiju.gateway.files.kept import Kept
from guiju.gateway.files.shelves import originals
from guiju.gateway.files.visit import FileVisit
from guiju.labeling import explicit, files, watermark
from guiju.labeling.explicit import Mark
from guiju.labeling.implicit import Label
from guiju.labeling.watermark import Secret, of_content
from guiju.media import carrier_of
from guiju.nouns import Part
from guiju.releases import copying
from guiju.releases.copying import Copy
from guiju.releases.shelf import Shelf
from guiju.store.issued import COPY
from guiju.store.writer import now_us

log = logging.getLogger("guiju.gateway")

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
    originals: Shelf | None = None,
) -> Marked:
    """Put both labels on a file: what is seen or heard first, then the watermark, the metadata last.

    Args:
        mark: the explicit label; None for none. ``secret``: of the watermark; None for none.
        originals: where the file as it is without the explicit label is kept, for copies on request; None for nowhere.

    Raises:
        LabelError, MediaError: as :func:`guiju.labeling.explicit.label` and :func:`guiju.labeling.files.write`.
        NoPlaceForWords: this format holds the implicit label alone.
    """
    words, path = "", source
    if mark is not None:
        path = folder / f"marked{source.suffix}"
        words = _drawn(source, path, mark, break_c2pa=break_c2pa)
    if secret is not None:
        watermark.embed(
            path, folder / f"bearing{source.suffix}", secret, of_content(label.ProduceID), break_c2pa=break_c2pa
        )
        path = folder / f"bearing{source.suffix}"
    target = folder / f"labelled{source.suffix}"
    files.write(path, target, label, break_c2pa=break_c2pa)
    if mark is not None and originals is not None:
        _keep(originals, source, folder / f"original{source.suffix}", label, break_c2pa=break_c2pa)
    with target.open("rb") as file:
        return Marked(target, carrier_of(file, target.suffix).name, words, label)


def _drawn(source: Path, target: Path, mark: Mark, *, break_c2pa: bool) -> str:
    """Put the explicit label on a file; its words."""
    try:
        return explicit.label(source, target, mark, break_c2pa=break_c2pa).made.words
    except MediaUnsupported:
        with source.open("rb") as file:
            title = carrier_of(file, source.suffix).title  # which raises too where the format is not known at all
        raise NoPlaceForWords(format=title) from None


def _keep(originals: Shelf, source: Path, plain: Path, label: Label, *, break_c2pa: bool) -> None:
    """Keep the file with its implicit label alone. Where that fails the labelled file goes out all the same."""
    if not originals.holds(source.stat().st_size):
        return
    try:
        files.write(source, plain, label, break_c2pa=break_c2pa)
    except (GuijuError, OSError) as error:
        log.warning("an original could not be kept: %s", type(error).__name__)
        return
    originals.keep(label.ProduceID, plain, time.time())


class LabelFile(Desk):
    name = "label.write"
    path = "/v1/label"

    async def answer(self, visit: FileVisit, form: Form, folder: Path) -> Sent:
        source, number = file_of(form), await _number(visit, form)
        tier = form.fields.get("label", "1")
        if tier not in ("1", "2", "3"):
            raise FormInvalid(problem="label is 1, 2 or 3")
        mark = _mark(form) if flag(form, "explicit", True) else None
        secret = visit.runtime.watermark if flag(form, "watermark", False) else None
        label = Label.first(visit.provider, number, cast(Tier, tier))
        made = await visit.runtime.workshop.do(
            partial(
                mark_file,
                source,
                folder,
                label,
                mark,
                break_c2pa=flag(form, "break_c2pa", False),
                secret=secret,
                originals=originals(visit.runtime.settings),
            )
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
    """The copy keeps, or gets, its implicit label; who asked, who gets it and which terms were agreed are on record.

    It is of the file that comes along, or of the original kept under a content number of this integration.
    """

    name = COPY
    path = "/v1/label/copies"

    async def answer(self, visit: FileVisit, form: Form, folder: Path) -> Sent:
        asked = {field: form.fields.get(field, "").strip() for field in ("user", "recipient", "terms", "purpose")}
        missing = [field for field in ("user", "recipient", "terms") if not asked[field]]
        if missing:
            raise FormInvalid(problem=f"missing: {', '.join(missing)}")
        number = new_id(now_us())
        copied = partial(_copied, visit, form, folder, Label.first(visit.provider, number))
        copy = await visit.runtime.workshop.do(copied)
        who = {**await asyncio.to_thread(copying.about, copy), **asked}
        parts = tuple(Part(where, text) for where, text in who.items() if text and where != "user")
        entry = LabelEntry(content=copy.label.ProduceID, implicit=copy.label.to_json(), reason="标识办法 Art. 9")
        await visit.keep(number, Kept(Verdict(action="label"), parts, entry, lawful=True))
        return Sent(copy.path, "application/octet-stream", copy.name, telling(copy.path, copy.label))


def _copied(visit: FileVisit, form: Form, folder: Path, label: Label) -> Copy:
    """The copy of the form's file, or of what is kept under its content number.

    Raises:
        FormInvalid: neither is named. ContentUnknown, ContentOfAnother, OriginalNotKept. LabelError, MediaError.
    """
    content = form.fields.get("content", "").strip()
    if form.file is not None or not content:
        return copying.of_file(file_of(form), form.name, folder, label)
    origin = given_out(content, visit.runtime.writer)
    if origin is None or origin.integration_id != visit.caller.id:
        raise ContentUnknown(number=content)
    if origin.account not in ("", visit.account):
        raise ContentOfAnother(number=content)
    copy = copying.of_original(originals(visit.runtime.settings), content, origin, folder, time.time())
    if copy is None:
        raise OriginalNotKept(number=content)
    return copy


async def _number(visit: FileVisit, form: Form) -> str:
    """The content number: the caller's, or a new one.

    Raises:
        FormInvalid: too long, or given out before.
    """
    number = form.fields.get("id", "").strip()
    if len(number) > 64 or not number.isascii():
        raise FormInvalid(problem="id has at most 64 ASCII characters")
    if not number:
        return new_id(now_us())
    taken = await asyncio.to_thread(issued, number, visit.runtime.writer)
    if taken:
        raise FormInvalid(problem="this id was given out before")
    return number


def _mark(form: Form) -> Mark:
    mark = Mark(words=form.fields.get("words", ""), position=form.fields.get("position", ""))
    name = form.fields.get("preset", "")
    return explicit.preset(mark, name) if name else mark


def _sent(form: Form, made: Marked) -> Sent:
    return Sent(made.path, "application/octet-stream", form.name or made.path.name, telling(made.path, made.label))
