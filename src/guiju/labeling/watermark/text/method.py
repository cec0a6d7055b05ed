"""Texts: selectors that are not drawn, in plain text and Markdown. Fragile, and told so."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Final

from guiju.errors import MarkImpossible, MediaMalformed, MediaTooLarge
from guiju.labeling.atomic import opened
from guiju.labeling.watermark import rates
from guiju.labeling.watermark.findings import Detection, Embedded, Verdict
from guiju.labeling.watermark.keys import Finder, Secret
from guiju.labeling.watermark.methods import Method, method
from guiju.labeling.watermark.text import selectors
from guiju.media import LIMITS, Limits

SUFFIXES: Final = (".txt", ".md", ".markdown")
BYTES: Final = 16 << 20
"""The longest text that is read."""


@method
class Texts(Method):
    """Plain text and Markdown in UTF-8. Strength means nothing here."""

    name = "text"
    strength = 0.0
    strengths = (0.0, 0.0)

    def sniff(self, head: bytes, suffix: str) -> bool:
        return suffix in SUFFIXES

    def embed(
        self, source: Path, target: BinaryIO, secret: Secret, number: int, strength: float, limits: Limits = LIMITS
    ) -> Embedded:
        text = _read(source)
        if len(text) < selectors.SHORTEST:
            raise MarkImpossible(detail=f"{len(text)} < {selectors.SHORTEST} characters")
        target.write(selectors.marked(text, secret.finder, secret.encipher(number)).encode("utf-8"))
        note = "文本水印易失:重新输入、转为 GBK 或过滤格式字符即消失 / fragile: typing again, GBK and filters remove it"
        return Embedded(self.name, number, 0.0, (note,))

    def detect(
        self, path: Path, finder: Finder, secret: Secret | None, thorough: bool = False, limits: Limits = LIMITS
    ) -> Detection:
        payload = selectors.found(_read(path), finder)
        rate = selectors.LONGEST * rates.READ
        if payload is None:
            return Detection(self.name, Verdict.NOT_FOUND, false_positive_rate=rate)
        number = None if secret is None else secret.decipher(payload)
        verdict = Verdict.PRESENT if number is None else Verdict.READ
        return Detection(self.name, verdict, number, 1.0, 1.0, rate)


def _read(path: Path) -> str:
    with opened(path) as file:
        raw = file.read(BYTES + 1)
    if len(raw) > BYTES:
        raise MediaTooLarge(what="bytes", limit=BYTES)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MediaMalformed(what="text", detail="not UTF-8") from error
