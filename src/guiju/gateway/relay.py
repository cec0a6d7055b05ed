"""Relays: what happens to a streamed answer between the model and the client.

A relay takes the events of the upstream as they come and gives back the events that may go out now. Deltas that arrive
together and continue one another are guarded, and leave, as one. The events that end an answer stay in the relay until the record is durable; :meth:`Relay.ending` then gives them out.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

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
        self._checked: list[tuple[Part, Decision]] = []
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

    def decisions(self) -> list[Decision]:
        """The verdicts on everything the model said."""
        found = [channel.decision() for channel in self._channels] + [decision for _, decision in self._checked]
        return [*found, Decision(Action.PASS, tuple(self._retracted))] if self._retracted else found

    def parts(self) -> list[Part]:
        """What the model said, for the record."""
        return [p for p in (c.part for c in self._channels) if p.text] + [part for part, _ in self._checked]

    # --- for the relays ----------------------------------------------------------------------------------------------

    def channel(self, where: str, *, prose: bool) -> Channel:
        """A new channel; ``prose`` where readers see the answer and the explicit label may stand."""
        context = self.context
        label: StreamLabel | None = context.labels.stream() if prose and not context.structured else None
        json = prose and context.structured
        restorer = Restorer(context.values, inside_json=json) if context.values else None
        channel = Channel(context.checker, where, context.context, self._budget, label, restorer, json=json)
        self._channels.append(channel)
        return channel

    def check(self, found: list[Slot]) -> Decision | None:
        """Check whole texts in place, mask what is to be masked. The decision, if it stops the answer."""
        context = self.context
        for slot in found:
            decision = context.checker.check([slot.part], Direction.ANSWER, context.context)
            self._checked.append((slot.part, decision))
            if decision.action.stops:
                return decision
            if decision.findings:
                masked = context.checker.mask(slot.part, decision.findings, Direction.ANSWER, context.context)
                if masked != slot.part.text:
                    slot.cover(masked)
            if context.values:
                slot.restore(context.values, inside_json=context.structured)
        return None

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
