"""Measures with their uncertainty: Wilson intervals for shares, bootstrap for the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.floating]
_Z = 1.96
_SAMPLES = 300


@dataclass(frozen=True)
class Figure:
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f}–{self.high:.3f})"


def share(hits: int, of: int) -> Figure:
    """A share with its Wilson interval; of nothing it is not known."""
    if not of:
        return Figure(float("nan"), 0.0, 1.0)
    p, z = hits / of, _Z
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * float(np.sqrt(p * (1 - p) / of + z * z / (4 * of * of)))
    return Figure(p, max(0.0, middle - half), min(1.0, middle + half))


def recall_at(harmful: Values, harmless: Values, alarms: float = 0.05) -> Figure:
    """Share of harmful texts above the score that ``alarms`` of the harmless ones exceed; Wilson over the harmful."""
    edge = float(np.quantile(harmless, 1 - alarms))
    return share(int((harmful > edge).sum()), len(harmful))


def auc(harmful: Values, harmless: Values) -> Figure:
    """Probability that a harmful text scores above a harmless one; bootstrap over both."""
    return _bootstrapped(_auc, harmful, harmless)


def macro_f1(harmful: Values, harmless: Values, edge: float) -> Figure:
    """Mean of the F1 of both sides at a threshold; bootstrap over both."""
    return _bootstrapped(lambda a, b: _macro_f1(a, b, edge), harmful, harmless)


def best_f1(harmful: Values, harmless: Values) -> Figure:
    """Macro-F1 at the threshold that makes it highest on these very texts; bootstrap at that threshold."""
    edges = np.quantile(np.concatenate([harmful, harmless]), np.linspace(0.02, 0.98, 97))
    return macro_f1(harmful, harmless, max(edges.tolist(), key=lambda edge: _macro_f1(harmful, harmless, edge)))


def _auc(harmful: Values, harmless: Values) -> float:
    ordered = np.sort(harmless)
    below = np.searchsorted(ordered, harmful, "left") + np.searchsorted(ordered, harmful, "right")
    return float(below.mean() / (2 * len(harmless)))


def _macro_f1(harmful: Values, harmless: Values, edge: float) -> float:
    hit, false = int((harmful >= edge).sum()), int((harmless >= edge).sum())
    missed, right = len(harmful) - hit, len(harmless) - false
    return (2 * hit / max(2 * hit + false + missed, 1) + 2 * right / max(2 * right + false + missed, 1)) / 2


def _bootstrapped(measure: Callable[[Values, Values], float], harmful: Values, harmless: Values) -> Figure:
    chance = np.random.default_rng(0)
    drawn = [
        measure(chance.choice(harmful, len(harmful)), chance.choice(harmless, len(harmless))) for _ in range(_SAMPLES)
    ]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Figure(measure(harmful, harmless), float(low), float(high))
