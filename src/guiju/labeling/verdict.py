"""Judging the implicit label of a file: a verdict and the checks behind it.

A verdict follows from the checks of kind ``standard`` alone. Deviations from a practice guide, and advice of Guiju's own,
are told apart from breaches of GB 45438-2025; what cannot be read is never called unlabelled.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal, TypeVar

import msgspec
import yaml

from guiju.errors import ContentNotBindable, FileUnusable, GuijuError, MediaError, ProviderCodeInvalid
from guiju.labeling import provider_code, security
from guiju.labeling.files import FileReading, Placed, bound_to, read
from guiju.labeling.security import Finding, Pins
from guiju.media import LIMITS, Form, Limits, Practice, registered

Kind = Literal["standard", "guide", "policy"]
_T = TypeVar("_T")


class Verdict(enum.StrEnum):
    """What can be said of the implicit label of a file."""

    COMPLIANT = "compliant"
    NONCOMPLIANT = "noncompliant"
    NOT_FOUND = "not_found"
    CANNOT_TELL = "cannot_tell"


class Check(msgspec.Struct, frozen=True):
    """One thing looked at: ``id`` is stable, ``zh`` and ``en`` say what must hold, ``detail`` what was found instead."""

    id: str
    clause: str
    ok: bool
    kind: Kind
    zh: str
    en: str
    detail: str = ""

    def message(self, language: str = "zh") -> str:
        """What must hold, and after a failure what was found."""
        said = self.zh if language.startswith("zh") else self.en
        return f"{said} ({self.detail})" if self.detail else said


class Report(msgspec.Struct, frozen=True):
    """The verdict on one file, its checks in a fixed order, and what was read (None where reading failed)."""

    verdict: Verdict
    checks: tuple[Check, ...]
    reading: FileReading | None = None


class _Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    clause: str
    kind: Kind
    zh: str
    en: str
    breach: str = ""


class _Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    checks: tuple[_Rule, ...]


class _Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    form: Literal["bare", "wrapped"]
    source: str
    confidence: Literal["A", "B", "C", "M"]


class _Places(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    placements: tuple[_Place, ...]


@cache
def rules() -> dict[str, _Rule]:
    """What is looked at, by id."""
    return {rule.id: rule for rule in _data("checks.yaml", _Rules).checks}


@cache
def guided() -> dict[str, str]:
    """Places that a guide names, with the form it gives there: ``bare`` or ``wrapped``."""
    own = {one.placement: "bare" for one in registered() if one.practice is Practice.GUIDE}
    return own | {place.id: place.form for place in _data("placements.yaml", _Places).placements}


def verify(path: Path, limits: Limits = LIMITS, pins: Pins | None = None) -> Report:
    """Judge a file. A file that cannot be read is a verdict, too, not an exception.

    Args:
        pins: known public keys; signatures in the label are held against them.

    Raises:
        FileUnusable: the file cannot be opened at all.
    """
    try:
        reading = read(path, limits)
        return judge(reading, security_of(path, reading, pins, limits))
    except MediaError as error:
        if isinstance(error, FileUnusable):
            raise
        return Report(Verdict.CANNOT_TELL, (_check("file.readable", _said(error)),))


class Security(msgspec.Struct, frozen=True):
    """What the security data of a label hold, and whether the content is what they were made for (None: not told)."""

    findings: tuple[Finding, ...] = ()
    content: bool | None = None


def security_of(path: Path, reading: FileReading, pins: Pins | None = None, limits: Limits = LIMITS) -> Security:
    """Examine the security data of the label that was read from ``path``.

    Raises:
        MediaError: the content cannot be read.
    """
    if reading.label is None:
        return Security()
    findings = security.examine(reading.label, pins)
    claimed = [one for finding in findings for one in finding.bindings]
    if not claimed:
        return Security(findings)
    try:
        actual = bound_to(path, limits)
    except ContentNotBindable:
        return Security(findings)
    same = [one.value.lower() == actual.value for one in claimed if one.selection == actual.selection]
    return Security(findings, all(same) if same else None)


def judge(reading: FileReading, secured: Security | None = None) -> Report:
    """Judge what was read from a file, and what its security data hold."""
    readable = (_check("file.readable"), _check("places.readable", "; ".join(reading.damaged)))
    if not reading.found:
        verdict = Verdict.CANNOT_TELL if reading.damaged else Verdict.NOT_FOUND
        return Report(verdict, (*readable, _check("label.present", "0")), reading)
    checks = (*readable, _check("label.present"), *_of_labels(reading), *_of_security(secured or Security()))
    if reading.bound is False:  # a sidecar of other content says nothing about this
        return Report(Verdict.CANNOT_TELL, checks, reading)
    broken = any(check.kind == "standard" and not check.ok for check in checks)
    return Report(Verdict.NONCOMPLIANT if broken else Verdict.COMPLIANT, checks, reading)


def _of_labels(reading: FileReading) -> Iterable[Check]:
    places = reading.places
    where = ", ".join(place.found.placement for place in places)
    yield _check("std.single", "" if len(places) == 1 else where)
    yield _over("std.keyword", places, lambda one: "" if _keyed(one) else one.found.placement)
    yield _over("std.json", places, lambda one: one.problem)
    for rule in rules().values():
        if rule.breach:
            yield _over(rule.id, places, lambda one, rule=rule: _breached(one, rule.breach))  # type: ignore[misc]
    if (practice := _practice(reading.carrier)) is Practice.GUIDE:
        yield _over(
            "guide.placement", places, lambda one: "" if one.found.placement in guided() else one.found.placement
        )
        yield _over("guide.form", places, _form)
        yield _over("guide.namespace", places, lambda one: one.found.placement if one.found.foreign else "")
    yield _over("guide.producer_code", places, lambda one: _code(one, "ContentProducer", provider_code.GENERATION))
    yield _over("guide.propagator_code", places, lambda one: _code(one, "ContentPropagator"))
    yield _over("policy.coded", places, lambda one: "" if len(_value(one, "ContentProducer")) == 27 else _name(one))
    yield _over("policy.number_private", places, lambda one: "" if _private(one) else "ProduceID")
    if practice is Practice.OWN and reading.bound is not None:
        yield _check("policy.bound", "" if reading.bound else "SHA-256")


def _of_security(secured: Security) -> Iterable[Check]:
    if not secured.findings:
        return
    problems = [f"{one.role}: {one.detail or one.signature}" for one in secured.findings if one.signature != "valid"]
    yield _check("guide.signature", "; ".join(problems))
    valid = [one for one in secured.findings if one.signature == "valid"]
    if any(one.pinned is not None for one in valid):
        strangers = [f"{one.role}: {one.key[:16]}" for one in valid if not one.pinned]
        yield _check("policy.signer_known", "; ".join(strangers))
    elif valid:
        yield _check("policy.signer_known", "; ".join(f"{one.role}: {one.key[:16]}, --keys" for one in valid))
    if any(one.variant == "prehashed" for one in valid):
        yield _check("guide.signed_once", "prehashed")
    if secured.content is not None:
        yield _check("policy.content_bound", "" if secured.content else "SM3")


def _keyed(one: Placed) -> bool:
    """Whether the word AIGC names the value: as the key it stands under, or as the key around it."""
    wrapped = one.reading is not None and one.reading.wrapped
    return one.found.form is not Form.EMBEDDED or wrapped or "exif" not in one.found.placement


def _breached(one: Placed, clause: str) -> str:
    """Which keys breach ``clause``, or its name; values that are no label at all breach none beyond being none."""
    found = [] if one.reading is None else [b.key or clause for b in one.reading.breaches if b.clause == clause]
    return ", ".join(dict.fromkeys(found))


def _form(one: Placed) -> str:
    if one.reading is None or one.found.form is Form.MAPPING:
        return ""
    actual = "wrapped" if one.reading.wrapped else "bare"
    return "" if guided().get(one.found.placement, actual) == actual else actual


def _code(one: Placed, key: str, service: str = "") -> str:
    """What is wrong with a code of 27 characters; names are not judged here."""
    value = _value(one, key)
    if len(value) != 27 or not value.startswith("00"):
        return ""
    try:
        parts = provider_code.parse(value)
    except ProviderCodeInvalid as error:
        return str(error.params.get("detail", ""))
    return "" if service in ("", parts.service) else f"{key}: {parts.service}"


def _private(one: Placed) -> bool:
    value = _value(one, "ProduceID")
    return value.isascii() and not any(sign in value for sign in ("\\", "file:", "/home/", "/Users/", ":/"))


def _value(one: Placed, key: str) -> str:
    return "" if one.reading is None else str(getattr(one.reading.label, key))


def _name(one: Placed) -> str:
    return _value(one, "ContentProducer")[:64] or "-"


def _over(rule: str, places: Iterable[Placed], problem: Callable[[Placed], str]) -> Check:
    return _check(rule, "; ".join(dict.fromkeys(said for place in places if (said := problem(place)))))


def _check(rule: str, problem: str = "") -> Check:
    known = rules()[rule]
    return Check(known.id, known.clause, not problem, known.kind, known.zh, known.en, problem)


def _practice(carrier: str) -> Practice:
    return next(one.practice for one in registered() if one.name == carrier)


def _said(error: GuijuError) -> str:
    return f"{error.code} {error.message('en')}"


def _data(name: str, kind: type[_T]) -> _T:
    text = resources.files("guiju.labeling").joinpath("data", name).read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), kind)
