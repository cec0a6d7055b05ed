"""Expressions from YAML files: phrasings that a word list cannot say."""

from __future__ import annotations

from guiju.moderation.detectors import Materials, detector
from guiju.moderation.matching import Matcher
from guiju.moderation.screening.screen import PATTERNS, screen_of


@detector("patterns", zh="规则", en="Patterns")
class Patterns(Matcher):
    """Runs the rules whose file says ``detector: patterns``."""

    name = "patterns"

    def __init__(self, materials: Materials) -> None:
        rules = tuple(rule for rule in materials.patterns if rule.detector == self.name)
        super().__init__(rules, screen_of(materials), PATTERNS)
