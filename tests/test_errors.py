"""How an error speaks: message and remedy in one text, and what is wrong with a value in both languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import guiju
from guiju.errors import BodyNotJson, FieldInvalid, GuijuError, InvalidField, all_errors
from guiju.errors.problems import in_chinese


@pytest.mark.parametrize(
    ("error", "zh", "en"),
    [
        (BodyNotJson(problem="truncated"), "truncated。检查", "truncated. Check"),
        (FieldInvalid(field="n", problem="a number"), "应为数字。按", "a number. Correct"),
        (GuijuError(), "", ""),
    ],
)
def test_message_and_remedy_are_sentences(error: GuijuError, zh: str, en: str) -> None:
    assert zh in error.told("zh") and en in error.told("en")


def test_nobody_says_two_full_stops_or_glues_sentences() -> None:
    for cls in all_errors():
        error = cls.__new__(cls)
        error.params = {}
        for language in ("zh", "en"):
            told = error.told(language)
            assert error.remedy(language) in told and "。。" not in told and ".. " not in told, cls.code


@pytest.mark.parametrize(
    ("problem", "zh"),
    [
        ("empty", "为空"),
        ("1 to 60", "1 至 60"),
        ("1 to 200 accounts", "1 至 200 个账号"),
        ("one of wav, mp3: others hold no label", "应为其中之一：wav, mp3；其他格式不能承载标识"),
        ("Expected `str`, got `int`", "Expected `str`, got `int`"),
    ],
)
def test_what_is_wrong_is_said_in_chinese(problem: str, zh: str) -> None:
    error = InvalidField(field="f", problem=problem)
    assert error.message("zh").endswith(zh) and error.message("en").endswith(problem)


def test_no_phrase_is_without_its_chinese() -> None:
    missing = {phrase for phrase in _phrases() if in_chinese(phrase) == phrase}
    assert not missing, "write these into errors/data/problems.tsv"


def _phrases() -> Iterator[str]:
    """What the source says is wrong with a value, with a 7 wherever something is filled in."""
    for path in Path(guiju.__path__[0]).rglob("*.py"):
        source = path.read_text("utf-8")
        if "InvalidField(" not in source and "FieldInvalid(" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("InvalidField", "FieldInvalid"):
                yield from (_phrase(one.value) for one in node.keywords if one.arg == "problem" and _said(one.value))


def _said(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _phrase(node: ast.expr) -> str:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts)
