"""A model service that fails in every way it can: the caller is told properly, evidence says so, the gateway lives on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.faults.load import MESSAGES, Reply, ask
from tests.faults.plant import Gateway, Plant, free_port, serving, until
from tests.faults.upstream import MIB, SECRET, Upstream, upstream

QUICK = {
    "GUIJU_UPSTREAM_KEY": SECRET,
    "GUIJU_GATEWAY__READ_TIMEOUT_S": "1",
    "GUIJU_GATEWAY__CONNECT_TIMEOUT_S": "1",
}

COPIES = 8
"""An answer of the largest size allowed stands in memory a few times: as pieces, as text, as JSON, encrypted."""


@dataclass(frozen=True)
class Case:
    """A misbehaviour and what a caller is told, with a whole answer and with a stream."""

    model: str
    status: int
    code: str
    stream_code: str = ""
    only: str = ""
    """``whole`` or ``stream`` where the other makes no sense"""


CASES = [
    Case("stalls", 504, "GJ-1302"),
    Case("stalls-inside", 504, "GJ-1302"),
    Case("resets-at-once", 502, "GJ-1304"),
    Case("closes-at-once", 502, "GJ-1304"),
    Case("resets-inside", 502, "GJ-1304"),
    Case("half-closes", 502, "GJ-1304"),
    Case("ends-without-an-end", 502, "GJ-1305", "GJ-1304"),
    Case("malformed", 502, "GJ-1305"),
    Case("invalid-utf8", 502, "GJ-1305"),
    Case("not-http", 502, "GJ-1305"),
    Case("bad-chunks", 502, "GJ-1305"),
    Case("one-line", 502, "GJ-1306", only="stream"),
    Case("empty-lines", 502, "GJ-1306", only="stream"),
    Case("endless-text", 502, "GJ-1306", only="stream"),
    Case("endless-header", 502, "GJ-1305"),
    Case("too-large", 502, "GJ-1306", only="whole"),
    Case("too-large-unannounced", 502, "GJ-1306", only="whole"),
    Case("redirects", 502, "GJ-1303"),
    Case("created", 502, "GJ-1303"),
    Case("refuses-401", 502, "GJ-1303"),
    Case("refuses-403", 502, "GJ-1303"),
    Case("refuses-429", 429, "GJ-1303"),
    Case("refuses-500", 502, "GJ-1303"),
    Case("refuses-503", 502, "GJ-1303"),
]
ways = [(case, way) for case in CASES for way in ("whole", "stream") if case.only in ("", way)]


@pytest.fixture(scope="module")
def model() -> Iterator[Upstream]:
    with upstream() as told:
        yield told


@pytest.fixture(scope="module")
def gateway(_pristine: Plant, model: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """One gateway for every misbehaviour: it has to survive them all."""
    home = tmp_path_factory.mktemp("upstream") / "var"
    with serving(_pristine.copy(home, GUIJU_UPSTREAM_URL=model.address, **QUICK)) as running:
        assert chat(running, "well").status == 200
        yield running
        running.plant.verify()


def chat(gateway: Gateway, model: str, *, stream: bool = False) -> Reply:
    return ask(gateway.base, gateway.plant.key, model=model, stream=stream, messages=MESSAGES)


@pytest.mark.parametrize(("case", "way"), ways, ids=[f"{case.model}-{way}" for case, way in ways])
def test_told_recorded_and_survived(gateway: Gateway, model: Upstream, case: Case, way: str) -> None:
    peak = gateway.peak()
    reply = chat(gateway, case.model, stream=way == "stream")
    code = (way == "stream" and case.stream_code) or case.code
    if reply.streamed:
        assert way == "stream" and reply.status == 200
        assert reply.events[-1] == "[DONE]" and reply.events.count("[DONE]") == 1
    else:
        assert reply.status == case.status
    assert reply.error["code"] == code, reply.error
    assert reply.error["type"] == ("rate_limit_error" if case.status == 429 else "upstream_error")
    assert SECRET not in reply.body.decode() or case.model in ("refuses-429",)
    assert gateway.plant.outcomes()[reply.number] == "upstream_error"
    assert model.asked[case.model] == (2 if case.only == "" and way == "stream" else 1), "asked twice"
    assert not model.asked["None"], "a redirect was followed"
    assert gateway.peak() - peak < COPIES * 32 * MIB, "the answer was held in memory without bound"
    for stream in (False, True):
        assert chat(gateway, "well", stream=stream).error == {}


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_slow_is_no_fault(gateway: Gateway, stream: bool) -> None:
    reply = chat(gateway, "trickles", stream=stream)
    assert reply.error == {} and "浙江省" in json.dumps(reply.events if stream else reply.json, ensure_ascii=False)
    assert gateway.plant.outcomes()[reply.number] == "completed"


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_wild_counts_of_tokens(gateway: Gateway, stream: bool) -> None:
    reply = chat(gateway, "counts-wildly", stream=stream)
    assert reply.error == {} and gateway.plant.outcomes()[reply.number] == "completed"
    [(tokens,)] = gateway.plant.query(f"SELECT tokens FROM store_record WHERE content_number = '{reply.number}'")
    assert tokens == 2**31 - 1


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
)
names = st.sampled_from(
    ["choices", "index", "message", "delta", "content", "role", "finish_reason", "usage", "total_tokens", "tool_calls",
     "function", "arguments", "name", "id", "type", "output", "response", "text", "item", "part", "logprobs", "error",
     "output_index", "content_index", "item_id", "audio", "reasoning_content", "refusal", "annotations", "status"]
)  # fmt: skip
kinds = st.sampled_from(
    ["response.created", "response.output_text.delta", "response.output_text.done", "response.completed",
     "response.output_item.added", "response.output_item.done", "response.function_call_arguments.delta", "message"]
)  # fmt: skip
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4), max_leaves=12
)
choice = st.fixed_dictionaries(
    {},
    optional={
        "index": scalars,
        "delta": values,
        "message": values,
        "text": values,
        "finish_reason": scalars,
        "logprobs": values,
    },
)
choices = st.fixed_dictionaries({"choices": st.lists(choice, max_size=3)}, optional={"usage": values, "id": values})
events = st.one_of(
    choices,
    st.dictionaries(names, values, max_size=5),
    st.fixed_dictionaries(
        {"type": kinds},
        optional={
            "delta": values,
            "item": values,
            "part": values,
            "response": values,
            "output_index": values,
            "text": values,
        },
    ),
)


@given(
    path=st.sampled_from(["/v1/chat/completions", "/v1/completions", "/v1/responses", "/v1/embeddings"]),
    whole=choices | st.dictionaries(names, values, max_size=5),
    stream=st.none() | st.lists(events, max_size=5),
)
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_answers_of_any_shape(gateway: Gateway, path: str, whole: Any, stream: Any) -> None:
    """Whatever a model says: an answer, or its fault. Never the gateway's."""
    body = {"model": "echoes", "metadata": whole if stream is None or "embed" in path else stream}
    body["stream"] = stream is not None and "embed" not in path
    body["messages" if "chat" in path else "prompt" if path == "/v1/completions" else "input"] = (
        MESSAGES if "chat" in path else "杭州"
    )
    reply = ask(gateway.base, gateway.plant.key, body, path)
    event(f"{path} {reply.status} {reply.error.get('code', '')}")
    assert reply.status in (200, 400, 403, 502), reply.body
    assert not reply.error or reply.error["code"].startswith(("GJ-11", "GJ-12", "GJ-13")), reply.error
    assert "Traceback" not in gateway.printed


def test_a_stalled_model_is_let_go(gateway: Gateway, model: Upstream) -> None:
    before = model.left["stalls"]
    assert chat(gateway, "stalls").error["code"] == "GJ-1302"
    until(lambda: model.left["stalls"] > before, "the gateway closes the connection")


def test_nobody_listens(plant: Plant) -> None:
    nowhere = plant.with_env(GUIJU_UPSTREAM_URL=f"http://127.0.0.1:{free_port()}/v1", **QUICK)
    with serving(nowhere) as gateway:
        for stream in (False, True):
            reply = chat(gateway, "well", stream=stream)
            assert (reply.status, reply.error["code"]) == (502, "GJ-1301")
            assert gateway.plant.outcomes()[reply.number] == "upstream_error"
        assert gateway.ready(), "the gateway is not to blame"
    plant.verify()


def test_the_model_comes_back(plant: Plant) -> None:
    """Without a restart of the gateway, and without a connection to the old one being used."""
    with upstream() as first:
        port = first.port
        running = serving(plant.with_env(GUIJU_UPSTREAM_URL=first.address, **QUICK))
        gateway = running.__enter__()
        assert chat(gateway, "well").status == 200
    try:
        assert chat(gateway, "well").status == 502
        with upstream(port) as again:
            assert chat(gateway, "well").status == 200 and again.asked["well"] == 1
    finally:
        running.__exit__(None, None, None)
