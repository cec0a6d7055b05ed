"""Answers in fields of special care: never a prescription, always only a reference."""

from __future__ import annotations

import pytest

from guiju.evidence.record import Exchange, decode
from tests.gateway.serving import Caller
from tests.gateway.stub import Stub

FEVER = "发烧多半是感染引起的，体温高可以在医生指导下用药。"
REMINDER = "不能代替医生的诊断和治疗"


def said(caller: Caller, stream: bool, text: str, **more: object) -> str:
    """What the client reads."""
    body = {"model": "m1", "messages": [{"role": "user", "content": text}], **more}
    if not stream:
        answer = caller.openai.chat.completions.create(**body)  # type: ignore[call-overload]
        return str(answer.choices[0].message.content)
    pieces = caller.openai.chat.completions.create(stream=True, **body)  # type: ignore[call-overload]
    return "".join(piece.choices[0].delta.content or "" for piece in pieces if piece.choices)


def exchange(caller: Caller) -> Exchange:
    body = decode(bytes(caller.records()[-1].body))
    assert isinstance(body, Exchange)
    return body


@pytest.mark.parametrize("stream", [False, True])
def test_the_reminder_is_added_once(stream: bool, caller: Caller, stub: Stub) -> None:
    stub.says(FEVER)
    answer = said(caller, stream, "孩子发烧怎么办")
    assert answer.count(REMINDER) == 1 and FEVER in answer
    verdict = exchange(caller).answer
    assert verdict.action == "advise" and [(f.risk, f.rule) for f in verdict.findings] == [
        ("guiju.domain.medicine", "reminder")
    ]
    stub.says(FEVER + "以上仅供参考。")
    assert REMINDER not in said(caller, stream, "孩子发烧怎么办")
    assert exchange(caller).answer.action == "pass"


@pytest.mark.parametrize("stream", [False, True])
def test_help_in_an_emergency(stream: bool, caller: Caller, stub: Stub) -> None:
    stub.says("先让他平躺。")
    assert "120" in said(caller, stream, "我爸突然胸口剧痛，喘不上气")


@pytest.mark.parametrize("stream", [False, True])
def test_other_answers_stay_as_they_are(stream: bool, caller: Caller, stub: Stub) -> None:
    stub.says("春风又绿江南岸。")
    assert said(caller, stream, "写一句诗").endswith("春风又绿江南岸。")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "text", ["根据您的情况，建议您服用阿莫西林胶囊，每次2粒，一日三次。", "这款产品保证年化收益20%，随时可取。"]
)
def test_what_must_not_be_said_is_not(text: str, stream: bool, caller: Caller, stub: Stub) -> None:
    stub.says(text)
    answer = said(caller, stream, "怎么办")
    assert "每次2粒" not in answer and "20%" not in answer
    assert exchange(caller).answer.action == "answer_instead"


def test_figures_are_held_to_what_a_tool_returned(caller: Caller, stub: Stub) -> None:
    stub.says("基金去年的收益率是12.5%，适合定投。")
    turns = [
        {"role": "user", "content": "这只基金怎么样"},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "c", "content": "年报：收益率 8.3%"},
    ]  # fmt: skip
    reply = caller.post("/v1/chat/completions", {"model": "m1", "messages": turns})
    content = reply.json["choices"][0]["message"]["content"]
    assert "12.5%" in content.split("请核实")[1]


def test_json_answers_are_left_alone(caller: Caller, stub: Stub) -> None:
    stub.says('{"a": "发烧多半是感染，需要用药"}')
    reply = caller.chat("发烧", response_format={"type": "json_object"})
    assert reply.json["choices"][0]["message"]["content"] == '{"a": "发烧多半是感染，需要用药"}'
