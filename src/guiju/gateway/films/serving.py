"""``/v1/videos``: orders go the way of every exchange; what is asked about films is answered here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from guiju.errors import FilmUnknown, GuijuError, NotServed
from guiju.gateway import admission
from guiju.gateway.endpoints.videos import Character, Edit, Extension, Known, Remix, Videos
from guiju.gateway.exchange import serve as serve_exchange
from guiju.gateway.files.serve import attended, send_file, while_waited_for
from guiju.gateway.files.visit import FileVisit
from guiju.gateway.films import fetching, listing, watching
from guiju.gateway.films.names import Film, Kind, film_of
from guiju.gateway.runtime import Runtime
from guiju.gateway.wire import Receive, Scope, Send, address, encode, send_error, send_json
from guiju.store.snapshot import IntegrationView

ROOT = "/v1/videos"
_CHARACTERS = "characters/"


async def serve(runtime: Runtime, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one request to or about films."""
    if scope["method"] == "POST":
        await _ordered(runtime, scope, receive, send)
        return
    visit = FileVisit(runtime, "videos.content", scope, receive)

    async def work(folder: Path) -> None:
        await _asked(visit, folder, send)

    await attended(visit, work, send)


async def _ordered(runtime: Runtime, scope: Scope, receive: Receive, send: Send) -> None:
    integration = None
    try:
        integration = admission.identify(runtime, runtime.snapshot, scope)
        endpoint = _endpoint(runtime, integration, scope["path"])
    except GuijuError as error:
        runtime.refuse(error, "" if integration is None else integration.id, address(scope))
        await send_error(send, error)
        return
    await serve_exchange(runtime, endpoint, scope, receive, send)


def _endpoint(runtime: Runtime, integration: IntegrationView, path: str) -> Videos:
    """The endpoint of one order.

    Raises:
        FilmUnknown; NotServed: there is none at this path.
    """

    def known(name: str, kind: Kind) -> Film:
        return film_of(name, integration.id, runtime.hasher, kind)

    rest = path.removeprefix(ROOT)
    if rest == "":
        return Videos(known)
    if rest.endswith("/remix"):
        return Remix(known, rest[1:].removesuffix("/remix"))
    if rest in _CHANGES:
        return _CHANGES[rest](known, _first_model(runtime, integration))
    raise NotServed(method="POST", path=path[:100])


_CHANGES: dict[str, Callable[[Known, str], Videos]] = {
    "/edits": Edit, "/extensions": Extension, "/characters": Character,
}  # fmt: skip


def _first_model(runtime: Runtime, integration: IntegrationView) -> str:
    """The model that changes films which come along, where the caller names none; empty where it has to."""
    served = runtime.served(integration.service)
    names = served.models if served is not None else ()
    return next((name for name in names if not integration.models or name in integration.models), "")


async def _asked(visit: FileVisit, folder: Path, send: Send) -> None:
    rest = visit.scope["path"].removeprefix(ROOT).removeprefix("/")
    way = _way(visit.scope["method"], rest)
    if way is None:
        raise NotServed(method=visit.scope["method"], path=visit.scope["path"][:100])
    await way(visit, rest, folder, send)


Way = Callable[[FileVisit, str, Path, Send], Awaitable[None]]


def _way(method: str, rest: str) -> Way | None:
    if rest == "":
        return _listed if method == "GET" else None
    if rest.startswith(_CHARACTERS):
        return _character if method == "GET" else None
    _, _, what = rest.partition("/")
    return {("GET", ""): _state, ("DELETE", ""): _dropped, ("GET", "content"): _content}.get((method, what))


async def _listed(visit: FileVisit, rest: str, folder: Path, send: Send) -> None:
    visit.on_behalf_of("")
    await send_json(send, 200, encode(await listing.listed(visit)))


async def _state(visit: FileVisit, rest: str, folder: Path, send: Send) -> None:
    await send_json(send, 200, encode(await watching.state(visit, _film(visit, rest))))


async def _dropped(visit: FileVisit, rest: str, folder: Path, send: Send) -> None:
    await watching.drop(visit, film := _film(visit, rest))
    await asyncio.to_thread(fetching.forget, visit.runtime.settings, film)
    await send_json(send, 200, encode({"id": rest, "object": "video.deleted", "deleted": True}))


async def _content(visit: FileVisit, rest: str, folder: Path, send: Send) -> None:
    film = _film(visit, rest.partition("/")[0])
    await send_file(send, await while_waited_for(visit, fetching.content(visit, film, folder)))


async def _character(visit: FileVisit, rest: str, folder: Path, send: Send) -> None:
    film = _film(visit, rest.removeprefix(_CHARACTERS), "char")
    await send_json(send, 200, encode(await watching.character(visit, film)))


def _film(visit: FileVisit, name: str, kind: Kind = "video") -> Film:
    if not name or "/" in name:
        raise FilmUnknown()
    film = film_of(name, visit.caller.id, visit.runtime.hasher, kind)
    visit.on_behalf_of("", film.model)
    return film
