"""A second opinion asked over real sockets: each style of guard, every way it can fail, and what the policy makes of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from guiju.evidence.record import Exchange, decode
from guiju.gateway.metrics import Metrics
from guiju.gateway.second_opinions import SecondOpinions
from guiju.identity import acs3
from guiju.moderation import policy_source
from guiju.moderation.checker import Checker
from guiju.moderation.context import ANYWHERE
from guiju.moderation.lexicon import Lexicon
from guiju.moderation.policy import Policy
from guiju.nouns import Action, Decision, Direction, Finding, Part
from guiju.settings import GatewaySettings, SecondOpinionSettings
from tests.gateway.conftest import DOUBTFUL, WORD
from tests.gateway.serving import Caller, Gateway, new_caller
from tests.gateway.stub import Asked, Json, Script, Stub, whole

RULES = """
name: opinions
number: 1
rules:
  - {risk: "*", detector: model, min_score: 0.5, action: review}
  - {risk: "*", detector: second_opinion, min_score: 0.8, action: answer_instead}
  - {risk: "*", detector: second_opinion, min_score: 0.4, action: review}
fail: {"*": pass}
"""
OPEN = policy_source.load(RULES)
CLOSED = policy_source.load(RULES.replace("pass}", "pass, guiju.second_opinion: block}"))
GREY = Decision(
    Action.REVIEW, (Finding("A.1.h", "model", "harmful", 0.6, "messages[0].content", ((0, 2),), severity="low"),), score=0.6
)  # fmt: skip
EARLIER = [Part("messages[0].content", "早些时候", "user"), Part("messages[1].content", "好的", "assistant")]


def says(text: str) -> Json:
    return {"choices": [{"index": 0, "message": {"role": "assistant", "content": text}}]}


ANSWERS: dict[str, tuple[Json, Json]] = {
    "qwen3guard": (
        says("Safety: Unsafe\nCategories: Non-violent Illegal Acts"),
        says("Safety: Safe\nCategories: None"),
    ),
    "shieldlm": (says("[答案] 不安全\n[分析] 该提问索取违法内容"), says("[答案] 安全\n[分析] 知识性提问")),
    "openguardrails": (says("unsafe\nS9"), says("safe")),
    "openai_moderation": (
        {"results": [{"flagged": True, "categories": {"illicit": True}, "category_scores": {"illicit": 0.93}}]},
        {"results": [{"flagged": False, "categories": {"illicit": False}, "category_scores": {"illicit": 0.02}}]},
    ),
}


def asking(
    url: str,
    policy: Policy,
    count: int = 1,
    direction: Direction = Direction.PROMPT,
    said: str = "灰区提问",
    **fields: Any,
) -> list[Decision]:
    """What comes of asking about the same grey text so many times."""
    settings = SecondOpinionSettings(url=url, **{"model": "guard-1", "key": "sk-guard", "timeout_s": 10.0, **fields})
    checker = Checker(Lexicon.compile([]), policy, ())
    parts = [*EARLIER, Part("messages[2].content", said, "user")]

    async def run() -> list[Decision]:
        second = SecondOpinions(settings, GatewaySettings(), Metrics())
        try:
            if direction is Direction.ANSWER:
                answer = [Part("choices[0].message.content", "灰区回答", "assistant")]
                return [await second.on_answer(checker, GREY, answer, ANYWHERE, parts) for _ in range(count)]
            return [await second.on_prompt(checker, GREY, parts, direction, ANYWHERE) for _ in range(count)]
        finally:
            second.close()

    return asyncio.run(run())


def noted(decision: Decision) -> str:
    """What the record says of the asking."""
    found = [f.rule for f in decision.findings if f.risk == "guiju.second_opinion"]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("style", ANSWERS)
def test_each_style_of_guard_is_asked_and_understood(style: str, guard: Stub) -> None:
    unsafe, safe = ANSWERS[style]
    guard.script = whole(unsafe)
    first, second = asking(guard.base, OPEN, 2, style=style)
    assert (first.action, noted(first)) == (Action.ANSWER_INSTEAD, f"{style}/answered/unsafe")
    assert noted(second) == f"{style}/remembered/unsafe" and second.action is Action.ANSWER_INSTEAD
    assert len(guard.asked) == 1, "the same text is asked about once"
    asked = guard.last
    assert asked.headers["Authorization"] == "Bearer sk-guard" and asked.json["model"] == "guard-1"
    assert "灰区提问" in str(asked.json) and "早些时候" not in str(asked.json), "the last turn alone"
    guard.script = whole(safe)
    kept, cleared = asking(guard.base, OPEN, style=style), asking(guard.base, OPEN, style=style, clears=True)
    assert kept[0].action is Action.REVIEW and noted(kept[0]) == f"{style}/answered/safe"
    assert cleared[0].action is Action.PASS and any(f.detector == "model" for f in cleared[0].findings)
    guard.script = whole(unsafe)
    answer = asking(guard.base, OPEN, direction=Direction.ANSWER, style=style)[0]
    assert answer.action is Action.ANSWER_INSTEAD and "灰区回答" in str(guard.last.json)
    assert style == "openai_moderation" or "灰区提问" in str(guard.last.json) or style == "openguardrails"


async def never(asked: Asked) -> Any:
    """A guard that does not answer before the caller leaves."""
    await asyncio.sleep(60)


@pytest.mark.parametrize(
    ("script", "code", "came"),
    [
        (never, "GJ-2060", "timed_out"),
        (whole({}, status=500), "GJ-2061", "unreachable"),
        (whole(b"", status=302), "GJ-2061", "unreachable"),
        (whole(says("我不确定。")), "GJ-2062", "unreadable"),
        (whole(b"x" * 300_000), "GJ-2061", "unreachable"),
    ],
)
def test_a_guard_that_fails_is_recorded_and_the_policy_decides(
    script: Script, code: str, came: str, guard: Stub
) -> None:
    guard.script = script
    limit = 0.1 if came == "timed_out" else 10.0
    passing = asking(guard.base, OPEN, timeout_s=limit)[0]
    assert passing.action is Action.REVIEW, "what goes to a person still does"
    assert [(f.detector, f.error) for f in passing.failures] == [("second_opinion", code)]
    assert noted(passing) == f"qwen3guard/{came}/-"
    assert asking(guard.base, CLOSED, timeout_s=limit)[0].action is Action.BLOCK


def test_a_dead_guard_is_left_alone_after_a_while() -> None:
    decisions = asking("http://127.0.0.1:1/v1", OPEN, 5)
    assert [d.failures[0].error for d in decisions] == ["GJ-2061"] * 3 + ["GJ-2064"] * 2


def test_the_budget_ends(guard: Stub) -> None:
    guard.script = whole(ANSWERS["qwen3guard"][1])
    decisions = asking(guard.base, OPEN, 3, per_minute=1, remember=0)
    assert [len(d.failures) for d in decisions] == [0, 1, 1] and decisions[2].failures[0].error == "GJ-2063"
    assert len(guard.asked) == 1


def test_outside_the_grey_zone_nobody_is_asked(guard: Stub) -> None:
    assert asking(guard.base, OPEN, low=0.7, high=0.9) == [GREY]
    assert asking(guard.base, OPEN, prompts=False) == [GREY]
    assert asking(guard.base, OPEN, direction=Direction.ANSWER, answers=False) == [GREY]
    assert guard.asked == []


def test_a_cloud_service_is_asked_with_a_signature(caller: Caller) -> None:
    """Another Guiju answers as Aliyun would, and checks the signature."""
    hasher = caller.gateway.runtime.hasher  # type: ignore[union-attr]
    pair = acs3.access_key(hasher.hash(caller.key), hasher.hash)
    keys = {"style": "aliyun", "model": "", "key_id": pair.id, "key": pair.secret}
    assert noted(asking(caller.gateway.base, OPEN, **keys)[0]) == "aliyun/answered/safe"
    flagged = asking(caller.gateway.base, OPEN, said=f"说说{WORD}", **keys)[0]
    assert (flagged.action, noted(flagged)) == (Action.ANSWER_INSTEAD, "aliyun/answered/unsafe")
    assert flagged.risk.startswith("A.1.h")
    wrong = asking(caller.gateway.base, OPEN, **{**keys, "key": "guess"})[0]
    assert wrong.failures[0].error == "GJ-2061"
    with pytest.raises(ValueError, match="key_id"):
        SecondOpinionSettings(url="http://a", style="aliyun", key="only the secret")


def test_through_the_gateway(gateway: Gateway, stub: Stub, guard: Stub) -> None:
    assert gateway.runtime.second is None, "off unless an address is set"
    guard.script = whole(ANSWERS["qwen3guard"][0])
    mine = Gateway(stub.base, second={"url": guard.base, "timeout_s": 10.0})
    try:
        caller: Caller = new_caller(mine)
        assert caller.chat("你好").status == 200 and guard.asked == []
        text = f"我的号码是13812345678，说说{DOUBTFUL}"
        reply = caller.chat(text)
        assert reply.json["choices"][0]["finish_reason"] == "content_filter"
        assert caller.post("/guard/v1/check", {"text": text}).json["action"] == "answer_instead"
        stub.says(f"回答里有{DOUBTFUL}，电话13812345678")
        assert caller.chat("说说看").json["choices"][0]["finish_reason"] == "content_filter"
        assert DOUBTFUL in str(guard.last.json) and "13812345678" not in str(guard.last.json), (
            "masked for the guard, too"
        )
        body = decode(bytes(caller.records()[1].body))
        assert isinstance(body, Exchange)
        rules = {f.risk: f.rule for f in body.prompt.findings}
        assert rules["guiju.second_opinion"] == "qwen3guard/answered/unsafe"
        page = caller.gateway.runtime.metrics.render({}).decode()  # type: ignore[union-attr]
        assert 'guiju_second_opinions_total{guard="qwen3guard",result="answered"} 2' in page
    finally:
        mine.close()
