"""Personal information and secrets: patterns whose values must also pass their check digit, date or issuer."""

from __future__ import annotations

from guiju.moderation.detectors import Materials, detector
from guiju.moderation.matching import Matcher
from guiju.moderation.screening.screen import PII, screen_of


@detector("pii", zh="个人信息与密钥", en="Personal information and secrets")
class PersonalInformation(Matcher):
    """Runs the rules whose file says ``detector: pii``."""

    name = "pii"

    def __init__(self, materials: Materials) -> None:
        rules = tuple(rule for rule in materials.patterns if rule.detector == self.name)
        super().__init__(rules, screen_of(materials), PII)
