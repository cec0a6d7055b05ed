"""The text models: how likely a whole text must not pass, and which tags speak in it."""

from __future__ import annotations

import re
from itertools import islice

from guiju.moderation.detectors import Materials, detector
from guiju.moderation.models import shelf
from guiju.moderation.models.network import HARMFUL, Network
from guiju.moderation.scan import Hit, Judgement, Scan
from guiju.nouns import Direction

#: Characters and Latin words below which a text says too little for a network: greetings, names, single words. Of answers it
#: takes more: what makes one harmful is what it goes on to say.
FEWEST = {Direction.PROMPT: 4, Direction.UPLOAD: 4, Direction.ANSWER: 14}
_UNIT = re.compile(r"[0-9a-z']+|[^\W0-9a-z_]")
_LOOK = 200
_REASON = "模型判断：{zh} (model: {name})"


@detector("model", zh="模型", en="Text models")
class Model:
    """Judges whole texts, prompts and answers by different networks. It finds nothing in windows.

    A text whose general probability reaches ``report_from`` becomes one hit for each tag that does too, or one for the
    general head where none does. A hit's score is the general probability, for a tag no more than the tag's own; severity
    is always low, so that only rules with ``min_score`` act on it.
    """

    name = "model"
    reach = 0

    def __init__(self, materials: Materials) -> None:
        folder = materials.models or shelf.DATA
        self._heads = shelf.manifest(folder).heads
        self._networks = {direction: shelf.network(direction, folder) for direction in Direction}
        self.risks = tuple(sorted({head.risk for head in self._heads}))

    @property
    def report_from(self) -> float:
        """The general probability below which nothing is found."""
        return self._heads[0].report_from

    def network(self, direction: Direction) -> Network:
        """What judges the texts of this direction."""
        return self._networks[direction]

    def scan(self, window: str, fresh: int, final: bool) -> Scan | None:
        """See ``Detector.scan``; a window is no whole text."""
        return None

    def judge(self, text: str, direction: Direction) -> Judgement:
        """See ``Judge.judge``."""
        units = _UNIT.finditer(text, 0, _LOOK)
        if next(islice(units, FEWEST[direction] - 1, None), None) is None:
            return Judgement(None)
        found = self._networks[direction].probabilities(text)
        likelihood = round(found[0], 4)
        if likelihood < self._heads[0].report_from:
            return Judgement(likelihood)
        size = len(text)
        hits = tuple(
            Hit(
                0,
                size,
                head.risk,
                head.name,
                min(likelihood, round(score, 4)),
                "low",
                _REASON.format(zh=head.zh, name=head.name),
            )
            for head, score in zip(self._heads[1:], found[1:], strict=True)
            if score >= head.report_from
        )
        if not hits or max(hit.score for hit in hits) < likelihood:
            general = self._heads[0]
            reason = _REASON.format(zh=general.zh, name=HARMFUL)
            hits = (Hit(0, size, general.risk, HARMFUL, likelihood, "low", reason), *hits)
        return Judgement(likelihood, hits)
