"""Bodies that mean harm: any of them gets an answer that is not a fault of the gateway's, within bounded memory."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.faults.load import MESSAGES, Client, Reply, ask, session
from tests.faults.plant import Gateway, serving

MIB = 1024 * 1024
PATHS = ("/v1/chat/completions", "/v1/completions", "/v1/responses", "/v1/embeddings")
SHORT = {"GUIJU_GATEWAY__BODY_TIMEOUT_S": "1"}
PROPER: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": {"model": "guiju-demo", "messages": MESSAGES},
    "/v1/completions": {"model": "guiju-demo", "prompt": "杭州"},
    "/v1/responses": {"model": "guiju-demo", "input": "杭州"},
    "/v1/embeddings": {"model": "guiju-demo", "input": "杭州"},
}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def gateway(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """One gateway for everything; on both databases, since they refuse different values."""
    if request.param == "sqlite":
        plant = request.getfixturevalue("_pristine").copy(tmp_path_factory.mktemp("hostile") / "var")
    else:
        plant = request.getfixturevalue("shared_on_postgres")
    with serving(plant.with_env(**SHORT)) as running:
        yield running
        assert ask(running.base, running.plant.key).status == 200
    running.plant.verify()


def proper(reply: Reply) -> Reply:
    """An answer in OpenAI's shape that blames the request, or serves it; recorded if it was served."""
    assert reply.status < 500, reply.body[:500]
    if reply.status != 200:
        assert set(reply.error) >= {"message", "type", "param", "code"} and reply.error["code"].startswith("GJ-")
    return reply


def raw(body: str | bytes) -> bytes:
    return body.encode() if isinstance(body, str) else body


def chat(content: str) -> str:
    """A chat whose content is given as JSON source."""
    return '{"model":"guiju-demo","messages":[{"role":"user","content":' + content + "}]}"


HOSTILE: dict[str, tuple[bytes, int]] = {
    "empty": (b"", 400),
    "no JSON": (b"model=guiju-demo", 400),
    "cut off": (raw(chat('"a"'))[:-3], 400),
    "a list": (b"[]", 400),
    "a number": (b"1", 400),
    "deep lists": (raw(chat("[" * 100_000 + "]" * 100_000)), 400),
    "deep objects": (raw(chat('{"a":' * 50_000 + "1" + "}" * 50_000)), 400),
    "deep beside the messages": (raw(chat('"a"')[:-1] + ',"x":' + "[" * 500 + "]" * 500 + "}"), 400),
    "invalid UTF-8": (b'{"model":"guiju-demo","messages":[{"role":"user","content":"\xff\xfe"}]}', 400),
    "UTF-8 cut inside a character": (b'{"model":"guiju-demo","messages":[{"role":"user","content":"\xe6\x9d"}]}', 400),
    "UTF-16": (chat('"a"').encode("utf-16"), 400),
    "a lone high surrogate": (raw(chat('"\\ud800"')), 400),
    "a lone low surrogate": (raw(chat('"\\udc00 and more"')), 400),
    "a surrogate pair": (raw(chat('"\\ud83d\\ude00"')), 200),
    "NUL in the text": (raw(chat('"a\\u0000b"')), 200),
    "NUL in the account": (raw(chat('"a"')[:-1] + ',"user":"\\u0000x\\u0000"}'), 200),
    "NUL in the model": (raw(chat('"a"').replace("guiju-demo", "\\u0000")), 404),
    "NUL in a key": (raw(chat('"a"')[:-1] + ',"\\u0000":"\\u0000"}'), 200),
    "a long model": (raw(chat('"a"').replace("guiju-demo", "m" * 100_000)), 400),
    "a long account": (raw(chat('"a"')[:-1] + ',"user":"' + "u" * 1000 + '"}'), 400),
    "a long key": (raw(chat('"a"')[:-1] + ',"' + "k" * 100_000 + '":"a"}'), 200),
    "the same key twice": (b'{"model":"other","model":"guiju-demo","messages":[{"role":"user","content":"a"}]}', 200),
    "NaN": (raw(chat('"a"')[:-1] + ',"temperature":NaN}'), 400),
    "a float beyond all": (raw(chat('"a"')[:-1] + ',"temperature":1e999}'), 400),
    "an integer beyond all": (raw(chat('"a"')[:-1] + ',"n":' + "9" * 5000 + "}"), 400),
    "an integer beyond 64 bits": (raw(chat('"a"')[:-1] + ',"seed":' + "9" * 30 + "}"), 200),
    "thousands of messages": (json.dumps({"model": "guiju-demo", "messages": MESSAGES * 5000}).encode(), 200),
    "a million empty lists": (raw(chat('"a"')[:-1] + ',"x":[' + "[]," * 1_000_000 + "[]]}"), 413),
    "roles that are none": (b'{"model":"guiju-demo","messages":[{"role":7,"content":"a"}]}', 400),
    "messages that are none": (b'{"model":"guiju-demo","messages":{"role":"user"}}', 400),
    "a stream that is a word": (raw(chat('"a"')[:-1] + ',"stream":"yes"}'), 400),
    "a model that is a list": (raw(chat('"a"').replace('"guiju-demo"', "[]")), 400),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_bodies(gateway: Gateway, name: str) -> None:
    body, status = HOSTILE[name]
    reply = proper(ask(gateway.base, gateway.plant.key, body))
    assert reply.status == status, reply.body[:300]
    if status == 200:
        assert gateway.plant.outcomes()[reply.number] == "completed"


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
names = st.sampled_from(
    ["model", "messages", "role", "content", "input", "prompt", "stream", "tools", "tool_calls", "function", "arguments",
     "user", "text", "format", "type", "response_format", "modalities", "audio", "stream_options", "n", "logprobs"]
)  # fmt: skip
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4), max_leaves=12
)


@given(path=st.sampled_from(PATHS), fields=st.dictionaries(names, values, max_size=5), whole=st.booleans())
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_wrong_types_everywhere(caller: Any, path: str, fields: dict[str, Any], whole: bool) -> None:
    """``whole``: nothing but the strange fields; otherwise they are laid over a request that is in order."""
    body = fields if whole else {**PROPER[path], **fields}
    reply = proper(caller(json.dumps(body).encode(), path))
    event(f"{path} {reply.status} {reply.error.get('code', '')}")


@pytest.fixture
def caller(gateway: Gateway) -> Iterator[Any]:
    """Asks over one connection."""
    loop, connected = asyncio.new_event_loop(), session()
    client = Client(gateway.base, gateway.plant.key, loop.run_until_complete(connected.__aenter__()))
    try:
        yield lambda body, path: loop.run_until_complete(client.ask(body, path))
    finally:
        loop.run_until_complete(connected.__aexit__(None, None, None))
        loop.close()


async def _pieces(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b" " * MIB


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "in chunks"])
def test_a_hundred_mebibytes(gateway: Gateway, announced: bool) -> None:
    async def send() -> tuple[int, str]:
        headers = {"Authorization": f"Bearer {gateway.plant.key}", "Content-Type": "application/json"}
        if announced:
            headers["Content-Length"] = str(100 * MIB)
        async with session() as shared:
            url = gateway.base + PATHS[0]
            async with shared.post(url, data=_pieces(100), headers=headers) as answer:
                return answer.status, (await answer.json())["error"]["code"]

    peak = gateway.peak()
    assert asyncio.run(send()) == (413, "GJ-1101")
    assert gateway.peak() - peak < 60 * MIB


def test_many_large_bodies_at_once(gateway: Gateway) -> None:
    """Forty callers with large bodies, refused before they take more room than they may together."""
    plant = gateway.plant.with_env(GUIJU_GATEWAY__MAX_HELD_BYTES=str(6 * MIB), GUIJU_GATEWAY__BODY_TIMEOUT_S="60")

    async def send(base: str) -> list[Reply]:
        body = json.dumps({"model": "guiju-demo", "messages": MESSAGES, "file_data": "x" * (4 * MIB)}).encode()
        async with session() as shared:
            client = Client(base, plant.key, shared)
            return await asyncio.gather(*[client.ask(body) for _ in range(40)])

    with serving(plant) as small:
        before = small.peak()
        replies = asyncio.run(send(small.base))
        assert {(reply.status, reply.error.get("code")) for reply in replies} <= {(200, None), (503, "GJ-1214")}
        assert ask(small.base, plant.key, b" " * (8 * MIB)).error["code"] == "GJ-1214"
        assert small.peak() - before < 200 * MIB
        assert ask(small.base, plant.key).status == 200
        assert b"guiju_held_request_bytes 0\n" in small.get("/metrics")[1]


def connect(gateway: Gateway) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", gateway.port), timeout=30)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def test_a_body_that_never_ends(gateway: Gateway) -> None:
    with connect(gateway) as slow:
        head = f"POST {PATHS[0]} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {gateway.plant.key}\r\n"
        slow.sendall((head + "Content-Length: 1000\r\n\r\n{").encode())
        for _ in range(6):
            slow.sendall(b" ")
            time.sleep(0.25)
        answer = slow.recv(2**16)
    assert answer.startswith(b"HTTP/1.1 408 ") and b"GJ-1113" in answer


def test_a_client_that_leaves_inside_its_body(gateway: Gateway) -> None:
    with connect(gateway) as gone:
        head = f"POST {PATHS[0]} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {gateway.plant.key}\r\n"
        gone.sendall((head + "Content-Length: 1000\r\n\r\n{").encode())
    assert ask(gateway.base, gateway.plant.key).status == 200


def test_an_endless_header(gateway: Gateway) -> None:
    peak = gateway.peak()
    sent = 0
    with connect(gateway) as endless:
        endless.sendall(f"POST {PATHS[0]} HTTP/1.1\r\nHost: a\r\nX-Long: ".encode())
        try:
            while sent < 64 * MIB:
                endless.sendall(b"x" * MIB)
                sent += MIB
        except ConnectionError:
            pass
    assert sent < 64 * MIB, "all of it was taken in"
    assert gateway.peak() - peak < 30 * MIB


@pytest.mark.parametrize(
    "request_line",
    [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET\r\n\r\n", b"POST /v1/chat/completions HTTP/9.9\r\n\r\n",
     b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
     b"POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc"],
    ids=["TLS", "no path", "a version to come", "a negative length", "two lengths"],
)  # fmt: skip
def test_what_is_not_http(gateway: Gateway, request_line: bytes) -> None:
    with connect(gateway) as strange:
        strange.sendall(request_line)
        strange.shutdown(socket.SHUT_WR)
        answer = strange.recv(2**16)
    assert not answer or answer.startswith(b"HTTP/1.1 4")
    assert gateway.get("/health")[0] == 200


def test_strange_headers(gateway: Gateway) -> None:
    """Names of accounts and keys in any bytes a header may carry."""
    for name, value in (
        (b"X-Guiju-User", b"\xff\xfe\x80"),
        (b"Authorization", b"Bearer \xff\xfe"),
        (b"Content-Type", b"\xff"),
    ):
        body = json.dumps(PROPER[PATHS[0]]).encode()
        key = b"" if name == b"Authorization" else b"Authorization: Bearer " + gateway.plant.key.encode() + b"\r\n"
        with connect(gateway) as strange:
            strange.sendall(
                b"POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + key + name + b": " + value
                + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body
            )  # fmt: skip
            answer = strange.recv(2**16)
        assert answer.startswith(b"HTTP/1.1 401" if name == b"Authorization" else b"HTTP/1.1 200"), answer[:200]
