"""What the policy masks in a prompt: the model never sees it, the answer has it all the same; or it is covered for good."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from guiju.moderation import policy_source
from guiju.store.services import policies
from tests.gateway.serving import SYSTEM, Caller
from tests.gateway.stub import DONE, Json, Stub, chat_whole, event, message_chunk, pieces, whole
from tests.gateway.test_blocked import SURFACES, words_of

pytestmark = pytest.mark.one_database

MOBILE = "13912345678"
ASK = f"写一封短信，让对方回电{MOBILE}，再说一遍：{MOBILE}"
RULE = "rules:\n  - {risk: A.4.f/mobile, detector: pii, direction: prompt, action: mask}\n"


def heard(events: list[Json]) -> str:
    """What a stream says; where its last event repeats it, that must be the same."""
    if "type" in events[0]:
        said = "".join(e["delta"] for e in events if e["type"].endswith(".delta"))
        assert words_of(events[-1]["response"]) == said
        return said
    choices = [choice for event in events for choice in event["choices"]]
    return "".join((c["delta"].get("content") or "") if "delta" in c else c["text"] for c in choices)


@contextmanager
def in_force(caller: Caller, masking: str) -> Iterator[None]:
    source = policy_source.DEFAULT.read_text("utf-8").replace("rules:\n", RULE, 1)
    policies.ensure_default()
    policies.publish(SYSTEM, policies.create_draft(SYSTEM, source.replace("masking: tokens", f"masking: {masking}", 1)))
    caller.gateway.refreshed()
    yield
    policies.rollback(SYSTEM)
    caller.gateway.refreshed()


@pytest.fixture
def tokens(caller: Caller) -> Iterator[Caller]:
    with in_force(caller, "tokens"):
        yield caller


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("stream", [False, True])
def test_the_model_sees_a_token_and_the_client_the_value(
    surface: str, stream: bool, tokens: Caller, stub: Stub
) -> None:
    path, ask, answer = SURFACES[surface]
    stub.script = answer("请回电[手机号 1]，谢谢。〔手机号7〕和〔手机号")
    reply = tokens.post(path, {**ask(ASK), "stream": stream})
    said = heard(reply.events) if stream else words_of(reply.json)
    assert said.endswith(f"请回电{MOBILE}，谢谢。〔手机号7〕和〔手机号")
    seen = json.dumps(stub.last.json, ensure_ascii=False)
    assert MOBILE not in seen and seen.count("〔手机号1〕") == 2
    assert tokens.records()[-1].prompt_action == "mask"


@pytest.mark.parametrize("stream", [False, True])
def test_a_tool_is_called_with_the_value(stream: bool, tokens: Caller, stub: Stub) -> None:
    def call(arguments: str) -> Json:
        function = {"name": "dial", "arguments": arguments}
        return {"role": "assistant", "tool_calls": [{"index": 0, "id": "c1", "type": "function", "function": function}]}

    halves = [message_chunk(0, call(half)) for half in ('{"to": "〔手', '机号1〕"}')]
    events = [event(chunk) for chunk in (*halves, message_chunk(0, {}, "stop"))]
    stub.script = pieces([*events, DONE]) if stream else whole(chat_whole([call('{"to": "〔手机号1〕"}')]))
    body = {"model": "m1", "stream": stream, "messages": [{"role": "user", "content": ASK}]}
    reply = tokens.post("/v1/chat/completions", body)
    text = json.dumps(reply.events, ensure_ascii=False) if stream else reply.body.decode()
    assert MOBILE in text and "手机号" not in text


def test_log_probabilities_of_tokens_do_not_go_out(tokens: Caller, stub: Stub) -> None:
    said = chat_whole([{"role": "assistant", "content": "回电〔手机号1〕"}])
    said["choices"][0]["logprobs"] = {"content": [{"token": "〔手机号1〕", "logprob": -0.1, "top_logprobs": []}]}
    stub.script = whole(said)
    body = {"model": "m1", "logprobs": True, "messages": [{"role": "user", "content": ASK}]}
    choice = tokens.post("/v1/chat/completions", body).json["choices"][0]
    assert MOBILE in choice["message"]["content"] and not choice.get("logprobs")


def test_covered_for_good(caller: Caller, stub: Stub) -> None:
    with in_force(caller, "cover"):
        stub.says("请回电〔手机号1〕")
        reply = caller.chat(ASK)
    assert "〔手机号1〕" in words_of(reply.json)
    assert MOBILE not in json.dumps(stub.last.json) and "*" * 11 in json.dumps(stub.last.json)
