"""A label in words for people: what each of its seven keys means, and what its value says."""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec
import yaml

from guiju.errors import LabelError
from guiju.labeling import provider_code, providers
from guiju.labeling.implicit import Label
from guiju.labeling.verdict import Security


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    zh: str
    en: str


class _Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    zh: str
    en: str


class _Known(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    keys: tuple[_Key, ...]
    values: dict[str, _Words]
    said: dict[str, _Words]


class Explained(msgspec.Struct, frozen=True):
    """One key: its value, its name in words, and what the value says (empty for a number that only counts)."""

    key: str
    value: str
    zh: str
    en: str
    says_zh: str = ""
    says_en: str = ""


def explain(label: Label, secured: Security | None = None) -> tuple[Explained, ...]:
    """The seven keys of ``label``, with what its security data were found to hold."""
    told = {
        "Label": _known().values.get(label.Label),
        "ContentProducer": _provider(label.ContentProducer),
        "ReservedCode1": _reserved("producer", label.ReservedCode1, secured),
        "ContentPropagator": _propagator(label),
        "PropagateID": None
        if label.ContentPropagator != label.ContentProducer
        else _same(label.PropagateID, label.ProduceID),
        "ReservedCode2": _reserved("propagator", label.ReservedCode2, secured),
    }
    values = label.keys()
    return tuple(
        Explained(
            one.id, values[one.id], one.zh, one.en,
            said.zh if (said := told.get(one.id)) else "", said.en if said else "",
        )
        for one in _known().keys
    )  # fmt: skip


@cache
def _known() -> _Known:
    text = resources.files("guiju.labeling").joinpath("data/keys.yaml").read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), _Known)


def _provider(value: str) -> _Words | None:
    if not value:
        return None
    try:
        parts = provider_code.parse(value)
        said = _Words(parts.explain("zh"), parts.explain("en"))
    except LabelError:
        said = _known().said["name"]
    brands = "; ".join(dict.fromkeys(one.brand for one in providers.known(value)))
    seen = _known().said["seen"]
    return _Words(f"{said.zh}；{seen.zh}：{brands}", f"{said.en}; {seen.en}: {brands}") if brands else said


def _propagator(label: Label) -> _Words | None:
    return _same(label.ContentPropagator, label.ContentProducer) or _provider(label.ContentPropagator)


def _same(value: str, first: str) -> _Words | None:
    return _known().said["same"] if value and value == first else None


def _reserved(role: str, value: str, secured: Security | None) -> _Words | None:
    if not value:
        return None
    found = next((one for one in secured.findings if one.role == role), None) if secured is not None else None
    if found is None:
        return _known().said["unreadable"]
    if found.signature == "valid" and secured is not None and secured.content is False:
        return _known().said["moved"]
    state = "pinned" if found.signature == "valid" and found.pinned else str(found.signature)
    return _known().said[state]
