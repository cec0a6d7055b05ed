"""Refuted claims of the register, found through other words; always for people to look at."""

from __future__ import annotations

from guiju.moderation.detectors import Materials, detector
from guiju.moderation.rumours import Register
from guiju.moderation.scan import Hit, Judgement, Scan
from guiju.nouns import Direction


@detector("rumours", zh="已辟谣的说法", en="Refuted claims")
class Rumours:
    """Looks for claims of the register in whole texts. Its findings are of medium severity: review, never a verdict."""

    name = "rumours"
    risks = ("A.1.g/rumour",)
    reach = 0

    def __init__(self, materials: Materials) -> None:
        self.register = Register(materials.refuted)

    def scan(self, window: str, fresh: int, final: bool) -> Scan | None:
        """See ``Detector.scan``; a window is no whole text."""
        return None

    def judge(self, text: str, direction: Direction) -> Judgement:
        """See ``Judge.judge``; a rumour says nothing about how likely the text must not pass."""
        found = self.register.find(text)
        return Judgement(
            None,
            tuple(
                Hit(
                    each.start,
                    each.end,
                    self.risks[0],
                    f"refuted:{each.entry.id}" if each.entry.id else "refuted",
                    each.score,
                    "medium",
                    f"与已辟谣的说法相近：{each.entry.claim}（{each.entry.source}）",
                )
                for each in found[:3]
            ),
        )
