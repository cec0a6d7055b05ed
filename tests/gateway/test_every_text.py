"""Every text of a request and of an answer is checked, on every surface: a planted word never gets through."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.gateway.conftest import MASKED, WORD
from tests.gateway.serving import Caller, Reply
from tests.gateway.stub import (
    DONE,
    Json,
    Script,
    Stub,
    chat_whole,
    completion,
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

ESCAPED = json.dumps(WORD)[1:-1]
"""The word as JSON escapes, the way tool-call arguments are often written."""
USER = {"role": "user", "content": "你好"}
FUNCTION = {"name": "f", "description": "", "parameters": {"type": "object", "properties": {}}}


def chat(*messages: Json, **more: Any) -> tuple[str, Json]:
    return "/v1/chat/completions", {"model": "m1", "messages": list(messages), **more}


def respond(given: Any, **more: Any) -> tuple[str, Json]:
    return "/v1/responses", {"model": "m1", "input": given, **more}


def tool(**function: Any) -> Json:
    return {"type": "function", "function": {**FUNCTION, **function}}


def calling(**function: str) -> Json:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}", **function}}
    return {"role": "assistant", "content": None, "tool_calls": [call]}


PROMPTS: dict[str, tuple[str, Json]] = {
    "user": chat({"role": "user", "content": f"说说{WORD}吧"}),
    "a text part": chat({"role": "user", "content": [{"type": "text", "text": WORD}]}),
    "a part between an image and a sound": chat(
        {
            "role": "user",
            "content": [
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
                {"type": "text", "text": WORD},
                {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
            ],
        }
    ),
    "system": chat({"role": "system", "content": WORD}, USER),
    "developer": chat({"role": "developer", "content": WORD}, USER),
    "an earlier user turn": chat({"role": "user", "content": WORD}, {"role": "assistant", "content": "不"}, USER),
    "an earlier answer": chat(USER, {"role": "assistant", "content": WORD}, USER),
    "earlier reasoning": chat(USER, {"role": "assistant", "content": "", "reasoning_content": WORD}, USER),
    "an earlier refusal": chat(USER, {"role": "assistant", "refusal": WORD}, USER),
    "the name of a speaker": chat({"role": "user", "content": "你好", "name": WORD}),
    "a tool result": chat(USER, calling(), {"role": "tool", "tool_call_id": "c", "content": WORD}),
    "a tool result in parts": chat(
        USER, calling(), {"role": "tool", "tool_call_id": "c", "content": [{"type": "text", "text": WORD}]}
    ),
    "a tool result as escaped JSON": chat(
        USER, calling(), {"role": "tool", "tool_call_id": "c", "content": f'{{"r": "{ESCAPED}"}}'}
    ),
    "a function result": chat(USER, {"role": "function", "name": "f", "content": WORD}),
    "tool-call arguments": chat(USER, calling(arguments=json.dumps({"q": WORD}, ensure_ascii=False))),
    "escaped tool-call arguments": chat(USER, calling(arguments=json.dumps({"q": WORD}))),
    "half of escaped tool-call arguments": chat(USER, calling(arguments=json.dumps({"q": WORD})[:-3] + ESCAPED)),
    "the name of a called tool": chat(USER, calling(name=WORD)),
    "an old function call": chat(
        USER, {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": f'"{WORD}"'}}
    ),
    "a tool's description": chat(USER, tools=[tool(description=WORD)]),
    "a tool's name": chat(USER, tools=[tool(name=WORD)]),
    "a parameter's description": chat(
        USER, tools=[tool(parameters={"type": "object", "properties": {"q": {"description": WORD}}})]
    ),
    "a parameter's name": chat(USER, tools=[tool(parameters={"type": "object", "properties": {WORD: {}}})]),
    "a parameter's choices": chat(USER, tools=[tool(parameters={"properties": {"q": {"enum": ["甲", WORD]}}})]),
    "a parameter's format": chat(USER, tools=[tool(parameters={"properties": {"q": {"format": WORD}}})]),
    "a parameter's type": chat(USER, tools=[tool(parameters={"properties": {"q": {"type": WORD}}})]),
    "an example under a name's key": chat(USER, tools=[tool(parameters={"examples": [{"id": WORD, "user": WORD}]})]),
    "an example under a media key": chat(USER, tools=[tool(parameters={"default": {"data": WORD}})]),
    "an old function's description": chat(USER, functions=[{**FUNCTION, "description": WORD}]),
    "a response format": chat(
        USER, response_format={"type": "json_schema", "json_schema": {"name": "x", "schema": {"description": WORD}}}
    ),
    "a prediction": chat(USER, prediction={"type": "content", "content": WORD}),
    "a stop word": chat(USER, stop=[WORD]),
    "metadata": chat(USER, metadata={"k": WORD}),
    "a member nobody knows": chat(USER, brand_new={"deep": [[WORD]]}),
    "a text file in a part": chat(
        {
            "role": "user",
            "content": [
                {
                    "type": "file",
                    "file": {"file_data": f"data:text/plain;base64,{base64.b64encode(WORD.encode()).decode()}"},
                }
            ],
        }
    ),
    "a completion": ("/v1/completions", {"model": "m1", "prompt": WORD}),
    "one of several completions": ("/v1/completions", {"model": "m1", "prompt": ["甲", WORD]}),
    "a suffix": ("/v1/completions", {"model": "m1", "prompt": "甲", "suffix": WORD}),
    "a response's input": respond(WORD),
    "an item of a response": respond([{"role": "user", "content": [{"type": "input_text", "text": WORD}]}]),
    "instructions": respond("你好", instructions=WORD),
    "an earlier output": respond(
        [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": WORD}]}, USER]
    ),
    "earlier reasoning of a response": respond(
        [{"type": "reasoning", "id": "r", "summary": [{"type": "summary_text", "text": WORD}]}, USER]
    ),
    "a function call of a response": respond(
        [{"type": "function_call", "call_id": "c", "name": "f", "arguments": json.dumps({"q": WORD})}, USER]
    ),
    "a function's output": respond([USER, {"type": "function_call_output", "call_id": "c", "output": WORD}]),
    "a tool of a response": respond("你好", tools=[{"type": "function", "name": "f", "description": WORD}]),
    "an embedding": ("/v1/embeddings", {"model": "m1", "input": WORD}),
    "one of several embeddings": ("/v1/embeddings", {"model": "m1", "input": ["甲", WORD]}),
}


@pytest.fixture(scope="module")
def strict(gateway: Any) -> Iterator[Callable[[], Caller]]:
    """One integration for the whole table."""
    from tests.gateway.serving import new_caller

    made = new_caller(gateway)
    yield lambda: made


@pytest.mark.parametrize("case", PROMPTS, ids=str)
def test_a_planted_word_in_the_prompt_never_reaches_the_model(
    case: str, strict: Callable[[], Caller], stub: Stub
) -> None:
    caller = strict()
    path, body = PROMPTS[case]
    reply = caller.post(path, body)
    assert reply.status == 200
    assert stub.asked == [], "the model was asked"
    record = caller.records()[-1]
    assert (record.outcome, record.prompt_action) == ("blocked", "answer_instead")
    assert reply.headers["X-Guiju-Record"] == record.content_number
    if path != "/v1/embeddings":
        streamed = caller.post(path, {**body, "stream": True})
        assert streamed.events and stub.asked == []


def test_names_and_media_are_not_mistaken_for_texts(caller: Caller, stub: Stub) -> None:
    """The end user's own name reaches nobody, so it may be anything."""
    reply = caller.chat(user=WORD)
    assert reply.status == 200 and len(stub.asked) == 1
    assert WORD not in json.dumps(stub.last.json, ensure_ascii=False)


@pytest.mark.parametrize("field", ["previous_response_id", "conversation", "prompt"])
def test_what_only_the_upstream_knows_is_refused(field: str, caller: Caller, stub: Stub) -> None:
    reply = caller.post(*respond("你好", **{field: "resp-1"}))
    assert (reply.status, reply.error["code"], reply.error["param"]) == (400, "GJ-1110", field)
    reply = caller.post(*respond([USER, {"type": "item_reference", "id": "msg-1"}]))
    assert (reply.status, reply.error["code"], stub.asked) == (400, "GJ-1110", [])


@pytest.mark.parametrize("value", [[1, 2, 3], [[1, 2], [3]], ["甲", [1]]])
@pytest.mark.parametrize("path", ["completions", "embeddings"])
def test_token_numbers_are_refused(path: str, value: Any, caller: Caller, stub: Stub) -> None:
    reply = caller.post(f"/v1/{path}", {"model": "m1", "prompt": value, "input": value})
    assert (reply.status, reply.error["code"], stub.asked) == (400, "GJ-1105", [])


# --- answers -----------------------------------------------------------------------------------------------------------


def said(**message: Any) -> Script:
    return whole(chat_whole([{"role": "assistant", "content": "好", **message}]))


def output(*items: Json, **more: Any) -> Script:
    return whole(response_object([*items], **more))


ANSWERS: dict[str, tuple[str, Script]] = {
    "content": ("chat", said(content=f"先说{WORD}再说")),
    "content in parts": ("chat", said(content=[{"type": "text", "text": WORD}])),
    "the second choice": ("chat", whole(chat_whole([{"content": "好"}, {"content": WORD}]))),
    "reasoning_content": ("chat", said(reasoning_content=WORD)),
    "reasoning": ("chat", said(reasoning=WORD)),
    "reasoning_details": ("chat", said(reasoning_details=[{"type": "reasoning.text", "text": WORD}])),
    "refusal": ("chat", said(refusal=WORD)),
    "arguments": ("chat", said(**calling(arguments=f'{{"q": "{WORD}"}}'))),
    "escaped arguments": ("chat", said(**calling(arguments=json.dumps({"q": WORD})))),
    "a called tool": ("chat", said(**calling(name=WORD))),
    "an old function call": ("chat", said(function_call={"name": "f", "arguments": json.dumps({"q": WORD})})),
    "an annotation": ("chat", said(annotations=[{"type": "url_citation", "url_citation": {"title": WORD}}])),
    "a member nobody knows": ("chat", said(brand_new={"deep": [WORD]})),
    "beside the choices": ("chat", whole(chat_whole([{"content": "好"}], citations=[WORD]))),
    "a text beside the choices": ("chat", whole(chat_whole([{"content": "好"}], note=WORD))),
    "escaped JSON": ("chat", said(content=f'{{"a": "{ESCAPED}"}}')),
    "completion": ("completions", completion(["好", WORD])),
    "response": ("responses", response(WORD)),
    "second message": ("responses", output(message_item("好"), message_item(WORD, "msg-2"))),
    "function call": (
        "responses",
        output({"type": "function_call", "call_id": "c", "name": "f", "arguments": json.dumps({"q": WORD})}),
    ),
    "reasoning summary": (
        "responses",
        output({"type": "reasoning", "summary": [{"type": "summary_text", "text": WORD}]}, message_item("好")),
    ),
    "output_text": ("responses", output(message_item("好"), output_text=WORD)),
    "a response's error": ("responses", output(status="failed", error={"code": "server_error", "message": WORD})),
}
PATHS = {
    "chat": chat(USER),
    "completions": ("/v1/completions", {"model": "m1", "prompt": "你好"}),
    "responses": respond("你好"),
}


def clean(reply: Reply) -> bool:
    """Nothing of the word is in the answer, however written."""
    text = reply.body.decode()
    return WORD not in text and ESCAPED not in text and WORD not in text.encode().decode("unicode_escape", "replace")


@pytest.mark.parametrize("case", ANSWERS, ids=str)
def test_a_planted_word_in_a_whole_answer_never_reaches_the_client(
    case: str, strict: Callable[[], Caller], stub: Stub
) -> None:
    caller = strict()
    surface, stub.script = ANSWERS[case]
    reply = caller.post(*PATHS[surface])
    assert reply.status == 200
    assert clean(reply)
    record = caller.records()[-1]
    assert (record.outcome, record.answer_action) == ("blocked", "answer_instead")


def deltas(*parts: Json, reason: str = "stop") -> Script:
    """A streamed chat of these deltas, the texts in them cut into single characters by the caller."""
    return pieces([*[event(message_chunk(0, part)) for part in parts], event(message_chunk(0, {}, reason)), DONE])


def letters(make: Callable[[str], Json], text: str = f"好{WORD}好") -> Script:
    return deltas({"role": "assistant", "content": ""}, *[make(letter) for letter in text])


def typed(family: str, text: str = f"好{WORD}好", done: str = "text", **place: Any) -> Script:
    """A streamed response whose one text arrives in events of ``family``."""
    at = {"item_id": "x", "output_index": 0, **place}
    events: list[Json] = [{"type": "response.created", "response": response_object([], "in_progress")}]
    events += [{"type": f"{family}.delta", **at, "delta": letter} for letter in text]
    events += [{"type": f"{family}.done", **at, done: text}]
    return pieces(events_bytes([*events, {"type": "response.completed", "response": response_object([])}]))


def finished(item: Json) -> Script:
    """A streamed response whose text never came as deltas."""
    events = [
        {"type": "response.created", "response": response_object([], "in_progress")},
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": response_object([item])},
    ]
    return pieces(events_bytes(events))


STREAMS: dict[str, tuple[str, Script]] = {
    "content": ("chat", letters(lambda c: {"content": c})),
    "reasoning_content": ("chat", letters(lambda c: {"reasoning_content": c})),
    "a text nobody knows": ("chat", letters(lambda c: {"brand_new": c})),
    "refusal": ("chat", letters(lambda c: {"refusal": c})),
    "content in parts": ("chat", letters(lambda c: {"content": [{"type": "text", "text": c}]})),
    "reasoning_details": (
        "chat",
        letters(lambda c: {"reasoning_details": [{"type": "reasoning.text", "index": 0, "text": c}]}),
    ),
    "arguments": (
        "chat",
        letters(lambda c: {"tool_calls": [{"index": 0, "function": {"arguments": c}}]}, f'{{"q": "{WORD}"}}'),
    ),
    "escaped arguments": (
        "chat",
        letters(lambda c: {"tool_calls": [{"index": 0, "function": {"arguments": c}}]}, f'{{"q": "{ESCAPED}"}}'),
    ),
    "a custom tool's input": ("chat", letters(lambda c: {"tool_calls": [{"index": 0, "custom": {"input": c}}]})),
    "the name of a tool": ("chat", letters(lambda c: {"tool_calls": [{"index": 0, "function": {"name": c}}]})),
    "an old function call": ("chat", letters(lambda c: {"function_call": {"arguments": c}})),
    "an annotation": ("chat", deltas({"annotations": [{"url_citation": {"title": WORD}}]})),
    "beside the delta": (
        "chat",
        pieces(
            [event(message_chunk(0, {"content": "好"}, message={"content": WORD}, note=WORD)), event(message_chunk(0, {}, "stop")), DONE]
        ),
    ),
    "beside the choices": (
        "chat",
        pieces([event(message_chunk(0, {"content": "好"}) | {"citations": [WORD]}), event(message_chunk(0, {}, "stop")), DONE]),
    ),
    "completion": ("completions", completion([f"好{WORD}好"])),
    "output_text": ("responses", pieces(events_bytes(response_events(f"好{WORD}好")))),
    "refusal of a response": ("responses", typed("response.refusal", done="refusal", content_index=0)),
    "reasoning": ("responses", typed("response.reasoning_text", content_index=0)),
    "reasoning summary": ("responses", typed("response.reasoning_summary_text", summary_index=0)),
    "function call": (
        "responses",
        typed("response.function_call_arguments", f'{{"q": "{ESCAPED}"}}', done="arguments"),
    ),
    "custom tool input": ("responses", typed("response.custom_tool_call_input", done="input")),
    "code": ("responses", typed("response.code_interpreter_call_code", done="code")),
    "a finished message": ("responses", finished(message_item(WORD))),
    "a finished call": (
        "responses",
        finished({"type": "function_call", "call_id": "c", "name": "f", "arguments": f'"{ESCAPED}"'}),
    ),
    "a done event that says something else": (
        "responses",
        pieces(events_bytes([e | ({"text": WORD} if e["type"].endswith("text.done") else {}) for e in response_events("好")])),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", STREAMS, ids=str)
def test_a_planted_word_in_a_stream_never_reaches_the_client(
    case: str, strict: Callable[[], Caller], stub: Stub
) -> None:
    caller = strict()
    surface, stub.script = STREAMS[case]
    path, body = PATHS[surface]
    reply = caller.post(path, {**body, "stream": True})
    assert reply.status == 200
    assert clean(reply)
    letters_seen = [e for e in reply.events if WORD[0] in json.dumps(e, ensure_ascii=False)]
    assert letters_seen == [], "not even its first character"
    assert "content_filter" in json.dumps(reply.events[-1])
    record = caller.records()[-1]
    assert (record.outcome, record.answer_action) == ("blocked", "answer_instead")


MASK_PLACES: dict[str, tuple[str, Script]] = {
    name: (surface, script)
    for name, (surface, script) in {
        "content": ("chat", letters(lambda c: {"content": c}, f"号码{MASKED}完")),
        "reasoning": ("chat", letters(lambda c: {"reasoning_content": c}, f"号码{MASKED}完")),
        "parts": ("chat", letters(lambda c: {"content": [{"type": "text", "text": c}]}, f"号码{MASKED}完")),
        "arguments": (
            "chat",
            letters(lambda c: {"tool_calls": [{"index": 0, "function": {"arguments": c}}]}, f'"号码 {MASKED}"'),
        ),
        "response": ("responses", pieces(events_bytes(response_events(f"号码{MASKED}完")))),
        "completion": ("completions", completion([f"号码{MASKED}完"])),
    }.items()
}


@pytest.mark.parametrize("case", MASK_PLACES, ids=str)
@pytest.mark.parametrize("stream", [True, False])
def test_an_identity_card_number_is_masked_everywhere(
    case: str, stream: bool, strict: Callable[[], Caller], stub: Stub
) -> None:
    caller = strict()
    surface, stub.script = MASK_PLACES[case]
    if not stream:
        wholes = {
            "content": said(content=f"号码{MASKED}"),
            "reasoning": said(reasoning_content=f"号码{MASKED}"),
            "parts": said(content=[{"type": "text", "text": MASKED}]),
            "arguments": said(**calling(arguments=json.dumps({"号码": MASKED}))),
            "response": response(f"号码{MASKED}"),
            "completion": completion([f"号码{MASKED}"]),
        }
        stub.script = wholes[case]
    path, body = PATHS[surface]
    reply = caller.post(path, {**body, "stream": stream})
    assert reply.status == 200
    text = reply.body.decode()
    assert MASKED not in text and MASKED[:6] not in text
    seen = "".join(collect(reply.events)) if stream else text
    assert "*" * 18 in seen
    assert caller.records()[-1].answer_action == "mask"
    assert caller.records()[-1].outcome == "completed"


def collect(node: Any) -> Iterator[str]:
    """All strings of an answer, joined so that texts in pieces become whole."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for key in ("content", "reasoning_content", "text", "arguments", "delta", "choices", "tool_calls", "function"):
            if key in node:
                yield from collect(node[key])
    elif isinstance(node, list):
        for child in node:
            yield from collect(child)


@pytest.mark.parametrize("surface", ["chat", "responses"])
def test_escaped_json_by_request_is_read_as_the_client_will_read_it(
    surface: str, strict: Callable[[], Caller], stub: Stub
) -> None:
    harmless = json.dumps({"答": "好的😀", "引": '"\\'})
    for text, blocked in ((harmless, False), (json.dumps({"a": WORD}), True)):
        script = letters(lambda c: {"content": c}, text)
        stub.script = script if surface == "chat" else pieces(events_bytes(response_events(text)))
        path, body = PATHS[surface]
        form = {"type": "json_object"}
        asked = {"response_format": form} if surface == "chat" else {"text": {"format": form}}
        reply = strict().post(path, {**body, **asked, "stream": True})
        assert clean(reply)
        if blocked:
            assert "content_filter" in json.dumps(reply.events[-1])
        else:
            said = "".join(
                e["delta"] if "delta" in e else e["choices"][0]["delta"].get("content") or ""
                for e in reply.events
                if "choices" in e or e["type"].endswith(".delta")
            )
            assert json.loads(said) == json.loads(harmless)
            if surface == "responses":
                assert reply.events[-1]["response"]["output"][0]["content"][0]["text"] == said
