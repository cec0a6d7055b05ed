"""The official client through the gateway, surface by surface."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Callable

import openai
import pytest

from guiju.gateway.endpoints.endpoint import Json
from tests.gateway.serving import Caller
from tests.gateway.stub import (
    DONE,
    Stub,
    chat_events,
    chat_whole,
    completion,
    embeddings,
    event,
    events_bytes,
    message_chunk,
    message_item,
    pieces,
    response,
    response_events,
    response_object,
    whole,
)

pytestmark = pytest.mark.one_database

LABEL = "【本内容由AI生成】"
Make = Callable[..., Caller]
HELLO = [{"role": "user", "content": "你好"}]


def test_chat(caller: Caller, stub: Stub) -> None:
    stub.says("天空是蓝色的。")
    with caller.openai as client:
        answer = client.chat.completions.create(model="m1", messages=HELLO, temperature=0.2)
    assert answer.choices[0].message.content == f"{LABEL}\n\n天空是蓝色的。"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == 12
    assert stub.last.json == {"model": "m1", "messages": HELLO, "temperature": 0.2}
    assert stub.last.headers["Authorization"] == "Bearer sk-up"
    record = caller.records()[-1]
    assert (record.outcome, record.tokens, record.endpoint) == ("completed", 12, "chat.completions")


def test_chat_stream(caller: Caller, stub: Stub) -> None:
    stub.says("天空是蓝色的。")
    with caller.openai as client:
        chunks = list(client.chat.completions.create(model="m1", messages=HELLO, stream=True))
    text = "".join(c.choices[0].delta.content or "" for c in chunks)
    assert text == f"{LABEL}\n\n天空是蓝色的。"
    assert [c.choices[0].finish_reason for c in chunks if c.choices[0].finish_reason] == ["stop"]
    assert all(c.usage is None for c in chunks), "token counts were not asked for"
    assert stub.last.json["stream_options"] == {"include_usage": True}
    assert caller.records()[-1].tokens == 12


def test_several_choices(caller: Caller, stub: Stub) -> None:
    stub.says("第一", "第二", "第三")
    with caller.openai as client:
        answer = client.chat.completions.create(model="m1", messages=HELLO, n=3)
        chunks = list(client.chat.completions.create(model="m1", messages=HELLO, n=3, stream=True))
    expected = [f"{LABEL}\n\n{text}" for text in ("第一", "第二", "第三")]
    assert [choice.message.content for choice in answer.choices] == expected
    streamed = ["", "", ""]
    for chunk in chunks:
        for choice in chunk.choices:
            streamed[choice.index] += choice.delta.content or ""
    assert streamed == expected


def test_token_counts_in_a_stream_when_asked_for(caller: Caller, stub: Stub) -> None:
    with caller.openai as client:
        asked = {"stream": True, "stream_options": {"include_usage": True}}
        chunks = list(client.chat.completions.create(model="m1", messages=HELLO, **asked))
    assert chunks[-1].usage.total_tokens == 12 and chunks[-1].choices == []


CALL = {"id": "call-1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "北京"}'}}
TOOLS = [
    {"type": "function", "function": {"name": "weather", "description": "天气", "parameters": {"type": "object"}}},
]


def test_tools_and_their_results(caller: Caller, stub: Stub) -> None:
    stub.script = whole(chat_whole([{"role": "assistant", "content": None, "tool_calls": [CALL]}]))
    with caller.openai as client:
        answer = client.chat.completions.create(model="m1", messages=HELLO, tools=TOOLS, tool_choice="auto")
        call = answer.choices[0].message.tool_calls[0]
        assert (call.id, call.function.name, call.function.arguments) == ("call-1", "weather", '{"city": "北京"}')
        assert answer.choices[0].message.content is None, "no words are put where there was no text"
        assert stub.last.json["tools"] == TOOLS
        stub.says("晴")
        turns = [*HELLO, answer.choices[0].message, {"role": "tool", "tool_call_id": "call-1", "content": "晴，25℃"}]
        client.chat.completions.create(model="m1", messages=turns, tools=TOOLS)
    assert stub.last.json["messages"][1]["tool_calls"][0]["function"] == CALL["function"]
    assert stub.last.json["messages"][2] == {"role": "tool", "tool_call_id": "call-1", "content": "晴，25℃"}


def test_streamed_tool_calls_with_escapes_in_pieces(caller: Caller, stub: Stub) -> None:
    arguments = '{"city": "\\u5317\\u4eac", "n": "\\\\u0022"}'
    deltas = [
        {"role": "assistant", "tool_calls": [{**CALL, "index": 0, "function": {"name": "weather", "arguments": ""}}]}
    ]
    deltas += [{"tool_calls": [{"index": 0, "function": {"arguments": piece}}]} for piece in arguments]
    events = [event(message_chunk(0, delta)) for delta in deltas]
    stub.script = pieces([*events, event(message_chunk(0, {}, "tool_calls")), DONE])
    with (
        caller.openai as client,
        client.chat.completions.stream(model="m1", messages=HELLO, tools=TOOLS) as stream,
    ):
        stream.until_done()
        answer = stream.get_final_completion()
    call = answer.choices[0].message.tool_calls[0]
    assert (call.id, call.function.name) == ("call-1", "weather")
    assert json.loads(call.function.arguments) == {"city": "北京", "n": "\\u0022"}
    assert answer.choices[0].finish_reason == "tool_calls"


def test_a_streamed_tool_call_comes_in_one_piece_with_its_name(caller: Caller, stub: Stub) -> None:
    """Clients that take the name from the first piece they see get it there."""
    deltas: list[Json] = [{"role": "assistant", "tool_calls": [{**CALL, "index": 0, "function": {"name": "wea"}}]}]
    deltas += [{"tool_calls": [{"index": 0, "function": {"name": "ther", "arguments": '{"city":'}}]}]
    deltas += [{"tool_calls": [{"index": 0, "function": {"arguments": ' "北京"}'}}]}]
    deltas += [{"tool_calls": [{"index": 1, "id": "call-2", "type": "custom", "custom": {"name": "f", "input": "x"}}]}]
    stub.script = pieces(
        [*[event(message_chunk(0, d)) for d in deltas], event(message_chunk(0, {}, "tool_calls")), DONE]
    )
    events = caller.chat(stream=True).events
    calls = [c for e in events for choice in e["choices"] for c in choice["delta"].get("tool_calls", [])]
    assert calls == [
        {
            "index": 0,
            "id": CALL["id"],
            "type": "function",
            "function": {"name": "weather", "arguments": '{"city": "北京"}'},
        },
        {"index": 1, "id": "call-2", "type": "custom", "custom": {"name": "f", "input": "x"}},
    ]
    assert events[-1]["choices"][0]["finish_reason"] == "tool_calls"


def test_reasoning_passes_through_beside_the_answer(caller: Caller, stub: Stub) -> None:
    thinking = [event(message_chunk(0, {"reasoning_content": c})) for c in "先想一想"]
    stub.script = pieces([*thinking, *chat_events(["想好了"])])
    with caller.openai as client:
        chunks = list(client.chat.completions.create(model="m1", messages=HELLO, stream=True))
        stub.says("想好了", reasoning_content="先想一想")
        answer = client.chat.completions.create(model="m1", messages=HELLO)
    deltas = [chunk.choices[0].delta.to_dict() for chunk in chunks]
    assert "".join(d.get("reasoning_content") or "" for d in deltas) == "先想一想"
    assert "".join(d.get("content") or "" for d in deltas) == f"{LABEL}\n\n想好了"
    assert answer.choices[0].message.to_dict()["reasoning_content"] == "先想一想"


def test_images_and_sound_in_the_prompt_pass_whole(caller: Caller, stub: Stub) -> None:
    pixels = base64.b64encode(bytes(range(256)) * 400).decode()
    parts = [
        {"type": "text", "text": "这是什么"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{pixels}", "detail": "high"}},
        {"type": "input_audio", "input_audio": {"data": pixels, "format": "wav"}},
    ]
    with caller.openai as client:
        client.chat.completions.create(model="m1", messages=[{"role": "user", "content": parts}])
    assert stub.last.json["messages"][0]["content"] == parts


def test_completions(caller: Caller, stub: Stub) -> None:
    stub.script = completion(["从前有座山", "从前有条河"])
    with caller.openai as client:
        answer = client.completions.create(model="m1", prompt=["讲个", "故事"], n=2)
        assert [c.text for c in answer.choices] == [f"{LABEL}\n\n从前有座山", f"{LABEL}\n\n从前有条河"]
        streamed = {0: "", 1: ""}
        for chunk in client.completions.create(model="m1", prompt="讲个故事", n=2, stream=True):
            for choice in chunk.choices:
                streamed[choice.index] += choice.text
    assert list(streamed.values()) == [c.text for c in answer.choices]


def test_responses(caller: Caller, stub: Stub) -> None:
    stub.script = response("天空是蓝色的。")
    expected = f"{LABEL}\n\n天空是蓝色的。"
    with caller.openai as client:
        answer = client.responses.create(model="m1", input="你好", instructions="简短")
        assert (answer.output_text, answer.status, answer.usage.total_tokens) == (expected, "completed", 12)
        events = list(client.responses.create(model="m1", input=[{"role": "user", "content": "你好"}], stream=True))
        with client.responses.stream(model="m1", input="你好") as stream:
            stream.until_done()
            final = stream.get_final_response()
    assert final.output_text == expected
    assert [e.sequence_number for e in events] == list(range(len(events)))
    assert "".join(e.delta for e in events if e.type == "response.output_text.delta") == expected
    assert [e.text for e in events if e.type == "response.output_text.done"] == [expected]
    assert events[-1].type == "response.completed" and events[-1].response.output_text == expected
    assert [r.tokens for r in caller.records()] == [12, 12, 12]


def test_a_response_whose_texts_never_end_by_themselves(caller: Caller, stub: Stub) -> None:
    kinds = ("response.output_text.done", "response.content_part.done", "response.output_item.done")
    events = [e for e in response_events("天空是蓝色的。11010519491231002X") if e["type"] not in kinds]
    stub.script = pieces(events_bytes(events))
    with caller.openai as client:
        seen = list(client.responses.create(model="m1", input="你好", stream=True))
    expected = f"{LABEL}\n\n天空是蓝色的。" + "*" * 18
    assert "".join(e.delta for e in seen if e.type == "response.output_text.delta") == expected
    assert seen[-1].response.output_text == expected


def test_two_equal_texts_of_a_response_both_arrive(caller: Caller, stub: Stub) -> None:
    first = response_events("紫檀木")
    second = [e | {"output_index": 1} for e in response_events("紫檀木")[2:-1]]
    last = first[-1] | {"response": response_object([message_item("紫檀木"), message_item("紫檀木", "msg-2")])}
    stub.script = pieces(events_bytes([*first[:-1], *second, last]))
    with caller.openai as client:
        seen = list(client.responses.create(model="m1", input="你好", stream=True))
    said = {0: "", 1: ""}
    for e in seen:
        if e.type == "response.output_text.delta":
            said[e.output_index] += e.delta
    assert said == {0: f"{LABEL}\n\n紫檀木", 1: "紫檀木"}
    assert [item.content[0].text for item in seen[-1].response.output] == list(said.values())


def test_embeddings_as_numbers_and_as_base64(caller: Caller, stub: Stub) -> None:
    stub.script = embeddings([0.5, -0.25], [1.0, 0.0])
    with caller.openai as client:
        answer = client.embeddings.create(model="m1", input=["一", "二"], encoding_format="float")
        assert [one.embedding for one in answer.data] == [[0.5, -0.25], [1.0, 0.0]]
        packed = base64.b64encode(struct.pack("<2f", 0.5, -0.25)).decode()
        stub.script = embeddings(packed)  # the client asks for base64 by itself and unpacks it
        answer = client.embeddings.create(model="m1", input="一")
    assert stub.last.json["encoding_format"] == "base64"
    assert answer.data[0].embedding == [0.5, -0.25]
    assert [r.endpoint for r in caller.records()] == ["embeddings", "embeddings"]


def test_models(make: Make) -> None:
    with make().openai as client:
        assert [m.id for m in client.models.list()] == ["m1", "m2"]
    with make(models_allowed=["m2"]).openai as client:
        assert [m.id for m in client.models.list()] == ["m2"]


async def test_the_asynchronous_client(caller: Caller, stub: Stub) -> None:
    base = f"{caller.gateway.base}/v1"
    async with openai.AsyncOpenAI(base_url=base, api_key=caller.key, max_retries=0, timeout=20) as client:
        stream = await client.chat.completions.create(model="m1", messages=HELLO, stream=True)
        text = "".join([c.choices[0].delta.content or "" async for c in stream])
    assert text == f"{LABEL}\n\n好"


def test_errors_become_the_exceptions_of_the_client(make: Make, stub: Stub) -> None:
    def raised(caller: Caller, **more: object) -> openai.APIStatusError:
        with caller.openai as client, pytest.raises(openai.APIStatusError) as caught:
            client.chat.completions.create(**{"model": "m1", "messages": HELLO, **more})
        return caught.value

    good = make()
    stranger = Caller(good.gateway, good.row, "gj-nobody")
    cases = [
        (raised(stranger), openai.AuthenticationError, "GJ-1202"),
        (raised(make(status="applied")), openai.PermissionDeniedError, "GJ-1203"),
        (raised(make(requests_per_minute=0)), openai.RateLimitError, "GJ-1208"),
        (raised(good, model="m3"), openai.NotFoundError, "GJ-1107"),
        (raised(good, messages=[]), openai.BadRequestError, "GJ-1104"),
    ]
    for error, kind, code in cases:
        assert type(error) is kind
        assert error.code == code
        assert any("\u4e00" <= c <= "\u9fff" for c in error.body["message"]) and error.body["message_en"].isascii()
    stub.script = whole({"error": {"message": "max_tokens is too large"}}, 400)
    told = raised(good)
    assert type(told) is openai.BadRequestError and told.code == "GJ-1303" and "max_tokens is too large" in told.message
    stub.script = whole({"error": {"message": "Incorrect API key sk-up"}}, 401)
    hidden = raised(good)
    assert type(hidden) is openai.InternalServerError and "sk-up" not in hidden.message
    with good.openai as client, pytest.raises(openai.NotFoundError) as caught:
        client.fine_tuning.jobs.create(model="m1", training_file="f")
    assert caught.value.code == "GJ-1106" and "POST /v1/fine_tuning/jobs" in caught.value.message
