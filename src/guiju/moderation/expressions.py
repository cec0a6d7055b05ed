"""Regular expressions that are safe to run on a stream: bounded in width, free of nested repetition, known by their heads.

An expression is matched at the places where one of its *heads* occurs (the literal characters any match begins with, read
off the expression itself and found by an automaton), so a text without them costs nothing. For streams a second form of
the expression, the *probe*, tells whether more text could still change what matches at a place.
"""

from __future__ import annotations

import re
import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterable
from typing import Any

import msgspec
import regex

from guiju.moderation.scan import CONTEXT, MAX_WIDTH
from guiju.text.characters import FOLDS

#: Seconds one match may take before it counts as a failure of its detector; a bounded expression needs microseconds.
MATCH_SECONDS = 0.05
#: Longest literal head kept; longer ones only make the automaton bigger.
_HEAD = 4
_MAX_HEADS = 2000
_MAX_CLASS = 64
#: No input character: ends the probe, so that it can only ever match partially.
_SENTINEL = "\uffff"
_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)


class ExpressionProblem(Exception):
    """Why an expression is refused, and what to write instead."""

    def __init__(self, message: str, hint: str) -> None:
        self.message = message
        self.hint = hint
        super().__init__(message)


class Expression(msgspec.Struct, frozen=True):
    """A checked expression.

    Attributes:
        source: as written. ``heads``: literal beginnings; empty when ``analyse`` was told not to need any.
        width: the most characters a match can have. ``ahead``: the most characters a look-ahead looks beyond.
        pattern, probe: the compiled forms.
    """

    source: str
    heads: tuple[str, ...]
    width: int
    ahead: int
    pattern: regex.Pattern[str]
    probe: regex.Pattern[str]

    def open_at(self, window: str, start: int) -> bool:
        """Whether text after ``window`` could change what matches at ``start``."""
        if len(window) - start >= self.width + self.ahead:
            return False
        return self.probe.match(window, start, partial=True, timeout=MATCH_SECONDS) is not None


def analyse(source: str, *, need_heads: bool = True) -> Expression:
    """Check and compile an expression.

    Raises:
        ExpressionProblem: not a regular expression, not bounded, nested repetition, a construct that cannot be judged on
            a stream, a look-behind wider than the context kept, a literal no normalised text can contain, or no heads.
    """
    try:
        tree = parser.parse(source)
        compiled = regex.compile(source)
        probe = regex.compile(f"(?:{source}){_SENTINEL}")
    except (re.error, regex.error) as error:
        raise ExpressionProblem(f"not a regular expression: {error}", "check brackets and escapes") from error
    survey = _Survey()
    width = survey.width(tree)
    if width > MAX_WIDTH:
        raise ExpressionProblem(
            f"a match may be up to {width if width < 10**6 else 'any number of'} characters wide, {MAX_WIDTH} is the limit",
            "give every repetition an upper bound: {1,20} instead of + or *",
        )
    heads = _heads(tree) if need_heads else ()
    return Expression(source, heads, width, survey.ahead, compiled, probe)


class _Survey:
    """Walks a parsed expression: widest match, furthest look-ahead, and everything that is refused."""

    def __init__(self) -> None:
        self.ahead = 0

    def width(self, nodes: Iterable[tuple[Any, Any]], *, repeated: bool = False) -> int:
        return sum(self._node(code, value, repeated) for code, value in nodes)

    def _node(self, code: Any, value: Any, repeated: bool) -> int:
        if code in (op.LITERAL, op.NOT_LITERAL):
            self._literal(value)
            return 1
        if code in (op.ANY, op.IN):
            return 1
        if code is op.SUBPATTERN:
            return self.width(value[-1], repeated=repeated)
        if code is op.ATOMIC_GROUP:
            return self.width(value, repeated=repeated)
        if code is op.BRANCH:
            return max(self.width(branch, repeated=repeated) for branch in value[1])
        if code in _REPEATS:
            return self._repeat(value, repeated)
        if code in (op.ASSERT, op.ASSERT_NOT):
            return self._look(*value)
        raise ExpressionProblem(
            f"{str(code).lower()} cannot be judged on a stream",
            "use look-arounds such as (?<![0-9a-z]) and (?![0-9a-z]) instead of anchors and back-references",
        )

    def _literal(self, value: int) -> None:
        character = chr(value)
        if character not in " \t\n" and FOLDS[character] != character and not "！" <= character <= "～":
            raise ExpressionProblem(
                f"{character!r} never occurs in normalised text",
                f"write {FOLDS[character]!r}: case, width and script are folded",
            )

    def _repeat(self, value: Any, repeated: bool) -> int:
        low, high, body = value
        if repeated and low != high and high > 1:
            raise ExpressionProblem(
                "a repetition inside a repetition", "unroll one of them, or make the inner one fixed"
            )
        inner = self.width(body, repeated=repeated or high > 1)
        return 10**9 if high == op.MAXREPEAT else int(high) * inner

    def _look(self, direction: int, body: Any) -> int:
        inner = self.width(body)
        if direction < 0:
            if inner > CONTEXT:
                raise ExpressionProblem(
                    f"a look-behind of {inner} characters", f"at most {CONTEXT} characters are kept"
                )
        else:
            self.ahead = max(self.ahead, inner)
        return 0


def _heads(tree: Iterable[tuple[Any, Any]]) -> tuple[str, ...]:
    heads, _ = _sequence(list(tree))
    if "" in heads:
        raise ExpressionProblem(
            "a match can begin with anything", "begin with literal characters or a small class, or set start: word"
        )
    return tuple(sorted(head for head in heads if not any(head[:end] in heads for end in range(1, len(head)))))


def _options(code: Any, value: Any) -> tuple[set[str], bool]:
    """The literal strings a node can begin with, and whether a head may go on after them."""
    if code is op.LITERAL:
        return {chr(value)}, True
    if code is op.IN:
        return _members(value)
    if code in (op.ASSERT, op.ASSERT_NOT):
        return {""}, True
    if code is op.SUBPATTERN:
        return _sequence(list(value[-1]))
    if code is op.BRANCH:
        branches = [_sequence(list(branch)) for branch in value[1]]
        return set().union(*(options for options, _ in branches)), all(complete for _, complete in branches)
    if code in _REPEATS:
        return _repeated(*value)
    return set(), False


def _sequence(nodes: list[tuple[Any, Any]]) -> tuple[set[str], bool]:
    """The literal beginnings of a sequence, at most ``_HEAD`` long, and whether they go on to its end."""
    heads = {""}
    for code, value in nodes:
        options, complete = _options(code, value)
        if not options:
            return heads, False
        heads = {(head + option)[:_HEAD] for head in heads for option in options}
        if not complete or len(heads) > _MAX_HEADS:
            return heads, False
    return heads, True


def _repeated(low: int, high: int, body: Any) -> tuple[set[str], bool]:
    options, complete = _sequence(list(body))
    if low == 0:
        return ({""} | options, complete and high == 1) if options else ({""}, False)
    return options, complete and low == high == 1


def _members(value: Any) -> tuple[set[str], bool]:
    members: set[str] = set()
    for code, item in value:
        if code is op.LITERAL:
            members.add(chr(item))
        elif code is op.RANGE and item[1] - item[0] < _MAX_CLASS:
            members |= {chr(c) for c in range(item[0], item[1] + 1)}
        else:
            return set(), False
    return (members, True) if len(members) <= _MAX_CLASS else (set(), False)
