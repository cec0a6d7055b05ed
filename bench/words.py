"""The Chinese texts of the measurements: ordinary sentences without findings, every one different from the last.

Guiju remembers the findings of texts it has seen; a benchmark that repeats one text would measure a memory.
"""

from __future__ import annotations

import itertools

SENTENCES = (
    "请帮我写一段关于人工智能的介绍，要求通俗易懂，适合中学生阅读。",
    "可以举一些生活中的例子，比如语音助手、自动驾驶和机器翻译。",
    "最近天气转凉，大家出门时记得多穿一件外套，注意防寒保暖。",
    "这道题先求导数，再令导数等于零，就能找到函数的极值点。",
    "周末我们打算去博物馆参观，孩子们对恐龙化石特别感兴趣。",
)
_TEXT = "".join(SENTENCES)
_SIGNS = "春夏秋冬东南西北山河湖海风云雨雪花草树木鸟鱼虫马牛羊金木水火土日"
_counter = itertools.count()

ANSWER_STARTS = "好的"
"""How every model answer begins; a client that sees it has the first token."""


def mark(number: int) -> str:
    """Six characters that differ for every number below 32 ** 6."""
    return "".join(_SIGNS[number >> shift & 31] for shift in (0, 5, 10, 15, 20, 25))


def prompt(length: int = 130) -> str:
    """A prompt of ``length`` characters that was never asked before in this process."""
    return (mark(next(_counter)) + "，" + _TEXT)[:length]


def answer_pieces(number: int, pieces: int = 40) -> list[str]:
    """An answer of about 115 characters in ``pieces`` parts, as a model streams it."""
    text = ANSWER_STARTS + "，" + mark(number) + "，" + _TEXT[:106]
    cuts = [len(text) * i // pieces for i in range(pieces + 1)]
    return [text[a:b] for a, b in itertools.pairwise(cuts)]
