"""What a user is told, and which clause stands behind it."""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec
import yaml

from guiju.minors.policy import MinorsPolicy


class Reason(msgspec.Struct, frozen=True, order=True):
    """One reason for a decision.

    Attributes:
        code: a code of ``data/reasons.yaml``. ``zh``, ``en``: what the user is told.
        source: id of the policy's source; ``clause_zh``, ``clause_en``: that source in words; ``verified``: whether the
            clause's text was read.
    """

    code: str
    zh: str
    en: str
    source: str
    clause_zh: str
    clause_en: str
    verified: bool


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    zh: str
    en: str


@cache
def _words() -> dict[str, _Words]:
    text = resources.files("guiju.minors").joinpath("data", "reasons.yaml").read_text("utf-8")
    return {words.code: words for words in msgspec.convert(yaml.safe_load(text), list[_Words])}


def codes() -> tuple[str, ...]:
    """Every code there is."""
    return tuple(_words())


def reason(policy: MinorsPolicy, code: str, source: str, **values: object) -> Reason:
    """A reason in words. ``source`` is an id of the policy's sources, or ``guardian`` for a guardian's own decision."""
    words = _words()[code]
    clause_zh, clause_en, verified = "监护人的设置", "a guardian's setting", True
    if source != GUARDIAN:
        found = policy.sources[source]
        clause_zh, clause_en, verified = found.zh, found.en, found.verified
    said = {f"{name}": value for name, value in values.items()}
    english = {**said, "band": said.get("band_en", said.get("band", ""))}
    return Reason(code, words.zh.format(**said), words.en.format(**english), source, clause_zh, clause_en, verified)


GUARDIAN = "guardian"
"""The source of what a guardian decided."""
