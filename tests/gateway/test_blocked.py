"""How a blocked exchange ends: by the integration's choice, streaming or not, for prompts and for answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import openai
import pytest

from tests.gateway.conftest import WORD
from tests.gateway.serving import Caller
from tests.gateway.stub import Json, Stub, chat, completion, response

pytestmark = pytest.mark.one_database

Make = Callable[..., Caller]
STAND_IN = "抱歉，我不能提供违反法律法规的内容"

SURFACES: dict[str, tuple[str, Callable[[str], Json], Callable[[str], Any]]] = {
    "chat": (
        "/v1/chat/completions",
        lambda text: {"model": "m1", "messages": [{"role": "user", "content": text}]},
        lambda text: chat([text]),
    ),
    "completions": ("/v1/completions", lambda text: {"model": "m1", "prompt": text}, lambda text: completion([text])),
    "responses": ("/v1/responses", lambda text: {"model": "m1", "input": text}, response),
}


def words_of(body: Json) -> str:
    """What a whole answer says."""
    if "output" in body:
        return "".join(part["text"] for item in body["output"] for part in item["content"])
    return "".join(c["message"]["content"] if "message" in c else c["text"] for c in body["choices"])


def reason_of(body: Json) -> str:
    """How it says that it ended."""
    if "output" in body:
        assert body["status"] == "incomplete"
        return str(body["incomplete_details"]["reason"])
    return str(body["choices"][0]["finish_reason"])


def streamed(events: list[Json]) -> tuple[str, str]:
    """What a stream says, and how it says that it ended."""
    if "type" in events[0]:
        said = "".join(e["delta"] for e in events if e["type"].endswith(".delta"))
        assert words_of(events[-1]["response"]) == said
        return said, reason_of(events[-1]["response"])
    choices = [choice for event in events for choice in event["choices"]]
    said = "".join((c["delta"].get("content") or "") if "delta" in c else c["text"] for c in choices)
    return said, str(choices[-1]["finish_reason"])


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("stream", [False, True])
def test_a_stand_in_for_a_prompt(surface: str, stream: bool, caller: Caller, stub: Stub) -> None:
    path, ask, _ = SURFACES[surface]
    reply = caller.post(path, {**ask(WORD), "stream": stream})
    assert reply.status == 200 and stub.asked == []
    said, reason = streamed(reply.events) if stream else (words_of(reply.json), reason_of(reply.json))
    assert said.startswith(STAND_IN) or said.startswith("抱歉，我不能提供")
    assert reason == "content_filter"
    assert "aigc" not in reply.body.decode() and "X-Guiju-AIGC" not in reply.headers, "fixed words are no AI content"
    record = caller.records()[-1]
    assert (record.outcome, record.labelled, record.explicit_label) == ("blocked", False, "")


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("stream", [False, True])
def test_a_stand_in_for_an_answer(surface: str, stream: bool, caller: Caller, stub: Stub) -> None:
    path, ask, answer = SURFACES[surface]
    stub.script = answer(f"开头{WORD}结尾")
    reply = caller.post(path, {**ask("你好"), "stream": stream})
    assert reply.status == 200
    said, reason = streamed(reply.events) if stream else (words_of(reply.json), reason_of(reply.json))
    assert "抱歉" in said and reason == "content_filter"
    assert "结尾" not in said
    record = caller.records()[-1]
    if stream:  # what went out of the model's answer stays labelled
        assert said.startswith("【本内容由AI生成】\n\n开头") and record.labelled
    else:
        assert "开头" not in said and not record.labelled and "aigc" not in reply.json


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("stream", [False, True])
def test_an_error_for_a_prompt(surface: str, stream: bool, make: Make, stub: Stub) -> None:
    path, ask, _ = SURFACES[surface]
    caller = make(blocked_style="error")
    reply = caller.post(path, {**ask(WORD), "stream": stream})
    assert (reply.status, reply.error["code"], stub.asked) == (400, "GJ-1108", [])
    record = caller.records()[-1]
    assert record.outcome == "blocked" and reply.headers["X-Guiju-Record"] == record.content_number


@pytest.mark.parametrize("surface", SURFACES)
def test_an_error_for_a_whole_answer(surface: str, make: Make, stub: Stub) -> None:
    path, ask, answer = SURFACES[surface]
    caller = make(blocked_style="error")
    stub.script = answer(f"开头{WORD}结尾")
    reply = caller.post(path, ask("你好"))
    assert (reply.status, reply.error["code"]) == (400, "GJ-1109")
    assert caller.records()[-1].outcome == "blocked"


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("head", ["", "开头"])
def test_an_error_for_a_streamed_answer(surface: str, head: str, make: Make, stub: Stub) -> None:
    path, ask, answer = SURFACES[surface]
    caller = make(blocked_style="error")
    stub.script = answer(f"{head}{WORD}结尾")
    reply = caller.post(path, {**ask("你好"), "stream": True})
    if reply.status == 400:  # nothing had gone out: no head, or all of it arrived at once
        assert reply.error["code"] == "GJ-1109"
    else:
        assert reply.events[-1]["error"]["code"] == "GJ-1109"
    assert WORD not in reply.body.decode() and "结尾" not in reply.body.decode()
    assert caller.records()[-1].outcome == "blocked"


def test_the_client_raises_for_an_error_in_a_stream(make: Make, stub: Stub) -> None:
    stub.says(f"开头{WORD}")
    with make(blocked_style="error").openai as client, pytest.raises(openai.APIError) as caught:
        list(client.chat.completions.create(model="m1", messages=[{"role": "user", "content": "你好"}], stream=True))
    assert "GJ-1109" in json.dumps(caught.value.body)


def test_one_choice_is_stopped_and_the_others_go_on(caller: Caller, stub: Stub) -> None:
    stub.says(f"一{WORD}", "二二二二二二二二二二二二", f"三三三三三三三三{WORD}")
    events = caller.chat(stream=True, n=3).events
    said, reasons = {0: "", 1: "", 2: ""}, dict[int, str]()
    for choice in [c for e in events for c in e["choices"]]:
        said[choice["index"]] += choice["delta"].get("content") or ""
        if choice["finish_reason"]:
            assert choice["index"] not in reasons, "a choice ends once"
            reasons[choice["index"]] = choice["finish_reason"]
    assert reasons == {0: "content_filter", 1: "stop", 2: "content_filter"}
    assert said[1] == "【本内容由AI生成】\n\n二二二二二二二二二二二二"
    reply = caller.chat(n=3).json
    assert [c["finish_reason"] for c in reply["choices"]] == ["content_filter", "stop", "content_filter"]
    assert reply["choices"][1]["message"]["content"] == said[1]
    assert reply["aigc"], "an answer of the model is among them"


def test_a_blocked_embedding_is_empty(caller: Caller, stub: Stub) -> None:
    reply = caller.post("/v1/embeddings", {"model": "m1", "input": WORD})
    assert (reply.status, reply.json["data"], stub.asked) == (200, [], [])


def test_nothing_more_is_read_after_a_stop(caller: Caller, stub: Stub) -> None:
    """The connection is closed, so the model need not go on writing."""
    stub.says(WORD + "后" * 20_000)
    reply = caller.chat(stream=True)
    assert reply.events[-1]["choices"][0]["finish_reason"] == "content_filter"
    assert stub.last.left.wait(5)
