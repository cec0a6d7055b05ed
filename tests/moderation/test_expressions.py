"""Which expressions are taken, what is read off them, and how refusals are shown."""

from __future__ import annotations

import pytest

from guiju.errors import PatternSourceError
from guiju.moderation import rules
from guiju.moderation.expressions import ExpressionProblem, analyse


@pytest.mark.parametrize(
    ("source", "heads", "width"),
    [
        ("微信号码[0-9]{5,11}", ("微信号码",), 15),
        ("(?:微信|vx)[:： ]{0,2}[a-z]{3}", ("vx", "微信"), 7),
        ("(?<![0-9a-z])sk-[0-3]{20}(?![0-9a-z])", ("sk-0", "sk-1", "sk-2", "sk-3"), 23),
        ("1[34][^a]{2}", ("13", "14"), 4),
        ("京[ab]c", ("京ac", "京bc"), 3),
        ("(?:甲乙丙丁戊|甲)己?", ("甲",), 6),
        ("(?:ab)?cd", ("abcd", "cd"), 4),
    ],
)
def test_heads_and_width(source: str, heads: tuple[str, ...], width: int) -> None:
    expression = analyse(source)
    assert (expression.heads, expression.width) == (heads, width)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("微信[0-9]+", "wide"),
        ("微信.*号", "wide"),
        ("微信[0-9]{5,}", "wide"),
        ("微信(?:a{1,5}){1,5}", "repetition inside"),
        ("微信(", "not a regular expression"),
        ("^微信", "stream"),
        (r"微信\b", "stream"),
        (r"(微)信\1", "stream"),
        ("(?<=甲乙丙丁戊己庚辛壬)微信", "look-behind"),
        ("WX[0-9]{3}", "never occurs"),
        ("賭[0-9]{3}", "never occurs"),
        ("[^a]微信", "begin with anything"),
        ("[0-9]?", "begin with anything"),
    ],
)
def test_refused(source: str, problem: str) -> None:
    with pytest.raises(ExpressionProblem) as refused:
        analyse(source)
    assert problem in refused.value.message and refused.value.hint


@pytest.mark.parametrize(
    ("window", "is_open"),
    [("ab", True), ("abc", True), ("abcc", True), ("abx", False), ("abccc", False), ("ax", False)],
)
def test_open_means_more_text_could_change_the_match(window: str, is_open: bool) -> None:
    assert analyse("ab(?:c{1,3})?").open_at(window, 0) is is_open


def test_a_file_with_mistakes_is_refused_like_by_a_compiler() -> None:
    source = """detector: patterns
owner: me
source: mine
rules:
  - id: a
    risk: A.1
    pattern: '微信.*'
    reason: r
    hits: [x]
    misses: [y]
  - id: b
    colour: red
"""
    with pytest.raises(PatternSourceError) as refused:
        rules.load(source, "mine.yaml")
    assert refused.value.params["count"] == 7
    report = str(refused.value.params["report"])
    assert report.startswith(
        "mine.yaml:7:14: 表达式不可用 (unusable expression): a match may be up to any number of characters wide, 160 is the limit\n"
        "    7 |     pattern: '微信.*'\n"
        "      |              ^\n"
        "      = give every repetition an upper bound: {1,20} instead of + or *\n"
    )
    assert "mine.yaml:12:5: 未知的键 colour (unknown key)" in report
