"""A violation as the ladder counts it."""

from __future__ import annotations

import msgspec


class Violation(msgspec.Struct, frozen=True):
    """A prompt of the account that counts (:meth:`guiju.accounts.policy.AccountPolicy.counts`).

    ``record`` is the evidence. ``streak`` is the number of violating prompts in a row up to this one, itself included.
    ``disguised``: the words were disguised to get past the checks.
    """

    record: str
    at: int
    risk: str
    streak: int = 1
    severity: str = "medium"
    disguised: bool = False
