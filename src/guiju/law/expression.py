"""Applicability expressions: CEL over the profile, checked when loaded, answered yes, no or unknown with the terms.

CEL already knows unknowns: ``false && x`` is false and ``true || x`` is true whatever ``x`` is. A field the operator has
not filled in is left out of the context, so whatever still cannot be answered is *unknown*, not *no*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cel

Facts = Mapping[str, Any]

_OPENING, _CLOSING, _QUOTES = "([{", ")]}", "\"'"


@dataclass(frozen=True)
class Term:
    """A part of an expression that is no ``&&``, ``||`` or ``!`` of other parts."""

    text: str


@dataclass(frozen=True)
class Both:
    """``a && b && …``."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Either:
    """``a || b || …``."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Not:
    """``!a``."""

    part: Node


Node = Term | Both | Either | Not


@lru_cache(maxsize=1024)
def compiled(text: str) -> cel.Program:
    """The compiled program.

    Raises:
        ValueError: ``text`` is no CEL.
    """
    return cel.compile(text)


def truth(text: str, facts: Facts) -> bool | None:
    """What a checked expression answers; ``None`` when that turns on a field missing from ``facts``."""
    program = compiled(text)
    try:
        return bool(program.execute(dict(facts)))
    except (RuntimeError, KeyError):
        if set(program.variables()) <= facts.keys():
            raise
        return None


def fault(text: str, sample: Facts) -> str:
    """What is wrong with an expression, or empty: its syntax, the fields it names, its types. ``sample`` has every field."""
    try:
        names = set(compiled(text).variables())
    except ValueError as error:
        return _first_line(error)
    unknown = sorted(names - sample.keys() - _bound(text))
    if unknown:
        return f"unknown profile field {unknown[0]!r}"
    for term in terms(parse(text)):
        try:
            value = compiled(term.text).execute(dict(sample))
        except (ValueError, TypeError, RuntimeError, KeyError) as error:
            return f"{term.text}: {_first_line(error)}"
        if not isinstance(value, bool):
            return f"{term.text}: is {type(value).__name__}, not true or false"
    return ""


@lru_cache(maxsize=1024)
def parse(text: str) -> Node:
    """The expression taken apart at its ``||``, ``&&`` and ``!``, outermost first."""
    text = text.strip()
    for operator, join in (("||", Either), ("&&", Both)):
        parts = _split(text, operator)
        if len(parts) > 1:
            return join(tuple(parse(p) for p in parts))
    if text.startswith("!") and not text.startswith("!="):
        return Not(parse(text[1:]))
    if text.startswith("(") and _closing(text) == len(text) - 1:
        return parse(text[1:-1])
    return Term(text)


def terms(node: Node) -> Iterator[Term]:
    """Every term, left to right."""
    match node:
        case Term():
            yield node
        case Not(part):
            yield from terms(part)
        case Both(parts) | Either(parts):
            for part in parts:
                yield from terms(part)


def value(node: Node, facts: Facts) -> bool | None:
    """What a part answers."""
    match node:
        case Term(text):
            return truth(text, facts)
        case Not(part):
            inner = value(part, facts)
            return None if inner is None else not inner
        case Both(parts):
            return _joined([value(p, facts) for p in parts], False)
        case Either(parts):
            return _joined([value(p, facts) for p in parts], True)


def decisive(node: Node, facts: Facts) -> Iterator[Term]:
    """The terms the answer turns on: of a failed ``&&`` only what failed, of an ``||`` that holds only what holds."""
    match node:
        case Term():
            yield node
        case Not(part):
            yield from decisive(part, facts)
        case Both(parts) | Either(parts):
            answer = value(node, facts)
            for part in parts:
                if value(part, facts) is answer:
                    yield from decisive(part, facts)


def literals(text: str) -> list[tuple[str, str]]:
    """Every ``"choice" in field`` of the expression as (choice, field)."""
    return re.findall(r'"([^"]*)"\s+in\s+(\w+)', text)


def _joined(values: list[bool | None], strong: bool) -> bool | None:
    if strong in values:
        return strong
    return None if None in values else not strong


def _split(text: str, operator: str) -> list[str]:
    parts, start = [], 0
    for i in _outside(text):
        if text.startswith(operator, i):
            parts.append(text[start:i])
            start = i + len(operator)
    return [*parts, text[start:]]


def _outside(text: str) -> Iterator[int]:
    """Positions outside quotes and brackets."""
    depth, quote = 0, ""
    for i, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in _QUOTES:
            quote = character
        elif character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            depth -= 1
        elif depth == 0:
            yield i


def _closing(text: str) -> int:
    """Where the bracket opened at position 0 closes."""
    outside = next((i for i in _outside(text)), len(text))
    return outside - 1


def _bound(text: str) -> set[str]:
    """Names bound by macros such as ``roles.exists(r, …)``."""
    return set(re.findall(r"\.(?:all|exists|exists_one|filter|map)\(\s*(\w+)\s*,", text))


def _first_line(error: Exception) -> str:
    text = str(error).strip()
    found = re.search(r"Syntax error: [^,\n]*", text)
    return found[0] if found else text.splitlines()[0].split(". ")[0] if text else type(error).__name__
