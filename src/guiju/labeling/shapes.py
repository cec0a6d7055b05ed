"""What is read from, said of and written into files, as JSON: the command line and the service tell it alike, and scripts rely
on these shapes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from guiju.labeling import credentials
from guiju.labeling.files import FileReading, Placed, Written
from guiju.labeling.verdict import Check, Report, security_of


def written(done: Written, out: Path) -> dict[str, Any]:
    """``label write`` and ``label propagate``."""
    replaced = [placed(place) for place in done.replaced]
    told = {"file": str(out), "placement": done.placement, "label": done.label.keys(), "replaced": replaced}
    return {**told, "broken_c2pa": None if done.broken is None else done.broken.placement}


def reading(read: FileReading, path: Path) -> dict[str, Any]:
    """``label read`` of the file at ``path``. Its manifest is verified where the extra ``c2pa`` is installed, and so are the
    signatures in its label.

    Raises:
        MediaError: the content that a signature is bound to cannot be read.
    """
    secured = security_of(path, read)
    return {
        "found": read.found,
        "label": None if read.label is None else read.label.keys(),
        "placements": [placed(place) for place in read.places],
        "c2pa": manifest(read, path),
        "iptc": iptc(read),
        "format": read.carrier,
        "damaged": list(read.damaged),
        "security": [msgspec.structs.asdict(one) for one in secured.findings],
        "content_bound": secured.content,
    }


def manifest(read: FileReading, path: Path) -> dict[str, Any] | None:
    """The C2PA manifest store: where it stands, and what came of verifying it (None where the extra is not installed)."""
    if read.c2pa is None:
        return None
    verified = credentials.examine(path) if credentials.available() else None
    return {**msgspec.structs.asdict(read.c2pa), "verified": verified}


def iptc(read: FileReading) -> dict[str, list[str]] | None:
    """What IPTC says: ``digitalSourceType`` of XMP, and ``iim`` where older fields say something; None for neither."""
    if not (read.source_types or read.iim):
        return None
    return {"digitalSourceType": list(read.source_types), **({"iim": list(read.iim)} if read.iim else {})}


def report(judged: Report, language: str = "zh") -> dict[str, Any]:
    """``label verify``."""
    return {"verdict": judged.verdict.value, "checks": [check(one, language) for one in judged.checks]}


def placed(place: Placed) -> dict[str, Any]:
    """One value found."""
    reading = place.reading
    return {
        "placement": place.found.placement,
        "form": place.found.form.value,
        "offset": place.found.offset,
        "wrapped": None if reading is None else reading.wrapped,
        "label": None if reading is None else reading.label.keys(),
        "problem": place.problem,
    }


def check(one: Check, language: str = "zh") -> dict[str, Any]:
    """One check of a verdict."""
    return {
        "id": one.id, "clause": one.clause, "ok": one.ok, "kind": one.kind,
        "message": one.message(language), "message_zh": one.message("zh"), "message_en": one.message("en"),
    }  # fmt: skip
