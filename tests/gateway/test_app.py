"""What is served and what is not; the state of the gateway for machines."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from guiju.gateway.app import create_app
from guiju.gateway.runtime import Runtime
from guiju.settings import Settings
from tests.gateway.conftest import WORD
from tests.gateway.serving import Caller, Gateway, fetch, wait_for
from tests.gateway.stub import Stub

Make = Callable[..., Caller]

NOT_SERVED = [
    ("POST", "/v1/audio/transcriptions"),
    ("POST", "/v1/files"), ("GET", "/v1/files"), ("GET", "/v1/moderations"), ("GET", "/guard/v1/check"), ("POST", "/guard/v2/check"), ("POST", "/v1/fine_tuning/jobs"),
    ("POST", "/v1/assistants"), ("POST", "/v1/threads"), ("POST", "/v1/batches"), ("GET", "/v1/responses/resp-1"),
    ("GET", "/v1/chat/completions"), ("DELETE", "/v1/models/m1"), ("PUT", "/v1/chat/completions"), ("GET", "/v1"),
    ("POST", "/v1/chat/completions/"), ("POST", "/v1//chat/completions"), ("POST", "/v1/Chat/Completions"),
    ("POST", "/health"), ("POST", "/metrics"), ("GET", "/nowhere"), ("POST", "/chat/completions"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), NOT_SERVED)
def test_what_is_not_served_says_so(method: str, path: str, caller: Caller, stub: Stub) -> None:
    body = {"model": "m1", "messages": []} if method in ("POST", "PUT") else None
    reply = fetch(caller.gateway, method, path, body, Authorization=f"Bearer {caller.key}")
    assert (reply.status, reply.error["code"]) == (404, "GJ-1106")
    assert method in reply.error["message"] and path in reply.error["message"] and path in reply.error["message_en"]
    assert stub.asked == []


def test_health_and_readiness(gateway: Gateway) -> None:
    assert fetch(gateway, "GET", "/health").json == {"status": "alive"}
    ready = fetch(gateway, "GET", "/ready")
    assert ready.status == 200
    assert ready.json["ready"] is True and ready.json["evidence"] is True and ready.json["demonstration"] is False
    assert ready.json["snapshot"] == gateway.runtime.snapshot.number
    assert fetch(gateway, "HEAD", "/health").status == 200


async def test_not_ready_before_the_start() -> None:
    app = create_app(Runtime(Settings()))
    sent: list[dict[str, object]] = []

    async def send(message: object) -> None:
        sent.append(dict(message))  # type: ignore[call-overload]

    scope = {"type": "http", "method": "GET", "path": "/ready", "headers": []}
    await app(scope, None, send)  # type: ignore[arg-type]
    assert sent[0]["status"] == 503 and b'"ready":false' in bytes(sent[1]["body"])  # type: ignore[call-overload]


SAMPLE = re.compile(r'([a-z_]+)(\{(?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*\})? (-?[0-9.e+]+|\+Inf|NaN)')


def parsed(text: str) -> dict[str, float]:
    """The samples of an exposition, each line of which must be well formed and typed before it is used."""
    samples: dict[str, float] = {}
    types: dict[str, str] = {}
    assert text.endswith("\n")
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in types and kind in ("counter", "gauge", "histogram")
            types[name] = kind
            continue
        match = SAMPLE.fullmatch(line)
        assert match, line
        name, labels, value = match.groups()
        assert name in types or re.sub("_(bucket|sum|count)$", "", name) in types, line
        assert (name + (labels or "")) not in samples
        samples[name + (labels or "")] = float(value)
    return samples


def test_metrics(caller: Caller, gateway: Gateway, stub: Stub) -> None:
    before = parsed(fetch(gateway, "GET", "/metrics").body.decode())
    caller.chat()
    caller.chat(WORD)
    caller.post("/v1/chat/completions", {"model": "nobody's", "messages": [{"role": "user", "content": "你好"}]})
    reply = fetch(gateway, "GET", "/metrics")
    assert reply.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    after = parsed(reply.body.decode())
    mine = {k: v for k, v in after.items() if caller.row.pk in k}
    head = f'guiju_exchanges_total{{integration="{caller.row.pk}",endpoint="chat.completions"'
    assert mine == {f'{head},outcome="blocked"}}': 1, f'{head},outcome="completed"}}': 1}

    def grown(name: str) -> float:
        return after[name] - before.get(name, 0)

    assert grown('guiju_refusals_total{code="GJ-1107"}') == 1
    assert grown('guiju_decisions_total{direction="prompt",action="answer_instead"}') == 1
    assert grown("guiju_tokens_total") == 12
    assert grown("guiju_exchange_seconds_count") == grown('guiju_exchange_seconds_bucket{le="+Inf"}') == 2
    assert grown("guiju_evidence_records") == 2
    assert after["guiju_evidence_healthy"] == 1 and after["guiju_in_flight"] == 0
    assert not [name for name in after if "张三" in name or caller.key in name]


def test_a_gateway_without_upstream_says_that_it_demonstrates(database: None, stub: Stub) -> None:
    from tests.gateway.serving import new_caller

    demonstration = Gateway("")
    try:
        assert fetch(demonstration, "GET", "/ready").json["demonstration"] is True
        caller = new_caller(demonstration)
        with caller.openai as client:
            assert [model.id for model in client.models.list()] == ["guiju-demo"]
            hello = [{"role": "user", "content": "你好"}]
            whole = client.chat.completions.create(model="guiju-demo", messages=hello)
            assert whole.model == "guiju-demo" and "演示模型" in whole.choices[0].message.content
            parts = list(client.chat.completions.create(model="guiju-demo", messages=hello, stream=True))
            assert "".join(c.choices[0].delta.content or "" for c in parts) == whole.choices[0].message.content
            final = client.responses.create(model="guiju-demo", input="你好")
            with client.responses.stream(model="guiju-demo", input="你好") as stream:
                assert stream.get_final_response().output_text == final.output_text
            text = client.completions.create(model="guiju-demo", prompt="你好").choices[0].text
            assert "演示模型" in text
            assert len(client.embeddings.create(model="guiju-demo", input="你好", encoding_format="float").data) == 1
        reply = caller.post("/v1/chat/completions", {"model": "guiju-demo", "messages": hello})
        assert reply.headers["X-Guiju-Demonstration"] == "true"
        assert (
            WORD
            not in caller.post(
                "/v1/chat/completions", {"model": "guiju-demo", "messages": [{"role": "user", "content": WORD}]}
            ).body.decode()
        )
        wait_for(lambda: len(caller.records()) == 8)
    finally:
        demonstration.close()
