"""How often unmarked content would be taken for marked, and the thresholds that follow."""

from __future__ import annotations

import math
from typing import Final

PRESENT: Final = 5e-7
"""Probability, over the secret, that any one unmarked file shows a pilot: the bound the thresholds are made for."""
READ: Final = 2.0**-32
"""Probability that one word read out of noise passes the check of the code."""
PROMISED: Final = 1e-6
"""What is promised for a whole file: pilot, and a handful of words read."""


def threshold(hypotheses: float) -> float:
    """The score that the best of so many hypotheses exceeds with a probability of at most :data:`PRESENT`.

    A score is a sum of fixed numbers with fair, independent signs over the root of the sum of their squares: by
    Hoeffding it exceeds t with at most exp(−t²/2), whatever the numbers; and the union of all is at most their sum.
    """
    return math.sqrt(2.0 * math.log(max(hypotheses, 1.0) / PRESENT))
