"""The policy: which action follows, what a failure does, and how mistakes in it are shown."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.errors import PolicySourceError
from guiju.moderation import policy_source
from guiju.moderation.context import ANY_WORDS, CONDITIONS, Circumstances, Context, shipped
from guiju.moderation.policy import PolicyRule, under
from guiju.nouns import Action, Direction, Failure, Finding

POLICY = policy_source.load(
    """
name: test
number: 7
probability: {none: 0.02, low: 0.2, medium: 0.6, high: 0.9}
rules:
  - {risk: A.1, severity: high, action: block}
  - {risk: A.1, severity: [low, medium], action: review}
  - {risk: A.4.f, direction: answer, min_score: 0.5, action: mask}
  - {risk: "*", purpose: companion, action: advise}
  - {risk: A.3, detector: words, action: label}
fail: {"*": pass, A.1: block, A.1.f: pass}
answers:
  "*": [对不起]
  A.1: [一, 二]
"""
)


def finding(risk: str, severity: str = "medium", score: float = 1.0, detector: str = "words") -> Finding:
    return Finding(risk, detector, "r", score, severity=severity)


@pytest.mark.parametrize(
    ("findings", "direction", "purpose", "action"),
    [
        ([], Direction.PROMPT, "", Action.PASS),
        ([finding("A.1.h/gambling", "high")], Direction.PROMPT, "", Action.BLOCK),
        ([finding("A.1.h", "low"), finding("A.1.b", "high")], Direction.ANSWER, "", Action.BLOCK),
        ([finding("A.1.h", "low")], Direction.PROMPT, "", Action.REVIEW),
        ([finding("A.10", "high")], Direction.PROMPT, "", Action.PASS),
        ([finding("A.4.f/idcard")], Direction.PROMPT, "", Action.PASS),
        ([finding("A.4.f/idcard")], Direction.ANSWER, "", Action.MASK),
        ([finding("A.4.f/idcard", score=0.4)], Direction.ANSWER, "", Action.PASS),
        ([finding("A.5.a")], Direction.PROMPT, "companion", Action.ADVISE),
        ([finding("A.3.e")], Direction.PROMPT, "", Action.LABEL),
        ([finding("A.3.e", detector="pii")], Direction.PROMPT, "", Action.PASS),
    ],
)
def test_actions(findings: list[Finding], direction: Direction, purpose: str, action: Action) -> None:
    decision = POLICY.decide(direction, findings, (), Context(purpose=purpose))
    assert decision.action is action
    assert decision.findings == tuple(findings)
    assert decision.policy == POLICY.version


def test_the_score_and_the_risk_are_those_of_the_worst() -> None:
    decision = POLICY.decide(Direction.PROMPT, [finding("A.1.h", "low"), finding("A.1.b", "high", 0.5)])
    assert (decision.risk, decision.score) == ("A.1.b", 0.45)
    assert POLICY.decide(Direction.PROMPT, [finding("A.5.b", "high")]).score == 0.02


@pytest.mark.parametrize(
    ("risks", "findings", "action"),
    [
        (("A.3.e",), [], Action.UNCHECKED),
        (("A.1.f/x",), [], Action.UNCHECKED),
        (("A.3.e", "A.1.d"), [], Action.BLOCK),
        ((), [], Action.UNCHECKED),
        (("A.3.e",), [finding("A.1.h", "low")], Action.UNCHECKED),
        (("A.3.e",), [finding("A.1.h", "high")], Action.BLOCK),
        (("A.3.e",), [finding("A.4.f")], Action.MASK),
        (("A.1.d",), [finding("A.4.f")], Action.BLOCK),
    ],
)
def test_failures(risks: tuple[str, ...], findings: list[Finding], action: Action) -> None:
    failure = Failure("words", risks, "GJ-2010")
    decision = POLICY.decide(Direction.ANSWER, findings, [failure])
    assert decision.action is action
    assert decision.failures == (failure,)


def test_stand_in_answers_rotate_and_fall_back() -> None:
    assert [POLICY.stand_in("A.1.f", turn) for turn in (0, 1, 2)] == ["一", "二", "一"]
    assert POLICY.stand_in("A.5.a") == POLICY.stand_in("") == "对不起"


@pytest.mark.parametrize(
    ("risk", "prefix", "expected"),
    [
        ("A.1.f/x", "A.1", True),
        ("A.1.f/x", "A.1.f", True),
        ("A.1", "A.1.f", False),
        ("A.10", "A.1", False),
        ("x", "*", True),
    ],
)
def test_under(risk: str, prefix: str, expected: bool) -> None:
    assert under(risk, prefix) is expected


def test_the_version_changes_with_the_text() -> None:
    assert POLICY.version.startswith("test@7#")
    other = policy_source.load("name: test\nnumber: 7\nrules: []\n")
    assert other.version != POLICY.version


def test_the_default_policy() -> None:
    policy = policy_source.default()
    idcard = finding("A.4.f/idcard", "high", 0.99, "pii")
    disguise = finding("guiju.disguise.zero_width", "medium", 0.9, "disguise")
    gambling = finding("A.1.h/gambling", "high", 0.95)
    assert policy.decide(Direction.ANSWER, [idcard]).action is Action.MASK
    assert policy.decide(Direction.PROMPT, [idcard]).action is Action.PASS
    assert policy.decide(Direction.PROMPT, [disguise]).action is Action.REVIEW
    assert policy.decide(Direction.PROMPT, [gambling]).action is Action.ANSWER_INSTEAD
    assert (
        policy.decide(Direction.ANSWER, [], [Failure("words", ("A.1.d/terrorism",), "GJ-2010")]).action is Action.BLOCK
    )
    assert "12356" in policy.stand_in("A.4.a/self_harm")


MISTAKES = """name: My Policy
number: 0
rules:
  - risk: B.1
    action: blok
  - action: pass
fail: {A.1: maybe}
extra: 1
"""
REPORT = """p.yaml:1:7: 名称只用小写字母、数字、- 和 _ (lower-case letters, digits, - and _)
    1 | name: My Policy
      |       ^
      = 例如 default (such as default)
p.yaml:2:9: 数值不在范围内 (number out of range)
    2 | number: 0
      |         ^
      = 写 1 到 1e+09 之间的数 (between 1 and 1e+09)
p.yaml:4:11: 不是风险标签：'B.1' (not a risk tag)
    4 |   - risk: B.1
      |           ^
      = 写 A.1 … A.5.b、其下的细类 A.1.f/gambling、guiju.disguise 或 "*" (a GB/T 45654 risk, a finer tag, or "*")
p.yaml:5:13: 不能是 'blok' (not one of the values)
    5 |     action: blok
      |             ^
      = 可用 (one of): pass, label, advise, review, mask, answer_instead, block
p.yaml:6:5: 缺少 risk (missing risk)
    6 |   - action: pass
      |     ^
      = 补上 risk: … (add risk: …)
p.yaml:7:7: 缺少 "*" (missing "*")
    7 | fail: {A.1: maybe}
      |       ^
      = 补上 "*": pass 或 "*": block (say what all other risks do)
p.yaml:7:13: 不能是 'maybe' (not one of the values)
    7 | fail: {A.1: maybe}
      |             ^
      = 可用 (one of): pass, block
p.yaml:8:1: 未知的键 extra (unknown key)
    8 | extra: 1
      | ^
      = 可用 (known): name, number, title, mask, masking, probability, rules, fail, domains, streams, answers, tests"""


def test_mistakes_are_shown_like_by_a_compiler() -> None:
    with pytest.raises(PolicySourceError) as refused:
        policy_source.load(MISTAKES, "p.yaml")
    assert refused.value.params["report"] == REPORT


@pytest.mark.parametrize("source", ["", "- a\n", "a: [", "\x00", "name: x"])
def test_no_policy_at_all(source: str) -> None:
    with pytest.raises(PolicySourceError):
        policy_source.load(source)


CIRCUMSTANCES = policy_source.load(
    """
name: circumstances
number: 1
rules:
  - {risk: A.1, action: review}
  - {risk: A.1, band: [8_12, 12_16], action: answer_instead}
  - {risk: A.1, domain: [medicine, law], direction: prompt, action: pass}
  - {risk: A.1, standing: [warn, limit], min_score: 0.5, action: block}
  - {risk: A.1, integration: int_1, modality: image, action: mask}
tests:
  - {text: 一, expect: pass, band: 8_12, domain: [medicine, law], standing: good, modality: text}
"""
)


@pytest.mark.parametrize(
    ("context", "score", "action"),
    [
        (Context(), 1.0, Action.REVIEW),
        (Context(band="adult"), 1.0, Action.REVIEW),
        (Context(band="8_12"), 1.0, Action.ANSWER_INSTEAD),
        (Context(domain=("law",)), 1.0, Action.REVIEW),
        (Context(standing="limit"), 1.0, Action.BLOCK),
        (Context(standing="limit"), 0.4, Action.REVIEW),
        (Context(standing="limit", band="12_16"), 0.4, Action.ANSWER_INSTEAD),
        (Context(integration="int_1"), 1.0, Action.REVIEW),
        (Context(integration="int_1", modality="image"), 1.0, Action.MASK),
        (Context(integration="int_2", modality="image"), 1.0, Action.REVIEW),
    ],
)
def test_rules_hold_in_circumstances(context: Context, score: float, action: Action) -> None:
    for _ in range(2):  # made, and remembered
        assert CIRCUMSTANCES.decide(Direction.PROMPT, [finding("A.1.h", score=score)], (), context).action is action


def test_what_no_rule_asks_about_need_not_be_found_out() -> None:
    assert {name for name in CONDITIONS if CIRCUMSTANCES.asks(name)} == set(CONDITIONS) - {"purpose"}
    assert not any(policy_source.default().asks(name) for name in CONDITIONS)
    assert CIRCUMSTANCES.tests[0].context == Context(
        domain=("law", "medicine"), band="8_12", standing="good", modality="text"
    )


_PICK = st.sampled_from
_RULES = st.builds(
    PolicyRule,
    risk=_PICK(["*", "A.1", "A.1.h", "A.2"]),
    action=_PICK([a for a in Action if a is not Action.UNCHECKED]),
    detectors=st.frozensets(_PICK(["words", "model"])),
    severities=st.frozensets(_PICK(["low", "high"])),
    directions=st.frozensets(_PICK(list(Direction))),
    circumstances=st.builds(
        Circumstances,
        band=st.frozensets(_PICK(["adult", "8_12"])),
        domain=st.frozensets(_PICK(["law", "medicine"])),
    ),
    min_score=_PICK([0.0, 0.4, 0.8]),
)


@given(
    rules=st.lists(_RULES, max_size=6),
    found=st.builds(
        Finding, _PICK(["A.1.h", "A.1", "A.2.a"]), _PICK(["words", "model"]), st.just("r"), _PICK([0.3, 0.4, 0.9]),
        severity=_PICK(["low", "high"]),
    ),
    direction=_PICK(list(Direction)),
    context=st.builds(Context, domain=st.lists(_PICK(["law", "medicine"]), max_size=2).map(tuple), band=_PICK(["", "adult"])),
)  # fmt: skip
def test_the_rules_laid_out_say_what_the_rules_say(
    rules: list[PolicyRule], found: Finding, direction: Direction, context: Context
) -> None:
    policy = msgspec.structs.replace(POLICY, rules=tuple(rules))
    speaking = [
        rule.action
        for rule in rules
        if rule.about(found.risk, found.detector, found.severity)
        and rule.holds(direction, context)
        and found.score >= rule.min_score
    ]
    strictest = max(speaking, key=lambda action: action.rank, default=Action.PASS)
    assert policy.action_of(found, direction, context) is strictest


UNKNOWN_WORDS = """name: p
number: 1
rules:
  - {risk: A.1, purpose: chat, action: pass}
  - {risk: A.1, domain: [law, cooking], action: pass}
  - {risk: A.1, integration: int_9, action: pass}
tests:
  - {text: 一, expect: pass, band: teen}
  - {text: 二, expect: pass, standing: [good, warn]}
"""


def test_unknown_words_are_shown_with_their_place() -> None:
    with pytest.raises(PolicySourceError) as refused:
        policy_source.load(UNKNOWN_WORDS, "p.yaml", shipped().with_(bands=["infants"], integrations=["int_1"]))
    report = refused.value.params["report"]
    places = [line.split(" ")[0] for line in report.splitlines() if line.startswith("p.yaml")]
    assert places == ["p.yaml:4:26:", "p.yaml:5:31:", "p.yaml:6:30:", "p.yaml:8:35:", "p.yaml:9:39:"]
    assert "infants" in report and "int_1" in report and "medicine" in report
    policy_source.load(UNKNOWN_WORDS.replace("[good, warn]", "good"), words=ANY_WORDS)


STREAMS = """name: p
number: 1
rules: []
streams:
  - {mode: strict, band: [8_12]}
  - {retract: true, integration: int_1}
  - {mode: fast, band: adult}
"""


def test_streams_are_strict_where_any_rule_says_so() -> None:
    policy = policy_source.load(STREAMS)

    def told(context: Context) -> tuple[bool, bool]:
        streaming = policy.streaming(context)
        return streaming.strict, streaming.retract

    assert told(Context()) == told(Context(band="adult")) == (False, False)
    assert told(Context(band="8_12")) == (True, False)
    assert told(Context(band="8_12", integration="int_1")) == (True, True)
    assert policy.asks("band") and not policy.asks("domain")
    assert policy_source.load("name: p\nnumber: 1\nrules: []\nstreams: {mode: strict}\n").streaming().strict
    with pytest.raises(PolicySourceError, match=r"p\.yaml:5:12"):
        policy_source.load(STREAMS.replace("strict", "slow"), "p.yaml")
