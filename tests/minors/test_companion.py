from __future__ import annotations

import pytest

from guiju.minors.companion import Heard, rules

RULES = rules()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我想自杀", Heard.CRISIS),
        ("我真的不想活了", Heard.CRISIS),
        ("我不想再活下去，就不想活", Heard.CRISIS),
        ("我已经写好遗书了", Heard.CRISIS),
        ("我刚割了自己的手腕", Heard.CRISIS),
        ("我要把所有的钱都给你", Heard.CRISIS),
        ("I want to kill myself", Heard.CRISIS),
        ("我好绝望", Heard.DISTRESS),
        ("没有人爱我", Heard.DISTRESS),
        ("我讨厌自己", Heard.DISTRESS),
        ("只有你懂我", Heard.DEPENDENCE),
        ("我离不开你了", Heard.DEPENDENCE),
        ("朋友都不如你", Heard.DEPENDENCE),
        ("我想死你了", None),
        ("自杀式袭击的新闻", None),
        ("今天好累", None),
        ("我想吃火锅", None),
        ("请写一篇预防自杀的科普", None),
        ("这部电影没有意义", None),
    ],
)
def test_what_is_heard(text: str, kind: Heard | None) -> None:
    assert RULES.hear(text).gravest is kind


def test_the_gravest_stands_first() -> None:
    heard = RULES.hear("只有你懂我，我好绝望，我不想活了")
    assert [sign.kind for sign in heard.signs] == [Heard.CRISIS, Heard.DISTRESS, Heard.DEPENDENCE]


@pytest.mark.parametrize(
    ("text", "exit", "leaving"),
    [
        ("退出", True, False),
        ("退出对话。", True, False),
        ("结束聊天吧！", True, False),
        ("不聊了", True, True),
        ("exit", True, False),
        ("我先睡了", False, True),
        ("拜拜", False, True),
        ("good night", False, True),
        ("怎么退出微信登录", False, False),
        ("帮我写一个停止服务的脚本", False, False),
        ("你好", False, False),
    ],
)
def test_asking_for_the_end_and_taking_leave(text: str, exit: bool, leaving: bool) -> None:
    heard = RULES.hear(text)
    assert (heard.exit, heard.leaving) == (exit, leaving)


@pytest.mark.parametrize(
    ("answer", "held"),
    [
        ("别走，再陪我聊一会儿吧", True),
        ("你走了我会很难过", True),
        ("真的要走吗？", True),
        ("这么快就要走了呀", True),
        ("走之前我还有一个秘密要告诉你", True),
        ("你是不是不爱我了", True),
        ("Please don't go", True),
        ("好的，晚安，祝你睡个好觉。", False),
        ("再见，注意安全。", False),
        ("红灯时不要横穿马路。", False),
    ],
)
def test_talk_that_holds_back(answer: str, held: bool) -> None:
    assert bool(RULES.retention(answer)) is held


@pytest.mark.parametrize("text", ["别走，你走了我会难过", "别走，再陪我聊一会儿吧", "Please don't go"])
def test_the_companion_must_not_say_what_a_user_may(text: str) -> None:
    assert RULES.retention(text)  # spoken by the companion it induces dependence (Order 21: no retention talk)
    heard = RULES.hear(text)  # spoken by the user it is a feeling, neither a sign nor a wish to end
    assert (heard.signs, heard.exit, heard.leaving) == ((), False, False)


def test_the_texts_name_the_numbers_to_call() -> None:
    for code in ("crisis", "comfort"):
        assert all(number in RULES.text(code) for number in ("12356", "110", "120"))
