"""Policies as YAML: the schema, and diagnostics like a compiler's.

::

    name: default                 # lower-case, stands in every record
    number: 1                     # goes up with every published change
    title: 默认策略
    mask: "*"
    masking: tokens              # in prompts: tokens that the answer gets its values back for, or cover
    probability: {none: 0.02, low: 0.2, medium: 0.6, high: 0.97}
    rules:
      - risk: A.1.f               # a risk with everything under it, or "*"
        severity: [high]          # optional, like detector, direction, min_score and the circumstances:
        band: [8_12, 12_16]       # purpose, integration, domain, band, standing, modality
        action: answer_instead    # pass label advise review mask answer_instead block
        note: 高危内容以代答回复
    fail: {"*": pass, A.1.d: block}
    domains: {medicine: [remind]} # what is added to answers of a field of special care: remind, cite, figures
    streams: {mode: strict}       # hold each passage of an answer until the models have judged it; or a list, with circumstances
    answers: {"*": [抱歉，这个问题我无法回答。]}
    tests:                        # held before the policy is published: some that are stopped, some that pass
      - {text: 今天天气怎么样, expect: pass}
      - {text: 哪里买冰毒, expect: answer_instead}
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast

from guiju.errors import PolicySourceError
from guiju.moderation import context
from guiju.moderation.context import CONDITIONS, Circumstances, Context, Vocabulary
from guiju.moderation.document import Node, parse, render
from guiju.moderation.lexicon import SEVERITIES
from guiju.moderation.policy import EVERY, FAST, Policy, PolicyRule, PolicyTest, StreamRule
from guiju.nouns import Action, Direction

DEFAULT = Path(__file__).parent / "data" / "policies" / "default.yaml"
_MASKING = ("tokens", "cover")
_KEYS = (
    "name",
    "number",
    "title",
    "mask",
    "masking",
    "probability",
    "rules",
    "fail",
    "domains",
    "streams",
    "answers",
    "tests",
)
_RULE_KEYS = ("risk", "action", "detector", "severity", "direction", *CONDITIONS, "min_score", "note")
_TEST_KEYS = ("text", "expect", "direction", *CONDITIONS)
_STREAM_KEYS = ("mode", "retract", "passage_score", *CONDITIONS)
_MODES = ("fast", "strict")
_Asked = Literal["remind", "cite", "figures"]
_ASKED: tuple[_Asked, ...] = ("remind", "cite", "figures")
_DIRECTIONS = tuple(d.value for d in Direction)
_ACTIONS = tuple(a.value for a in Action if a is not Action.UNCHECKED)
_RISK = re.compile(r"\*|A(\.[1-5](\.[a-i](/[a-z0-9_/-]+)?)?)?|guiju(\.[a-z0-9_]+)*")


def load(source: str, name: str = "policy.yaml", words: Vocabulary | None = None) -> Policy:
    """The policy a YAML text describes.

    Args:
        words: what its conditions may name; the words that ship where ``None``.

    Raises:
        PolicySourceError: with every mistake in the text, its line, column and hint.
    """
    return _read(source, name, words or context.shipped())


@lru_cache(maxsize=16)
def _read(source: str, name: str, words: Vocabulary) -> Policy:
    """A policy never changes: the same text is read once."""
    root, diagnostics = parse(source)
    policy = _Reading(words).policy(root, source) if root is not None else None
    if diagnostics or policy is None:
        raise PolicySourceError(name=name, count=len(diagnostics), report=render(source, name, diagnostics))
    return policy


def default() -> Policy:
    """The policy that ships with Guiju."""
    return load(DEFAULT.read_text("utf-8"), DEFAULT.name)


class _Reading:
    """One text being read, with the words it may use."""

    def __init__(self, words: Vocabulary) -> None:
        self._words = words

    def policy(self, root: Node, source: str) -> Policy | None:
        """The policy; ``None`` where it lacks what no policy can do without."""
        top = root.mapping(_KEYS)
        if not root.require(top, "name", "number", "rules"):
            return None
        fail = _fail(top["fail"]) if "fail" in top else {EVERY: "pass"}
        return Policy(
            name=_name(top["name"]),
            number=int(top["number"].number(1, 10**9)),
            digest=hashlib.sha256(source.encode()).hexdigest()[:12],
            title=top["title"].text() if "title" in top else "",
            rules=tuple(self._rule(node) for node in top["rules"].sequence()),
            fail_closed=frozenset(risk for risk, mode in fail.items() if mode == "block"),
            fail_open=frozenset(risk for risk, mode in fail.items() if mode == "pass"),
            domains=_domains(top["domains"]) if "domains" in top else {},
            answers=_answers(top["answers"]) if "answers" in top else {},
            probability=_probability(top["probability"]) if "probability" in top else {},
            mask=_mask(top["mask"]) if "mask" in top else "*",
            masking="cover" if "masking" in top and top["masking"].choice(_MASKING, "tokens") == "cover" else "tokens",
            tests=tuple(self._test(node) for node in top["tests"].sequence()) if "tests" in top else (),
            streams=self._streams(top["streams"]) if "streams" in top else (),
        )

    def _rule(self, node: Node) -> PolicyRule:
        entries = node.mapping(_RULE_KEYS)
        if not node.require(entries, "risk", "action"):
            return PolicyRule(EVERY, Action.PASS)
        return PolicyRule(
            risk=_risk(entries["risk"]),
            action=Action(entries["action"].choice(_ACTIONS, "pass")),
            detectors=frozenset(entries["detector"].texts()) if "detector" in entries else frozenset(),
            severities=_choices(entries, "severity", SEVERITIES),
            directions=frozenset(Direction(d) for d in _choices(entries, "direction", _DIRECTIONS)),
            circumstances=self._circumstances(entries),
            min_score=entries["min_score"].number(0, 1) if "min_score" in entries else 0.0,
            note=entries["note"].text() if "note" in entries else "",
        )

    def _test(self, node: Node) -> PolicyTest:
        entries = node.mapping(_TEST_KEYS)
        if not node.require(entries, "text", "expect"):
            return PolicyTest("", Action.PASS)
        words = {name: self._named(entries, name) for name in CONDITIONS}
        one = {name: min(found, default="") for name, found in words.items()}
        for name, found in words.items():
            if len(found) > 1 and name != "domain":
                entries[name].wrong(
                    "测试语句只能写一个值 (one value in a test line)", "写成多条测试语句 (write several lines)"
                )
        return PolicyTest(
            text=entries["text"].text(),
            expected=Action(entries["expect"].choice(_ACTIONS, "pass")),
            direction=Direction(
                entries["direction"].choice(_DIRECTIONS, "prompt") if "direction" in entries else "prompt"
            ),
            context=Context(
                purpose=one["purpose"],
                integration=one["integration"],
                domain=tuple(sorted(words["domain"])),
                band=one["band"],
                standing=one["standing"],
                modality=one["modality"],
            ),
        )

    def _streams(self, node: Node) -> tuple[StreamRule, ...]:
        return tuple(self._stream(item) for item in node.items())

    def _stream(self, node: Node) -> StreamRule:
        entries = node.mapping(_STREAM_KEYS)
        return StreamRule(
            strict="mode" in entries and entries["mode"].choice(_MODES, "strict") == "strict",
            retract="retract" in entries and entries["retract"].choice(("true", "false"), "false") == "true",
            passage_score=entries["passage_score"].number(0, 1) if "passage_score" in entries else FAST.passage_score,
            circumstances=self._circumstances(entries),
        )

    def _circumstances(self, entries: dict[str, Node]) -> Circumstances:
        return Circumstances(**{name: self._named(entries, name) for name in CONDITIONS})

    def _named(self, entries: dict[str, Node], condition: str) -> frozenset[str]:
        return _choices(entries, condition, tuple(sorted(self._words.known(condition))))


def _name(node: Node) -> str:
    value = node.text()
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,62}", value):
        node.wrong(
            "名称只用小写字母、数字、- 和 _ (lower-case letters, digits, - and _)", "例如 default (such as default)"
        )
    return value


def _mask(node: Node) -> str:
    value = node.text()
    if len(value) != 1:
        node.wrong("遮盖符须为一个字符 (the mask is one character)", '例如 "*" (such as "*")')
    return value


def _risk(node: Node) -> str:
    value = node.text()
    if not _RISK.fullmatch(value):
        node.wrong(
            f"不是风险标签：{value!r} (not a risk tag)",
            '写 A.1 … A.5.b、其下的细类 A.1.f/gambling、guiju.disguise 或 "*" (a GB/T 45654 risk, a finer tag, or "*")',
        )
    return value


def _choices(entries: dict[str, Node], key: str, options: tuple[str, ...]) -> frozenset[str]:
    """The words under a key; without ``options`` any word will do."""
    if key not in entries:
        return frozenset()
    if not options:
        return frozenset(entries[key].texts())
    return frozenset(item.choice(options, options[0]) for item in entries[key].items())


def _fail(node: Node) -> dict[str, str]:
    modes: dict[str, str] = {}
    for risk, value in node.keyed():
        modes[_risk(risk)] = value.choice(("pass", "block"), "block")
    if EVERY not in modes:
        node.wrong('缺少 "*" (missing "*")', '补上 "*": pass 或 "*": block (say what all other risks do)')
    return modes


def _domains(node: Node) -> dict[str, tuple[_Asked, ...]]:
    return {
        name.text(): tuple(cast(_Asked, item.choice(_ASKED, "remind")) for item in value.items())
        for name, value in node.keyed()
    }


def _answers(node: Node) -> dict[str, tuple[str, ...]]:
    answers = {_risk(risk): value.texts() for risk, value in node.keyed()}
    if EVERY not in answers:
        node.wrong('缺少 "*" 的代答 (missing the answer for "*")', '补上 "*": [抱歉，…] (add one for all other risks)')
    return answers


def _probability(node: Node) -> dict[str, float]:
    return {level: value.number(0, 1) for level, value in node.mapping(("none", *SEVERITIES)).items()}
