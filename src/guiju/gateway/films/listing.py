"""``GET /v1/videos``: the films an integration ordered, with their states; no model service is asked for its own list,
which holds everybody's."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qs

from guiju.errors import FieldInvalid, UpstreamRefused
from guiju.gateway.files.visit import FileVisit
from guiju.gateway.films.names import Film, film_of, name_of
from guiju.gateway.films.watching import GONE, state
from guiju.store import film_orders

_MOST = 100
_USUAL = 20
_AT_ONCE = 8


async def listed(visit: FileVisit) -> dict[str, Any]:
    """One page, in the shape of OpenAI's. Films that their model service has no more are left out, and forgotten.

    Raises:
        FieldInvalid, FilmUnknown: in the query. UpstreamError, AccessError: a state could not be asked.
    """
    asked = {name: values[0] for name, values in parse_qs(visit.scope["query_string"].decode("latin-1")).items()}
    hasher, integration, limit = visit.runtime.hasher, visit.caller.id, _limit(asked.get("limit", ""))
    after = film_of(asked["after"], integration, hasher).number if asked.get("after") else ""
    if asked.get("order", "desc") not in ("asc", "desc"):
        raise FieldInvalid(field="order", problem="asc or desc")
    newest_first = asked.get("order", "desc") == "desc"
    rows = await asyncio.to_thread(film_orders.listed, integration, after, limit + 1, newest_first=newest_first)
    films = [Film(integration, row.number, row.model, row.upstream, row.pool) for row in rows[:limit]]
    turns = asyncio.Semaphore(_AT_ONCE)
    found = await asyncio.gather(*(_state(visit, film, turns) for film in films), return_exceptions=True)
    states, gone = [], []
    for film, one in zip(films, found, strict=True):
        if isinstance(one, UpstreamRefused) and one.params.get("upstream") in GONE:
            gone.append(film.number)
        elif isinstance(one, BaseException):
            raise one
        else:
            states.append(one)
    await asyncio.to_thread(film_orders.forget, integration, gone)
    return {
        "object": "list",
        "data": states,
        "first_id": name_of(films[0], hasher) if films else None,
        "last_id": name_of(films[-1], hasher) if films else None,
        "has_more": len(rows) > limit,
    }


async def _state(visit: FileVisit, film: Film, turns: asyncio.Semaphore) -> dict[str, Any]:
    async with turns:
        return await state(visit, film)


def _limit(given: str) -> int:
    if not given:
        return _USUAL
    if not given.isdigit() or not 1 <= int(given[:4]) <= _MOST:
        raise FieldInvalid(field="limit", problem=f"1 to {_MOST}")
    return int(given)
