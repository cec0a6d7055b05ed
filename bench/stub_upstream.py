"""A model server that answers at once: ``python -m bench.stub_upstream --port N [--pace-ms N]``.

OpenAI-compatible chat completions over a bare asyncio protocol, so that it costs next to nothing: a JSON answer of 115
Chinese characters, or the same in 40 streamed pieces, each written in a turn of the event loop of its own. A model
called ``paced`` leaves a pause before every piece, as a real one does. Every answer differs from the last.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
from typing import cast

import msgspec
import uvloop

from bench.words import answer_pieces

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n"
_STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
_CHUNK = (
    '{"id":"chatcmpl-stub","object":"chat.completion.chunk","created":1760000000,"model":"stub-model",'
    '"choices":[{"index":0,"delta":%s,"finish_reason":%s}]}'
)
_WHOLE = (
    '{"id":"chatcmpl-stub","object":"chat.completion","created":1760000000,"model":"stub-model","choices":[{"index":0,'
    '"message":{"role":"assistant","content":"%s"},"finish_reason":"stop"}],'
    '"usage":{"prompt_tokens":90,"completion_tokens":80,"total_tokens":170}}'
)
_USAGE = (
    '{"id":"chatcmpl-stub","object":"chat.completion.chunk","created":1760000000,"model":"stub-model","choices":[],'
    '"usage":{"prompt_tokens":90,"completion_tokens":80,"total_tokens":170}}'
)
_numbers = itertools.count()


def _frame(data: str) -> bytes:
    event = f"data: {data}\n\n".encode()
    return b"%x\r\n%b\r\n" % (len(event), event)


class Stub(asyncio.Protocol):
    """One connection: complete requests in, answers out, one after the other."""

    pace_s = 0.01

    def __init__(self) -> None:
        self._buffer = b""
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance

    def connection_lost(self, exc: Exception | None) -> None:
        if self._task is not None:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._buffer[:end].lower()
        at = head.find(b"content-length:")
        size = int(head[at + 15 :].split(b"\r", 1)[0]) if at >= 0 else 0
        if len(self._buffer) < end + 4 + size:
            return
        body = self._buffer[end + 4 : end + 4 + size]
        self._buffer = self._buffer[end + 4 + size :]
        self._answer(head, body)

    def _answer(self, head: bytes, body: bytes) -> None:
        if b"/chat/completions" not in head.split(b"\r\n", 1)[0]:
            payload = b'{"object":"list","data":[{"id":"stub-model","object":"model"},{"id":"paced","object":"model"}]}'
            self._transport.write(_HEAD % (b"application/json", len(payload)) + payload)
            return
        request = msgspec.json.decode(body)
        if request.get("stream"):
            usage = bool((request.get("stream_options") or {}).get("include_usage"))
            self._task = asyncio.get_running_loop().create_task(self._stream(request["model"] == "paced", usage))
            return
        payload = (_WHOLE % "".join(answer_pieces(next(_numbers)))).encode()
        self._transport.write(_HEAD % (b"application/json", len(payload)) + payload)

    async def _stream(self, paced: bool, usage: bool) -> None:
        write = self._transport.write
        write(_STREAM + _frame(_CHUNK % ('{"role":"assistant","content":""}', "null")))
        for piece in answer_pieces(next(_numbers)):
            await asyncio.sleep(self.pace_s if paced else 0)
            write(_frame(_CHUNK % (f'{{"content":"{piece}"}}', "null")))
        end = _frame(_CHUNK % ("{}", '"stop"'))
        write(end + (_frame(_USAGE) if usage else b"") + _frame("[DONE]") + b"0\r\n\r\n")


async def serve(port: int) -> None:
    """Serve until cancelled."""
    server = await asyncio.get_running_loop().create_server(Stub, "127.0.0.1", port, backlog=2048)
    async with server:
        await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--pace-ms", type=float, default=10.0, help="pause before each piece of the model `paced`")
    arguments = parser.parse_args()
    Stub.pace_s = arguments.pace_ms / 1000
    uvloop.run(serve(arguments.port))


if __name__ == "__main__":
    main()
