"""Judging whole texts: what the judges among the detectors say of a part, stretch by stretch, hidden payloads included.

A text is cut into stretches of fixed length, each judged alone, so that a stream reaches the same judgement as the whole
text while it remembers one stretch. Of the texts of a prompt only those that speak for the user are heard: the operator's
system text and earlier answers are not the user's doing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from guiju.moderation import conversation
from guiju.moderation.cache import TextCache
from guiju.moderation.failing import broke, timed_out
from guiju.moderation.glance import glance_of
from guiju.moderation.scan import Detector, Judge
from guiju.nouns import Direction, Failure, Finding, Part
from guiju.text import backwards
from guiju.text.payloads import payloads
from guiju.text.reading import read

#: Characters of the original that are judged together.
STRETCH = 4096
_UNHEARD = frozenset({"system", "developer", "assistant"})


class Judged(msgspec.Struct, frozen=True):
    """The judgement on one part: the probability that it must not pass (``None``: nobody judged), and findings."""

    likelihood: float | None = None
    findings: tuple[Finding, ...] = ()

    def with_(self, other: Judged) -> Judged:
        """Both together: the higher probability, all findings."""
        if self.likelihood is None or other.likelihood is None:
            higher = self.likelihood if other.likelihood is None else other.likelihood
        else:
            higher = max(self.likelihood, other.likelihood)
        return Judged(higher, self.findings + other.findings)


NOTHING = Judged()


class Judges:
    """The judges of a checker, with a memory of their own. Shared between threads."""

    def __init__(self, detectors: Iterable[Detector], clock: Callable[[], float], cache_size: int) -> None:
        self._judges = tuple(d for d in detectors if isinstance(d, Judge))
        self._clock = clock
        self._glance = glance_of(self._judges)
        self._cache: TextCache[Judged] = TextCache(cache_size)

    def __bool__(self) -> bool:
        return bool(self._judges)

    def exchange(
        self, parts: Sequence[Part], direction: Direction, deadline: float, failures: dict[str, Failure]
    ) -> Judged:
        """The judgement on all texts of one direction, findings at their places.

        The texts of a prompt are weighed as a conversation: the findings are those of the turn that says most, at what
        that turn is worth now.
        """
        each = [self.of(part, direction, deadline, failures) for part in parts]
        if direction is not Direction.PROMPT or len(each) == 1:
            judged = NOTHING
            for part, one in zip(parts, each, strict=True):
                judged = judged.with_(Judged(one.likelihood, _at(part, one.findings)))
            return judged
        if all(one.likelihood is None for one in each):
            return NOTHING
        weighed = conversation.weigh(parts, [one.likelihood or 0.0 for one in each])
        told = conversation.user_turns(parts)[weighed.turn].parts if weighed.turn >= 0 else ()
        alone = max((each[place].likelihood or 0.0 for place in told), default=0.0)
        worth = weighed.likelihood / alone if alone else 1.0
        findings = [_worth(finding, worth) for place in told for finding in _at(parts[place], each[place].findings)]
        return Judged(round(weighed.likelihood, 4), tuple(findings))

    def at_once(self, part: Part, direction: Direction) -> float | None:
        """How likely a part must not pass in which nobody finds anything; None where that takes a closer look."""
        text = part.text
        if self._glance is None or not 0 < len(text) <= STRETCH or not _heard(part, direction):
            return None
        return self._glance.likelihood(text, direction)

    def of(self, part: Part, direction: Direction, deadline: float, failures: dict[str, Failure]) -> Judged:
        """The judgement on a part; spans are those of the part's text. A judge that breaks becomes a failure."""
        if not self._judges or not part.text or not _heard(part, direction):
            return NOTHING
        judged = NOTHING
        for start in range(0, len(part.text), STRETCH):
            judged = judged.with_(
                self.stretch(part.text[start : start + STRETCH], start, direction, deadline, failures)
            )
        return judged

    def stretch(
        self, text: str, start: int, direction: Direction, deadline: float, failures: dict[str, Failure]
    ) -> Judged:
        """The judgement on one stretch that begins at ``start`` of its text."""
        key = self._cache.key(text + direction)
        judged = self._cache.get(key)
        if judged is None:
            before = len(failures)
            judged = self._judge(text, direction, deadline, failures)
            if len(failures) == before:
                self._cache.put(key, judged)
        if start == 0 or not judged.findings:
            return judged
        return Judged(judged.likelihood, tuple(_moved(finding, start) for finding in judged.findings))

    def _judge(self, text: str, direction: Direction, deadline: float, failures: dict[str, Failure]) -> Judged:
        likelihood = self._glance.likelihood(text, direction) if self._glance is not None else None
        if likelihood is not None and self._clock() <= deadline:
            return Judged(likelihood)
        likelihood = None
        findings: list[Finding] = []
        for seen, span in _texts(text):
            for judge in self._judges:
                if self._clock() > deadline:
                    failures.setdefault(judge.name, timed_out(judge))
                    continue
                try:
                    judgement = judge.judge(seen, direction)
                except Exception as error:
                    failures[judge.name] = broke(judge, error)
                    continue
                if judgement.likelihood is not None:
                    likelihood = max(likelihood or 0.0, judgement.likelihood)
                findings += [
                    Finding(hit.risk, judge.name, hit.rule, hit.score, "", (span,), hit.reason, hit.severity)
                    for hit in judgement.hits
                ]
        return Judged(likelihood, tuple(findings))


def _texts(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """What is judged of a stretch: itself, itself backwards where it asks to be read so, and what is hidden in it, each
    normalised and with its place."""
    normal = read(text).text
    yield normal, (0, len(text))
    for turned in backwards.readings(normal):
        yield turned, (0, len(text))
    for payload in payloads(text):
        yield read(payload.text).text, (payload.start, payload.end)


def _heard(part: Part, direction: Direction) -> bool:
    """Whether the part speaks for the one who is judged."""
    return direction is Direction.ANSWER or part.role not in _UNHEARD


def _at(part: Part, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(msgspec.structs.replace(finding, where=part.where) for finding in findings)


def _worth(finding: Finding, worth: float) -> Finding:
    return msgspec.structs.replace(finding, score=round(min(1.0, finding.score * worth), 4))


def _moved(finding: Finding, start: int) -> Finding:
    return msgspec.structs.replace(finding, spans=tuple((first + start, last + start) for first, last in finding.spans))
