"""The label of one answer at the gateway: the implicit seven keys and where the explicit words went."""

from __future__ import annotations

from guiju.evidence.record import LabelEntry
from guiju.labeling import Label, LabelStream, Placement, TextLabeller


class AnswerLabels:
    """Made once per exchange.

    Attributes:
        implicit: the seven keys as the ``aigc`` object of the response.
        header: the same for the ``X-Guiju-AIGC`` header.
    """

    __slots__ = ("_json", "_labeller", "_number", "_placements", "_streams", "header", "implicit")

    def __init__(self, producer: str, number: str, labeller: TextLabeller) -> None:
        label = Label.first(producer, number)
        self._json = label.to_json()
        self._labeller = labeller
        self._number = number
        self._placements: list[Placement] = []
        self._streams: list[LabelStream] = []
        self.implicit: dict[str, str] = label.keys()
        self.header = self._json.encode("ascii")

    def whole(self, text: str, *, structured: bool) -> str:
        """``text`` with its explicit label, where words belong."""
        labelled, placement = self._labeller.apply(text, structured=structured)
        self._placements.append(placement)
        return labelled

    def stream(self) -> LabelStream:
        """The label for one streamed prose text."""
        stream = self._labeller.stream()
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
