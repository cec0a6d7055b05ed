"""What a platform makes of an upload (标识办法 Art. 6): verified, declared, suspected, or nothing known.

Nothing known is no finding: no file is ever said to be made by people.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from functools import cache
from importlib import resources

import msgspec
import yaml


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


def judge(signs: Iterable[Sign], unread: Iterable[str] = ()) -> Judgement:
    """The tier of the strongest sign, with the words that belong to it."""
    ordered = tuple(sorted(dict.fromkeys(signs), key=lambda s: _ORDER.index(s.tier)))
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
