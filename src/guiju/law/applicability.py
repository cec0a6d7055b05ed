"""Does an obligation apply to a service, and why?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

import msgspec

from guiju.law import expression
from guiju.law.form import FieldKind, Form
from guiju.law.profile import Profile
from guiju.law.schema import Actor, Obligation


class TermTruth(msgspec.Struct, frozen=True):
    """One term of the expression, its answer for this service (``None``: unknown), and in words."""

    expression: str
    value: bool | None
    zh: str
    en: str


class Applicability(msgspec.Struct, frozen=True):
    """Whether an obligation applies; ``None`` when a profile field it turns on is not filled in.

    Attributes:
        expression: the whole expression, the condition on actors included.
        terms: every term with its answer.
        missing: names of the unfilled profile fields, when unknown.
    """

    applies: bool | None
    reason_zh: str
    reason_en: str
    expression: str
    terms: tuple[TermTruth, ...] = ()
    missing: tuple[str, ...] = ()


def full_expression(obligation: Obligation, actors: Iterable[Actor]) -> str:
    """The obligation's condition together with "the service has one of these roles"."""
    roles = {a.code: a.role for a in actors}
    who = " || ".join(f'"{roles[code]}" in roles' for code in obligation.actors)
    if not obligation.applies:
        return who
    guarded = f"({obligation.applies})" if "||" in obligation.applies else obligation.applies
    return f"({who}) && {guarded}" if len(obligation.actors) > 1 else f"{who} && {guarded}"


def applicability(
    obligation: Obligation, profile: Profile, on: date, *, actors: Iterable[Actor], form: Form
) -> Applicability:
    """Whether ``obligation`` binds the service on the day ``on``, with the reason in both languages."""
    text = full_expression(obligation, actors)
    if outside := _outside_dates(obligation, on):
        return Applicability(False, *outside, text)
    facts = profile.facts()
    tree = expression.parse(text)
    answer = expression.truth(text, facts)
    words = _Words(form, facts)
    known = tuple(words.term(t.text) for t in expression.terms(tree))
    turning = [words.term(t.text) for t in dict.fromkeys(expression.decisive(tree, facts))]
    zh, en = "；".join(t.zh for t in turning), "; ".join(t.en for t in turning)
    if answer is None:
        missing = tuple(
            sorted({n for t in turning for n in expression.compiled(t.expression).variables() if n not in facts})
        )
        return Applicability(None, f"待填写：{zh}", f"To be filled in: {en}", text, known, missing)
    if answer:
        return Applicability(True, f"适用：{zh}", f"Applies: {en}", text, known)
    return Applicability(False, f"不适用：{zh}", f"Does not apply: {en}", text, known)


def _outside_dates(obligation: Obligation, on: date) -> tuple[str, str] | None:
    start, end = obligation.effective_from, obligation.effective_until
    if start and on < start:
        return f"{start} 起施行", f"In force from {start}"
    if end and on > end:
        return f"已于 {end} 失效", f"Ended on {end}"
    return None


class _Words:
    """Says in words what a term asks and how it stands, with the names of the profile form."""

    _membership = re.compile(r'"([^"]*)" in (\w+)')
    _comparison = re.compile(r"(\w+) (>=|<=|==|>|<) (\d+)")
    _symbols = {">=": "≥", "<=": "≤", "==": "＝", ">": "＞", "<": "＜"}

    def __init__(self, form: Form, facts: expression.Facts) -> None:
        self._form = form
        self._facts = facts

    def term(self, text: str) -> TermTruth:
        truth = expression.truth(text, self._facts)
        return TermTruth(text, truth, *self._say(text, truth))

    def _say(self, text: str, truth: bool | None) -> tuple[str, str]:
        if found := self._membership.fullmatch(text):
            return self._member(found[1], found[2], truth)
        if found := self._comparison.fullmatch(text):
            return self._number(found[1], found[2], int(found[3]))
        names = {f.name: f for f in self._form.fields}
        if text in names and names[text].kind is FieldKind.BOOLEAN:
            zh, en = {True: ("是", "yes"), False: ("否", "no"), None: ("未填写", "not filled in")}[truth]
            return f"{names[text].zh}：{zh}", f"{names[text].en}: {en}"
        return text, text

    def _member(self, code: str, name: str, truth: bool | None) -> tuple[str, str]:
        field = self._form.field(name)
        choice = field.choice(code)
        zh, en = (choice.zh, choice.en) if choice else (code, code)
        verbs = {
            True: ("包含", "“{}” is among them"),
            False: ("不包含", "“{}” is not among them"),
            None: ("未填写，涉及", "not filled in, “{}” matters"),
        }
        return f"{field.zh}{verbs[truth][0]}「{zh}」", f"{field.en}: {verbs[truth][1].format(en)}"

    def _number(self, name: str, operator: str, bound: int) -> tuple[str, str]:
        field = self._form.field(name)
        have = self._facts.get(name)
        zh = "未填写" if have is None else f"{have:,}"
        en = "not filled in" if have is None else f"{have:,}"
        symbol = self._symbols[operator]
        return f"{field.zh} {zh}（条件 {symbol} {bound:,}）", f"{field.en} {en} (condition {symbol} {bound:,})"
