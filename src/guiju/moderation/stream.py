"""Checking an answer while it is being written.

A ``StreamGuard`` lets clean text through at once and holds back only the characters that could still become a match. It
keeps a window over what is undecided, so its memory does not grow with the answer. Cut a text as you like: the findings
over all pieces are those of ``Checker.check`` over the whole.

The models judge stretches and the whole, as a check does, and on the way every passage by itself: one that the policy stops
ends the answer there. In the fast mode its characters may be out by then; in the strict mode (``Policy.streams``) every
passage is held until it was judged, and nothing of a stopped one is ever shown. Where a guard is asked about the grey zone,
the strict mode also holds a passage the models doubt (``doubt``) until the caller says what came of it (``heard``).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from guiju.moderation.checker import Checker, placed
from guiju.moderation.context import ANYWHERE, Context
from guiju.moderation.failing import broke, timed_out
from guiju.moderation.judging import NOTHING, STRETCH, Judged
from guiju.moderation.passages import Passage, Passages
from guiju.moderation.scan import CONTEXT, Detector, Hit, Scan
from guiju.moderation.second_opinion import DETECTOR, GreyZone
from guiju.nouns import Action, Decision, Direction, Failure, Finding
from guiju.text.payloads import Payload, PayloadReader
from guiju.text.reading import Reader

#: Findings remembered for the closing decision; later ones are released to the caller all the same.
_REMEMBERED = 1000
#: Where no passage is held for an opinion: past the end of any text.
_NOWHERE = 1 << 62


class Released(msgspec.Struct, frozen=True):
    """What one step lets out.

    Attributes:
        text: characters that may be shown now, masked where the policy says so. May be empty.
        findings: findings decided in this step, spans in the original answer from its first character.
        stop: the decision that ends the answer, or ``None``. With it nothing after ``text`` may ever be shown; the guard
            gives out nothing more.
    """

    text: str
    findings: tuple[Finding, ...] = ()
    stop: Decision | None = None


_NOTHING = Released("")
#: Stands for the scan of a detector the time budget left no time for.
_LATE = Scan((), 0, 0)


class StreamGuard:
    """Guards one text channel of one answer (one choice's content, its reasoning, one tool call's arguments).

    Not shared between threads. Call ``feed`` for each piece, then ``finish`` once.

    Attributes:
        doubt: the decision on a passage that is held for an opinion; ``None`` where nothing waits for one.
    """

    __slots__ = (
        "_base",
        "_budget",
        "_clock",
        "_context",
        "_detectors",
        "_direction",
        "_doubted",
        "_emitted",
        "_failures",
        "_faint_holds",
        "_findings",
        "_following",
        "_fresh",
        "_hidden",
        "_inside",
        "_judged",
        "_judges",
        "_masks",
        "_over",
        "_passage_score",
        "_passages",
        "_payloads",
        "_pending",
        "_policy",
        "_reader",
        "_ready",
        "_said",
        "_sent",
        "_sieve",
        "_strict",
        "_unjudged",
        "_where",
        "_window",
        "_zone",
        "doubt",
    )  # fmt: skip

    def __init__(
        self,
        checker: Checker,
        where: str = "",
        direction: Direction = Direction.ANSWER,
        context: Context = ANYWHERE,
        zone: GreyZone | None = None,
    ) -> None:
        """``zone``: what of a strict stream is held for an opinion; without it nothing is."""
        self._clock = checker.clock
        self._budget = checker.budget_seconds
        self._policy = checker.policy
        self._where = where
        self._direction = direction
        self._context = context
        self._sieve = checker.policy.sieve(direction, context)
        self._faint_holds = checker.acts_on_sounds(direction, context)
        self._reader = Reader()
        self._payloads = PayloadReader()
        self._hidden: list[Payload] = []  # ended in this step, not looked into yet
        self._inside = checker.inside
        self._detectors: list[Detector] = list(checker.detectors)
        self._following = checker.following
        self._fresh = [0] * len(self._detectors)  # per detector: where the undecided starts, in normalised characters
        self._window = ""  # normalised characters that are still needed
        self._base = 0  # where the window starts, in normalised characters
        self._pending = ""  # original characters not released yet
        self._sent = 0  # how many original characters were released
        self._masks: list[tuple[int, int]] = []
        self._emitted: set[tuple[str, str, int, int, str]] = set()
        self._findings: list[Finding] = []
        self._failures: list[Failure] = []
        self._over = False
        self._judges = checker.judges
        self._judged = NOTHING
        streaming = checker.policy.streaming(context)
        self._strict = bool(checker.judges) and streaming.strict
        self._passage_score = streaming.passage_score
        self._zone = zone if self._strict else None
        self.doubt: Decision | None = None
        self._doubted = _NOWHERE  # where the passage begins that is held for an opinion
        self._passages = Passages()
        self._ready: list[Passage] = []  # whole, not judged yet
        self._said = 0  # where the stretch begins that is judged next, in original characters
        self._unjudged = ""

    def feed(self, text: str) -> Released:
        """Take the next piece of the answer and give out what is decided."""
        if self._over or not text:
            return _NOTHING
        self._pending += text
        self._window += self._reader.feed(text)
        self._hidden = self._payloads.feed(text)
        if self._judges:
            self._unjudged += text
            self._ready = self._passages.feed(text)
        return self._advance(False)

    def finish(self) -> Released:
        """The answer has ended: decide and give out the rest. Disguises, which are judged over the whole, come here."""
        if self._over:
            return _NOTHING
        self._hidden = self._payloads.feed("", True)
        released = self._advance(True)
        self._over = True
        return released

    def heard(self, decision: Decision) -> None:
        """What came of the opinion on the doubted passage: it ends the answer, or lets the passage out with the next piece."""
        self.doubt, self._doubted = None, _NOWHERE
        if decision.action.stops:
            self._over = True
            self._pending = self._window = ""
            return
        known = {(finding.risk, finding.rule) for finding in self._findings}
        told = [f for f in decision.findings if f.detector == DETECTOR and (f.risk, f.rule) not in known]
        self._findings += told[: max(0, _REMEMBERED - len(self._findings))]
        self._failures += [f for f in decision.failures if f not in self._failures]

    @property
    def held(self) -> int:
        """How many characters of the answer are held back now."""
        return len(self._pending)

    def decision(self) -> Decision:
        """The decision over everything seen so far; after ``finish`` that of the whole answer."""
        return self._policy.decide(
            self._direction, self._findings, self._failures, self._context, self._judged.likelihood
        )

    def _advance(self, final: bool) -> Released:
        """Scan the window, give out what no detector holds, move the window on."""
        window, base, fresh = self._window, self._base, self._fresh
        size = hold = needed = len(window)
        clock = self._clock
        deadline = clock() + self._budget
        hits: list[tuple[int, Hit]] | None = None
        failed: list[tuple[int, Failure]] | None = None
        settled = None
        if self._following is not None and not final and clock() <= deadline:
            settled = self._following.step(window, base, fresh, faint_holds=self._faint_holds)
        if settled is not None:
            hold, needed = settled
        for index, detector in enumerate(self._detectors if settled is None else ()):
            try:
                scan = detector.scan(window, fresh[index] - base, final) if clock() <= deadline else _LATE
            except Exception as error:
                failed = [*(failed or ()), (index, broke(detector, error))]
            else:
                if scan is None:
                    fresh[index] = base + size
                elif scan is _LATE:
                    failed = [*(failed or ()), (index, timed_out(detector))]
                else:
                    fresh[index] = base + scan.keep
                    needed = min(needed, scan.keep)
                    hold = min(hold, scan.hold if scan.faint is None or not self._faint_holds else scan.faint)
                    if scan.hits:
                        hits = [*(hits or ()), *((index, hit) for hit in scan.hits)]
        waiting = self._hidden or self._payloads.held is not None or self._ready or self._judgeable
        if hits or failed or final or self._masks or waiting:
            return self._settle(hits or [], failed or [], hold, needed, final)
        if hold == size and not self._strict:
            text, self._pending = self._pending, ""
            self._sent += len(text)
        else:
            text = self._release(max(self._sent, self._place(hold)))
        self._slide(needed)
        return Released(text) if text else _NOTHING

    def _settle(
        self, hits: list[tuple[int, Hit]], failed: list[tuple[int, Failure]], hold: int, needed: int, final: bool
    ) -> Released:
        """The uncommon step: findings, masks, failures or the end."""
        place = self._place(hold, final)
        held = None if final else self._payloads.held
        place = max(self._sent, place if held is None else min(place, held))
        new = [*self._decided(hits), *self._look_inside(failed), *self._judge(failed, final)]
        new += self._judge_passages(failed, final, new)
        if final:
            new += [placed(finding, self._where) for finding in self._reader.disguises()]
        self._findings += new[: max(0, _REMEMBERED - len(self._findings))]
        closed = self._drop(failed)
        stops = [f.spans[0][0] for f in new if self._action(f).stops]
        if closed or stops:
            return self._stop(new, self._sent if closed else min(place, *stops))
        text = self._release(place if final else max(self._sent, min(place, self._doubted)))
        self._slide(needed)
        return Released(text, tuple(new))

    def _place(self, hold: int, final: bool = False) -> int:
        """How far text may go out, in original characters: what no detector holds, and in the strict mode was judged."""
        size = self._sent + len(self._pending)
        place = size if hold == len(self._window) else self._reader.at(self._base + hold)
        return min(place, self._passages.whole, self._doubted) if self._strict and not final else place

    def _stop(self, new: list[Finding], place: int) -> Released:
        text = self._release(max(place, self._sent))
        self._over = True
        self._pending = self._window = ""
        return Released(text, tuple(new), self.decision())

    def _decided(self, hits: list[tuple[int, Hit]]) -> list[Finding]:
        """The hits not seen before, as findings; those to be masked are noted for the release."""
        new: list[Finding] = []
        for index, hit in hits:
            start, end = self._base + hit.start, self._base + hit.end
            name = hit.detector or self._detectors[index].name
            key = (name, hit.rule, start, end, hit.risk)
            if key in self._emitted:
                continue
            self._emitted.add(key)
            span = self._reader.span(start, end)
            finding = Finding(hit.risk, name, hit.rule, hit.score, self._where, (span,), hit.reason, hit.severity)
            if self._action(finding) is Action.MASK:
                self._masks.append(span)
            new.append(finding)
        return new

    def _look_inside(self, failed: list[tuple[int, Failure]]) -> list[Finding]:
        """What is hidden in the payloads that ended in this step."""
        found: list[Finding] = []
        failures: dict[str, Failure] = {}
        deadline = self._clock() + self._budget
        for payload in self._hidden:
            found += [placed(finding, self._where) for finding in self._inside(payload, deadline, failures)]
        self._note(failures, failed)
        self._masks += [span for f in found if self._action(f) is Action.MASK for span in f.spans]
        return found

    @property
    def _judgeable(self) -> bool:
        """Whether a whole stretch awaits its judgement."""
        return len(self._unjudged) >= STRETCH

    def _judge(self, failed: list[tuple[int, Failure]], final: bool) -> list[Finding]:
        """What the judges say of the stretches that are whole, at the end also of the rest."""
        found: list[Finding] = []
        failures: dict[str, Failure] = {}
        deadline = self._clock() + self._budget
        while self._judgeable or (final and self._unjudged):
            stretch, self._unjudged = self._unjudged[:STRETCH], self._unjudged[STRETCH:]
            judged = self._judges.stretch(stretch, self._said, self._direction, deadline, failures)
            self._said += len(stretch)
            self._judged = self._judged.with_(Judged(judged.likelihood))
            found += [placed(finding, self._where) for finding in judged.findings]
        self._note(failures, failed)
        return found

    def _judge_passages(self, failed: list[tuple[int, Failure]], final: bool, new: Sequence[Finding]) -> list[Finding]:
        """What stops a passage that is whole now. What only colours it is left to the judgement on the whole.

        ``new``: what else was found in this step.
        """
        if final and self._passages.whole and (rest := self._passages.finish()) is not None:
            self._ready.append(rest)
        stopping: list[Finding] = []
        failures: dict[str, Failure] = {}
        deadline = self._clock() + self._budget
        for passage in self._ready:
            judged = self._judges.stretch(passage.text, passage.start, self._direction, deadline, failures)
            sure = [f for f in judged.findings if f.score >= self._passage_score]
            stopping = [placed(f, self._where) for f in sure if self._action(f).stops]
            if stopping:
                self._judged = self._judged.with_(Judged(judged.likelihood))
                break
            if self._zone is not None and self.doubt is None:
                self._ask_about(passage, judged, new, self._zone)
        self._ready = []
        self._note(failures, failed)
        return stopping

    def _ask_about(self, passage: Passage, judged: Judged, new: Sequence[Finding], zone: GreyZone) -> None:
        """Hold a passage for an opinion where what was found in it and its judgement lie in the grey zone."""
        first, last = passage.start, passage.start + len(passage.text)
        found = [f for f in (*self._findings, *new) if any(start < last and end > first for start, end in f.spans)]
        found += [placed(finding, self._where) for finding in judged.findings]
        decision = self._policy.decide(self._direction, found, self._failures, self._context, judged.likelihood)
        if zone.holds(decision):
            self.doubt, self._doubted = decision, passage.start

    def _note(self, failures: dict[str, Failure], failed: list[tuple[int, Failure]]) -> None:
        """Enter failures among those of this step, each detector once, in order."""
        names = [detector.name for detector in self._detectors]
        gone = {index for index, _ in failed}
        failed += [(names.index(n), f) for n, f in failures.items() if n in names and names.index(n) not in gone]
        failed.sort(key=lambda each: each[0])

    def _action(self, finding: Finding) -> Action:
        return self._sieve.action(finding)

    def _drop(self, failed: list[tuple[int, Failure]]) -> bool:
        """Record failures and go on without those detectors; whether the policy closes on one of them."""
        for index, failure in reversed(failed):
            self._failures.append(failure)
            del self._detectors[index], self._fresh[index]
            self._following = None  # it speaks for all of them or for none
        return any(self._policy.closes_on(failure) for _, failure in failed)

    def _release(self, place: int) -> str:
        """The original text up to ``place``, masked."""
        sent, text = self._sent, self._pending[: place - self._sent]
        self._pending = self._pending[place - sent :]
        self._sent = place
        if self._masks:
            for start, end in self._masks:
                low, high = max(start - sent, 0), min(end - sent, len(text))
                if low < high:
                    text = text[:low] + self._policy.mask * (high - low) + text[high:]
            self._masks = [mask for mask in self._masks if mask[1] > place]
        return text

    def _slide(self, needed: int) -> None:
        """Forget the part of the window before ``needed``, its context excepted."""
        cut = needed - CONTEXT
        if cut > 0:
            if self._emitted:
                self._emitted = {key for key in self._emitted if key[2] >= self._base + needed}
            self._window = self._window[cut:]
            self._base += cut
            self._reader.forget(self._base)
