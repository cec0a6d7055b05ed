"""From logits to probabilities: a slope and a shift per head, fitted on texts the network has not seen (Platt)."""

from __future__ import annotations

from collections.abc import Sequence
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
    """The slope and shift of least log loss. ``held`` is 0 or 1."""
    at = regress(np.stack([logits, np.ones_like(logits)], axis=1), held, weights, np.array([1.0, 0.0]))
    return Calibration(float(max(at[0], 0.05)), float(at[1]))


def regress(features: Values, held: Values, weights: Values, towards: Values) -> Values:
    """Coefficients of least log loss by Newton's method, pulled a little ``towards`` others."""
    at = towards.astype(np.float64)
    for _ in range(_STEPS):
        p = 1.0 / (1.0 + np.exp(-features @ at))
        gradient = features.T @ (weights * (p - held)) + _PRIOR * (at - towards)
        curve = (features * (weights * p * (1 - p))[:, None]).T @ features + _PRIOR * np.eye(len(at))
        step = np.linalg.solve(curve, gradient)
        at = at - step
        if float(np.abs(step).max()) < 1e-6:
            break
    return at


@dataclass(frozen=True)
class Group:
    """Texts of one source and kind, all on one side: of each the logit of the whole, the highest of a sentence, and the
    logarithm of the number of sentences (texts, 3)."""

    seen: Values
    harmful: bool


def mixed(groups: Sequence[Group]) -> Values:
    """What the three and one count in the general head; groups count alike within their side, and sides alike."""
    size = sum(len(group.seen) for group in groups)
    sides = {side: sum(1 for group in groups if group.harmful is side) for side in (True, False)}
    weights = [np.full(len(g.seen), size / (2 * sides[g.harmful] * len(g.seen))) for g in groups]
    held = [np.full(len(group.seen), float(group.harmful)) for group in groups]
    features = np.concatenate([np.pad(group.seen, ((0, 0), (0, 1)), constant_values=1.0) for group in groups])
    return regress(features, np.concatenate(held), np.concatenate(weights), np.array([0.5, 0.5, 0.0, 0.0]))


def expected_error(probabilities: Values, held: Values, bins: int = 10) -> float:
    """Expected calibration error over ``bins`` of equal width."""
    place = np.minimum((probabilities * bins).astype(int), bins - 1)
    gaps = [
        (place == b).mean() * abs(probabilities[place == b].mean() - held[place == b].mean())
        for b in range(bins)
        if (place == b).any()
    ]
    return float(sum(gaps))
