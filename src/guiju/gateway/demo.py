"""The built-in demonstration model, used where no upstream is configured. It repeats; it does not think.

It speaks the same protocol as a real upstream, through the same interface, so that everything around it is real. Its
name says what it is wherever a model name shows.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec

DEMO_MODEL = "guiju-demo"
_PIECE = 4


class DemoAnswer:
    """An answer in hand, with the interface of :class:`guiju.gateway.upstream.Answer`."""

    def __init__(self, status: int, body: bytes, *, streamed: bool = False) -> None:
        self.status = status
        self.streamed = streamed
        self._body = body

    async def body(self) -> bytes:
        """The whole body."""
        return self._body

    async def error_body(self) -> bytes:
        """The body of an error answer."""
        return self._body

    async def pieces(self) -> AsyncIterator[bytes]:
        """The events one by one."""
        for event in self._body.split(b"\n\n"):
            if event:
                yield event + b"\n\n"


_NOTHING = DemoAnswer(404, msgspec.json.encode({"error": {"message": "the demonstration model makes texts only"}}))


class DemoUpstream:
    """A model service inside the process."""

    @asynccontextmanager
    async def post(self, path: str, body: bytes, kind: str = "") -> AsyncIterator[DemoAnswer]:
        """Answer a request of an endpoint for texts; pictures, sound and films it does not make."""
        if path not in _MAKES:
            yield _NOTHING
            return
        request = msgspec.json.decode(body)
        stream = request.get("stream") is True
        make = _MAKES[path][stream]
        yield DemoAnswer(200, make(request), streamed=stream and path != "/embeddings")

    async def get(self, path: str) -> tuple[int, bytes]:
        """The model list."""
        entry = {"id": DEMO_MODEL, "object": "model", "created": 0, "owned_by": "guiju-demonstration"}
        return 200, msgspec.json.encode({"object": "list", "data": [entry]})

    @asynccontextmanager
    async def fetch(self, method: str, path: str) -> AsyncIterator[DemoAnswer]:
        """There are no files here."""
        yield _NOTHING


def answer_to(said: str) -> str:
    """What the demonstration model says to ``said``."""
    quoted = " ".join(said.split())
    quoted = quoted if len(quoted) <= 120 else quoted[:120] + "…"
    return (
        f"这是规矩内置的演示模型,不是真正的大模型。您刚才说的是:「{quoted}」。请在设置中填写上游地址,接入您自己的模型。"
    )


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return " ".join(_text(part.get("text", "")) if isinstance(part, dict) else _text(part) for part in content)
    return ""


def _asked(request: dict[str, Any]) -> str:
    turns = request.get("messages") or request.get("input") or request.get("prompt") or ""
    if isinstance(turns, list):
        for turn in reversed(turns):
            if isinstance(turn, str):
                return turn
            if isinstance(turn, dict) and turn.get("role", "user") == "user":
                return _text(turn.get("content"))
        return ""
    return _text(turns)


def _usage(asked: str, said: str, n: int = 1) -> dict[str, int]:
    return {"prompt_tokens": len(asked), "completion_tokens": len(said) * n, "total_tokens": len(asked) + len(said) * n}


def _head(kind: str, prefix: str) -> dict[str, Any]:
    return {"id": f"{prefix}-demo-{time.time_ns():x}", "object": kind, "created": int(time.time()), "model": DEMO_MODEL}


def _count(request: dict[str, Any]) -> int:
    n = request.get("n")
    return n if isinstance(n, int) and 1 <= n <= 16 else 1


def _pieces(said: str) -> list[str]:
    return [said[i : i + _PIECE] for i in range(0, len(said), _PIECE)]


def _events(events: list[dict[str, Any]]) -> bytes:
    return b"".join(b"data: %b\n\n" % msgspec.json.encode(event) for event in events) + b"data: [DONE]\n\n"


def _chat(request: dict[str, Any]) -> bytes:
    asked = _asked(request)
    said = answer_to(asked)
    choices = [
        {"index": i, "message": {"role": "assistant", "content": said}, "finish_reason": "stop"}
        for i in range(_count(request))
    ]
    usage = _usage(asked, said, len(choices))
    return msgspec.json.encode({**_head("chat.completion", "chatcmpl"), "choices": choices, "usage": usage})


def _chat_stream(request: dict[str, Any]) -> bytes:
    asked = _asked(request)
    said = answer_to(asked)
    head, n = _head("chat.completion.chunk", "chatcmpl"), _count(request)

    def chunk(index: int, delta: dict[str, str], reason: str | None = None) -> dict[str, Any]:
        return {**head, "choices": [{"index": index, "delta": delta, "finish_reason": reason}]}

    events = [chunk(i, {"role": "assistant", "content": ""}) for i in range(n)]
    events += [chunk(i, {"content": piece}) for piece in _pieces(said) for i in range(n)]
    events += [chunk(i, {}, "stop") for i in range(n)]
    if (request.get("stream_options") or {}).get("include_usage"):
        events.append({**head, "choices": [], "usage": _usage(asked, said, n)})
    return _events(events)


def _completion(request: dict[str, Any]) -> bytes:
    asked = _asked(request)
    said = answer_to(asked)
    choices = [{"index": i, "text": said, "finish_reason": "stop", "logprobs": None} for i in range(_count(request))]
    usage = _usage(asked, said, len(choices))
    return msgspec.json.encode({**_head("text_completion", "cmpl"), "choices": choices, "usage": usage})


def _completion_stream(request: dict[str, Any]) -> bytes:
    asked = _asked(request)
    said = answer_to(asked)
    head = _head("text_completion", "cmpl")
    events: list[dict[str, Any]] = [
        {**head, "choices": [{"index": 0, "text": piece, "finish_reason": None}]} for piece in _pieces(said)
    ]
    events.append({**head, "choices": [{"index": 0, "text": "", "finish_reason": "stop"}]})
    if (request.get("stream_options") or {}).get("include_usage"):
        events.append({**head, "choices": [], "usage": _usage(asked, said)})
    return _events(events)


def _message(identifier: str, said: str, status: str = "completed") -> dict[str, Any]:
    content = [{"type": "output_text", "text": said, "annotations": []}] if said else []
    return {"id": identifier, "type": "message", "status": status, "role": "assistant", "content": content}


def _response_object(request: dict[str, Any], said: str, status: str) -> dict[str, Any]:
    asked, stamp = _asked(request), f"{time.time_ns():x}"
    output = [_message(f"msg-demo-{stamp}", said)] if said else []
    usage = {
        "input_tokens": len(asked), "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": len(said), "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": len(asked) + len(said),
    }  # fmt: skip
    return {
        "id": f"resp-demo-{stamp}", "object": "response", "created_at": int(time.time()), "status": status,
        "model": DEMO_MODEL, "output": output, "error": None, "incomplete_details": None, "instructions": None,
        "metadata": {}, "parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "temperature": 1.0,
        "top_p": 1.0, "usage": usage if status == "completed" else None,
    }  # fmt: skip


def _response(request: dict[str, Any]) -> bytes:
    return msgspec.json.encode(_response_object(request, answer_to(_asked(request)), "completed"))


def _response_stream(request: dict[str, Any]) -> bytes:
    said = answer_to(_asked(request))
    final = _response_object(request, said, "completed")
    begun = {**final, "status": "in_progress", "output": [], "usage": None}
    item = final["output"][0]
    place = {"item_id": item["id"], "output_index": 0, "content_index": 0}
    part = item["content"][0]
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": begun},
        {"type": "response.output_item.added", "output_index": 0, "item": _message(item["id"], "", "in_progress")},
        {"type": "response.content_part.added", **place, "part": {**part, "text": ""}},
    ]
    events += [{"type": "response.output_text.delta", **place, "delta": p, "logprobs": []} for p in _pieces(said)]
    events += [
        {"type": "response.output_text.done", **place, "text": said, "logprobs": []},
        {"type": "response.content_part.done", **place, "part": part},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": final},
    ]
    for number, event in enumerate(events):
        event["sequence_number"] = number
    return b"".join(b"event: %b\ndata: %b\n\n" % (e["type"].encode(), msgspec.json.encode(e)) for e in events)


def _embeddings(request: dict[str, Any]) -> bytes:
    texts = request.get("input")
    texts = texts if isinstance(texts, list) else [texts]
    data = [{"object": "embedding", "index": i, "embedding": _vector(str(text))} for i, text in enumerate(texts)]
    tokens = sum(len(str(text)) for text in texts)
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return msgspec.json.encode({"object": "list", "data": data, "model": DEMO_MODEL, "usage": usage})


def _vector(text: str) -> list[float]:
    """Sixteen numbers derived from a hash: stable for a text, meaningless by design."""
    digest = hashlib.sha256(text.encode("utf-8", "replace")).digest()
    return [(byte - 127.5) / 127.5 for byte in digest[:16]]


_Maker = Callable[[dict[str, Any]], bytes]
_MAKES: dict[str, tuple[_Maker, _Maker]] = {
    "/chat/completions": (_chat, _chat_stream),
    "/completions": (_completion, _completion_stream),
    "/responses": (_response, _response_stream),
    "/embeddings": (_embeddings, _embeddings),
}
"""What answers a path: whole, and as a stream."""
