"""The label of one answer at the gateway: the implicit seven keys and where the explicit words went."""

from __future__ import annotations

from collections.abc import Callable

from guiju.evidence.record import LabelEntry
from guiju.labeling import LabelStream, Placement, TextLabeller
from guiju.labeling.numbered import numbered


class AnswerLabels:
    """Made once per exchange.

    Attributes:
        implicit: the seven keys as the ``aigc`` object of the response.
        header: the same for the ``X-Guiju-AIGC`` header.
    """

    __slots__ = ("_closing", "_json", "_labeller", "_number", "_placements", "_streams", "header", "implicit")

    def __init__(
        self, producer: str, number: str, labeller: TextLabeller, closing: Callable[[str], str] | None = None
    ) -> None:
        """``closing`` gives the lines to add after an answer's text, where there are any."""
        self._closing = closing
        self.implicit: dict[str, str]
        self._json, self.implicit = numbered(producer).label(number)
        self._labeller = labeller
        self._number = number
        self._placements: list[Placement] = []
        self._streams: list[LabelStream] = []
        self.header = self._json.encode("ascii")

    def whole(self, text: str, *, structured: bool) -> str:
        """``text`` with its explicit label, where words belong."""
        labelled, placement = self._labeller.apply(text, structured=structured)
        self._placements.append(placement)
        return labelled if self._closing is None or structured else labelled + self._closing(text)

    def stream(self) -> LabelStream:
        """The label for one streamed prose text."""
        stream = self._labeller.stream()
        if self._closing is not None:
            stream = _Closed(stream, self._labeller, self._closing)
        self._streams.append(stream)
        return stream

    def entry(self, *, structured: bool) -> LabelEntry:
        """What the record says about the label that went out. Of several answers the last speaks for all."""
        placements = [*self._placements, *(stream.placement for stream in self._streams)]
        placement = placements[-1] if placements else self._labeller.stream(structured=structured).placement
        return LabelEntry(
            content=self._number,
            explicit=placement.words,
            implicit=self._json,
            position=placement.position,
            reason=placement.reason,
        )


_LISTENED = 65_536
"""Characters of a streamed answer by which it is decided what to add to it; what an answer is about shows before that."""


class _Closed(LabelStream):
    """A labelled stream with lines of Guiju's own after it."""

    __slots__ = ("_closing", "_inner", "_pieces", "_room")

    def __init__(self, inner: LabelStream, labeller: TextLabeller, closing: Callable[[str], str]) -> None:
        super().__init__(labeller)
        self._inner, self._closing = inner, closing
        self._pieces: list[str] = []
        self._room = _LISTENED

    def feed(self, text: str) -> str:
        if self._room > 0:
            self._pieces.append(text)
            self._room -= len(text)
        out = self._inner.feed(text)
        self.placement = self._inner.placement
        return out

    def finish(self) -> str:
        out = self._inner.finish() + self._closing("".join(self._pieces))
        self.placement = self._inner.placement
        return out
