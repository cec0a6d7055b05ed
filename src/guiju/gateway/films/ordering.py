"""A film is ordered: the prompt was checked, the job is recorded, and its name is one of ours."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from guiju.errors import UpstreamMalformed
from guiju.gateway.call import Call
from guiju.gateway.endpoints.videos import Videos
from guiju.gateway.films.names import LONGEST, Film, name_of
from guiju.gateway.films.telling import told, told_character
from guiju.gateway.whole import ask, read_answer
from guiju.gateway.wire import encode, send_json
from guiju.store import film_orders
from guiju.store.models import FilmOrder


async def serve_order(call: Call) -> None:
    """Pass the order on, record it, answer with the job.

    Raises:
        UpstreamError, EvidenceError.
    """
    call.sent_upstream = time.perf_counter()
    body = await ask(call)
    call.answered = time.perf_counter()
    job: dict[str, Any] = read_answer(body)
    upstream = job.get("id")
    if not isinstance(upstream, str) or not 0 < len(upstream) <= LONGEST:
        raise UpstreamMalformed(problem="the job has no id")
    film = Film(call.integration.id, call.number, call.model, upstream, call.pool)
    await call.record(call.outcome())
    kind = call.endpoint.names if isinstance(call.endpoint, Videos) else "video"
    if kind == "video":
        await asyncio.to_thread(film_orders.remember, _order(film))
    telling = told if kind == "video" else told_character
    answer = telling(job, name_of(film, call.runtime.hasher, kind), call.snapshot.checker, call.context)
    await send_json(call.send, 200, encode(answer), call.headers())


def _order(film: Film) -> FilmOrder:
    return FilmOrder(
        number=film.number,
        integration_id=film.integration,
        model=film.model,
        upstream=film.upstream,
        pool=film.pool,
    )
