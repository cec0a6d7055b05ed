"""What a text must have for a pattern to match: read off the expression, so that most texts need no matching at all.

A match begins with one of the heads of ``expressions``. Beyond that it has at least so many digits and so many characters of
ASCII, and of each of up to three sets of literals at least one.
"""

from __future__ import annotations

import re
import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

#: Sets that are kept of an expression, and the most literals of one.
SLOTS = 3
_MOST = 96
#: From so many characters of ASCII on, their number says more than which ones they are.
_MANY = 6
_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
Literals = frozenset[str]


class Needs(msgspec.Struct, frozen=True):
    """What every match of an expression has: ``literals`` holds sets of which one each occurs in it."""

    digits: int = 0
    ascii: int = 0
    literals: tuple[Literals, ...] = ()


def needs_of(source: str, heads: Iterable[str]) -> Needs:
    """The needs of an expression; sets that its heads fulfil already are left out."""
    tree = parser.parse(source)
    if tree.state.flags & re.IGNORECASE:
        return Needs()
    begun = tuple(heads)
    sets = [each for each in _sets(list(tree)) if not all(_is_begun(literal, begun) for literal in each)]
    digits, ascii_ = _least(tree, "0123456789".__contains__), _least(tree, str.isascii)
    return Needs(min(255, digits), min(255, ascii_), tuple(_telling(_best(sets), ascii_ >= _MANY)[:SLOTS]))


def _telling(ranked: list[Literals], counted: bool) -> list[Literals]:
    """Without those that every other text fulfils, single characters, unless there is nothing else to go by."""
    long = [each for each in ranked if min(map(len, each)) > 1]
    return long if long or counted else ranked


def _is_begun(literal: str, heads: tuple[str, ...]) -> bool:
    return any(literal.startswith(head) or head.startswith(literal) for head in heads)


def _best(sets: Iterable[Literals]) -> list[Literals]:
    """The sets that say most first: long literals, few of them."""
    useful = [each for each in dict.fromkeys(sets) if each and "" not in each and len(each) <= _MOST]
    return sorted(useful, key=lambda each: (-min(map(len, each)), len(each), sorted(each)))


def _sets(nodes: list[tuple[Any, Any]]) -> list[Literals]:
    """Sets of literals of which every match of the sequence has one each."""
    found: list[Literals] = []
    run = ""
    for code, value in nodes:
        if code is op.LITERAL:
            run += chr(value)
            continue
        if run:
            found.append(frozenset((run,)))
        run = ""
        found += _sets_of(code, value)
    return [*found, frozenset((run,))] if run else found


def _sets_of(code: Any, value: Any) -> list[Literals]:
    if code is op.SUBPATTERN:
        return _sets(list(value[-1]))
    if code is op.ATOMIC_GROUP:
        return _sets(list(value))
    if code is op.BRANCH:
        ranked = [_best(_sets(list(branch))) for branch in value[1]]
        return [frozenset().union(*same) for same in zip(*ranked, strict=False)]
    if code in _REPEATS and value[0] > 0:
        return _sets(list(value[2]))
    if code is op.IN:
        members = _members(value)
        return [members] if members else []
    return []


def _members(value: Any) -> Literals:
    """The characters of a small class that names each of them."""
    if any(code is not op.LITERAL for code, _ in value):
        return frozenset()
    return frozenset(chr(item) for _, item in value)


def _least(nodes: Iterable[tuple[Any, Any]], holds: Callable[[str], bool]) -> int:
    """How many characters for which ``holds`` every match has at least."""
    return sum(_least_of(code, value, holds) for code, value in nodes)


def _least_of(code: Any, value: Any, holds: Callable[[str], bool]) -> int:
    if code is op.LITERAL:
        return int(holds(chr(value)))
    if code is op.IN:
        return int(all(_all_hold(kind, item, holds) for kind, item in value))
    if code is op.SUBPATTERN:
        return _least(value[-1], holds)
    if code is op.ATOMIC_GROUP:
        return _least(value, holds)
    if code is op.BRANCH:
        return min(_least(branch, holds) for branch in value[1])
    if code in _REPEATS:
        return int(value[0]) * _least(value[2], holds)
    return 0


def _all_hold(kind: Any, item: Any, holds: Callable[[str], bool]) -> bool:
    if kind is op.LITERAL:
        return holds(chr(item))
    return kind is op.RANGE and item[1] < 0x80 and all(holds(chr(code)) for code in range(item[0], item[1] + 1))
