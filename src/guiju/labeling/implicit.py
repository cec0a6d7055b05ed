"""The implicit label: seven keys (GB 45438-2025, 6.1 and Annex E), written strictly and read tolerantly.

Keys keep the standard's names. For an answer over an API no carrier is laid down; Guiju sends the label as the member
:data:`FIELD` of a response (first and last event of a stream) and as the header :data:`HEADER`.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Final, Literal, Self

import msgspec
import yaml

from guiju.errors import LabelUnreadable, LabelValueInvalid

FIELD: Final = "aigc"
HEADER: Final = "X-Guiju-AIGC"

IS, MAY_BE, SUSPECTED = "1", "2", "3"

_ALLOWED = re.compile(r"[\x21-\x5B\x5D-\x7E]*", re.ASCII)  # E.j; a double quote is written \" by JSON itself
_LONGEST = 65_536

Tier = Literal["1", "2", "3"]


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """The seven keys of Annex E.

    Attributes:
        Label: ``1`` is, ``2`` may be, ``3`` is suspected to be AI-generated.
        ContentProducer: name or code of the generation provider. ``ProduceID``: its number for this content.
        ContentPropagator, PropagateID: the same of the propagation provider.
        ReservedCode1, ReservedCode2: for security protection by the one and the other.
    """

    Label: str
    ContentProducer: str
    ProduceID: str
    ReservedCode1: str = ""
    ContentPropagator: str
    PropagateID: str
    ReservedCode2: str = ""

    @classmethod
    def first(cls, producer: str, number: str, tier: Tier = "1", reserved: str = "") -> Self:
        """The label as the generation provider first writes it: propagator and producer are the same (E, note 1).

        Raises:
            LabelValueInvalid: a value outside the standard's characters, or an empty producer or number.
        """
        if not (producer and number and _ALLOWED.fullmatch(producer + number + reserved)):
            raise _fault(ContentProducer=producer, ProduceID=number, ReservedCode1=reserved)
        return cls(
            Label=tier,
            ContentProducer=producer,
            ProduceID=number,
            ReservedCode1=reserved,
            ContentPropagator=producer,
            PropagateID=number,
        )

    def to_json(self, *, wrapped: bool = False) -> str:
        """Compact JSON: the bare object as the TC260 guides place it, or wrapped in ``{"AIGC":…}`` (Annex E b)."""
        bare = _ENCODER.encode(self).decode("utf-8")  # a label of others may hold more than E.j allows
        return f'{{"AIGC":{bare}}}' if wrapped else bare

    def keys(self) -> dict[str, str]:
        """The seven keys and values, in the standard's order."""
        return {name: getattr(self, name) for name in KEYS}


KEYS: Final = Label.__struct_fields__

_ENCODER = msgspec.json.Encoder()


class Breach(msgspec.Struct, frozen=True):
    """A clause that a label does not keep. ``level``: ``breach`` or ``warning``; ``key``: which key, if one."""

    clause: str
    level: str
    zh: str
    en: str
    key: str = ""


class Reading(msgspec.Struct, frozen=True):
    """A label as it was found: its values (non-strings as compact JSON), its form, and what is wrong with it."""

    label: Label
    wrapped: bool
    breaches: tuple[Breach, ...]

    @property
    def conforms(self) -> bool:
        """Whether no clause is breached; warnings do not count."""
        return all(breach.level != "breach" for breach in self.breaches)


def parse(text: str | bytes) -> Reading:
    """Read a label tolerantly: wrapped or bare, encoded once or twice, with missing, extra or non-string values.

    Raises:
        LabelUnreadable: not JSON, longer than 64 KiB, or without any of the seven keys.
    """
    if len(text) > _LONGEST:
        raise LabelUnreadable(detail=f"> {_LONGEST}")
    value, encoded = _decode(text), False
    if isinstance(value, str):
        value, encoded = _decode(value), True
    wrapped = isinstance(value, dict) and isinstance(value.get("AIGC"), dict)
    found = value["AIGC"] if wrapped and isinstance(value, dict) else value
    if not isinstance(found, dict) or not any(key in found for key in KEYS):
        raise LabelUnreadable(detail="no key of the seven")
    label = Label(**{key: _text(found.get(key, "")) for key in KEYS})
    breaches = [_breach("form.encoded")] if encoded else []
    odd = sorted(found.keys() ^ set(KEYS)) + [key for key in KEYS if not isinstance(found.get(key, ""), str)]
    breaches += [_breach("E.b", str(key)) for key in odd]
    return Reading(label, wrapped, (*breaches, *verify(label)))


def verify(label: Label) -> tuple[Breach, ...]:
    """What the values of ``label`` breach."""
    found = [] if label.Label in (IS, MAY_BE, SUSPECTED) else [_breach("E.c", "Label")]
    required = {"ContentProducer": "E.d", "ProduceID": "E.e", "ContentPropagator": "E.g", "PropagateID": "E.h"}
    found += [_breach(clause, key) for key, clause in required.items() if not getattr(label, key)]
    found += [_breach("E.j", key) for key in KEYS if not _ALLOWED.fullmatch(getattr(label, key))]
    return tuple(found)


class _Clause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    level: Literal["breach", "warning"]
    zh: str
    en: str
    confidence: Literal["A", "B", "C", "M"]
    note: str = ""


class _Clauses(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    clauses: tuple[_Clause, ...]


@cache
def _clauses() -> dict[str, _Clause]:
    text = resources.files("guiju.labeling").joinpath("data", "implicit.yaml").read_text("utf-8")
    return {clause.id: clause for clause in msgspec.convert(yaml.safe_load(text), _Clauses).clauses}


def _breach(clause: str, key: str = "") -> Breach:
    rule = _clauses()[clause]
    return Breach(clause, rule.level, rule.zh, rule.en, key)


def _decode(text: str | bytes) -> object:
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise LabelUnreadable(detail=str(error)) from error


def _text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _fault(**values: str) -> LabelValueInvalid:
    for key, value in values.items():
        if not value and key != "ReservedCode1":
            return LabelValueInvalid(key=key, detail="为空 (empty)")
        if not _ALLOWED.fullmatch(value):
            return LabelValueInvalid(key=key, detail="含不允许的字符 (a character that is not allowed)")
    return LabelValueInvalid(key=",".join(values), detail="")
