"""The state of a job, asked of the model service that has it; jobs dropped; characters."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

from guiju.errors import UpstreamRefused
from guiju.gateway.files.visit import FileVisit
from guiju.gateway.films.makers import maker
from guiju.gateway.films.names import Film, name_of
from guiju.gateway.films.telling import told, told_character
from guiju.gateway.whole import read_answer
from guiju.store import film_orders

GONE = (404, 410)


async def state(visit: FileVisit, film: Film) -> dict[str, Any]:
    """The job as callers are told of it.

    Raises:
        UpstreamError; UpstreamRefused with 404 or 410: the model service has it no more.
    """
    job = await _asked(visit, film, "GET", f"/videos/{quote(film.upstream, safe='')}")
    name = name_of(film, visit.runtime.hasher)
    return told(job, name, visit.snapshot.checker, visit.circumstances((), "video"))


async def drop(visit: FileVisit, film: Film) -> None:
    """Drop the job, here and at the model service.

    Raises:
        UpstreamError.
    """
    await _asked(visit, film, "DELETE", f"/videos/{quote(film.upstream, safe='')}")
    await asyncio.to_thread(film_orders.forget, film.integration, [film.number])


async def character(visit: FileVisit, film: Film) -> dict[str, Any]:
    """A character as callers are told of it.

    Raises:
        UpstreamError.
    """
    found = await _asked(visit, film, "GET", f"/videos/characters/{quote(film.upstream, safe='')}")
    name = name_of(film, visit.runtime.hasher, "char")
    return told_character(found, name, visit.snapshot.checker, visit.circumstances((), "video"))


async def _asked(visit: FileVisit, film: Film, method: str, path: str) -> dict[str, Any]:
    async with maker(visit, film).upstream.fetch(method, path) as answer:
        if answer.status != 200:
            raise UpstreamRefused(upstream=answer.status, told="")
        return read_answer(await answer.body())
