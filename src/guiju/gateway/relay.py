"""Relays: what happens to a streamed answer between the model and the client.

A relay takes the events of the upstream as they come and gives back the events that may go out now. Deltas that arrive
together and continue one another are guarded, and leave, as one. The events that end an answer stay in the relay until the record is durable; :meth:`Relay.ending` then gives them out.

Where a guard is asked about the grey zone, what ends a doubtful text waits in the relay until :meth:`Relay.heard`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from guiju.errors import GuijuError, MediaNotAllowed, UpstreamMalformed
from guiju.evidence.record import Tokens
from guiju.gateway.channel import Budget, Channel, StreamLabel
from guiju.gateway.labels import AnswerLabels
from guiju.gateway.sse import event
from guiju.gateway.texts import Slot
from guiju.gateway.wire import encode, error_object
from guiju.moderation.checker import Checker
from guiju.moderation.context import Context
from guiju.moderation.masking import Restorer, Token
from guiju.moderation.second_opinion import GreyZone
from guiju.nouns import Action, Decision, Direction, Finding, Part

RETRACTED = "guiju.stream.retracted"
"""The tag under which text that was shown and taken back stands in records."""
_TAKEN_BACK = "已显示的内容由前端撤回 (shown, then taken back by the front end)"

_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True)
class RelayContext:
    """What a relay works with during one exchange."""

    checker: Checker
    context: Context
    labels: AnswerLabels
    stand_in: Callable[[Decision], str]
    """the words that replace a stopped answer"""
    structured: bool
    """the answer is to be JSON: no explicit label inside"""
    show_usage: bool
    """the client asked for token counts in the stream"""
    allow_media: bool
    error_style: bool
    """a stopped answer ends with an error event instead of a stand-in text"""
    retract: bool
    """the front end can take back what it showed"""
    integration: str
    depth: int
    limit: int
    values: tuple[Token, ...] = ()
    """what tokens in the prompt stand for; put back into the answer"""
    zone: GreyZone | None = None
    """what a guard is asked about; None where none is"""


class Doubtful(Protocol):
    """A text of the answer that a guard may be asked about."""

    @property
    def part(self) -> Part:
        """What the model said there so far."""

    @property
    def doubt(self) -> Decision | None:
        """The decision to ask about now; None where there is nothing to ask."""

    @property
    def stopped(self) -> Decision | None:
        """The decision that ends it, or None."""

    def heard(self, decision: Decision) -> None:
        """What came of asking."""


class Checked:
    """A text that was checked whole, and the verdict on it."""

    __slots__ = ("_asks", "decision", "part")

    def __init__(self, part: Part, decision: Decision, zone: GreyZone | None) -> None:
        self.part, self.decision = part, decision
        self._asks = zone is not None and zone.holds(decision)

    @property
    def doubt(self) -> Decision | None:
        """The verdict, as long as it lies in the grey zone and nobody was asked."""
        return self.decision if self._asks else None

    def heard(self, decision: Decision) -> None:
        """The verdict is the guard's as well now."""
        self.decision, self._asks = decision, False

    @property
    def stopped(self) -> Decision | None:
        """The verdict, if it stops the answer."""
        return self.decision if self.decision.action.stops else None


class Relay(ABC):
    """One streamed answer.

    Attributes:
        complete: the upstream has ended the answer properly.
        stopped: every answer was stopped; nothing more of the upstream is wanted.
        sent: whether any text of the model went out.
    """

    def __init__(self, context: RelayContext) -> None:
        self.context = context
        self.tokens = Tokens()
        self.complete = False
        self.stopped = False
        self.sent = False
        self._budget = Budget(context.limit)
        self._channels: list[Channel] = []
        self._checked: list[Checked] = []
        self._opened = False
        self._retracted: list[Finding] = []

    def feed(self, events: Iterable[bytes], out: list[bytes]) -> None:
        """Take the data of upstream events that arrived together; what may go out now is added to ``out``.

        Nothing is taken after the end of the answer. Deltas in a row become one (see :meth:`joined`): a reader who is
        slower than the model is not sent each word on its own.

        Raises:
            UpstreamMalformed: not a JSON object, or an error of the upstream. UpstreamTooLarge, BodyTooDeep,
            MediaNotAllowed. ``out`` then has what came before.
        """
        waiting: dict[str, Any] | None = None
        for data in events:
            try:
                chunk = _chunk(data)
            except UpstreamMalformed:
                if waiting is not None:
                    out += self.take(waiting)
                raise
            if waiting is not None and chunk is not None and self.joined(waiting, chunk):
                continue
            before, waiting = waiting, chunk
            if before is not None:
                out += self.take(before)
                if self.stopped or self.complete:
                    return
            if chunk is None:
                self.done()
                return
        if waiting is not None:
            out += self.take(waiting)

    def joined(self, chunk: dict[str, Any], following: dict[str, Any]) -> bool:
        """Whether ``following`` only goes on with what ``chunk`` says; then its text was added there."""
        return False

    @abstractmethod
    def take(self, chunk: dict[str, Any]) -> list[bytes]:
        """Take one decoded event, give back what may go out."""

    @abstractmethod
    def done(self) -> None:
        """The upstream said, or showed by closing, that there is nothing more: set ``complete`` if that was the end."""

    @abstractmethod
    def ending(self) -> list[bytes]:
        """The held events that end the answer, the implicit label in the last; without ``[DONE]``."""

    @property
    def waits(self) -> bool:
        """Whether a guard is to be asked now, or events wait for what it said."""
        return bool(self.doubts())

    def doubts(self) -> list[Doubtful]:
        """The texts a guard is to be asked about now."""
        texts: list[Doubtful] = [*self._channels, *self._checked]
        return [text for text in texts if text.doubt is not None]

    @abstractmethod
    def heard(self, out: list[bytes]) -> None:
        """Every doubt was heard: end what a guard stopped, let go on what waited; what may go out is added to ``out``."""

    def decisions(self) -> list[Decision]:
        """The verdicts on everything the model said."""
        found = [channel.decision() for channel in self._channels] + [checked.decision for checked in self._checked]
        return [*found, Decision(Action.PASS, tuple(self._retracted))] if self._retracted else found

    def parts(self) -> list[Part]:
        """What the model said, for the record."""
        return [p for p in (c.part for c in self._channels) if p.text] + [checked.part for checked in self._checked]

    # --- for the relays ----------------------------------------------------------------------------------------------

    def channel(self, where: str, *, prose: bool) -> Channel:
        """A new channel; ``prose`` where readers see the answer and the explicit label may stand."""
        context = self.context
        label: StreamLabel | None = context.labels.stream() if prose and not context.structured else None
        json = prose and context.structured
        restorer = Restorer(context.values, inside_json=json) if context.values else None
        channel = Channel(
            context.checker, where, context.context, self._budget, label, restorer, json=json, zone=context.zone
        )
        self._channels.append(channel)
        return channel

    def check(self, found: list[Slot]) -> Decision | None:
        """Check whole texts in place, mask what is to be masked. The decision, if it stops the answer."""
        context = self.context
        for slot in found:
            decision = context.checker.check([slot.part], Direction.ANSWER, context.context)
            self._checked.append(Checked(slot.part, decision, context.zone))
            if decision.action.stops:
                return decision
            if decision.findings:
                masked = context.checker.mask(slot.part, decision.findings, Direction.ANSWER, context.context)
                if masked != slot.part.text:
                    slot.cover(masked)
            if context.values:
                slot.restore(context.values, inside_json=context.structured)
        return None

    def opposed(self, place: str = "") -> Decision | None:
        """The decision that stops a text under ``place``, where a guard was heard."""
        texts: list[Channel | Checked] = [*self._channels, *self._checked]
        return next((t.stopped for t in texts if t.stopped is not None and t.part.where.startswith(place)), None)

    def take_back(self, channels: Iterable[Channel]) -> dict[str, int]:
        """Note for the record that what these channels showed is taken back: how many characters by place, empty if none."""
        shown = {channel.where: len(channel.released) for channel in channels if channel.released}
        self._retracted += [
            Finding(RETRACTED, "stream", "retract", 1.0, where, ((0, size),), _TAKEN_BACK, "low")
            for where, size in shown.items()
        ]
        return shown

    def spend(self, characters: int) -> None:
        """Count what is collected outside a channel. Raises UpstreamTooLarge when the answer outgrows its limit."""
        self._budget.spend(characters)

    def refuse_media(self) -> None:
        """Raises MediaNotAllowed unless the integration may receive unlabelled media."""
        if not self.context.allow_media:
            raise MediaNotAllowed(integration=self.context.integration)

    def opening(self, chunk: dict[str, Any]) -> dict[str, Any]:
        """Mark the first event that goes out with the implicit label."""
        if not self._opened:
            self._opened = True
            chunk["aigc"] = self.context.labels.implicit
        return chunk


def _chunk(data: bytes) -> dict[str, Any] | None:
    """One decoded event; nothing for the mark of the end."""
    if data == b"[DONE]":
        return None
    try:
        decoded = _decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise UpstreamMalformed(problem="an event is not JSON") from None
    if type(decoded) is not dict:
        raise UpstreamMalformed(problem="an event is not a JSON object")
    return decoded


def error_event(error: GuijuError) -> bytes:
    """An error as an event of a stream."""
    return event(encode({"error": error_object(error)}))
