"""Asking an upstream which models it serves: a short, single try, for `guiju doctor` and for the first example."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import aiohttp
import msgspec

from guiju.errors import GuijuError, UpstreamMalformed, UpstreamRefused
from guiju.gateway.upstream import Upstream, open_session
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


async def _probe(upstream: UpstreamSettings) -> Probe:
    limits = GatewaySettings(connect_timeout_s=PATIENCE_S, read_timeout_s=PATIENCE_S, total_timeout_s=PATIENCE_S)
    async with open_session(limits) as session:
        try:
            status, body = await Upstream(upstream, limits, session).get("/models")
        except GuijuError as error:
            return Probe(error=error)
        except (OSError, aiohttp.ClientError) as error:  # such as a certificate file that cannot be read
            return Probe(error=UpstreamMalformed(problem=type(error).__name__))
    if status != 200:
        return Probe(error=UpstreamRefused(upstream=status))
    try:
        return Probe(models=tuple(model.id for model in msgspec.json.decode(body, type=_Models).data))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return Probe(error=UpstreamMalformed(problem="GET /models"))
