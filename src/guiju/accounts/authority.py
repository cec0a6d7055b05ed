"""The report of an account to an authority, the last duty of the ladder, as a document without any user's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources

import msgspec

from guiju.china import china_minute
from guiju.paper import Paper, Template, write

_MOST = 50


class _Name(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    zh: str
    en: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    confidence: str
    source_zh: str
    source_en: str
    report: Template
    names: tuple[_Name, ...]


@dataclass(frozen=True)
class Evidence:
    """One record: its number, its hash in the chain, when it was, and the risk."""

    number: str
    hash: str
    at: datetime
    risk: str


@dataclass(frozen=True)
class Measure:
    """A step that was taken."""

    step: str
    starts: datetime
    ends: datetime | None
    reason: str
    lifted: bool = False


@dataclass(frozen=True)
class Case:
    """Everything such a report tells of one account."""

    account: str
    service: str
    identity: str
    registration: str
    first_seen: datetime
    last_seen: datetime
    reason: str
    prepared_at: datetime
    violations: Sequence[tuple[str, int]]
    evidence: Sequence[Evidence]
    measures: Sequence[Measure]
    authority: str = ""
    operator: str = ""
    contact: str = ""


@cache
def _file() -> _File:
    source = resources.files("guiju.accounts").joinpath("data", "authority.yaml").read_bytes()
    return msgspec.yaml.decode(source, type=_File)


def document(case: Case) -> Paper:
    """The report as it would be sent now; what nobody filled in is marked and listed."""
    values = {
        "authority": case.authority,
        "operator_name": case.operator,
        "contact": case.contact,
        "prepared_at": china_minute(case.prepared_at),
        "account": case.account,
        "service": case.service,
        "identity": _named(case.identity),
        "registration": _named(case.registration),
        "seen": f"{china_minute(case.first_seen)} – {china_minute(case.last_seen)}",
        "reason": case.reason,
        "violations": "\n".join(f"{risk}: {count}" for risk, count in case.violations) or "0",
        "evidence": "\n".join(_lines(case.evidence)),
        "measures": "\n".join(_measure(one) for one in case.measures),
    }
    return write(_file().report, values, f"{_file().source_zh} / {_file().source_en}")


def _lines(evidence: Sequence[Evidence]) -> list[str]:
    shown = [f"{china_minute(one.at)} {one.risk} {one.number} {one.hash}".rstrip() for one in evidence[:_MOST]]
    left = len(evidence) - len(shown)
    return [*shown, f"另有 {left} 条 / {left} more"] if left else shown


def _measure(one: Measure) -> str:
    until = "无期限 / no end" if one.ends is None else china_minute(one.ends)
    lifted = "（已解除 / lifted）" if one.lifted else ""
    return f"{_named(one.step)}：{china_minute(one.starts)} – {until} {one.reason}{lifted}"


def _named(code: str) -> str:
    """A state or a step as the document calls it, in both languages."""
    return next((f"{name.zh} / {name.en}" for name in _file().names if name.code == code), code)
