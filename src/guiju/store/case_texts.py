"""The parts of a case's exchange, for the desk's own arithmetic. Words leave this module only towards a sketch or an outline;
what a person reads goes through `guiju.store.evidence.read_text`, which records the look."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from guiju.errors import GuijuError
from guiju.evidence import Exchange, decode
from guiju.nouns import Part
from guiju.store import keys
from guiju.store.evidence.texts import opened
from guiju.store.models import Record, RecordText

_OPERATORS = frozenset({"system", "developer"})


@dataclass(frozen=True)
class Outlined:
    """A part of an exchange without its words: where it stands, whose it is, how long, and how much was found in it."""

    where: str
    role: str
    direction: str
    length: int
    findings: int


def outline(record: Record) -> list[Outlined]:
    """The parts of a record that say something, the operator's own left out, and every part with findings."""
    found, prompt_and_answer = _found(record), parts(record)
    told = [
        Outlined(part.where, part.role, direction, len(part.text), found.pop((part.where, direction), 0))
        for some, direction in zip(prompt_and_answer, ("prompt", "answer"), strict=True)
        for part in some
        if part.text.strip() and part.role not in _OPERATORS
    ]
    return told + [Outlined(where, "", direction, 0, count) for (where, direction), count in found.items()]


def of_part(record: Record, where: str) -> str:
    """The words of one part, of the whole exchange where ``where`` is empty; empty once texts are gone."""
    prompt, answer = parts(record)
    return "\n".join(
        part.text for part in (*prompt, *answer) if where in ("", part.where) and part.role not in _OPERATORS
    )


def parts(record: Record) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """The parts of prompt and answer; none where the text is gone or not what the record commits to."""
    stored = RecordText.objects.filter(record=record).first()
    if stored is None:
        return (), ()
    try:
        texts = opened(keys.vault(), record, stored)
    except GuijuError:
        return (), ()
    return texts.prompt, texts.answer


def _found(record: Record) -> Counter[tuple[str, str]]:
    body = decode(bytes(record.body))
    if not isinstance(body, Exchange):
        return Counter()
    both = ((body.prompt, "prompt"), (body.answer, "answer"))
    return Counter((finding.where, direction) for verdict, direction in both for finding in verdict.findings)
