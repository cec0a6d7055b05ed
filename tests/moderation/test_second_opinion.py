"""A second opinion: what is sent, how answers are read, when to ask; what cannot be read is never safe."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.moderation.second_opinion import Budget, GreyZone, Opinion, Opinions, read, request, styles
from guiju.nouns import Action, Decision, Direction


def chat(content: str) -> bytes:
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]}).encode()


@pytest.mark.parametrize(
    ("style", "body", "verdict", "risks"),
    [
        ("qwen3guard", chat("Safety: Unsafe\nCategories: Violent"), "unsafe", ("A.1.f/violence",)),
        ("qwen3guard", chat("Safety: Safe\nCategories: None"), "safe", ()),
        (
            "qwen3guard",
            chat("Safety: Controversial\nCategories: PII, Jailbreak"),
            "controversial",
            ("A.4.f", "guiju.jailbreak"),
        ),
        ("shieldlm", chat("[答案] 不安全\n[分析] 该提问……"), "unsafe", ()),
        ("shieldlm", chat("[答案] 安全\n[分析] 没有不安全的内容"), "safe", ()),
        ("openguardrails", chat("unsafe\nS5"), "unsafe", ("A.1.h",)),
        ("openguardrails", chat("无风险"), "safe", ()),
        (
            "openai_moderation",
            b'{"results":[{"flagged":true,"categories":{"hate":true,"violence":false},"category_scores":{"hate":0.8,"violence":0.1}}]}',
            "unsafe",
            ("A.2",),
        ),
        (
            "aliyun",
            b'{"Code":200,"Data":{"RiskLevel":"medium","Result":[{"Label":"pt_to_contact"}]}}',
            "controversial",
            ("A.3.e/spam",),
        ),
        ("aliyun", b'{"Code":200,"Data":{"RiskLevel":"none","Result":[{"Label":"nonLabel"}]}}', "safe", ()),
    ],
)
def test_answers_are_read(style: str, body: bytes, verdict: str, risks: tuple[str, ...]) -> None:
    opinion = read(style, body)
    assert opinion is not None and (opinion.verdict, opinion.risks) == (verdict, risks)
    assert len(opinion.findings("text", 4, style)) == (0 if verdict == "safe" else max(1, len(risks)))


@pytest.mark.parametrize("style", list(styles().styles))
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b'{"choices": []}',
        b'{"results": []}',
        chat("I am not sure."),
        chat(""),
        b'{"choices":[{"message":{"content":null}}]}',
    ],
)
def test_what_cannot_be_read_is_no_opinion(style: str, body: bytes) -> None:
    assert read(style, body) is None


@given(st.binary(max_size=60), st.sampled_from(sorted(styles().styles)))
def test_reading_never_raises(body: bytes, style: str) -> None:
    read(style, body)


def test_requests_carry_question_and_answer() -> None:
    sent = json.loads(request("qwen3guard", "m", "答", Direction.ANSWER, "问").body)
    assert [(m["role"], m["content"]) for m in sent["messages"]] == [("user", "问"), ("assistant", "答")]
    shield = json.loads(request("shieldlm", "m", "答{prompt}", Direction.ANSWER, "问").body)["messages"][0]["content"]
    assert "[问题]\n问" in shield and "[回复]\n答{prompt}" in shield
    assert json.loads(request("openai_moderation", "m", "x", Direction.PROMPT).body) == {"model": "m", "input": "x"}


def test_only_the_grey_zone_is_asked_about() -> None:
    zone = GreyZone(0.3, 0.7)
    assert [zone.holds(Decision(Action.PASS, score=s)) for s in (0.29, 0.3, 0.69, 0.7)] == [False, True, True, False]
    assert not zone.holds(Decision(Action.BLOCK, score=0.5))


def test_without_an_end_the_grey_zone_ends_where_the_policy_stops() -> None:
    zone = GreyZone()
    assert zone.holds(Decision(Action.REVIEW, score=0.95)) and not zone.holds(Decision(Action.BLOCK, score=0.85))


def test_the_budget_is_per_minute() -> None:
    budget = Budget(2)
    assert [budget.take(t) for t in (0.0, 1.0, 2.0, 59.9, 60.0, 61.0, 61.5)] == [
        True,
        True,
        False,
        False,
        True,
        True,
        False,
    ]


def test_opinions_are_remembered_apart() -> None:
    kept, opinion = Opinions(2), Opinion("safe", 0.05)
    keys = [Opinions.key("g", Direction.PROMPT, t) for t in "abc"]
    for key in keys:
        kept.put(key, opinion)
    assert kept.get(keys[0]) is None and kept.get(keys[2]) == opinion
    assert Opinions.key("g", Direction.ANSWER, "b", "a") != Opinions.key("g", Direction.ANSWER, "a", "b")
