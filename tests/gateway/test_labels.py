"""The labels of answers: explicit words once and in place, seven keys where clients and machines find them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from guiju.evidence.record import Exchange, decode
from guiju.labeling import parse
from guiju.store.models import Record
from tests.gateway.conftest import MASKED, WORD
from tests.gateway.serving import Caller
from tests.gateway.stub import (
    DONE,
    Stub,
    chat_whole,
    event,
    events_bytes,
    message_chunk,
    pieces,
    response,
    response_events,
    whole,
)

pytestmark = pytest.mark.one_database

Make = Callable[..., Caller]
LABEL = "【本内容由AI生成】"
FENCED = "```python\nprint(1)\n```"
OPEN = "看代码:\n```python\nprint(1)"


def said(caller: Caller, *, stream: bool, **more: object) -> str:
    """What a client reads."""
    reply = caller.chat(stream=stream, **more)
    if stream:
        return "".join(c["delta"].get("content") or "" for e in reply.events for c in e["choices"])
    return str(reply.json["choices"][0]["message"]["content"])


def label_of(caller: Caller) -> dict[str, str]:
    """The label as the record has it."""
    body = decode(bytes(caller.records()[-1].body))
    assert isinstance(body, Exchange)
    return {"position": body.label.position, "words": body.label.explicit, "reason": body.label.reason}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("position", "answer", "expected", "reason"),
    [
        ("start", "天空", f"{LABEL}\n\n天空", ""),
        ("end", "天空", f"天空\n\n{LABEL}", ""),
        ("interface", "天空", "天空", ""),
        ("start", FENCED, f"{LABEL}\n\n{FENCED}", ""),
        ("end", FENCED, f"{FENCED}\n\n{LABEL}", ""),
        ("end", OPEN, f"{OPEN}\n```\n\n{LABEL}", "closed_fence"),
        ("start", f"{LABEL}\n\n天空", f"{LABEL}\n\n天空", "imitated"),
        ("end", f"天空\n\n{LABEL}", f"天空\n\n{LABEL}", "imitated"),
    ],
)
def test_where_the_words_stand(
    stream: bool, position: str, answer: str, expected: str, reason: str, make: Make, stub: Stub
) -> None:
    caller = make(
        label_position=position, interface_declaration="气泡右上角写有 AI 生成" if position == "interface" else ""
    )
    stub.says(answer)
    assert said(caller, stream=stream) == expected
    words = "" if position == "interface" else "zh-content-by-ai"
    found = label_of(caller)
    assert (found["position"], found["reason"], bool(found["words"])) == (position, reason, bool(words))


@pytest.mark.parametrize("stream", [False, True])
def test_json_by_request_has_no_words_in_it(stream: bool, caller: Caller, stub: Stub) -> None:
    stub.says('{"a": 1}')
    assert said(caller, stream=stream, response_format={"type": "json_object"}) == '{"a": 1}'
    assert label_of(caller) == {"position": "", "words": "", "reason": "structured"}
    caller.update(interface_declaration="气泡右上角写有 AI 生成")
    said(caller, stream=stream, response_format={"type": "json_schema", "json_schema": {"name": "x"}})
    assert label_of(caller) == {"position": "interface", "words": "", "reason": "structured"}
    stub.script = response('{"a": 1}')
    body = {"model": "m1", "input": "你好", "text": {"format": {"type": "json_object"}}, "stream": stream}
    assert LABEL not in caller.post("/v1/responses", body).body.decode()


def test_own_words(make: Make, stub: Stub) -> None:
    caller = make(label_text="本回答由人工智能生成")
    assert said(caller, stream=False) == "【本回答由人工智能生成】\n\n好"


def test_answers_in_parts_are_labelled_once(make: Make, stub: Stub) -> None:
    parts = [{"type": "text", "text": "一"}, {"type": "text", "text": "二"}]
    for position, expected in (("start", [f"{LABEL}\n\n一", "二"]), ("end", ["一", f"二\n\n{LABEL}"])):
        stub.script = whole(chat_whole([{"role": "assistant", "content": parts}]))
        content = make(label_position=position).chat().json["choices"][0]["message"]["content"]
        assert [part["text"] for part in content] == expected


@pytest.mark.parametrize("path", ["chat", "responses"])
def test_the_seven_keys_whole_and_streamed(path: str, caller: Caller, stub: Stub) -> None:
    ask = {
        "chat": ("/v1/chat/completions", {"model": "m1", "messages": [{"role": "user", "content": "你好"}]}),
        "responses": ("/v1/responses", {"model": "m1", "input": "你好"}),
    }
    if path == "responses":
        stub.script = response("好")
    url, body = ask[path]
    for stream in (False, True):
        reply = caller.post(url, {**body, "stream": stream})
        found = [reply.json["aigc"]] if not stream else [reply.events[0]["aigc"], reply.events[-1]["aigc"]]
        label = parse(reply.headers["X-Guiju-AIGC"])
        assert label.conforms and not label.breaches
        number = reply.headers["X-Guiju-Record"]
        assert label.label.ProduceID == number
        assert all(one == label.label.keys() for one in found)
        record = Record.objects.get(content_number=number)
        exchange = decode(bytes(record.body))
        assert isinstance(exchange, Exchange)
        assert exchange.label.implicit == reply.headers["X-Guiju-AIGC"]
        assert exchange.label.content == number and record.labelled


def test_the_numbers_of_two_answers_differ(caller: Caller, stub: Stub) -> None:
    assert len({caller.chat().headers["X-Guiju-Record"] for _ in range(5)}) == 5


def test_a_cut_answer_keeps_its_label(make: Make, stub: Stub) -> None:
    """Where policy cuts an answer short, its words are labelled before the stand-in speaks."""
    caller = make(label_position="end")
    stub.says(f"很长的开头{WORD}")
    text = said(caller, stream=True)
    assert text.startswith(f"很长的开头\n\n{LABEL}抱歉")
    assert label_of(caller)["position"] == "end"
    stub.says(WORD)
    assert LABEL not in said(caller, stream=True), "nothing of the model went out"
    assert label_of(caller) == {"position": "", "words": "", "reason": "empty"}


def test_an_interrupted_answer_keeps_its_label(caller: Caller, stub: Stub) -> None:
    chunks = [event(message_chunk(0, {"content": "很长的开头。"}))]
    stub.script = pieces(chunks, reset=True)
    reply = caller.chat(stream=True)
    assert reply.events[0]["aigc"] and reply.events[0]["choices"][0]["delta"]["content"] == f"{LABEL}\n\n很长的开头。"
    assert reply.events[-1]["error"]["code"] == "GJ-1304"
    record = caller.records()[-1]
    assert (record.outcome, record.labelled) == ("upstream_error", True)


# --- log probabilities, which repeat the text ------------------------------------------------------------------------


def token(text: str) -> dict[str, object]:
    return {"token": text, "logprob": -0.1, "bytes": list(text.encode()), "top_logprobs": []}


def probable(text: str) -> list[bytes]:
    chunks = [event(message_chunk(0, {"content": c}, logprobs={"content": [token(c)]})) for c in text]
    return [*chunks, event(message_chunk(0, {}, "stop")), DONE]


def tokens_of(events: list[dict[str, object]]) -> str:
    found = [c.get("logprobs") or {} for e in events for c in e["choices"]]  # type: ignore[attr-defined]
    return "".join(t["token"] for one in found for t in one.get("content") or [])


def test_log_probabilities_leave_with_their_text(caller: Caller, stub: Stub) -> None:
    stub.script = pieces(probable("好的，紫檀木很好"))
    assert tokens_of(caller.chat(stream=True, logprobs=True).events) == "好的，紫檀木很好"
    for hidden in (MASKED, WORD):
        stub.script = pieces(probable(f"内容是{hidden}。"))
        reply = caller.chat(stream=True, logprobs=True)
        assert not set(tokens_of(reply.events)) & set(hidden), "what is masked or stopped leaks through its tokens"


def test_log_probabilities_of_whole_answers(caller: Caller, stub: Stub) -> None:
    def answer(text: str) -> dict[str, object]:
        body = chat_whole([{"role": "assistant", "content": text}])
        body["choices"][0]["logprobs"] = {"content": [token(c) for c in text], "refusal": None}
        return body

    stub.script = whole(answer("好的"))
    assert len(caller.chat().json["choices"][0]["logprobs"]["content"]) == 2
    stub.script = whole(answer(f"号码{MASKED}"))
    assert not caller.chat().json["choices"][0].get("logprobs")
    stub.script = whole(answer(WORD))
    assert not caller.chat().json["choices"][0].get("logprobs")


@pytest.mark.parametrize("stream", [False, True])
def test_log_probabilities_of_responses(stream: bool, caller: Caller, stub: Stub) -> None:
    events = response_events(f"号码{MASKED}")
    repeated = [token(c) for c in MASKED]
    for one in [one for one in events if one["type"] != "response.content_part.added"]:
        for holder in (one, one.get("part"), *(one.get("item") or {}).get("content", [])):
            if isinstance(holder, dict) and "logprobs" in holder:
                holder["logprobs"] = [token(one["delta"])] if "delta" in one else repeated
    final = events[-1]["response"]
    final["output"][0]["content"][0]["logprobs"] = repeated
    stub.script = pieces(events_bytes(events)) if stream else whole(final)
    reply = caller.post("/v1/responses", {"model": "m1", "input": "你好", "stream": stream})
    assert "*" in reply.body.decode()
    assert '"token":"1"' not in json.dumps(reply.events if stream else reply.json, separators=(",", ":"))
