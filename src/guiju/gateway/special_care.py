"""Fields of special care in answers: what the policy wants added, and that it was, for the record."""

from __future__ import annotations

from collections.abc import Sequence

from guiju.domains import advise
from guiju.moderation.policy import Policy
from guiju.nouns import Finding, Part

_DETECTOR = "domains"


class SpecialCare:
    """What is added to the answers of one exchange.

    Attributes:
        findings: one for each addition made, for the answer's verdict.
    """

    __slots__ = ("_asked", "_question", "_sources", "findings")

    def __init__(self, policy: Policy, parts: Sequence[Part]) -> None:
        """``parts``: the texts of the request; the last of the user is the question, what tools returned are the sources."""
        self._asked = policy.domains
        self._question = next((part.text for part in reversed(parts) if part.role == "user"), "")
        self._sources = [part.text for part in parts if part.role == "tool"]
        self.findings: list[Finding] = []

    def closing(self, answer: str) -> str:
        """The lines to add after ``answer``; empty where it lacks nothing."""
        added = advise(self._asked, self._question, answer, self._sources)
        self.findings += [
            Finding(f"guiju.domain.{one.pack}", _DETECTOR, one.kind, 1.0, reason=one.zh[:60], severity="low")
            for one in added
        ]
        return "".join(f"\n\n{one.zh}" for one in added)
