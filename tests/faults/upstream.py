"""An upstream that misbehaves as told: the model asked for names what it does, over real sockets of this machine."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

SECRET = "sk-operators-own-key-5f1c"
MIB = 1024 * 1024

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter
Behaviour = Callable[["Upstream", Reader, Writer, dict[str, Any]], Awaitable[None]]
BEHAVIOURS: dict[str, Behaviour] = {}


def behaviour(function: Behaviour) -> Behaviour:
    """Register a behaviour under its name with dashes."""
    BEHAVIOURS[function.__name__.replace("_", "-")] = function
    return function


class Upstream:
    """What it was asked, counted by model; and where it stands."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.left: Counter[str] = Counter()
        """exchanges whose connection the gateway closed before the end"""
        self.port = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def serve(self, reader: Reader, writer: Writer) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while True:
                request = await _request(reader)
                model = str(request.get("model"))
                self.asked[model] += 1
                await BEHAVIOURS.get(model, well)(self, reader, writer, request)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    def end(self) -> None:
        for task in self._tasks:
            task.cancel()


@contextmanager
def upstream(port: int = 0) -> Iterator[Upstream]:
    """One that runs meanwhile."""
    loop, told, ready = asyncio.new_event_loop(), Upstream(), threading.Event()

    async def run() -> None:
        server = await asyncio.start_server(told.serve, "127.0.0.1", port, limit=2**17)
        told.port = server.sockets[0].getsockname()[1]
        stopped = asyncio.Event()
        stops.append(lambda: loop.call_soon_threadsafe(stopped.set))
        ready.set()
        await stopped.wait()
        server.close()
        told.end()
        await asyncio.sleep(0.05)

    stops: list[Callable[[], Any]] = []
    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    try:
        assert ready.wait(10)
        yield told
    finally:
        stops[0]()
        thread.join(30)
        loop.close()


async def _request(reader: Reader) -> dict[str, Any]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    body = await reader.readexactly(length)
    value = json.loads(body) if body else {}
    return value if isinstance(value, dict) else {}


# --- pieces of answers ----------------------------------------------------------------------------------------------


def head(status: str = "200 OK", kind: str = "application/json", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def whole(body: bytes, status: str = "200 OK", kind: str = "application/json", **headers: str) -> bytes:
    return head(status, kind, Content_Length=str(len(body)), **headers) + body


def stream_head() -> bytes:
    return head(kind="text/event-stream", Transfer_Encoding="chunked")


def piece(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


END = b"0\r\n\r\n"


def said(text: str, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": finish}
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


def completion(text: str = "杭州是浙江省的省会。", **more: Any) -> bytes:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}
    answer = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
    return json.dumps({**answer, **more}).encode()


# --- behaviours -----------------------------------------------------------------------------------------------------


@behaviour
async def well(told: Upstream, reader: Reader, writer: Writer, request: dict[str, Any]) -> None:
    if request.get("stream"):
        events = [said("杭州是"), said("浙江省的省会。"), said("", "stop"), b"data: [DONE]\n\n"]
        writer.write(stream_head() + b"".join(piece(event) for event in events) + END)
    else:
        writer.write(whole(completion()))


@behaviour
async def stalls(told: Upstream, reader: Reader, writer: Writer, request: dict[str, Any]) -> None:
    """Takes the request and says nothing."""
    await _wait_for_the_end(told, reader, "stalls")


@behaviour
async def stalls_inside(told: Upstream, reader: Reader, writer: Writer, request: dict[str, Any]) -> None:
    """Begins an answer and falls silent."""
    if request.get("stream"):
        writer.write(stream_head() + piece(said("杭州是")))
    else:
        writer.write(head(Content_Length="1000") + b'{"id":')
    await _wait_for_the_end(told, reader, "stalls-inside")


@behaviour
async def trickles(told: Upstream, reader: Reader, writer: Writer, request: dict[str, Any]) -> None:
    """Slow, but never silent for long: that is no fault."""
    if request.get("stream"):
        data = b"".join([said("杭州是"), said("浙江省的省会。"), said("", "stop"), b"data: [DONE]\n\n"])
        writer.write(stream_head())
    else:
        data = completion()
        writer.write(head(Content_Length=str(len(data))))
    step = len(data) // 20
    for start in range(0, len(data), step):
        part = data[start : start + step]
        writer.write(piece(part) if request.get("stream") else part)
        await writer.drain()
        await asyncio.sleep(0.02)
    if request.get("stream"):
        writer.write(END)


@behaviour
async def resets_at_once(told: Upstream, reader: Reader, writer: Writer, request: dict[str, Any]) -> None:
    _reset(writer)


@behaviour
async def closes_at_once(told: Upstream, reader: Reader, writer: Writer, request: dict[str, Any]) -> None:
    raise ConnectionResetError


@behaviour
async def resets_inside(told: Upstream, reader: Reader, writer: Writer, request: dict[str, Any]) -> None:
    if request.get("stream"):
        writer.write(stream_head() + piece(said("杭州是")) + piece(said("浙江省")))
    else:
        writer.write(head(Content_Length="1000") + b'{"id":')
    await writer.drain()
    await asyncio.sleep(0.2)
    _reset(writer)


@behaviour
async def half_closes(told: Upstream, reader: Reader, writer: Writer, request: dict[str, Any]) -> None:
    """Ends its side of the connection in the middle of the answer and keeps listening."""
    if request.get("stream"):
        writer.write(stream_head() + piece(said("杭州是")))
    else:
        writer.write(head(Content_Length="1000") + b'{"id":')
    writer.write_eof()
    await _wait_for_the_end(told, reader, "half-closes")


@behaviour
async def ends_without_an_end(told: Upstream, reader: Reader, writer: Writer, request: dict[str, Any]) -> None:
    """A stream that is complete as HTTP and not as an answer; a body cut short in JSON."""
    if request.get("stream"):
        writer.write(stream_head() + piece(said("杭州是")) + END)
    else:
        writer.write(whole(completion()[:-30]))


@behaviour
async def malformed(told: Upstream, reader: Reader, writer: Writer, request: dict[str, Any]) -> None:
    if request.get("stream"):
        writer.write(stream_head() + piece(said("杭州是")) + piece(b"data: {not json\n\n") + END)
    else:
        writer.write(whole(b"<html>Bad gateway</html>", kind="text/html"))


@behaviour
async def invalid_utf8(told: Upstream, reader: Reader, writer: Writer, request: dict[str, Any]) -> None:
    if request.get("stream"):
        bad = said("杭州").replace("杭州".encode(), b"\xff\xfe").replace(b"\\u676d\\u5dde", b"\xff\xfe")
        writer.write(stream_head() + piece(said("杭州是")) + piece(bad) + END)
    else:
        writer.write(whole(b'{"choices":[{"index":0,"message":{"role":"assistant","content":"\xff\xfe"}}]}'))


@behaviour
async def not_http(told: Upstream, reader: Reader, writer: Writer, request: dict[str, Any]) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    await writer.drain()
    raise ConnectionResetError


@behaviour
async def bad_chunks(told: Upstream, reader: Reader, writer: Writer, request: dict[str, Any]) -> None:
    writer.write(stream_head() + b"zz\r\nwhat\r\n")
    await writer.drain()
    raise ConnectionResetError


@behaviour
async def one_line(told: Upstream, reader: Reader, writer: Writer, request: dict[str, Any]) -> None:
    """64 MiB without a line end."""
    writer.write(stream_head() + piece(b"data: {"))
    for _ in range(64):
        writer.write(piece(b"x" * MIB))
        await writer.drain()
    writer.write(END)


@behaviour
async def empty_lines(told: Upstream, reader: Reader, writer: Writer, request: dict[str, Any]) -> None:
    """64 MiB of one event whose data lines are empty."""
    writer.write(stream_head())
    for _ in range(64):
        writer.write(piece(b"data:\n" * (MIB // 6)))
        await writer.drain()
    writer.write(END)


@behaviour
async def endless_header(told: Upstream, reader: Reader, writer: Writer, request: dict[str, Any]) -> None:
    """A header of 64 MiB."""
    writer.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    for _ in range(64):
        writer.write(b"x" * MIB)
        await writer.drain()
    writer.write(b"\r\n\r\n")


@behaviour
async def endless_text(told: Upstream, reader: Reader, writer: Writer, request: dict[str, Any]) -> None:
    """A stream of 64 MiB of text in orderly events."""
    writer.write(stream_head())
    event = piece(said("x" * 32768))
    for _ in range(2048):
        writer.write(event)
        await writer.drain()
    writer.write(piece(said("", "stop")) + piece(b"data: [DONE]\n\n") + END)


@behaviour
async def too_large(told: Upstream, reader: Reader, writer: Writer, request: dict[str, Any]) -> None:
    """A body of 64 MiB that says so."""
    writer.write(head(Content_Length=str(64 * MIB)))
    await _flood(writer)


@behaviour
async def too_large_unannounced(told: Upstream, reader: Reader, writer: Writer, request: dict[str, Any]) -> None:
    writer.write(head(Connection="close"))
    await _flood(writer)
    raise ConnectionResetError


@behaviour
async def counts_wildly(told: Upstream, reader: Reader, writer: Writer, request: dict[str, Any]) -> None:
    """Token counts that no column and no record can hold."""
    usage = {"prompt_tokens": -5, "completion_tokens": 10**12, "total_tokens": 10**30}
    if request.get("stream"):
        last = json.dumps({"id": "c", "choices": [], "usage": usage}).encode()
        events = [said("杭州是"), said("", "stop"), b"data: " + last + b"\n\n", b"data: [DONE]\n\n"]
        writer.write(stream_head() + b"".join(piece(event) for event in events) + END)
    else:
        writer.write(whole(completion(usage=usage)))


@behaviour
async def echoes(told: Upstream, reader: Reader, writer: Writer, request: dict[str, Any]) -> None:
    """Answers with what ``metadata`` holds: a whole answer, or the events of a stream."""
    told_to = request["metadata"]
    if request.get("stream"):
        events = [b"data: " + json.dumps(event).encode() + b"\n\n" for event in told_to]
        writer.write(stream_head() + b"".join(piece(event) for event in events) + END)
    else:
        writer.write(whole(json.dumps(told_to).encode()))


@behaviour
async def redirects(told: Upstream, reader: Reader, writer: Writer, request: dict[str, Any]) -> None:
    writer.write(whole(b"", "307 Temporary Redirect", Location=f"{told.address}/redirected"))


@behaviour
async def created(told: Upstream, reader: Reader, writer: Writer, request: dict[str, Any]) -> None:
    """A status that is neither 200 nor an error."""
    writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")


def _refuses(status: str) -> Behaviour:
    async def refuse(told: Upstream, reader: Reader, writer: Writer, request: dict[str, Any]) -> None:
        told_off = {"error": {"message": f"Incorrect API key provided: {SECRET}.", "type": "x", "code": "y"}}
        writer.write(whole(json.dumps(told_off).encode(), status))

    return refuse


BEHAVIOURS["refuses-401"] = _refuses("401 Unauthorized")
BEHAVIOURS["refuses-403"] = _refuses("403 Forbidden")
BEHAVIOURS["refuses-429"] = _refuses("429 Too Many Requests")
BEHAVIOURS["refuses-500"] = _refuses("500 Internal Server Error")
BEHAVIOURS["refuses-503"] = _refuses("503 Service Unavailable")


def _reset(writer: Writer) -> None:
    """Close with RST instead of FIN."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
    raise ConnectionResetError


async def _wait_for_the_end(told: Upstream, reader: Reader, name: str) -> None:
    """Until the gateway closes the connection."""
    try:
        while await reader.read(2**16):
            pass
    except ConnectionError:
        pass
    told.left[name] += 1
    raise ConnectionResetError


async def _flood(writer: Writer) -> None:
    for _ in range(64):
        writer.write(b" " * MIB)
        await writer.drain()
