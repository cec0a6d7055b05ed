"""``/v1/videos/{id}``: a job's state; ``…/content``: its film, labelled; ``DELETE``: the job is dropped upstream.

Every film is labelled anew each time it is fetched, under the number of the order: nothing is kept here between calls.
"""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import parse_qs, quote

from guiju.errors import (
    FieldInvalid,
    FilmUnknown,
    GatewayBusy,
    GuijuError,
    NotServed,
    UpstreamRefused,
    UpstreamTooLarge,
)
from guiju.evidence.record import LabelEntry, Verdict, new_id
from guiju.gateway import admission
from guiju.gateway.endpoints.videos import Remix
from guiju.gateway.exchange import serve as serve_exchange
from guiju.gateway.files.desk import Sent, sha256
from guiju.gateway.files.kept import Kept
from guiju.gateway.files.labelling import mark_file
from guiju.gateway.files.serve import attended, send_file
from guiju.gateway.files.visit import FileVisit
from guiju.gateway.films.names import Film, film_of
from guiju.gateway.films.telling import told
from guiju.gateway.pools import Served
from guiju.gateway.runtime import Runtime
from guiju.gateway.whole import read_answer
from guiju.gateway.wire import Receive, Scope, Send, address, encode, send_error, send_json
from guiju.labeling.explicit import Mark
from guiju.labeling.implicit import Label
from guiju.media import carrier_of
from guiju.nouns import Part
from guiju.store.drafts import now_us

PREFIX = "/v1/videos/"
_VARIANTS = {"video": (".mp4", ""), "thumbnail": ("", "-1"), "spritesheet": ("", "-2")}
"""By name: the suffix of the file, and what its number has behind that of the order."""


async def serve(runtime: Runtime, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one request about a film."""
    if scope["method"] == "POST" and scope["path"].endswith("/remix"):
        await _remix(runtime, scope, receive, send)
        return
    visit = FileVisit(runtime, "videos.content", scope, receive)

    async def work(folder: Path) -> None:
        await _served(visit, folder, send)

    await attended(visit, work, send)


async def _remix(runtime: Runtime, scope: Scope, receive: Receive, send: Send) -> None:
    """An order like any other, about a film of the same integration."""
    integration = None
    try:
        integration = admission.identify(runtime, runtime.snapshot, scope)
        film = film_of(_name(scope)[0], integration.id, runtime.hasher)
    except GuijuError as error:
        runtime.refuse(error, "" if integration is None else integration.id, address(scope))
        await send_error(send, error)
        return
    await serve_exchange(runtime, Remix(film), scope, receive, send)


def _name(scope: Scope) -> tuple[str, str]:
    """The film's name in the path, and what stands behind it."""
    name, _, rest = scope["path"].removeprefix(PREFIX).partition("/")
    return name, rest


async def _served(visit: FileVisit, folder: Path, send: Send) -> None:
    name, rest = _name(visit.scope)
    film = film_of(name, visit.caller.id, visit.runtime.hasher)
    served = _maker(visit, film)
    way = _WAYS.get((visit.scope["method"], rest))
    if way is None:
        raise NotServed(method=visit.scope["method"], path=f"{PREFIX}…/{rest[:40]}")
    visit.on_behalf_of("", film.model)
    await way(visit, served, film, name, folder, send)


def _maker(visit: FileVisit, film: Film) -> Served:
    """The model service that makes a film: that of the pool it was ordered from.

    Raises:
        AccessError, UpstreamMissing; FilmUnknown: there is no such pool any more.
    """
    served = admission.service_of(visit.runtime, visit.caller, film.model)
    if not film.pool:
        return served
    pools = visit.runtime.pools(visit.caller.service)
    found = pools.served(film.pool) if pools is not None else None
    if found is None:
        raise FilmUnknown()
    return found


async def _state(visit: FileVisit, served: Served, film: Film, name: str, folder: Path, send: Send) -> None:
    async with served.upstream.fetch("GET", _path(film)) as answer:
        _accepted(answer.status)
        job = read_answer(await answer.body())
    context = visit.circumstances((), "video")
    await send_json(send, 200, encode(told(job, name, visit.snapshot.checker, context)))


async def _dropped(visit: FileVisit, served: Served, film: Film, name: str, folder: Path, send: Send) -> None:
    async with served.upstream.fetch("DELETE", _path(film)) as answer:
        _accepted(answer.status)
        await answer.body()
    await send_json(send, 200, encode({"id": name, "object": "video.deleted", "deleted": True}))


async def _content(visit: FileVisit, served: Served, film: Film, name: str, folder: Path, send: Send) -> None:
    asked = parse_qs(visit.scope["query_string"].decode("latin-1")).get("variant", ["video"])[0]
    if asked not in _VARIANTS:
        raise FieldInvalid(field="variant", problem=f"one of {', '.join(_VARIANTS)}")
    suffix, index = _VARIANTS[asked]
    if visit.runtime.files >= visit.runtime.limits.max_files:
        raise GatewayBusy()
    visit.runtime.files += 1
    try:
        source = folder / f"made{suffix}"
        await _fetched(served, f"{_path(film)}/content?variant={asked}", source, visit.runtime.limits.max_file_bytes)
        label = Label.first(visit.provider, film.number + index)
        made = await asyncio.to_thread(mark_file, source, folder, label, Mark())
        entry = LabelEntry(content=label.ProduceID, explicit=made.words, implicit=label.to_json(), position="content")
        parts = (Part(f"{asked}.sha256", await asyncio.to_thread(sha256, made.path), "assistant"),)
        number = new_id(now_us())
        await visit.keep(number, Kept(Verdict(action="label"), parts, entry))
    finally:
        visit.runtime.files -= 1
    headers = {"x-guiju-record": number, "x-guiju-aigc": label.to_json()}
    await send_file(send, Sent(made.path, _media_type(made.path), f"{film.number}{made.path.suffix}", headers))


async def _fetched(served: Served, path: str, target: Path, limit: int) -> None:
    """Bring a file here, straight to disk.

    Raises:
        UpstreamError.
    """
    size = 0
    async with served.upstream.fetch("GET", path) as answer:
        _accepted(answer.status)
        with target.open("xb") as file:
            async for piece in answer.pieces():
                size += len(piece)
                if size > limit:
                    raise UpstreamTooLarge(limit=limit)
                file.write(piece)


def _accepted(status: int) -> None:
    if status != 200:
        raise UpstreamRefused(upstream=status, told="")


def _path(film: Film) -> str:
    return f"/videos/{quote(film.upstream, safe='')}"


def _media_type(path: Path) -> str:
    with path.open("rb") as file:
        suffix = carrier_of(file, path.suffix).suffixes[0]
    return mimetypes.guess_type(f"film{path.suffix or suffix}")[0] or "application/octet-stream"


_Way = Callable[[FileVisit, Served, Film, str, Path, Send], Awaitable[None]]
_WAYS: dict[tuple[str, str], _Way] = {("GET", ""): _state, ("DELETE", ""): _dropped, ("GET", "content"): _content}
