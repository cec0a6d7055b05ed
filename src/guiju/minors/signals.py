"""Signs that a user may be a minor: what they say about themselves, school talk, the hour. Never proof, never silent.

What a text says of somebody else, of the past, or in a story does not count: the sentence that holds such words is left
out. Signals weigh once a day and kind, so that repeating one sentence proves nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources

import msgspec
import yaml

from guiju.minors.calendar import DAY, DayKind, clock, day_of, minute_of_day, within
from guiju.minors.policy import MinorsPolicy
from guiju.text.reading import read

_SENTENCE = re.compile(r"[^。!！?？;；\n]+")
_HOURS = "hours.after_school"
_LONGEST = 4_000
"""Characters of one text that are looked at: a user's own words about himself stand in short messages."""


class Seen(msgspec.Struct, frozen=True, order=True):
    """One sign: when, which, of what kind, how much it weighs. It holds nothing of the text."""

    at: int
    id: str
    kind: str
    weight: int


class Suspicion(msgspec.Struct, frozen=True):
    """The signs of some weeks together."""

    score: int
    threshold: int
    signals: tuple[str, ...]

    @property
    def suspected(self) -> bool:
        """Whether minors' mode is to be switched on."""
        return self.score >= self.threshold


class _Signal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    kind: str
    weight: int
    pattern: str


class _AfterSchool(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"start": "from"}):
    start: str
    until: str
    weight: int


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    threshold: int
    days: int
    after_school: _AfterSchool
    unless: tuple[str, ...]
    signals: tuple[_Signal, ...]


class SignalRules:
    """The compiled data file. Immutable; :func:`rules` gives the shipped one."""

    def __init__(self, data: _File) -> None:
        self.version, self.threshold, self.days = data.version, data.threshold, data.days
        hours = data.after_school
        self._hours = clock(hours.start) or 0, clock(hours.until) or 0
        self._hours_weight = hours.weight
        self._unless = re.compile("|".join(data.unless))
        self._signals = [(signal, re.compile(signal.pattern)) for signal in data.signals]
        self._kinds = {signal.id: signal.kind for signal in data.signals} | {_HOURS: "hours"}

    def recall(self, at: int, id: str, weight: int) -> Seen:
        """A sign that was seen before, from what was stored of it."""
        return Seen(at, id, self._kinds.get(id, id), weight)

    def seen(self, text: str, at: int, policy: MinorsPolicy) -> tuple[Seen, ...]:
        """The signs in one text of a user, received at ``at``; each kind at most once, the heaviest."""
        found: dict[str, Seen] = {}
        for sentence in _SENTENCE.findall(read(text[:_LONGEST]).text):
            if self._unless.search(sentence):
                continue
            for signal, pattern in self._signals:
                hit = pattern.search(sentence)
                if hit and _minor(hit):
                    heaviest = found.get(signal.kind)
                    if heaviest is None or signal.weight > heaviest.weight:
                        found[signal.kind] = Seen(at, signal.id, signal.kind, signal.weight)
        if found and policy.kind_of(day_of(at)) is DayKind.SCHOOL and within(minute_of_day(at), *self._hours):
            found["hours"] = Seen(at, _HOURS, "hours", self._hours_weight)
        return tuple(sorted(found.values()))

    def assess(self, seen: Iterable[Seen], now: int) -> Suspicion:
        """The signs of the last weeks together: each kind once a day, its heaviest sign."""
        since = now - self.days * DAY
        heaviest: dict[tuple[str, int], Seen] = {}
        for one in seen:
            if one.at >= since:
                key = one.kind, day_of(one.at).toordinal()
                if key not in heaviest or one.weight > heaviest[key].weight:
                    heaviest[key] = one
        counted = heaviest.values()
        return Suspicion(sum(s.weight for s in counted), self.threshold, tuple(sorted({s.id for s in counted})))


@cache
def rules() -> SignalRules:
    """The shipped rules."""
    text = resources.files("guiju.minors").joinpath("data", "signals.yaml").read_text("utf-8")
    return SignalRules(msgspec.convert(yaml.safe_load(text), _File))


def _minor(hit: re.Match[str]) -> bool:
    age = hit.groupdict().get("age")
    return age is None or 3 <= int(age) < 18
