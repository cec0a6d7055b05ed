"""The one way any text is checked: by the gateway, the command line and the console alike."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterable, Sequence
from weakref import WeakKeyDictionary

import msgspec

from guiju.moderation import policy_source, starter
from guiju.moderation.cache import TextCache
from guiju.moderation.context import ANYWHERE, Context
from guiju.moderation.detectors import Materials, build
from guiju.moderation.failing import broke, timed_out
from guiju.moderation.judging import NOTHING, Judges
from guiju.moderation.lexicon import Lexicon
from guiju.moderation.policy import Policy
from guiju.moderation.rules import Rule
from guiju.moderation.rumours import Refuted
from guiju.moderation.scan import Detector, Hit
from guiju.moderation.screening.following import following_of
from guiju.moderation.screening.screen import shared
from guiju.moderation.sieve import Sieve
from guiju.nouns import Action, Decision, Direction, Failure, Finding, Part
from guiju.text.disguises import BY_SOUND, TAG
from guiju.text.disguises import finding as disguise
from guiju.text.payloads import DEEPEST, Payload, payloads
from guiju.text.reading import Reading, read

#: Texts shorter than this are read faster than their digest is made and looked up.
_CACHED_FROM = 48


class Checker:
    """Lexicon, patterns and policy put together. Immutable to its users, shared by threads; replaced whole on a change.

    Attributes:
        policy, lexicon: what it was built from. ``detectors``: in the order they run.
        judges: those of the detectors that judge whole texts. ``following``: stands for them in streams, where it can be had.
        budget_seconds: how long one ``check`` (or one ``StreamGuard.feed``) may take before the rest counts as failed.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        policy: Policy,
        detectors: Iterable[Detector],
        budget_ms: float = 250.0,
        cache_size: int = 8192,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.lexicon = lexicon
        self.policy = policy
        self.detectors = tuple(detectors)
        self.budget_seconds = budget_ms / 1000
        self.clock = clock
        self._screen = shared(self.detectors)
        self.following = following_of(self.detectors)
        self.judges = Judges(self.detectors, clock, cache_size)
        self._cache: TextCache[tuple[Finding, ...]] = TextCache(cache_size)
        self._on_sounds: WeakKeyDictionary[Sieve, bool] = WeakKeyDictionary()

    @classmethod
    def build(
        cls,
        lexicon: Lexicon,
        policy: Policy,
        patterns: Sequence[Rule] | None = None,
        detectors: Sequence[str] | None = None,
        budget_ms: float = 250.0,
        cache_size: int = 8192,
        clock: Callable[[], float] = time.perf_counter,
        refuted: Sequence[Refuted] | None = None,
    ) -> Checker:
        """A checker over compiled parts.

        Args:
            patterns: pattern rules; the shipped ones where ``None``.
            detectors: names of registered detectors to run; all of them where ``None``.
            budget_ms: time one check may take.
            cache_size: how many texts are remembered with their findings.
            clock: monotonic seconds.
            refuted: claims known to be false; the shipped ones where ``None``.

        Raises:
            UnknownDetector: a name nobody registered.
        """
        rules = starter.patterns() if patterns is None else tuple(patterns)
        claims = starter.refuted() if refuted is None else tuple(refuted)
        built = build(Materials(lexicon, rules, claims), None if detectors is None else tuple(detectors))
        return cls(lexicon, policy, built, budget_ms, cache_size, clock)

    @classmethod
    def default(cls, clock: Callable[[], float] = time.perf_counter) -> Checker:
        """The shipped word lists and patterns under the shipped policy; ``clock``: monotonic seconds."""
        return cls.build(starter.lexicon(), policy_source.default(), clock=clock)

    def under(self, policy: Policy) -> Checker:
        """The same detectors and memory with another policy."""
        other = copy.copy(self)
        other.policy = policy
        return other

    @property
    def version(self) -> str:
        """Policy and lexicon version together: the same version gives the same findings for the same text."""
        return f"{self.policy.version}+{self.lexicon.version}"

    def check(self, parts: Sequence[Part], direction: Direction, context: Context = ANYWHERE) -> Decision:
        """Check all texts of one direction of an exchange.

        Never raises for a text: a detector that breaks or runs out of time becomes a ``Failure``, and the policy decides
        what follows (``unchecked`` or ``block``).
        """
        deadline = self.clock() + self.budget_seconds
        if len(parts) == 1 and (likelihood := self._nothing(parts[0], direction, deadline)) is not None:
            return self.policy.decide(direction, (), (), context, likelihood)
        findings: list[Finding] = []
        failures: dict[str, Failure] = {}
        for part in parts:
            found = self._find(part.text, deadline, failures)
            findings += [placed(finding, part.where) for finding in found] if found else ()
        judged = self.judges.exchange(parts, direction, deadline, failures) if self.judges else NOTHING
        findings += judged.findings
        return self.policy.decide(direction, findings, tuple(failures.values()), context, judged.likelihood)

    def mask(
        self,
        part: Part,
        findings: Iterable[Finding],
        direction: Direction = Direction.ANSWER,
        context: Context = ANYWHERE,
    ) -> str:
        """The text of ``part`` with every span covered whose finding the policy wants masked; same length as before."""
        characters = list(part.text)
        for finding in self.to_mask(part, findings, direction, context):
            for start, end in finding.spans:
                characters[start:end] = self.policy.mask * (end - start)
        return "".join(characters)

    def to_mask(
        self, part: Part, findings: Iterable[Finding], direction: Direction, context: Context = ANYWHERE
    ) -> list[Finding]:
        """The findings of ``part`` that the policy wants masked."""
        sieve = self.policy.sieve(direction, context)
        return [finding for finding in findings if finding.where == part.where and sieve.action(finding) is Action.MASK]

    def acts_on_sounds(self, direction: Direction, context: Context = ANYWHERE) -> bool:
        """Whether the policy masks or stops on anything found by sound alone; streams then hold such text back, too."""
        sieve = self.policy.sieve(direction, context)
        if sieve not in self._on_sounds:
            alone = ((TAG + kind, severity) for kind in BY_SOUND for severity in ("low", "medium"))
            raised = ((risk, "low") for risk in self.lexicon.risks)
            faint = (Finding(risk, "sounds", "", 1.0, severity=severity) for risk, severity in (*alone, *raised))
            self._on_sounds[sieve] = any(sieve.action(finding).rank >= Action.MASK.rank for finding in faint)
        return self._on_sounds[sieve]

    def _nothing(self, part: Part, direction: Direction, deadline: float) -> float | None:
        """How likely a part must not pass in which no detector finds anything; None where that is not seen at once."""
        if self._screen is None or self._screen.asks(part.text):
            return None
        likelihood = self.judges.at_once(part, direction)
        return likelihood if self.clock() <= deadline else None

    def _find(self, text: str, deadline: float, failures: dict[str, Failure]) -> tuple[Finding, ...]:
        if len(text) < _CACHED_FROM:
            return self._look(text, deadline, failures)
        key = self._cache.key(text)
        found = self._cache.get(key)
        if found is None:
            before = len(failures)
            found = self._look(text, deadline, failures)
            if len(failures) == before == 0:
                self._cache.put(key, found)
        return found

    def _look(self, text: str, deadline: float, failures: dict[str, Failure]) -> tuple[Finding, ...]:
        findings = self._scan(text, deadline, failures)
        for payload in payloads(text):
            findings += self.inside(payload, deadline, failures)
        if len(findings) > 1:
            findings.sort(key=in_text_order)
        return tuple(findings)

    def inside(self, payload: Payload, deadline: float, failures: dict[str, Failure], depth: int = 1) -> list[Finding]:
        """What stands in a hidden text, and in what is hidden there; each up to the end of the payload.

        The first finding is the disguise itself, unless columns show nothing: short lines are mostly just that.
        """
        found = self._scan(payload.text, deadline, failures)
        if depth < DEEPEST:
            for inner in payloads(payload.text):
                found += self.inside(inner, deadline, failures, depth + 1)
        telling = any(finding.detector != "disguise" for finding in found)
        if payload.kind == "vertical" and not telling:
            return []
        moved = {
            msgspec.structs.replace(finding, spans=(payload.place(finding.spans[0][0]),)): None for finding in found
        }
        return [disguise(payload.kind, (payload.place(payload.lead),), telling), *moved]

    def _scan(self, text: str, deadline: float, failures: dict[str, Failure]) -> list[Finding]:
        if self._screen is not None and self._screen.asks(text) == 0 and self.clock() <= deadline:
            return []
        reading = read(text)
        if self._screen is not None and reading.easy:
            self._screen.reads_as(text, reading.text)
        findings = list(reading.disguises)
        for detector in self.detectors:
            if self.clock() > deadline:
                failures.setdefault(detector.name, timed_out(detector))
                continue
            try:
                scan = detector.scan(reading.text, 0, True)
            except Exception as error:
                failures[detector.name] = broke(detector, error)
                continue
            if scan is not None:
                findings += [_finding(reading, detector.name, hit) for hit in scan.hits]
        return findings


def in_text_order(finding: Finding) -> tuple[tuple[tuple[int, int], ...], str, str]:
    """Sort key: by place, then detector, then rule."""
    return finding.spans, finding.detector, finding.rule


def _finding(reading: Reading, detector: str, hit: Hit) -> Finding:
    span = reading.span(hit.start, hit.end)
    return Finding(hit.risk, hit.detector or detector, hit.rule, hit.score, "", (span,), hit.reason, hit.severity)


def placed(finding: Finding, where: str) -> Finding:
    """The finding as one of the part at ``where``."""
    return Finding(
        finding.risk,
        finding.detector,
        finding.rule,
        finding.score,
        where,
        finding.spans,
        finding.reason,
        finding.severity,
    )
