"""What a platform makes of an upload (标识办法 Art. 6): verified, declared, suspected, or nothing known.

Nothing known is no finding: no file is ever said to be made by people.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from functools import cache
from importlib import resources
from pathlib import Path

import msgspec
import yaml

from guiju.errors import LabelError, MediaError
from guiju.labeling import explicit, files, watermark
from guiju.labeling.files import FileReading
from guiju.labeling.watermark import Detection, Secret

_ALGORITHMIC = ("trainedalgorithmicmedia", "compositewithtrainedalgorithmicmedia", "algorithmicmedia")
"""IPTC digital source types that name a generating algorithm, as the last part of their URI in lower case."""
_TIER_OF_LABEL = {"1": "verified", "2": "declared", "3": "suspected"}


class Tier(enum.StrEnum):
    """How sure it is, from Art. 6(1) 一 to 三."""

    VERIFIED = "verified"
    DECLARED = "declared"
    SUSPECTED = "suspected"
    UNKNOWN = "unknown"


_ORDER = (Tier.VERIFIED, Tier.DECLARED, Tier.SUSPECTED, Tier.UNKNOWN)


class Sign(msgspec.Struct, frozen=True):
    """One reason: its kind (those of ``data/notices.yaml``), the tier it supports, and what was seen."""

    kind: str
    tier: Tier
    zh: str
    en: str
    detail: str = ""


class Judgement(msgspec.Struct, frozen=True):
    """The tier of an upload.

    Attributes:
        signs: every reason, the strongest first.
        label: the value of ``Label`` to write where the file has none; empty where nothing is known.
        notice_zh, notice_en: the words to show around the post; empty where nothing is known.
        unread: what could not be looked at; while there is anything, nothing found means less.
    """

    tier: Tier
    signs: tuple[Sign, ...]
    label: str
    notice_zh: str
    notice_en: str
    reminder_zh: str
    reminder_en: str
    unread: tuple[str, ...] = ()


class _Notice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    label: str
    zh: str
    en: str


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    zh: str
    en: str


class _SignKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    tier: Tier
    zh: str
    en: str


class _Notices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    confidence: str
    notices: dict[Tier, _Notice]
    reminder: _Words
    signs: dict[str, _SignKind]


@cache
def _notices() -> _Notices:
    text = resources.files("guiju.labeling").joinpath("data/notices.yaml").read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), _Notices)


def sign(kind: str, detail: str = "", tier: Tier | None = None) -> Sign:
    """A reason of a known kind; ``tier`` where it says less than its kind can."""
    known = _notices().signs[kind]
    return Sign(kind, tier or known.tier, known.zh, known.en, detail)


def signs_in(reading: FileReading) -> list[Sign]:
    """The reasons in a file's metadata."""
    found: list[Sign] = []
    for place in reading.places:
        if place.reading is None:
            found.append(sign("label_flawed", place.problem))
        elif (tier := _TIER_OF_LABEL.get(place.reading.label.Label)) is None or not place.reading.label.ContentProducer:
            found.append(sign("label_flawed", place.reading.label.to_json()))
        else:
            found.append(sign("label", place.reading.label.ContentProducer, Tier(tier)))
    for kind in reading.source_types:
        if kind.rsplit("/", 1)[-1].lower() in _ALGORITHMIC:
            found.append(sign("iptc", kind))
    return found


def judge(signs: Iterable[Sign], unread: Iterable[str] = ()) -> Judgement:
    """The tier of the strongest sign, with the words that belong to it."""
    ordered = tuple(sorted(signs, key=lambda s: _ORDER.index(s.tier)))
    tier = ordered[0].tier if ordered else Tier.UNKNOWN
    words, reminder = _notices().notices.get(tier), _notices().reminder
    return Judgement(
        tier=tier,
        signs=ordered,
        label=words.label if words else "",
        notice_zh=words.zh if words else "",
        notice_en=words.en if words else "",
        reminder_zh=reminder.zh,
        reminder_en=reminder.en,
        unread=tuple(unread),
    )


def examine(
    source: Path, *, declared: bool, look: bool, issued: Callable[[str], bool], secret: Secret | None = None
) -> tuple[Judgement, FileReading | None]:
    """Look at a file in every way there is; what could not be looked at is named, never passed over.

    Args:
        declared: its user said that AI made it.
        look: look for explicit labels, which takes longest.
        issued: whether a content number was given out by oneself.
        secret: look for watermarks too, one's own of this secret and those of known generators.
    """
    signs, unread, reading = ([sign("declaration")] if declared else []), list[str](), None
    try:
        reading = files.read(source)
    except MediaError as error:
        unread.append(f"metadata: {error.code}")
    if reading is not None:
        signs += signs_in(reading)
        unread += [f"metadata: {place}" for place in reading.damaged]
        if reading.label is not None and issued(reading.label.ProduceID):
            signs.append(sign("issued", reading.label.ProduceID))
    if look:
        try:
            signs += [sign("explicit", f"{one.text} ({one.where})") for one in explicit.check(source).found]
        except (LabelError, MediaError) as error:
            unread.append(f"explicit: {error.code}")
    if secret is not None:
        try:
            signs += _marks(watermark.detect(source, secret))
        except (LabelError, MediaError) as error:
            unread.append(f"watermark: {error.code}")
    return judge(signs, unread), reading


def _marks(found: Detection) -> list[Sign]:
    own = [sign("mark_issued", "" if found.number is None else f"{found.number:016x}")] if found.found else []
    return [*own, *(sign("generator", one.name) for one in found.foreign)]
