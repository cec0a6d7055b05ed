"""A guard's opinion on streamed answers, over real sockets: it ends them, and in the strict mode before anything is shown."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from guiju.evidence.record import Exchange, decode
from guiju.moderation import policy_source
from guiju.store.services import policies
from tests.gateway.conftest import DOUBTFUL, WORD
from tests.gateway.serving import SYSTEM, Caller, Gateway, new_caller
from tests.gateway.stub import DONE, Asked, Json, Script, Stub, chat_events, event, message_chunk, pieces, whole
from tests.gateway.test_blocked import SURFACES, streamed
from tests.gateway.test_second_opinions import says
from tests.gateway.test_streaming_modes import retracted, said

pytestmark = pytest.mark.one_database

FINE = "春天来了，公园里的花都开了，孩子们在草地上跑来跑去，老人坐在长椅上晒太阳，风很轻，天很蓝。"
GREY = f"后来有人说起{DOUBTFUL}，大家都围过来听，说完又各自散去，谁也没有当真，只当是一个笑话罢了。"
UNSAFE, SAFE = says("Safety: Unsafe\nCategories: Non-violent Illegal Acts"), says("Safety: Safe\nCategories: None")


@pytest.fixture(scope="module")
def asking(database: None, _stub: Stub, _guard: Stub) -> Iterator[Gateway]:
    """A gateway that asks a guard and remembers nothing of what it said."""
    running = Gateway(_stub.base, second={"url": _guard.base, "timeout_s": 20.0, "remember": 0})
    yield running
    running.close()


@pytest.fixture
def caller(asking: Gateway, stub: Stub) -> Caller:
    return new_caller(asking)


@pytest.fixture
def strict(caller: Caller) -> Iterator[Caller]:
    """An integration whose streams the policy holds."""
    policies.ensure_default()
    streams = f"streams:\n  - {{mode: strict, integration: {caller.row.pk}}}\n"
    source = policy_source.DEFAULT.read_text("utf-8").replace("rules:\n", streams + "rules:\n", 1)
    policies.publish(SYSTEM, policies.create_draft(SYSTEM, source))
    caller.gateway.refreshed()  # type: ignore[union-attr]
    yield caller
    policies.rollback(SYSTEM)
    caller.gateway.refreshed()  # type: ignore[union-attr]


def noted(caller: Caller) -> tuple[str, list[str], list[str]]:
    """How the last exchange ended, what came of the askings, and what failed."""
    body = decode(bytes(caller.records()[-1].body))
    assert isinstance(body, Exchange)
    asked = [f.rule for f in body.answer.findings if f.risk == "guiju.second_opinion"]
    return body.outcome, asked, [failure.error for failure in body.answer.failures]


@pytest.mark.parametrize("surface", SURFACES)
def test_a_doubtful_answer_is_ended_by_the_guard(surface: str, caller: Caller, stub: Stub, guard: Stub) -> None:
    path, ask, answer = SURFACES[surface]
    stub.script, guard.script = answer(GREY), whole(UNSAFE)
    reply = caller.post(path, {**ask("讲个故事"), "stream": True}, X_Guiju_Retract="on")
    place, characters = retracted(reply.events)
    before, after = said(reply.events[:place]), said(reply.events[place:])
    assert DOUBTFUL in before and list(characters.values()) == [len(before)]
    assert after.startswith("抱歉") and DOUBTFUL not in after
    plain = caller.post(path, {**ask("讲个故事"), "stream": True})
    text, reason = streamed(plain.events) if surface != "responses" else (said(plain.events), "content_filter")
    assert DOUBTFUL in text and "抱歉" in text and reason == "content_filter"
    assert noted(caller) == ("blocked", ["qwen3guard/answered/unsafe"], [])
    assert len(guard.asked) == 2 and "讲个故事" in str(guard.last.json) and DOUBTFUL in str(guard.last.json)
    guard.script = whole(SAFE)
    passed = caller.post(path, {**ask("讲个故事"), "stream": True})
    assert GREY in said(passed.events) and "抱歉" not in said(passed.events)
    assert noted(caller)[:2] == ("completed", ["qwen3guard/answered/safe"])
    stub.script = answer(FINE)
    assert FINE in said(caller.post(path, {**ask("讲个故事"), "stream": True}).events)
    assert len(guard.asked) == 3, "nobody is asked about a text without doubt"


@pytest.mark.parametrize("surface", SURFACES)
def test_strict_shows_nothing_before_the_guard_was_heard(surface: str, strict: Caller, stub: Stub, guard: Stub) -> None:
    path, ask, answer = SURFACES[surface]
    stub.script, guard.script = answer(FINE + GREY + FINE), whole(UNSAFE)
    reply = strict.post(path, {**ask("讲个故事"), "stream": True})
    text = said(reply.events)
    assert FINE in text and "抱歉" in text and DOUBTFUL not in text and "后来" not in text
    assert noted(strict)[:2] == ("blocked", ["qwen3guard/answered/unsafe"])
    assert DOUBTFUL in str(guard.last.json)
    stub.script, guard.script = answer(f"只有{DOUBTFUL}"), whole(UNSAFE)
    assert DOUBTFUL not in said(strict.post(path, {**ask("讲个故事"), "stream": True}).events), "the last passage, too"
    stub.script, guard.script = answer(FINE + GREY + FINE), whole(SAFE)
    assert FINE + GREY + FINE in said(strict.post(path, {**ask("讲个故事"), "stream": True}).events)
    outcome, asked, _ = noted(strict)
    assert outcome == "completed" and set(asked) == {"qwen3guard/answered/safe"}, "once or twice, as the pieces came"


def test_strict_asks_at_the_passage(strict: Caller, stub: Stub, guard: Stub) -> None:
    """The model is held up until the guard was asked: the doubtful passage waits for it, and the end asks again."""
    asked = threading.Event()

    def answering(said: Json) -> Script:
        async def script(one: Asked) -> Any:
            asked.set()
            return await whole(said)(one)

        return script

    events = chat_events([FINE + GREY + FINE], cut=10)
    for verdict, count in ((UNSAFE, 1), (SAFE, 3)):
        stub.script = pieces([b"".join(events[:-4]), b"".join(events[-4:])], gate=asked)
        guard.script = answering(verdict)
        text = said(strict.chat("讲个故事", stream=True).events)
        assert text.count(FINE) == (2 if verdict is SAFE else 1) and (DOUBTFUL in text) is (verdict is SAFE)
        assert len(guard.asked) == count and FINE + GREY in str(guard.asked[0].json)
        asked.clear()


def test_with_the_official_client(strict: Caller, stub: Stub, guard: Stub) -> None:
    messages: Any = [{"role": "user", "content": "讲个故事"}]
    options: Any = {"include_usage": True}
    for script, reason in ((UNSAFE, "content_filter"), (SAFE, "stop")):
        stub.says(FINE + GREY, FINE)
        guard.script = whole(script)
        texts, reasons, usage = ["", ""], {}, []
        for chunk in strict.openai.chat.completions.create(
            model="m1", messages=messages, stream=True, stream_options=options
        ):
            usage.append(chunk.usage)
            for choice in chunk.choices:
                texts[choice.index] += choice.delta.content or ""
                if choice.finish_reason:
                    reasons[choice.index] = choice.finish_reason
        assert reasons == {0: reason, 1: "stop"} and FINE in texts[1]
        assert (GREY in texts[0]) is (reason == "stop") and (DOUBTFUL in texts[0]) is (reason == "stop")
        assert usage[-1] is not None and usage[-1].total_tokens == 12, "usage comes last"
    text = ""
    stub.script, guard.script = SURFACES["responses"][2](FINE + GREY), whole(UNSAFE)
    with strict.openai.responses.stream(model="m1", input="讲个故事") as stream:
        for one in stream:
            text += one.delta if one.type == "response.output_text.delta" else ""
            incomplete = one.response if one.type == "response.incomplete" else None
    assert incomplete is not None and incomplete.output_text == text and "抱歉" in text and DOUBTFUL not in text


def test_thoughts_and_arguments_are_asked_about(caller: Caller, stub: Stub, guard: Stub) -> None:
    arguments = json.dumps({"q": GREY}, ensure_ascii=False)
    call = {"index": 0, "id": "c1", "type": "function", "function": {"name": "f", "arguments": arguments}}
    for deltas in ([{"tool_calls": [call]}], [{"reasoning_content": GREY}, {"content": FINE}]):
        chunks = [message_chunk(0, delta) for delta in deltas]
        stub.script = pieces([*map(event, chunks), event(message_chunk(0, {}, "stop")), DONE])
        guard.script = whole(UNSAFE)
        events = caller.chat("讲个故事", stream=True).events
        assert events[-1]["choices"][0]["finish_reason"] == "content_filter" and "抱歉" in said(events)
        assert DOUBTFUL not in str([c["delta"].get("tool_calls") for e in events for c in e["choices"]])
        guard.script = whole(SAFE)
        events = caller.chat("讲个故事", stream=True).events
        assert events[-1]["choices"][0]["finish_reason"] == "stop" and DOUBTFUL in str(events)


def test_function_arguments_of_a_response(caller: Caller, stub: Stub, guard: Stub) -> None:
    arguments = json.dumps({"q": GREY}, ensure_ascii=False)
    item = {"id": "fc", "type": "function_call", "call_id": "c", "name": "f", "arguments": arguments}
    place = {"item_id": "fc", "output_index": 0}
    begun: Json = {"id": "r", "object": "response", "status": "in_progress", "model": "m1", "output": []}
    events = [
        {"type": "response.created", "response": begun},
        {"type": "response.output_item.added", "output_index": 0, "item": {**item, "arguments": ""}},
        {"type": "response.function_call_arguments.delta", **place, "delta": arguments},
        {"type": "response.function_call_arguments.done", **place, "arguments": arguments},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": {**begun, "status": "completed", "output": [item]}},
    ]
    for script, shown in ((UNSAFE, False), (SAFE, True)):
        stub.script, guard.script = pieces([event(one, str(one["type"])) for one in events]), whole(script)
        reply = caller.post("/v1/responses", {"model": "m1", "input": "讲个故事", "stream": True})
        assert (DOUBTFUL in reply.body.decode()) is shown
        assert reply.events[-1]["type"] == ("response.completed" if shown else "response.incomplete")
        kinds = [one["type"] for one in reply.events]
        assert not shown or kinds == [one["type"] for one in events], "nothing lost, in order"


def test_a_guard_that_fails_is_recorded_and_the_error_style_holds(caller: Caller, stub: Stub, guard: Stub) -> None:
    stub.says(GREY)
    guard.script = whole({}, status=500)
    assert GREY in said(caller.chat("讲个故事", stream=True).events), "the shipped policy lets it go to a person"
    assert noted(caller)[1:] == (["qwen3guard/unreachable/-"], ["GJ-2061"])
    guard.script = whole(UNSAFE)
    caller.update(blocked_style="error")
    events = caller.chat("讲个故事", stream=True).events
    assert (
        "error" in events[-1]
        and events[-1]["error"]["code"]
        and "抱歉" not in said([e for e in events if "choices" in e])
    )
    stub.says(f"{GREY}{WORD}")
    before = len(guard.asked)
    assert "error" in caller.chat("讲个故事", stream=True).events[-1] and len(guard.asked) == before, "stopped already"


def test_a_prompt_that_asks_for_two_answers_has_each_judged_alone(caller: Caller, stub: Stub, guard: Stub) -> None:
    guard.script = whole(UNSAFE)
    stub.script = pieces(chat_events([GREY, FINE], cut=5))
    events = caller.chat("讲个故事", stream=True).events
    ends = {c["index"]: c["finish_reason"] for e in events for c in e["choices"] if c["finish_reason"]}
    assert ends == {0: "content_filter", 1: "stop"}


def test_numbered_pieces_are_asked_about_at_their_end(caller: Caller, guard: Stub) -> None:
    for verdict, direction in ((UNSAFE, "answer"), (SAFE, "answer"), (UNSAFE, "prompt")):
        guard.script, name = whole(verdict), f"{direction}-{verdict is SAFE}"
        piece: Json = {"session": name, "piece": 0, "text": GREY, "direction": direction}
        first = caller.post("/guard/v1/check", piece).json
        assert first["release"] and not first["ended"]
        last = caller.post("/guard/v1/check", {**piece, "piece": 1, "text": "就这样", "final": True}).json
        assert last["ended"] and ("answer" in last) is (verdict is UNSAFE) is (last["release"] == "")
        assert last["action"] == ("review" if verdict is SAFE else "answer_instead")


def test_strict_pieces_wait_for_the_guard(strict: Caller, guard: Stub) -> None:
    for verdict in (UNSAFE, SAFE):
        guard.script, name = whole(verdict), f"strict-{verdict is SAFE}"
        piece: Json = {"session": name, "piece": 0, "text": FINE + GREY}
        first = strict.post("/guard/v1/check", piece).json
        assert first["release"] == FINE and first["ended"] is (verdict is UNSAFE)
        if verdict is SAFE:
            last = strict.post("/guard/v1/check", {**piece, "piece": 1, "text": "完。", "final": True}).json
            assert last["release"] == GREY + "完。" and last["ended"]
