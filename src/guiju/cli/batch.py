"""Checking JSON lines: one line out for every line in, in the same order, whatever the line holds.

A line in is an object: ``text``, and optionally ``id`` (any JSON, echoed), ``direction`` (``prompt``, ``answer``,
``upload``) and ``history`` (earlier turns, each a string or ``{"role", "content"}``), which is checked with it.
A line out is ``{"id", "action", "score", "findings"}``, or ``{"id", "error": {"code", "message"}}`` where the line could
not be used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from guiju.domains import packs
from guiju.errors import LineInvalid
from guiju.moderation.checker import Checker
from guiju.moderation.context import ANYWHERE, Context
from guiju.nouns import Action, Direction, Finding, Part

NO_ID = msgspec.Raw(b"null")


class Turn(msgspec.Struct, frozen=True):
    """One earlier turn of the conversation."""

    content: str
    role: str = ""


class Line(msgspec.Struct, frozen=True):
    """One line in. Unknown fields are ignored: data sets carry labels of their own."""

    text: str
    id: msgspec.Raw = NO_ID
    direction: Direction | None = None
    history: tuple[str | Turn, ...] | None = None


class Verdict(msgspec.Struct, frozen=True):
    """One line out: the decision on a text; ``score`` is the probability, 0 to 1, that it must not pass."""

    id: msgspec.Raw
    action: Action
    score: float
    findings: tuple[Finding, ...]


class Trouble(msgspec.Struct, frozen=True):
    """Why a line could not be used: the code of the error tree and what was wrong."""

    code: str
    message: str


class Rejected(msgspec.Struct, frozen=True):
    """One line out for a line in that could not be used."""

    id: msgspec.Raw
    error: Trouble


class Answer(NamedTuple):
    """One line out, encoded with its line end, and what it counts as."""

    line: bytes
    usable: bool
    action: str


#: Who spoke an even and an odd number of turns before a prompt, and before an answer.
_SPEAKERS = (("user", "assistant"), ("assistant", "user"))
_LINE = msgspec.json.Decoder(Line)
_ENCODER = msgspec.json.Encoder()


def check_lines(
    checker: Checker, lines: Iterable[bytes], direction: Direction, context: Context = ANYWHERE
) -> Iterator[Answer]:
    """Check line after line; ``direction`` is for lines that name none."""
    for number, raw in enumerate(lines, 1):
        try:
            line = _LINE.decode(raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
            yield _rejected(number, raw, problem)
            continue
        texts = parts(line)
        decision = checker.check(texts, line.direction or direction, in_its_field(checker, context, texts))
        verdict = Verdict(line.id, decision.action, decision.score, decision.findings)
        yield Answer(_ENCODER.encode(verdict) + b"\n", True, decision.action.value)


def in_its_field(checker: Checker, context: Context, texts: Sequence[Part]) -> Context:
    """The circumstances with the fields of special care the last text is of, where the policy asks for them."""
    if not checker.policy.asks("domain") or not texts:
        return context
    return msgspec.structs.replace(context, domain=tuple(pack.id for pack in packs().of(texts[-1].text)))


def parts(line: Line) -> tuple[Part, ...]:
    """The texts of a line: the earlier turns, then the text itself under ``text``.

    Turns given as mere strings alternate, so that the last of them is not by whom the text is: a user's prompt follows an
    answer.
    """
    earlier, speakers = line.history or (), _SPEAKERS[line.direction is Direction.ANSWER]
    turns = (
        turn if isinstance(turn, Turn) else Turn(turn, speakers[(len(earlier) - i) % 2])
        for i, turn in enumerate(earlier)
    )
    return (*(Part(f"history[{i}]", turn.content, turn.role) for i, turn in enumerate(turns)), Part("text", line.text))


def _rejected(number: int, raw: bytes, problem: Exception) -> Answer:
    reason = str(problem) if isinstance(problem, msgspec.MsgspecError) else type(problem).__name__
    error = LineInvalid(line=number, problem="invalid UTF-8" if isinstance(problem, UnicodeDecodeError) else reason)
    rejected = Rejected(_id_of(raw), Trouble(error.code, error.message("en")))
    return Answer(_ENCODER.encode(rejected) + b"\n", False, "error")


class _Named(msgspec.Struct):
    id: msgspec.Raw = NO_ID


def _id_of(raw: bytes) -> msgspec.Raw:
    """The id of a line that is wrong elsewhere, so that its answer can still be told apart."""
    try:
        return msgspec.json.decode(raw, type=_Named).id
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return NO_ID
