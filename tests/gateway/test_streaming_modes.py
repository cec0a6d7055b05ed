"""How answers are streamed: held until judged where the policy is strict, taken back where the front end can."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from guiju.evidence.record import Exchange, decode
from guiju.moderation import policy_source
from guiju.moderation.passages import LEAST
from guiju.store.services import policies
from tests.gateway.conftest import WORD
from tests.gateway.serving import SYSTEM, Caller
from tests.gateway.stub import Json, Stub
from tests.gateway.test_blocked import STAND_IN, SURFACES

ANSWER = f"开头说了一些话。{WORD}结尾"
SHOWN = "开头说了一些话。"


def retracted(events: list[Json]) -> tuple[int, dict[str, int]]:
    """Where among the events the one stands that takes back, and how many characters it names by place."""
    found = [
        (
            number,
            event["characters"] if event.get("type") == "guiju.retract" else event["guiju"]["retract"]["characters"],
        )
        for number, event in enumerate(events)
        if event.get("type") == "guiju.retract" or "retract" in event.get("guiju", {})
    ]
    assert len(found) == 1
    place, characters = found[0]
    return place, characters


def said(events: list[Json]) -> str:
    if "type" in events[0]:
        return "".join(e["delta"] for e in events if e["type"].endswith(".delta"))
    choices = [choice for event in events for choice in event["choices"]]
    return "".join((c["delta"].get("content") or "") if "delta" in c else c["text"] for c in choices)


def findings(caller: Caller) -> list[str]:
    body = decode(bytes(caller.records()[-1].body))
    assert isinstance(body, Exchange)
    return [finding.risk for finding in body.answer.findings]


@pytest.mark.parametrize("surface", SURFACES)
def test_what_was_shown_is_taken_back(surface: str, caller: Caller, stub: Stub) -> None:
    path, ask, answer = SURFACES[surface]
    stub.script = answer(ANSWER)
    reply = caller.post(path, {**ask("你好"), "stream": True}, X_Guiju_Retract="on")
    events = reply.events
    place, characters = retracted(events)
    before, after = said(events[:place] or [{"choices": []}]), said(events[place:])
    assert SHOWN in before and characters == {next(iter(characters)): len(before)}
    assert after.startswith("抱歉") and "开头" not in after
    if surface == "responses":
        assert events[-1]["response"]["output"][0]["content"][0]["text"] == after
    assert "guiju.stream.retracted" in findings(caller)
    plain = caller.post(path, {**ask("你好"), "stream": True})
    assert "retract" not in plain.body.decode() and SHOWN in said(plain.events)
    assert "guiju.stream.retracted" not in findings(caller)


def test_an_error_is_preceded_by_it(caller: Caller, stub: Stub) -> None:
    caller.update(blocked_style="error")
    stub.says(ANSWER)
    reply = caller.chat(stream=True, **{"stop": None})
    assert "retract" not in reply.body.decode()
    stub.says(ANSWER)
    body = {"model": "m1", "messages": [{"role": "user", "content": "你好"}], "stream": True}
    events = caller.post("/v1/chat/completions", body, X_Guiju_Retract="1").events
    place, _ = retracted(events)
    assert "error" in events[place + 1] and STAND_IN not in str(events)


@pytest.fixture
def strict(caller: Caller) -> Iterator[Caller]:
    """An integration whose streams the policy holds and takes back."""
    streams = f"streams:\n  - {{mode: strict, retract: true, integration: {caller.row.pk}}}\n"
    policies.ensure_default()
    source = policy_source.DEFAULT.read_text("utf-8").replace("rules:\n", streams + "rules:\n", 1)
    policies.publish(SYSTEM, policies.create_draft(SYSTEM, source))
    caller.gateway.refreshed()
    yield caller
    policies.rollback(SYSTEM)
    caller.gateway.refreshed()


def test_strict_lets_judged_passages_out(strict: Caller, stub: Stub) -> None:
    text = "春天来了，公园里的花都开了，孩子们在草地上跑来跑去，老人坐在长椅上晒太阳，风很轻，天很蓝。" * 3
    stub.says(text)
    events = strict.chat(stream=True).events
    texts = [c["delta"]["content"] for e in events for c in e["choices"] if c["delta"].get("content")]
    assert text in "".join(texts)
    assert all(len(piece) >= LEAST for piece in texts if piece in text), (
        "whole passages, though the model sends characters"
    )
    stub.says(f"{text}{WORD}")
    assert retracted(strict.chat(stream=True).events), "the policy says so for this integration, without a header"
