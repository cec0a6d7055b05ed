"""What stands behind a service: its own model, and the pools that answer its minors instead, one for each age band.

A minor's request goes into the pool of its band or nowhere else, unless the settings name another way. Which models a
pool has stands in the settings only, where every address does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from guiju.errors import PoolMissing
from guiju.gateway.demo import DemoUpstream
from guiju.gateway.upstream import Upstream
from guiju.settings import GatewaySettings, MinorsSettings, UpstreamSettings

ANY = "*"
"""In a pool's models: every name that is not listed."""


@dataclass(frozen=True, slots=True)
class Served:
    """A service with its model behind it."""

    upstream: Upstream | DemoUpstream
    models: tuple[str, ...]
    """names served; empty: whatever the upstream knows"""
    demo: bool = False
    stream_usage: bool = True

    def close(self) -> None:
        """Close idle connections."""
        if isinstance(self.upstream, Upstream):
            self.upstream.close()


def of_service(settings: UpstreamSettings, limits: GatewaySettings) -> Served:
    """The model service at an address."""
    return Served(Upstream(settings, limits), settings.models, stream_usage=settings.stream_usage)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What answers one request of a minor: the model service, the model, and the pool; empty for the service's own."""

    served: Served
    model: str
    pool: str


@dataclass(frozen=True, slots=True)
class _Pool:
    served: Served
    models: Mapping[str, str]

    def model(self, asked: str) -> str | None:
        """The model that takes the place of the one asked for; None where none does."""
        return (self.models.get(asked) or self.models.get(ANY)) if self.models else asked


class Pools:
    """The pools of one service. Immutable, but for the connections in them."""

    def __init__(self, service: str, settings: MinorsSettings, own: Served, limits: GatewaySettings) -> None:
        self._service, self._own, self._otherwise = service, own, settings.without_pool
        self._pools = {
            name: _Pool(own if pool.upstream is None else of_service(pool.upstream, limits), pool.models)
            for name, pool in settings.pools.items()
        }

    def choose(self, wanted: str, asked: str) -> Chosen:
        """What answers a request for the model ``asked`` by a minor whose band has the pool ``wanted``.

        Raises:
            PoolMissing: the pool is not set, or has no model for that name, and the settings name no other way.
        """
        otherwise = () if wanted == self._otherwise else (self._otherwise,)
        for name in (wanted, *otherwise):
            if name == "service":
                return Chosen(self._own, asked, "")
            pool = self._pools.get(name)
            model = pool.model(asked) if pool is not None else None
            if pool is not None and model is not None:
                return Chosen(pool.served, model, name)
        raise PoolMissing(service=self._service, pool=wanted, model=asked[:100])

    def served(self, name: str) -> Served | None:
        """The model service of a pool; None where there is no such pool."""
        pool = self._pools.get(name)
        return None if pool is None else pool.served

    def close(self) -> None:
        """Close idle connections."""
        for pool in self._pools.values():
            pool.served.close()
