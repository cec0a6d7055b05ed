"""A second opinion on texts the models are not sure of, from a guard model behind an OpenAI-compatible endpoint.

Everything here is pure: what to send, what an answer says, when to ask, what the asking came to, and what the policy makes of
it. Sending belongs to the gateway, under a time limit and a budget. An asking is recorded whatever came of it: a guard that
failed is no guard that said safe.
"""

from __future__ import annotations

import enum
import re
from collections import OrderedDict, deque
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import yaml

from guiju.errors import GuardBudgetSpent, GuardPaused, GuardTimedOut, GuardUnreachable, GuardUnreadable
from guiju.moderation.context import Context
from guiju.moderation.policy import Policy
from guiju.nouns import Action, Decision, Direction, Failure, Finding, Part

_FILE = Path(__file__).parent / "data" / "second_opinion.yaml"
_OTHER_RISK = "A.1.h"
#: Under these an asking stands in records, whatever came of it.
DETECTOR, RISK = "second_opinion", "guiju.second_opinion"
_MINUTE = 60.0


class Style(msgspec.Struct, frozen=True):
    """How one kind of guard is asked and read; see ``data/second_opinion.yaml``.

    ``answer`` is the shape of its answer: ``choices`` of a chat, ``results`` of a moderation, or ``aliyun``. Where ``action``
    is set, the request is a form signed with ACS3 under that action and ``version``.
    """

    path: str
    answer: str
    prompt: str = "{text}"
    reply: str = ""
    verdict: str = ""
    categories: str = ""
    action: str = ""
    version: str = ""
    services: dict[str, str] = {}
    longest: int = 8000


class Styles(msgspec.Struct, frozen=True):
    """The file: the styles, the words of verdicts, what verdicts are worth, and categories as risks."""

    styles: dict[str, Style]
    verdicts: dict[str, str]
    likelihood: dict[str, float]
    risks: dict[str, str]


class Result(enum.StrEnum):
    """What the asking came to."""

    ANSWERED = "answered"
    REMEMBERED = "remembered"
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    UNREADABLE = "unreadable"
    OVER_BUDGET = "over_budget"
    PAUSED = "paused"


_CODES = {
    Result.TIMED_OUT: GuardTimedOut.code,
    Result.UNREACHABLE: GuardUnreachable.code,
    Result.UNREADABLE: GuardUnreadable.code,
    Result.OVER_BUDGET: GuardBudgetSpent.code,
    Result.PAUSED: GuardPaused.code,
}


class Request(msgspec.Struct, frozen=True):
    """What to send: the path under the endpoint's base address, the body, and its media type where it is not JSON."""

    path: str
    body: bytes
    kind: str = ""


class Opinion(msgspec.Struct, frozen=True):
    """What a guard said: ``safe``, ``controversial`` or ``unsafe``, the likelihood that stands for it, and risks."""

    verdict: str
    likelihood: float
    risks: tuple[str, ...] = ()

    def findings(self, where: str, length: int, guard: str) -> tuple[Finding, ...]:
        """The opinion as findings over a whole text, for the policy; a safe one has none."""
        if self.verdict == "safe":
            return ()
        reason = f"第二意见：{self.verdict} (second opinion of {guard})"
        return tuple(
            Finding(risk, DETECTOR, guard, self.likelihood, where, ((0, length),), reason, "low")
            for risk in self.risks or (_OTHER_RISK,)
        )


class Outcome(msgspec.Struct, frozen=True):
    """One asking, for the record: which guard, what it came to, how long it took (milliseconds), and the opinion if any."""

    guard: str
    result: Result
    milliseconds: int = 0
    opinion: Opinion | None = None

    @property
    def failure(self) -> Failure | None:
        """The asking as a check that did not run to its end; ``None`` where there is an opinion."""
        return Failure(DETECTOR, (RISK,), _CODES[self.result]) if self.opinion is None else None

    def finding(self, where: str, length: int) -> Finding:
        """The asking itself, for the record: which guard, what it came to, what it said."""
        said = self.opinion.verdict if self.opinion is not None else "-"
        rule = f"{self.guard}/{self.result.value}/{said}"
        reason = f"第二意见用时 {self.milliseconds} 毫秒 (asked for {self.milliseconds} ms)"
        score = self.opinion.likelihood if self.opinion is not None else 0.0
        return Finding(RISK, DETECTOR, rule, score, where, ((0, length),), reason, "low")


class GreyZone(msgspec.Struct, frozen=True):
    """Scores that are worth asking about: from ``low`` up to and not including ``high``.

    Without ``high`` the zone ends where the policy in force stops a content, so that it follows the policy by itself.
    """

    low: float = 0.35
    high: float | None = None

    def holds(self, decision: Decision) -> bool:
        """Whether to ask: the score lies in the zone, and nothing has stopped the content already."""
        below = self.high is None or decision.score < self.high
        return self.low <= decision.score and below and not decision.action.stops


def weigh(
    policy: Policy,
    decision: Decision,
    direction: Direction,
    context: Context,
    outcome: Outcome,
    part: Part,
    *,
    clears: bool,
) -> Decision:
    """What the policy makes of a decision and the opinion on it.

    Where the guard gave none, that is a failed check with the risk ``guiju.second_opinion``, which the ``fail`` section of the
    policy decides about; what already goes to a person still does.

    Args:
        part: the text that was asked about. ``clears``: a guard's ``safe`` outweighs the models' doubt, whose findings then
            stay in the record and decide nothing.
    """
    failure, opinion, size = outcome.failure, outcome.opinion, len(part.text)
    told = outcome.finding(part.where, size)
    if opinion is None or failure is not None:
        failures = (*decision.failures, failure) if failure is not None else decision.failures
        again = policy.decide(direction, (*decision.findings, told), failures, context, decision.score)
        if again.action is Action.UNCHECKED and decision.action is Action.REVIEW:
            return msgspec.structs.replace(again, action=decision.action, risk=decision.risk)
        return again
    findings = (*decision.findings, *opinion.findings(part.where, size, outcome.guard))
    if clears and opinion.verdict == "safe":
        speaking = [finding for finding in findings if finding.detector != "model"]
        again = policy.decide(direction, speaking, decision.failures, context, opinion.likelihood)
    else:
        again = policy.decide(direction, findings, decision.failures, context, decision.score)
    return msgspec.structs.replace(again, findings=(*findings, told))


@cache
def styles() -> Styles:
    """The styles that ship."""
    return msgspec.convert(yaml.safe_load(_FILE.read_text("utf-8")), Styles)


def request(style: str, model: str, text: str, direction: Direction, prompt: str = "") -> Request:
    """What to send to a guard of this style (a key of ``styles().styles``).

    Args:
        prompt: the question, where ``text`` is an answer.
    """
    how = styles().styles[style]
    text = text[-how.longest :]
    if how.answer == "aliyun":
        asked = msgspec.json.encode({"content": text}).decode()
        form = urlencode({"Service": model or how.services[direction.value], "ServiceParameters": asked})
        return Request(how.path, form.encode(), "application/x-www-form-urlencoded")
    if how.answer == "results":
        return Request(how.path, msgspec.json.encode({"model": model, "input": text}))
    if direction is Direction.ANSWER and not how.reply:
        messages = [{"role": "user", "content": prompt}, {"role": "assistant", "content": text}]
    else:
        wording = how.reply if direction is Direction.ANSWER else how.prompt
        messages = [{"role": "user", "content": _filled(wording, text, prompt)}]
    body = {"model": model, "messages": messages, "temperature": 0, "max_tokens": 128, "stream": False}
    return Request(how.path, msgspec.json.encode(body))


def read(style: str, body: bytes) -> Opinion | None:
    """What the guard's answer says; ``None`` where it cannot be understood, which is never the same as safe."""
    how = styles().styles[style]
    try:
        answer = msgspec.json.decode(body)
        if how.answer == "aliyun":
            return _levelled(answer["Data"])
        if how.answer == "results":
            return _scored(answer["results"][0])
        return _said(how, answer["choices"][0]["message"]["content"])
    except (msgspec.DecodeError, KeyError, IndexError, TypeError, AttributeError):
        return None


def _said(how: Style, text: str) -> Opinion | None:
    known = styles()
    match = re.search(how.verdict, text)
    word = next((group for group in match.groups() if group), "") if match is not None else ""
    verdict = known.verdicts.get(word.lower())
    if verdict is None:
        return None
    named = re.findall(how.categories, text) if how.categories else []
    categories = [name.strip().lower() for found in named for name in found.split(",")]
    risks = () if verdict == "safe" else _risks(name for name in categories if name not in ("none", ""))
    return Opinion(verdict, known.likelihood[verdict], risks)


def _scored(result: dict[str, Any]) -> Opinion:
    scores = {name: float(score) for name, score in result.get("category_scores", {}).items()}
    flagged = bool(result["flagged"])
    held = [name for name, holds in result.get("categories", {}).items() if holds]
    likelihood = max(scores.values(), default=styles().likelihood["unsafe" if flagged else "safe"])
    return Opinion("unsafe" if flagged else "safe", likelihood, _risks(held) if flagged else ())


def _levelled(data: dict[str, Any]) -> Opinion | None:
    """An answer that names a level of risk and labels."""
    known = styles()
    verdict = known.verdicts.get(data["RiskLevel"].lower())
    if verdict is None:
        return None
    labels = [entry["Label"].lower() for entry in data.get("Result") or () if entry["Label"] != "nonLabel"]
    return Opinion(verdict, known.likelihood[verdict], () if verdict == "safe" else _risks(labels))


def _risks(categories: Any) -> tuple[str, ...]:
    known = styles().risks
    return tuple(dict.fromkeys(known.get(name, _OTHER_RISK) for name in categories))


def _filled(wording: str, text: str, prompt: str) -> str:
    """The wording with its places filled in one pass, so that a text with {prompt} in it stays as it is."""
    values = {"{text}": text, "{prompt}": prompt}
    return re.sub(r"\{text\}|\{prompt\}", lambda match: values[match[0]], wording)


class Budget:
    """At most so many askings in any minute. Not shared between threads; ``now`` is monotonic seconds."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._asked: deque[float] = deque()

    def take(self, now: float) -> bool:
        """Whether one more may be asked now; if so it is counted."""
        while self._asked and self._asked[0] <= now - _MINUTE:
            self._asked.popleft()
        if len(self._asked) >= self._per_minute:
            return False
        self._asked.append(now)
        return True


class Patience:
    """Leaves a guard alone that failed several times in a row. Not shared between threads; times are monotonic seconds."""

    def __init__(self, failures: int = 3, pause: float = 30.0) -> None:
        self._most, self._pause = failures, pause
        self._failed = 0
        self._until = 0.0

    def asks(self, now: float) -> bool:
        """Whether to ask now; after a pause the guard is tried once."""
        return now >= self._until

    def came(self, answered: bool, now: float) -> None:
        """Note what an asking came to."""
        self._failed = 0 if answered else self._failed + 1
        if self._failed >= self._most:
            self._until = now + self._pause


class Opinions:
    """Opinions already given, by the digest of guard, direction, question and text; the oldest goes first."""

    def __init__(self, size: int = 4096) -> None:
        self._size = size
        self._kept: OrderedDict[bytes, Opinion] = OrderedDict()

    @staticmethod
    def key(guard: str, direction: Direction, text: str, prompt: str = "") -> bytes:
        """What an opinion is kept under."""
        parts = (guard, direction.value, prompt, text)
        return sha256(b"\x00".join(sha256(p.encode("utf-8", "surrogatepass")).digest() for p in parts)).digest()

    def get(self, key: bytes) -> Opinion | None:
        """An opinion given before."""
        return self._kept.get(key)

    def put(self, key: bytes, opinion: Opinion) -> None:
        """Keep an opinion."""
        self._kept[key] = opinion
        if len(self._kept) > self._size:
            self._kept.popitem(last=False)
