"""A glance at a whole text: nearly every one holds nothing for the judges, and the compiled half can say so in one go.

It may be wrong one way only: where it says nothing, the judges look, and they may find nothing either. What it says is what
they say (``tests/moderation/test_glance.py``). Without the compiled half there is no glance, and they look at every text.
"""

from __future__ import annotations

from collections.abc import Sequence

from guiju import native
from guiju.moderation.detectors.model import FEWEST, Model
from guiju.moderation.detectors.rumours import Rumours
from guiju.moderation.rumours import WORTH_A_LOOK
from guiju.moderation.scan import Judge
from guiju.nouns import Direction
from guiju.text import backwards
from guiju.text.reading import easily


class Glance:
    """The glance for the text models together with the refuted claims. Immutable, shared by threads."""

    __slots__ = ("_networks", "_pairs", "_report_from")

    def __init__(self, model: Model, rumours: Rumours) -> None:
        self._networks = {direction: model.network(direction).compiled for direction in Direction}
        self._pairs = rumours.register.filter
        self._report_from = model.report_from

    def likelihood(self, text: str, direction: Direction) -> float | None:
        """How likely a text must not pass in which the judges find nothing; None where they have to look themselves."""
        normal, network = easily(text), self._networks[direction]
        if normal is None or network is None or self._pairs is None or backwards.asks(normal):
            return None
        found = native.module.glance(network, self._pairs, text, normal, WORTH_A_LOOK, FEWEST[direction])
        if found is None:
            return None
        likelihood = round(found, 4)
        return likelihood if likelihood < self._report_from else None


def glance_of(judges: Sequence[Judge]) -> Glance | None:
    """The glance that stands for all ``judges``; None where it cannot be had, or others are among them."""
    found = {type(judge): judge for judge in judges}
    model, rumours = found.get(Model), found.get(Rumours)
    if native.module is None or len(judges) != 2 or not isinstance(model, Model) or not isinstance(rumours, Rumours):
        return None
    return Glance(model, rumours)
