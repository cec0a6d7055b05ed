"""From logits to probabilities: a slope and a shift per head, fitted on texts the network has not seen (Platt)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
_STEPS = 50
#: Strength of the pull towards slope one and shift zero, in examples: it matters where a head has few.
_PRIOR = 4.0


@dataclass(frozen=True)
class Calibration:
    """``sigmoid(slope * logit + shift)``."""

    slope: float = 1.0
    shift: float = 0.0

    def probability(self, logits: Values) -> Values:
        """Calibrated probabilities."""
        return 1.0 / (1.0 + np.exp(-(self.slope * logits + self.shift)))


def fit(logits: Values, held: Values, weights: Values) -> Calibration:
    """The slope and shift of least log loss, by Newton's method. ``held`` is 0 or 1."""
    at = np.array([1.0, 0.0])
    features = np.stack([logits, np.ones_like(logits)], axis=1)
    for _ in range(_STEPS):
        p = 1.0 / (1.0 + np.exp(-features @ at))
        gradient = features.T @ (weights * (p - held)) + _PRIOR * (at - [1.0, 0.0])
        curve = (features * (weights * p * (1 - p))[:, None]).T @ features + _PRIOR * np.eye(2)
        step = np.linalg.solve(curve, gradient)
        at = at - step
        if float(np.abs(step).max()) < 1e-6:
            break
    return Calibration(float(max(at[0], 0.05)), float(at[1]))


def expected_error(probabilities: Values, held: Values, bins: int = 10) -> float:
    """Expected calibration error over ``bins`` of equal width."""
    place = np.minimum((probabilities * bins).astype(int), bins - 1)
    gaps = [
        (place == b).mean() * abs(probabilities[place == b].mean() - held[place == b].mean())
        for b in range(bins)
        if (place == b).any()
    ]
    return float(sum(gaps))
