from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.domains import advise, unsupported
from guiju.domains.advice import Asked
from guiju.domains.figures import figures

ALL: tuple[Asked, ...] = ("remind", "cite", "figures")
FEVER = "发烧多半是感染引起的，体温高可以在医生指导下用药。"


@pytest.mark.parametrize(
    ("asked", "question", "answer", "kinds"),
    [
        ({"medicine": ["remind"]}, "孩子发烧怎么办", FEVER, ["reminder"]),
        ({"medicine": ["remind"]}, "孩子发烧怎么办", FEVER + "以上仅供参考。", []),
        ({"finance": ["remind"]}, "孩子发烧怎么办", FEVER, []),
        ({}, "孩子发烧怎么办", FEVER, []),
        ({"medicine": ["remind"]}, "写一首诗", "春风又绿江南岸。", []),
        ({"medicine": []}, "我爸胸口剧痛喘不上气", "先让他坐下。", ["emergency"]),
        ({"medicine": []}, "我爸胸口剧痛喘不上气", "立即拨打120。", []),
        ({"medicine": ["cite"]}, "发烧", FEVER, ["uncited"]),
        ({"medicine": ["cite"]}, "发烧", FEVER + "来源：某某指南", []),
        ({"finance": ["remind", "cite"]}, "基金", "基金分散风险，定投可以平滑买入成本。", ["uncited", "reminder"]),
        ({"elsewhere": ["remind"]}, "发烧", FEVER, []),
    ],
)
def test_what_is_added(asked: dict[str, list[Asked]], question: str, answer: str, kinds: list[str]) -> None:
    assert [advice.kind for advice in advise(asked, question, answer)] == kinds


def test_figures_are_held_to_the_sources() -> None:
    answer = "该基金去年收益率为12.5%，规模达1,200亿元，属于股票型基金。"
    asked: dict[str, tuple[Asked, ...]] = {"finance": ALL}
    sources = ["年报：收益率 8.3％，规模 1200 亿元"]
    [found] = [a for a in advise(asked, "", answer, sources) if a.kind == "figures"]
    assert "12.5%" in found.zh and "1200" not in found.zh
    assert not [a for a in advise(asked, "", answer) if a.kind == "figures"], "without sources nothing is judged"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("第1步，共3步", []),
        ("占 35.0％", ["35%"]),
        ("１２００元", ["1200元"]),
        ("2024年增长 3 倍", ["2024年", "3倍"]),
        ("A1200型", []),
        ("1,234,567 人", ["1234567人"]),
    ],
)
def test_figures(text: str, found: list[str]) -> None:
    assert figures(text) == found


@given(st.text(max_size=200))
def test_a_text_supports_itself(text: str) -> None:
    assert unsupported(text, [text]) == []
