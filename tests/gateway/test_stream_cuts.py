"""However a streamed answer is cut, by characters or by bytes, the client gets the same text and the record says the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from guiju.errors import UpstreamMalformed
from guiju.evidence.record import Exchange, decode
from guiju.gateway.labels import AnswerLabels
from guiju.gateway.relay import Relay, RelayContext
from guiju.gateway.relay_choices import ChatRelay, CompletionRelay
from guiju.gateway.relay_responses import ResponsesRelay
from guiju.gateway.sse import EventReader
from guiju.labeling import TextLabeller
from guiju.moderation import policy_source, starter
from guiju.moderation.checker import Checker
from guiju.moderation.context import Context
from guiju.moderation.lexicon import Lexicon
from guiju.moderation.lexicon_csv import parse
from guiju.nouns import Direction, Part
from tests.gateway.conftest import DOUBTFUL, MASKED, WORD
from tests.gateway.serving import Caller, Gateway, new_caller
from tests.gateway.stub import (
    DONE,
    Json,
    Stub,
    chat_whole,
    event,
    events_bytes,
    message_chunk,
    pieces,
    response_events,
    whole,
)

pytestmark = pytest.mark.one_database

LABEL = "【本内容由AI生成】"
BITS = [
    *("好", "。", " ", "\n", "a", "7", "😀", "```\n", "~~~py\n"),
    *(WORD[:1], WORD[:4], DOUBTFUL, DOUBTFUL[:3], MASKED, MASKED[:17], MASKED[-6:], LABEL, LABEL[:4]),
]
TEXTS = st.lists(st.sampled_from(BITS), min_size=1, max_size=12).map("".join).filter(str.strip)
STOPPING = st.tuples(TEXTS, TEXTS).map(WORD.join)
CUTS = st.lists(st.integers(1, 7), min_size=1, max_size=12)


def cut(text: Any, sizes: list[int]) -> Iterator[Any]:
    """``text`` (or bytes) in pieces of these sizes, over and over."""
    start = number = 0
    while start < len(text):
        size = sizes[number % len(sizes)]
        yield text[start : start + size]
        start, number = start + size, number + 1


# --- through the gateway ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["start", "end"])
def one(request: pytest.FixtureRequest, gateway: Gateway) -> Caller:
    return new_caller(gateway, label_position=request.param)


def streamed(caller: Caller, stub: Stub, text: str, sizes: list[int], byte_sizes: list[int]) -> tuple[str, Exchange]:
    """What a client reads and what the record holds when ``text`` arrives cut like this."""
    chunks = [event(message_chunk(0, {"content": piece})) for piece in cut(text, sizes)]
    stream = b"".join([*chunks, event(message_chunk(0, {}, "stop")), DONE])
    stub.script = pieces(list(cut(stream, [size * 23 for size in byte_sizes])))
    events = caller.chat(stream=True).events
    said = "".join(c["delta"].get("content") or "" for e in events for c in e["choices"])
    return said, exchange_of(caller)


def exchange_of(caller: Caller) -> Exchange:
    body = decode(bytes(caller.records()[-1].body))
    assert isinstance(body, Exchange)
    return body


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS, sizes=CUTS, byte_sizes=CUTS)
@example(text="好😀。", sizes=[1], byte_sizes=[1])
def test_a_stream_is_the_whole_answer(
    one: Caller, stub: Stub, text: str, sizes: list[int], byte_sizes: list[int]
) -> None:
    stub.script = whole(chat_whole([{"role": "assistant", "content": text}]))
    expected = one.chat().json["choices"][0]["message"]["content"]
    in_one_piece = exchange_of(one)
    said, exchange = streamed(one, stub, text, sizes, byte_sizes)
    assert said == expected
    assert sorted_findings(exchange) == sorted_findings(in_one_piece)
    assert exchange.answer.action == in_one_piece.answer.action
    assert exchange.label.explicit == in_one_piece.label.explicit
    assert exchange.label.reason == in_one_piece.label.reason


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=STOPPING, sizes=CUTS, byte_sizes=CUTS)
def test_a_stopped_stream_says_what_came_before(
    one: Caller, stub: Stub, text: str, sizes: list[int], byte_sizes: list[int]
) -> None:
    stub.script = whole(chat_whole([{"role": "assistant", "content": text}]))
    one.chat()
    found = sorted_findings(exchange_of(one))
    said, exchange = streamed(one, stub, text, sizes, byte_sizes)
    assert WORD not in said
    assert "抱歉" in said or "不能提供" in said
    assert exchange.outcome == "blocked"
    assert set(sorted_findings(exchange)) <= set(found)


def sorted_findings(exchange: Exchange) -> list[Any]:
    return sorted((f.where, f.spans, f.detector, f.rule) for f in exchange.answer.findings)


# --- relays alone, many more cuts ------------------------------------------------------------------------------------

CHECKER = Checker.build(
    Lexicon.compile(parse(f"word,risk,severity\n{WORD},A.1.h,high\n{DOUBTFUL},A.1.h,medium\n")),
    policy_source.default(),
    starter.patterns(),
    budget_ms=60_000,
)


def relay_of(kind: type[Relay], position: str = "start") -> Relay:
    labels = AnswerLabels("chat", "0" * 32, TextLabeller.build(position=position))
    context = RelayContext(
        checker=CHECKER, context=Context(purpose="assistant"), labels=labels, stand_in=lambda _: "抱歉。", structured=False, show_usage=False,
        allow_media=False, error_style=False, retract=False, integration="app", depth=64, limit=1 << 20,
    )  # fmt: skip
    return kind(context)


def relayed(relay: Relay, stream: list[bytes], sizes: list[int]) -> list[Json]:
    """The events that leave a relay fed with a stream cut into pieces of these sizes."""
    reader, out = EventReader(1 << 20), list[bytes]()
    for piece in cut(b"".join(stream), sizes):
        if not (relay.stopped or relay.complete):
            relay.feed(reader.feed(piece), out)
    relay.done()
    out += relay.ending()
    lines = [line for one in out for line in one.split(b"\n") if line.startswith(b"data: ")]
    return [json.loads(line[6:]) for line in lines]


def expected_of(text: str, position: str) -> str:
    part = Part("x", text)
    decision = CHECKER.check([part], Direction.ANSWER)
    masked = CHECKER.mask(part, decision.findings)
    return TextLabeller.build(position=position).apply(masked)[0]


@settings(max_examples=80, deadline=None)
@given(
    texts=st.lists(TEXTS, min_size=1, max_size=3),
    sizes=CUTS,
    byte_sizes=CUTS,
    position=st.sampled_from(["start", "end"]),
)
def test_chat_choices(texts: list[str], sizes: list[int], byte_sizes: list[int], position: str) -> None:
    queues = [list(cut(text, sizes)) for text in texts]
    stream = [
        event(message_chunk(i, {"content": queue[turn]}))
        for turn in range(max(map(len, queues)))
        for i, queue in enumerate(queues)
        if turn < len(queue)
    ]
    stream += [event(message_chunk(i, {}, "stop")) for i in range(len(texts))]
    events = relayed(relay_of(ChatRelay, position), [*stream, DONE], byte_sizes)
    said = dict.fromkeys(range(len(texts)), "")
    for one in events:
        for choice in one["choices"]:
            said[choice["index"]] += choice["delta"].get("content") or ""
    assert list(said.values()) == [expected_of(text, position) for text in texts]
    assert events[0]["aigc"] == events[-1]["aigc"] and len([e for e in events if "aigc" in e]) <= 2


@settings(max_examples=50, deadline=None)
@given(texts=st.lists(TEXTS, min_size=2, max_size=2), sizes=CUTS, final=st.booleans())
def test_every_channel_of_a_delta(texts: list[str], sizes: list[int], final: bool) -> None:
    """Reasoning, a nested structure and a tool call beside the content; the last delta may come with the end."""
    thought, said = (list(cut(text, sizes)) for text in texts)
    arguments = json.dumps({"q": texts[0]}, ensure_ascii=False)
    deltas: list[Json] = [{"reasoning_content": piece, "details": [{"type": "t", "text": piece}]} for piece in thought]
    deltas += [{"content": piece} for piece in said]
    deltas += [{"tool_calls": [{"index": 0, "function": {"name": "f" * (n == 0), "arguments": piece}}]} for n, piece in enumerate(cut(arguments, sizes))]  # fmt: skip
    chunks = [message_chunk(0, delta) for delta in deltas]
    if final:
        chunks[-1]["choices"][0]["finish_reason"] = "tool_calls"
    else:
        chunks.append(message_chunk(0, {}, "tool_calls"))
    events = relayed(relay_of(ChatRelay), [*map(event, chunks), DONE], [50])
    got = dict.fromkeys(("reasoning_content", "details", "content", "name", "arguments"), "")
    for delta in [choice["delta"] for one in events for choice in one["choices"]]:
        for key in ("reasoning_content", "content"):
            got[key] += delta.get(key) or ""
        got["details"] += "".join(detail["text"] for detail in delta.get("details", []))
        for call in delta.get("tool_calls", []):
            got["name"] += call["function"].get("name") or ""
            got["arguments"] += call["function"].get("arguments") or ""
    masked = CHECKER.mask(Part("x", texts[0]), CHECKER.check([Part("x", texts[0])], Direction.ANSWER).findings)
    part = Part("x", arguments)
    assert got == {
        "reasoning_content": masked,
        "details": masked,
        "content": expected_of(texts[1], "start"),
        "name": "f",
        "arguments": CHECKER.mask(part, CHECKER.check([part], Direction.ANSWER).findings),
    }


@settings(max_examples=50, deadline=None)
@given(text=TEXTS, sizes=CUTS, byte_sizes=CUTS, position=st.sampled_from(["start", "end"]))
def test_completions(text: str, sizes: list[int], byte_sizes: list[int], position: str) -> None:
    head = {"id": "c", "object": "text_completion", "created": 1, "model": "m1"}
    stream = [event({**head, "choices": [{"index": 0, "text": p, "finish_reason": None}]}) for p in cut(text, sizes)]
    stream.append(event({**head, "choices": [{"index": 0, "text": "", "finish_reason": "length"}]}))
    events = relayed(relay_of(CompletionRelay, position), [*stream, DONE], byte_sizes)
    assert "".join(e["choices"][0]["text"] for e in events) == expected_of(text, position)
    assert events[-1]["choices"][0]["finish_reason"] == "length"


@settings(max_examples=50, deadline=None)
@given(text=TEXTS, size=st.integers(1, 9), byte_sizes=CUTS, position=st.sampled_from(["start", "end"]))
def test_responses_say_the_same_each_time(text: str, size: int, byte_sizes: list[int], position: str) -> None:
    events = relayed(relay_of(ResponsesRelay, position), events_bytes(response_events(text, size)), byte_sizes)
    expected = expected_of(text, position)
    assert "".join(e["delta"] for e in events if e["type"].endswith(".delta")) == expected
    assert [e["text"] for e in events if e["type"].endswith("text.done")] == [expected]
    assert [e["part"]["text"] for e in events if e["type"] == "response.content_part.done"] == [expected]
    items = [e["item"] for e in events if e["type"] == "response.output_item.done"]
    assert items == events[-1]["response"]["output"]
    assert items[0]["content"][0]["text"] == expected
    assert [e["sequence_number"] for e in events] == list(range(len(events)))


@settings(max_examples=50, deadline=None)
@given(text=STOPPING, size=st.integers(1, 9))
def test_a_stopped_response_ends_well_formed(text: str, size: int) -> None:
    events = relayed(relay_of(ResponsesRelay), events_bytes(response_events(text, size)), [1000])
    said = "".join(e["delta"] for e in events if e["type"].endswith(".delta"))
    assert WORD not in json.dumps(events, ensure_ascii=False) and said.endswith("抱歉。")
    assert events[-1]["type"] == "response.incomplete"
    assert events[-1]["response"]["incomplete_details"] == {"reason": "content_filter"}
    assert events[-1]["response"]["output"][0]["content"][0]["text"] == said
    assert [e["sequence_number"] for e in events] == list(range(len(events)))


def test_deltas_that_arrive_together_leave_together() -> None:
    words = [
        message_chunk(0, {"role": "assistant", "content": ""}),
        *(message_chunk(0, {"content": c}) for c in "今天很好"),
    ]
    together, apart = list[bytes](), list[bytes]()
    relay_of(ChatRelay, "end").feed([json.dumps(chunk).encode() for chunk in words], together)
    relay = relay_of(ChatRelay, "end")
    for chunk in words:
        relay.feed([json.dumps(chunk).encode()], apart)
    assert len(together) == 1 and len(apart) > 3
    others = [
        message_chunk(1, {"content": "另"}),
        message_chunk(0, {"reasoning_content": "想"}),
        message_chunk(0, {"content": "好", "tool_calls": []}),
        {**message_chunk(0, {"content": "好"}), "citation": "x"},
        message_chunk(0, {"content": "好"}, "stop"),
    ]
    for other in others:
        relay, out = relay_of(ChatRelay, "end"), list[bytes]()
        relay.feed([json.dumps(chunk).encode() for chunk in (message_chunk(0, {"content": "先"}), other)], out)
        assert json.loads(out[0][6:])["choices"][0]["delta"]["content"] == "先"


def test_what_came_before_a_fault_goes_out() -> None:
    relay, out = relay_of(ChatRelay, "end"), list[bytes]()
    with pytest.raises(UpstreamMalformed):
        relay.feed([json.dumps(message_chunk(0, {"content": "先说"})).encode(), b"{"], out)
    assert json.loads(out[0][6:])["choices"][0]["delta"]["content"] == "先说"
