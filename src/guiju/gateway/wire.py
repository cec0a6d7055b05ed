"""Reading requests and writing answers over ASGI, within bounds, in OpenAI's shapes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

import msgspec

from guiju.errors import (
    AccessError,
    BodyNotJson,
    EvidenceError,
    GuijuError,
    RequestError,
    UpstreamError,
)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]

JSON: Header = (b"content-type", b"application/json")
EVENTS: tuple[Header, ...] = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
)

_ON = frozenset({b"on", b"true", b"1"})

encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


def parse(body: bytes) -> dict[str, Any]:
    """The JSON object in ``body``.

    Raises:
        BodyNotJson: no UTF-8 JSON object. Where a key stands twice the last counts, here and (re-encoded) upstream.
    """
    try:
        value = _decode(body)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise BodyNotJson(problem=str(error)[:120]) from None
    except RecursionError:
        raise BodyNotJson(problem="nested too deeply") from None
    if type(value) is not dict:
        raise BodyNotJson(problem="an object is expected")
    return value


def switched_on(scope: Scope, name: bytes) -> bool:
    """Whether a request header says ``on``, ``true`` or ``1``."""
    return header(scope, name).strip().lower() in _ON


def header(scope: Scope, name: bytes) -> bytes:
    """A request header, empty when absent."""
    for key, value in scope["headers"]:
        if key == name:
            found: bytes = value
            return found
    return b""


def address(scope: Scope) -> str:
    """The caller's network address, empty where none is known."""
    client = scope.get("client")
    return str(client[0]) if client else ""


_TYPES: tuple[tuple[type[GuijuError], str], ...] = (
    (AccessError, "permission_error"),
    (RequestError, "invalid_request_error"),
    (UpstreamError, "upstream_error"),
    (EvidenceError, "service_unavailable_error"),
)


def error_object(error: GuijuError) -> dict[str, Any]:
    """An error as OpenAI's clients expect it, with the code, the English message and the remedy beside."""
    otherwise = "server_error" if error.status >= 500 else "invalid_request_error"
    kind = next((name for cls, name in _TYPES if isinstance(error, cls)), otherwise)
    if error.status == 401:
        kind = "authentication_error"
    if error.status == 429:
        kind = "rate_limit_error"
    return {
        "message": error.told("zh"),
        "type": kind,
        "param": error.params.get("field"),
        "code": error.code,
        "message_en": error.told("en"),
    }


async def send_json(send: Send, status: int, body: bytes, headers: Iterable[Header] = ()) -> None:
    """Send a whole answer."""
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [JSON, (b"content-length", b"%d" % len(body)), *headers],
        }
    )
    await send({"type": "http.response.body", "body": body})


async def send_error(send: Send, error: GuijuError, headers: Iterable[Header] = ()) -> None:
    """Send an error as an answer of its own."""
    await send_json(
        send, error.status, encode({"error": error_object(error)}), [*headers, *retry_after(error, error.status)]
    )


def retry_after(error: GuijuError, status: int) -> list[Header]:
    """The header that says when to try again, where an answer of ``status`` is to have one."""
    return [(b"retry-after", b"%d" % error.retry_after)] if status in (429, 503) else []


async def start_events(send: Send, headers: Iterable[Header] = ()) -> None:
    """Begin a stream of events."""
    await send({"type": "http.response.start", "status": 200, "headers": [*EVENTS, *headers]})
