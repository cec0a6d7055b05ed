"""Asking an upstream which models it serves: a short, single try, for `guiju doctor` and for the first example."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import msgspec

from guiju.errors import GuijuError, UpstreamMalformed, UpstreamRefused, UpstreamTimeout
from guiju.gateway.upstream import Upstream
from guiju.settings import GatewaySettings, UpstreamSettings

PATIENCE_S = 3.0


class _Model(msgspec.Struct):
    id: str


class _Models(msgspec.Struct):
    data: tuple[_Model, ...]


@dataclass(frozen=True)
class Probe:
    """What an upstream said: the models it lists, or the error that stood in the way."""

    models: tuple[str, ...] = ()
    error: GuijuError | None = None


def probe(upstream: UpstreamSettings) -> Probe:
    """Ask ``GET <url>/models``; never takes longer than a few seconds and never raises for what the network does."""
    return asyncio.run(_probe(upstream))


async def _probe(settings: UpstreamSettings) -> Probe:
    limits = GatewaySettings(connect_timeout_s=PATIENCE_S, read_timeout_s=PATIENCE_S)
    try:
        upstream = Upstream(settings, limits)
    except OSError as error:  # such as a certificate file that cannot be read
        return Probe(error=UpstreamMalformed(problem=f"ca_file: {error.strerror or type(error).__name__}"))
    try:
        async with asyncio.timeout(2 * PATIENCE_S):
            status, body = await upstream.get("/models")
    except TimeoutError:
        return Probe(error=UpstreamTimeout())
    except GuijuError as error:
        return Probe(error=error)
    finally:
        upstream.close()
    if status != 200:
        return Probe(error=UpstreamRefused(upstream=status, told="GET /models"))
    try:
        return Probe(models=tuple(model.id for model in msgspec.json.decode(body, type=_Models).data))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return Probe(error=UpstreamMalformed(problem="GET /models"))
