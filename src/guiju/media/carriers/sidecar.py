"""TXT, CSV and JSON have no place for metadata: the value goes into a file beside them. This is own practice.

``answer.txt`` has ``answer.txt.aigc.json``: ``{"AIGC": …, "file": {"sha256": "…", "size": n}}``. Length and hash tie the
two together; whether they still match is for the reader of both to see (:func:`matches`).
"""

from __future__ import annotations

import hashlib
import json
from typing import BinaryIO, Final

import msgspec

from guiju.errors import MediaMalformed
from guiju.media.contents import Contents, Form, Found
from guiju.media.limits import LIMITS, Limits
from guiju.media.registry import Carrier, Practice, carrier
from guiju.media.streams import size_of, take_at

SUFFIX: Final = ".aigc.json"
"""What the name of the second file adds to that of the first."""


@carrier
class Sidecar(Carrier):
    """Plain texts and data. :meth:`read` is given the second file; :meth:`write` reads the first, writes the second."""

    name = "sidecar"
    title = "TXT, CSV, JSON"
    suffixes = (".txt", ".csv", ".tsv", ".json", ".jsonl", ".srt", ".vtt", ".log")
    placement = "sidecar/file"
    placements = {"sidecar/file": "a second file, NAME.aigc.json, tied to the first by its SHA-256"}
    practice = Practice.OWN
    source = "own practice"
    by_name = True
    beside = True

    def sniff(self, head: bytes, suffix: str) -> bool:
        return suffix in self.suffixes

    def read(self, file: BinaryIO, limits: Limits = LIMITS) -> Contents:
        known = _load(file, limits)
        if "AIGC" not in known:
            return Contents()
        value = known["AIGC"]
        return Contents((Found("sidecar/file", value if isinstance(value, str) else _json(value), Form.MAPPING),))

    def write(self, source: BinaryIO, target: BinaryIO, value: str, limits: Limits = LIMITS) -> None:
        try:
            known = json.loads(value)
        except ValueError:
            known = value
        bound = {"sha256": _digest(source), "size": size_of(source)}
        target.write(_json({"AIGC": known, "file": bound}).encode() + b"\n")


def matches(file: BinaryIO, beside: BinaryIO, limits: Limits = LIMITS) -> bool:
    """Whether ``beside`` was written for the bytes of ``file``.

    Raises:
        MediaError: ``beside`` is no such file.
    """
    bound = _load(beside, limits).get("file")
    return isinstance(bound, dict) and bound.get("sha256") == _digest(file)


def _digest(file: BinaryIO) -> str:
    file.seek(0)
    engine = hashlib.sha256()
    while block := file.read(1 << 20):
        engine.update(block)
    return engine.hexdigest()


def _load(file: BinaryIO, limits: Limits) -> dict[str, object]:
    size = size_of(file)
    try:
        return msgspec.json.decode(take_at(file, 0, size, limits, "sidecar"), type=dict[str, object])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MediaMalformed(what="sidecar", detail=str(error)) from None


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
