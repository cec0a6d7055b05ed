"""The ASGI application: model endpoints, health, metrics; everything else goes to the console if one is mounted."""

from __future__ import annotations

import gc
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from guiju.errors import GuijuError, NotServed
from guiju.gateway import admission
from guiju.gateway.endpoints import ENDPOINTS
from guiju.gateway.exchange import serve
from guiju.gateway.files.desks import DESKS
from guiju.gateway.files.serve import serve as serve_file
from guiju.gateway.films import serving as films
from guiju.gateway.guard.serve import serve as serve_check
from guiju.gateway.guard.ways import way_of
from guiju.gateway.runtime import Runtime
from guiju.gateway.wire import Receive, Scope, Send, encode, send_error, send_json

log = logging.getLogger("guiju.gateway")

_COLLECT_AFTER = (20_000, 20, 20)

Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def create_app(runtime: Runtime, console: Application | None = None) -> Application:
    """The application of one process.

    Args:
        runtime: started and stopped with the application.
        console: an ASGI application for every path that is not the gateway's.
    """

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(runtime, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
            return
        path: str = scope["path"]
        endpoint = ENDPOINTS.get(path)
        if endpoint is not None and scope["method"] == "POST":
            await serve(runtime, endpoint, scope, receive, send)
        elif path.startswith(films.ROOT):
            await films.serve(runtime, scope, receive, send)
        elif (way := way_of(scope)) is not None:
            await serve_check(runtime, way, scope, receive, send)
        elif scope["method"] == "POST" and (desk := DESKS.get(path)) is not None:
            await serve_file(runtime, desk, scope, receive, send)
        elif path.startswith(("/v1/", "/guard/", "/beta/")) or path in ("/health", "/ready", "/metrics", "/v1"):
            await _other(runtime, scope, send)
        elif console is not None:
            await console(scope, receive, send)
        else:
            await send_error(send, NotServed(method=scope["method"], path=path[:100]))

    return app


def settle_memory() -> None:
    """Take what start-up made (word lists, modules) out of the garbage collector's sight, and let it look less often.

    Exchanges leave no cycles behind; collecting after every few hundred allocations only walks what stays anyway.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)


async def _lifespan(runtime: Runtime, receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            try:
                await runtime.start()
            except GuijuError as error:
                log.error("%s %s %s", error.code, error.message(), error.remedy())
                await send({"type": "lifespan.startup.failed", "message": error.code})
                return
            except Exception as error:
                log.exception("the gateway cannot start")
                await send({"type": "lifespan.startup.failed", "message": type(error).__name__})
                return
            settle_memory()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await runtime.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _other(runtime: Runtime, scope: Scope, send: Send) -> None:
    path, method = scope["path"], scope["method"]
    if method in ("GET", "HEAD"):
        if path == "/health":
            await send_json(send, 200, b'{"status":"alive"}')
            return
        if path == "/ready":
            await _ready(runtime, send)
            return
        if path == "/metrics":
            body = runtime.metrics.render(runtime.gauges())
            headers = [(b"content-type", b"text/plain; version=0.0.4"), (b"content-length", b"%d" % len(body))]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})
            return
        if path == "/v1/models":
            await _models(runtime, scope, send)
            return
    await send_error(send, NotServed(method=method, path=path[:100]))


async def _ready(runtime: Runtime, send: Send) -> None:
    """Ready means: started, records can be written, and changes have been looked for lately."""
    state = {
        "ready": runtime.ready and runtime.writer.healthy,
        "evidence": runtime.writer.healthy if runtime.ready else False,
        "snapshot": runtime.snapshot.number if runtime.ready else 0,
        "demonstration": runtime.demonstrates if runtime.ready else False,
    }
    await send_json(send, 200 if state["ready"] else 503, encode(state))


async def _models(runtime: Runtime, scope: Scope, send: Send) -> None:
    try:
        integration = admission.identify(runtime, runtime.snapshot, scope)
        admission.integration_gate(runtime, integration)
        served = admission.service_of(runtime, integration, None)
        names = served.models
        entries: list[dict[str, Any]] = [
            {"id": name, "object": "model", "created": 0, "owned_by": integration.service} for name in names
        ]
        if not names or served.demo:
            status, body = await served.upstream.get("/models")
            entries = _entries(body) if status == 200 else []
    except GuijuError as error:
        await send_error(send, error)
        return
    allowed = [entry for entry in entries if not integration.models or entry.get("id") in integration.models]
    await send_json(send, 200, encode({"object": "list", "data": allowed}))


def _entries(body: bytes) -> list[dict[str, Any]]:
    try:
        data = msgspec.json.decode(body)["data"]
    except (msgspec.DecodeError, KeyError, TypeError, RecursionError):
        return []
    return [entry for entry in data if isinstance(entry, dict)] if isinstance(data, list) else []
