"""Looking at an upload: label and signature, C2PA, IPTC, words seen or heard, watermarks, traces, one's own numbers.

What could not be looked at is named, never passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from guiju.errors import GuijuError, LabelError, MediaError
from guiju.labeling import credentials, explicit, files, traces, watermark
from guiju.labeling.explicit import elements, vendors
from guiju.labeling.files import FileReading, Placed
from guiju.labeling.security import Pins
from guiju.labeling.upload.tiers import Judgement, Sign, Tier, judge, sign
from guiju.labeling.verdict import Security, Verdict, security_of
from guiju.labeling.watermark import Secret

_ALGORITHMIC = ("trainedalgorithmicmedia", "compositewithtrainedalgorithmicmedia", "algorithmicmedia")
"""IPTC digital source types that name a generating algorithm, as the last part of their URI in lower case."""
_TIER_OF_LABEL = {"1": "verified", "2": "declared", "3": "suspected"}


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """What is known beforehand, and how closely to look.

    Attributes:
        declared: its user said that AI made it.
        look: for words and rhythms, which takes longest.
        seen: what such a look found already, or why it failed; then nobody looks again.
        secret: look for watermarks too: one's own of this secret, and those of known generators.
        pins: known public keys; signatures of labels must be by one of them. ``anchors``: trusted authorities of C2PA, PEM.
        issued: whether a content number was given out by oneself.
    """

    declared: bool = False
    look: bool = True
    seen: explicit.Report | GuijuError | None = None
    secret: Secret | None = None
    pins: Pins | None = None
    anchors: str = ""
    issued: Callable[[str], bool] | None = None


class Examined(msgspec.Struct, frozen=True):
    """What was made of an upload, and what its metadata say; None where they could not be read."""

    judged: Judgement
    reading: FileReading | None


def examine(source: Path, search: Search | None = None) -> Examined:
    """Look at a file in every way there is.

    Raises:
        FileUnusable: it cannot be opened.
    """
    found = _Found(source, search or Search())
    return Examined(judge(found.signs, found.unread), found.reading)


def reasons(reading: FileReading, secured: Security | None = None) -> Iterator[Sign]:
    """The reasons in the label of a file, given what its security data hold."""
    states = [one.signature for one in secured.findings] if secured is not None else []
    broken = "invalid" in states or (secured is not None and secured.content is False)
    for place in reading.places:
        if place.reading is None:
            yield sign("label_flawed", place.problem)
        elif (tier := _TIER_OF_LABEL.get(place.reading.label.Label)) is None or not place.reading.label.ContentProducer:
            yield sign("label_flawed", place.reading.label.to_json())
        elif broken:
            yield sign("label_broken", place.reading.label.ContentProducer)
        else:
            yield sign("label", _producer(place), Tier(tier))
    if secured is not None and not broken:
        for one in secured.findings:
            if one.signature == "valid" and one.pinned is not False:
                known = "known key" if one.pinned else "key unknown"
                yield sign("label_signed", f"{one.role}, {one.algorithm}, {known} {one.key[:16]}")


class _Found:
    """One file being looked at, one way after the other."""

    def __init__(self, source: Path, search: Search) -> None:
        self.signs: list[Sign] = [sign("declaration")] if search.declared else []
        self.unread: list[str] = []
        self.reading: FileReading | None = None
        self._source, self._search = source, search
        for what, way in (
            ("metadata", self._metadata), ("c2pa", self._manifest), ("traces", self._traces),
            ("explicit", self._seen), ("watermark", self._marks),
        ):  # fmt: skip
            try:
                self.signs += way()
            except (LabelError, MediaError) as error:
                self.unread.append(f"{what}: {error.code}")

    def _metadata(self) -> Iterator[Sign]:
        self.reading = reading = files.read(self._source)
        self.unread += [f"metadata: {place}" for place in reading.damaged]
        yield from reasons(reading, security_of(self._source, reading, self._search.pins) if reading.label else None)
        for kind in reading.source_types:
            if _algorithmic(kind):
                yield sign("iptc", kind)
        issued = self._search.issued
        if reading.label is not None and issued is not None and issued(reading.label.ProduceID):
            yield sign("issued", reading.label.ProduceID)

    def _manifest(self) -> Iterator[Sign]:
        if self.reading is None or self.reading.c2pa is None:
            return
        said = credentials.examine(self._source, self._search.anchors)
        if said is None:
            self.unread.append("c2pa: the manifest could not be read")
        elif any(_algorithmic(kind) for kind in said.source_types):
            told = ", ".join(filter(None, (said.generator, said.issuer, said.state, *said.problems)))
            yield sign("c2pa_broken" if said.state == "Invalid" else "c2pa", told)

    def _traces(self) -> Iterator[Sign]:
        for one in traces.find(self._source):
            yield sign("trace", f"{one.name} ({one.field})")

    def _seen(self) -> Iterator[Sign]:
        seen = self._search.seen
        if isinstance(seen, GuijuError):
            self.unread.append(f"explicit: {seen.code}")
        elif seen is not None or self._search.look:
            yield from _of_report(explicit.check(self._source) if seen is None else seen)

    def _marks(self) -> Iterator[Sign]:
        if self._search.secret is None:
            return
        found = watermark.detect(self._source, self._search.secret)
        if found.found:
            yield sign("mark_issued", "" if found.number is None else f"{found.number:016x}")
        for one in found.foreign:
            yield sign("generator", one.name)


def _of_report(report: explicit.Report) -> Iterator[Sign]:
    """Labels that were seen, heard or read, and generators' marks, which need not be labels."""
    labelled = report.verdict is not Verdict.NOT_FOUND
    for one in report.found:
        vendor = vendors.vendor_of(one.text)
        if vendor is not None:
            yield sign("vendor_mark", f"{vendor.name}: {one.text}")
        if labelled and (vendor is None or elements.elements(one.text).complete):
            yield sign("explicit", f"{one.text} ({one.where})")


def _producer(place: Placed) -> str:
    return "" if place.reading is None else place.reading.label.ContentProducer


def _algorithmic(kind: str) -> bool:
    return kind.rsplit("/", 1)[-1].lower() in _ALGORITHMIC
