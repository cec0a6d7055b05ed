"""Pattern rules: what a YAML pattern file says, checked and compiled.

A file holds ``detector`` (``patterns`` or ``pii``), ``owner``, ``source`` and ``rules``. A rule has ``id``, ``risk``,
``severity``, ``score``, ``pattern`` (matched against normalised text; the group ``value``, where there is one, is what is
reported), ``reason``, and may name a ``check`` (``guiju.moderation.identifiers``) that the matched value must pass. It
carries its own test lines, ``hits`` and ``misses``; both are required.
"""

from __future__ import annotations

import msgspec

from guiju.errors import PatternSourceError
from guiju.moderation.document import Node, parse, render
from guiju.moderation.expressions import Expression, ExpressionProblem, analyse
from guiju.moderation.identifiers import CHECKS
from guiju.moderation.lexicon import SEVERITIES

_FILE_KEYS = ("detector", "owner", "source", "rules")
_RULE_KEYS = (
    "id", "title", "risk", "severity", "score", "pattern", "start", "needs", "check", "reason", "source", "hits", "misses",
)  # fmt: skip
_REQUIRED = ("id", "risk", "pattern", "reason", "hits", "misses")
DETECTORS = ("patterns", "pii")
#: What a match of a rule with ``start: word`` begins with, and what its run may hold.
WORD_FIRST = "0123456789abcdefghijklmnopqrstuvwxyz"
WORD_CHARACTERS = WORD_FIRST + "._%+@-"


class Rule(msgspec.Struct, frozen=True):
    """One compiled pattern rule.

    Attributes:
        id, detector, risk, severity, score, reason: what its findings carry.
        expression: the bounded expression.
        start: ``head`` where a match begins with literal characters (the usual case), ``word`` where it begins at the
            start of any run of ASCII letters and digits (e-mail addresses); then ``needs`` is a literal without which a
            text cannot match.
        check: name of the check the value must pass, or empty.
        source: where the rule comes from. ``hits``, ``misses``: its test lines.
    """

    id: str
    detector: str
    title: str
    risk: str
    severity: str
    score: float
    reason: str
    expression: Expression
    start: str = "head"
    needs: str = ""
    check: str = ""
    source: str = ""
    hits: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()


def load(source: str, name: str) -> tuple[Rule, ...]:
    """The rules of a pattern file.

    Raises:
        PatternSourceError: with every mistake in the file, its line, column and hint.
    """
    root, diagnostics = parse(source)
    rules: list[Rule] = []
    if root is not None:
        top = root.mapping(_FILE_KEYS)
        if root.require(top, "detector", "owner", "source", "rules"):
            detector = top["detector"].choice(DETECTORS, DETECTORS[0])
            rules = [rule for node in top["rules"].sequence() if (rule := _rule(node, detector, top["source"].text()))]
    if diagnostics:
        raise PatternSourceError(name=name, count=len(diagnostics), report=render(source, name, diagnostics))
    return tuple(rules)


def _rule(node: Node, detector: str, source: str) -> Rule | None:
    entries = node.mapping(_RULE_KEYS)
    if not node.require(entries, *_REQUIRED):
        return None
    start = entries["start"].choice(("head", "word"), "head") if "start" in entries else "head"
    needs = entries["needs"].text() if "needs" in entries else ""
    if start == "word" and not needs:
        node.wrong(
            "start: word 必须写明 needs (start: word requires needs)",
            "写出匹配必含的字符 (a literal every match contains)",
        )
    expression = _expression(entries["pattern"], start)
    if expression is None:
        return None
    return Rule(
        id=entries["id"].text(),
        detector=detector,
        title=entries["title"].text() if "title" in entries else entries["id"].text(),
        risk=entries["risk"].text(),
        severity=entries["severity"].choice(SEVERITIES, "medium") if "severity" in entries else "medium",
        score=entries["score"].number(0, 1) if "score" in entries else 0.8,
        reason=entries["reason"].text(),
        expression=expression,
        start=start,
        needs=needs,
        check=entries["check"].choice(sorted(CHECKS), "") if "check" in entries else "",
        source=entries["source"].text() if "source" in entries else source,
        hits=entries["hits"].texts(),
        misses=entries["misses"].texts(),
    )


def _expression(node: Node, start: str) -> Expression | None:
    try:
        return analyse(node.text(), need_heads=start == "head")
    except ExpressionProblem as problem:
        node.wrong(f"表达式不可用 (unusable expression): {problem.message}", problem.hint)
        return None
