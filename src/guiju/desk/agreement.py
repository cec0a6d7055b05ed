"""Cohen's kappa of two reviewers of the same cases, with its interval."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

import msgspec

_Z = 1.959964


class Agreement(msgspec.Struct, frozen=True):
    """How far two decided alike.

    Attributes:
        cases: decided by both. ``same``: of these, decided alike.
        kappa: agreement beyond chance, 1 for full agreement, 0 for chance; ``None`` where both gave one and the same verdict
            throughout, or nothing was decided twice.
        low, high: 95 % interval of kappa.
    """

    cases: int
    same: int
    kappa: float | None
    low: float | None
    high: float | None


def agreement(pairs: Iterable[tuple[str, str]]) -> Agreement:
    """Agreement of (first verdict, second verdict) pairs.

    The interval rests on the large-sample variance of Fleiss, Cohen and Everitt (1969). It collapses where all agree;
    there the upper end stays 1 and the lower is that of the share of agreement (Wilson) carried over to kappa.
    """
    table = Counter(pairs)
    total = table.total()
    same = sum(count for (first, second), count in table.items() if first == second)
    firsts, seconds = _margins(table)
    labels = firsts.keys() | seconds.keys()
    chance = sum(firsts[label] * seconds[label] for label in labels) / total**2 if total else 1.0
    if chance >= 1.0:
        return Agreement(total, same, None, None, None)
    observed = same / total
    kappa = (observed - chance) / (1 - chance)
    error = math.sqrt(max(0.0, _variance(table, firsts, seconds, total, observed, chance)))
    low, high = kappa - _Z * error, kappa + _Z * error
    if same == total:
        least = total / (total + _Z**2)
        low, high = (least - chance) / (1 - chance), 1.0
    return Agreement(total, same, kappa, max(-1.0, low), min(1.0, high))


def _margins(table: Counter[tuple[str, str]]) -> tuple[Counter[str], Counter[str]]:
    firsts: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    for (first, second), count in table.items():
        firsts[first] += count
        seconds[second] += count
    return firsts, seconds


def _variance(
    table: Counter[tuple[str, str]],
    firsts: Counter[str],
    seconds: Counter[str],
    total: int,
    observed: float,
    chance: float,
) -> float:
    alike = crosswise = 0.0
    for (first, second), count in table.items():
        share = count / total
        if first == second:
            both = (firsts[first] + seconds[first]) / total
            alike += share * ((1 - chance) - both * (1 - observed)) ** 2
        else:
            crosswise += share * ((seconds[first] + firsts[second]) / total) ** 2
    rest = (observed * chance - 2 * chance + observed) ** 2
    return (alike + (1 - observed) ** 2 * crosswise - rest) / (total * (1 - chance) ** 4)
