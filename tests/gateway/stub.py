"""A model service for tests: a real HTTP server on a free port of this machine that answers as each test tells it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Json = dict[str, Any]
Script = Callable[["Asked"], Awaitable[web.StreamResponse]]


@dataclass
class Asked:
    """One request that reached the stub."""

    request: web.Request
    path: str
    headers: Mapping[str, str]
    json: Json
    body: bytes = b""
    sent: int = 0
    """pieces of a stream handed to the socket"""
    left: threading.Event = field(default_factory=threading.Event)
    """the caller closed the connection before the end"""


class Stub:
    """Runs in a thread of its own from construction to ``close``.

    Attributes:
        base: its address, to be used as an upstream URL. ``asked``: the requests since the last ``clear``.
        script: what answers; tests set it, or use ``says``, ``streams`` and the other shorthands.
    """

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.script: Script = whole({})
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="stub", daemon=True)
        self._thread.start()
        port = asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        self.base = f"http://127.0.0.1:{port}/v1"

    @property
    def last(self) -> Asked:
        """The latest request."""
        return self.asked[-1]

    def clear(self) -> None:
        """Forget what was asked."""
        self.asked.clear()

    def close(self) -> None:
        """Stop serving."""
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _start(self) -> int:
        app = web.Application(client_max_size=1 << 27)
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        port: int = self._runner.addresses[0][1]
        return port

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        told = json.loads(body) if body and request.content_type == "application/json" else {}
        asked = Asked(request, request.path.removeprefix("/v1"), request.headers, told, body)
        self.asked.append(asked)
        try:
            return await self.script(asked)
        except (asyncio.CancelledError, ConnectionError):
            asked.left.set()
            raise

    # --- shorthands --------------------------------------------------------------------------------------------------

    def says(self, *texts: str, **more: Any) -> None:
        """Answer chats with these texts, one a choice, whole or as a stream of single characters."""
        self.script = chat(list(texts), **more)


def whole(body: Json | bytes, status: int = 200, kind: str = "application/json") -> Script:
    """Answer with one body."""

    async def script(_: Asked) -> web.StreamResponse:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return web.Response(body=data, status=status, content_type=kind)

    return script


def pieces(parts: Iterable[bytes], *, gate: threading.Event | None = None, reset: bool = False) -> Script:
    """Answer with a stream of events cut into ``parts``; each is its own write.

    Args:
        gate: waited for before the last part. ``reset``: break the connection off instead of ending the stream.
    """

    async def script(asked: Asked) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(asked.request)
        written = list(parts)
        for number, part in enumerate(written):
            if gate is not None and number == len(written) - 1:
                while not gate.is_set():
                    await asyncio.sleep(0.005)
            await response.write(part)
            asked.sent += 1
            await asyncio.sleep(0)
        if reset:
            assert asked.request.transport is not None
            asked.request.transport.abort()
            await asyncio.sleep(0.05)
            return response
        await response.write_eof()
        return response

    return script


def event(data: Json | bytes, name: str = "") -> bytes:
    """One event as bytes."""
    body = data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode()
    return (f"event: {name}\n".encode() if name else b"") + b"data: " + body + b"\n\n"


DONE = b"data: [DONE]\n\n"
USAGE = {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}


def message_chunk(index: int, delta: Json, reason: str | None = None, **more: Any) -> Json:
    """One chunk of a streamed chat."""
    choice = {"index": index, "delta": delta, "finish_reason": reason, **more}
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m1", "choices": [choice]}


def chat_events(texts: list[str], cut: int = 1, field_name: str = "content") -> list[bytes]:
    """The events of a streamed chat: texts in pieces of ``cut`` characters, the choices in turns, usage, the end."""
    events = [event(message_chunk(i, {"role": "assistant", "content": ""})) for i in range(len(texts))]
    for start in range(0, max(map(len, texts)), cut):
        for i, text in enumerate(texts):
            if text[start : start + cut]:
                events.append(event(message_chunk(i, {field_name: text[start : start + cut]})))
    events += [event(message_chunk(i, {}, "stop")) for i in range(len(texts))]
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m1"}
    return [*events, event({**head, "choices": [], "usage": USAGE}), DONE]


def chat_whole(messages: list[Json], **more: Any) -> Json:
    """A whole chat answer with these messages."""
    choices = [{"index": i, "message": m, "finish_reason": "stop"} for i, m in enumerate(messages)]
    head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m1", "usage": USAGE}
    return {**head, "choices": choices, **more}


def chat(texts: list[str], cut: int = 1, **message: Any) -> Script:
    """Answer a chat, whole or streamed as asked."""

    async def script(asked: Asked) -> web.StreamResponse:
        if asked.json.get("stream"):
            return await pieces(chat_events(texts, cut))(asked)
        return await whole(chat_whole([{"role": "assistant", "content": t, **message} for t in texts]))(asked)

    return script


def completion(texts: list[str]) -> Script:
    """Answer ``/completions``, whole or streamed."""
    head = {"id": "cmpl-1", "object": "text_completion", "created": 1, "model": "m1"}

    def choice(index: int, text: str, reason: str | None) -> Json:
        return {"index": index, "text": text, "logprobs": None, "finish_reason": reason}

    async def script(asked: Asked) -> web.StreamResponse:
        if not asked.json.get("stream"):
            body = {**head, "choices": [choice(i, t, "stop") for i, t in enumerate(texts)], "usage": USAGE}
            return await whole(body)(asked)
        events = [
            event({**head, "choices": [choice(i, character, None)]})
            for i, text in enumerate(texts)
            for character in text
        ]
        events += [event({**head, "choices": [choice(i, "", "stop")]}) for i in range(len(texts))]
        return await pieces([*events, event({**head, "choices": [], "usage": USAGE}), DONE])(asked)

    return script


def message_item(text: str, identifier: str = "msg-1") -> Json:
    """A finished message of a response."""
    content = [{"type": "output_text", "text": text, "annotations": [], "logprobs": []}]
    return {"id": identifier, "type": "message", "status": "completed", "role": "assistant", "content": content}


def response_object(output: list[Json], status: str = "completed", **more: Any) -> Json:
    """A response."""
    usage = {
        "input_tokens": 7, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 5,
        "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 12,
    }  # fmt: skip
    return {
        "id": "resp-1", "object": "response", "created_at": 1, "status": status, "model": "m1", "output": output,
        "error": None, "incomplete_details": None, "instructions": None, "metadata": {}, "parallel_tool_calls": True,
        "tool_choice": "auto", "tools": [], "temperature": 1.0, "top_p": 1.0, "usage": usage, **more,
    }  # fmt: skip


def response_events(text: str, cut: int = 1) -> list[Json]:
    """The events of a streamed response that is one message."""
    item, place = message_item(text), {"item_id": "msg-1", "output_index": 0, "content_index": 0}
    part = item["content"][0]
    begun = response_object([], "in_progress", usage=None)
    opened = {**item, "status": "in_progress", "content": []}
    events: list[Json] = [
        {"type": "response.created", "response": begun},
        {"type": "response.in_progress", "response": dict(begun)},
        {"type": "response.output_item.added", "output_index": 0, "item": opened},
        {"type": "response.content_part.added", **place, "part": {**part, "text": ""}},
    ]
    for start in range(0, len(text), cut):
        delta = text[start : start + cut]
        events.append({"type": "response.output_text.delta", **place, "delta": delta, "logprobs": []})
    events += [
        {"type": "response.output_text.done", **place, "text": text, "logprobs": []},
        {"type": "response.content_part.done", **place, "part": part},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": response_object([item])},
    ]
    for number, one in enumerate(events):
        one["sequence_number"] = number
    return events


def events_bytes(events: list[Json]) -> list[bytes]:
    """Typed events as bytes."""
    return [event(one, one["type"]) for one in events]


def response(text: str) -> Script:
    """Answer ``/responses``, whole or streamed."""

    async def script(asked: Asked) -> web.StreamResponse:
        if asked.json.get("stream"):
            return await pieces(events_bytes(response_events(text)))(asked)
        return await whole(response_object([message_item(text)]))(asked)

    return script


def embeddings(*vectors: list[float] | str) -> Script:
    """Answer ``/embeddings``."""
    data = [{"object": "embedding", "index": i, "embedding": vector} for i, vector in enumerate(vectors)]
    return whole({"object": "list", "data": data, "model": "m1", "usage": {"prompt_tokens": 3, "total_tokens": 3}})
