"""Words need both elements of GB 45438 5.1 and must not deny them."""

from __future__ import annotations

import pytest

from guiju.errors import LabelWordsInvalid
from guiju.labeling.words import check_words, find_words, wording


@pytest.mark.parametrize("text", ["AI生成", "本内容由人工智能合成", "AI 辅助生成", "未来科技AI生成", "无锡日报AI合成"])
def test_words_with_both_elements_will_do(text: str) -> None:
    assert find_words(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "AI",
        "生成",
        "ai生成",
        "机器生成",
        "AI 创作",
        "AI生成\n",
        "AI\n生成",
        "`AI生成`",
        "<b>AI生成</b>",
        "AI生成" + "啊" * 60,
        "非AI生成",
        "并非由人工智能生成",
        "本内容不是AI生成",
        "未使用AI生成",
        "not AI生成",
        "AI未生成",
        "AI\u200b生成",
    ],
)
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(LabelWordsInvalid) as caught:
        check_words(text)
    assert "5.1" in caught.value.remedy("zh")


def test_shipped_words_will_do_and_the_default_is_among_them() -> None:
    for words in wording().words:
        check_words(words.text)
    assert find_words().id == wording().default
    assert find_words("answer") == find_words("本回答由人工智能生成")


def test_every_style_shows_the_words() -> None:
    for template in wording().styles.values():
        assert "AI生成" in template.format(words="AI生成")
