"""Which pool answers each age band of a service, as its settings say: told to operators before a child finds out."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from guiju.minors.policy import Band, MinorsPolicy

SERVICE = "service"
"""The service's own model, under the band's stricter policy."""


class Place(msgspec.Struct, frozen=True):
    """One band: the pool its policy names, and what answers: that pool, another one, ``service``, or nobody (empty)."""

    band: Band
    pool: str
    answered_by: str

    @property
    def dedicated(self) -> bool:
        """Whether its own pool answers."""
        return self.answered_by == self.pool


def places(policy: MinorsPolicy, pools: Collection[str], without_pool: str) -> tuple[Place, ...]:
    """Every band of the policy, youngest first.

    Args:
        pools: names of the pools that are set. ``without_pool``: what answers where one is not (``refuse``: nobody).
    """
    otherwise = "" if without_pool == "refuse" else without_pool
    named = [(band, band.content.pool) for band in policy.bands]
    return tuple(Place(band, pool, pool if pool in pools else otherwise) for band, pool in named)


def unused(policy: MinorsPolicy, pools: Collection[str], without_pool: str) -> tuple[str, ...]:
    """Pools that are set and that no band can reach, by name."""
    reached = {band.content.pool for band in policy.bands} | {without_pool}
    return tuple(sorted(set(pools) - reached))
