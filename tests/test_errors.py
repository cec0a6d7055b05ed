"""How an error speaks where message and remedy stand in one text."""

from __future__ import annotations

import pytest

from guiju.errors import BodyNotJson, FieldInvalid, GuijuError, all_errors


@pytest.mark.parametrize(
    ("error", "zh", "en"),
    [
        (BodyNotJson(problem="truncated"), "truncated。检查", "truncated. Check"),
        (FieldInvalid(field="n", problem="a number"), "a number。按", "a number. Correct"),
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
