"""Figures in a text: percentages, sums, quantities, years; and which of them no source holds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_FIGURE = re.compile(
    r"(?<![A-Za-z0-9.,])(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s*(%|‰|万|亿|元|美元|毫克|克|毫升|片|粒|岁|年|个月|天|倍|人|mg|g|ml|kg)?",
    re.IGNORECASE,
)
_TRIVIAL = frozenset(str(n) for n in range(11))
"""Small bare numbers count steps and items; they are no claims."""


def figures(text: str) -> list[str]:
    """Every figure of ``text`` that is a claim, in one spelling: no separators, full-width digits undone, unit beside it."""
    found: list[str] = []
    for match in _FIGURE.finditer(unicodedata.normalize("NFKC", text)):
        whole, fraction, unit = match.groups()
        value = whole.replace(",", "") + (fraction or "").rstrip("0").rstrip(".")
        if unit is None and value in _TRIVIAL:
            continue
        found.append(value + (unit or "").lower())
    return list(dict.fromkeys(found))


def unsupported(answer: str, sources: Iterable[str]) -> list[str]:
    """The figures of ``answer`` that stand in none of ``sources``; the same number with another unit is another figure.

    A figure without a unit is supported by the number with any unit.
    """
    known = {figure for source in sources for figure in figures(source)}
    bare = {re.sub(r"[^\d.]+$", "", figure) for figure in known}
    return [figure for figure in figures(answer) if figure not in known and figure not in bare]
