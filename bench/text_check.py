"""What checking costs: microseconds per message and per streamed piece, beside the raw automata over the same entries.

Run with ``python bench/text_check.py``. Messages are made of ordinary sentences without findings; the lexicon is the shipped
one plus random entries up to the given sizes. Each figure is the best of many repetitions, so that a shared machine shows
its speed rather than its load. pyahocorasick is measured where installed (``pip install pyahocorasick``).
"""

from __future__ import annotations

import random
import timeit
from collections.abc import Callable

import daachorse

from guiju.moderation import policy_source, starter
from guiju.moderation.checker import Checker
from guiju.moderation.lexicon import Entry, Lexicon
from guiju.moderation.stream import StreamGuard
from guiju.nouns import Direction, Part
from guiju.text.reading import read
from guiju.text.squeeze import squeeze

SENTENCES = (
    "请帮我写一段关于人工智能的介绍，要求通俗易懂，适合中学生阅读。",
    "可以举一些生活中的例子，比如语音助手、自动驾驶和机器翻译。",
    "最近天气转凉，大家出门时记得多穿一件外套，注意防寒保暖。",
    "这道题先求导数，再令导数等于零，就能找到函数的极值点。",
    "周末我们打算去博物馆参观，孩子们对恐龙化石特别感兴趣。",
)
ENGLISH = "The quick brown fox jumps over the lazy dog, and then it went home to sleep by the fire. "
SIZES = (1_000, 10_000, 100_000)


def microseconds(call: Callable[[], object], per: int = 1) -> float:
    """Best time of one call, in microseconds, divided by ``per``."""
    timer = timeit.Timer(call)
    number = max(1, int(0.01 / max(timer.timeit(3) / 3, 1e-7)))
    return min(timer.repeat(repeat=25, number=number)) / number * 1e6 / per


def lexicon(size: int) -> Lexicon:
    """The shipped entries and random ones, ``size`` in all."""
    choose = random.Random(7)
    han = [chr(code) for code in range(0x4E00, 0x6500)]
    shipped = list(starter.lexicon().entries)
    words = {"".join(choose.choices(han, k=choose.choice((2, 3, 4, 5)))) for _ in range(max(0, size - len(shipped)))}
    return Lexicon.compile([*shipped, *(Entry(word, "A.3.e") for word in sorted(words))])


def exchange(checker: Checker, *texts: str) -> Callable[[], None]:
    """One check for each text."""
    parts = [[Part("p", text)] for text in texts]

    def run() -> None:
        for each in parts:
            checker.check(each, Direction.PROMPT)

    return run


def stream(checker: Checker, text: str, step: int) -> Callable[[], None]:
    """A whole streamed answer in pieces of ``step`` characters."""
    pieces = [text[i : i + step] for i in range(0, len(text), step)]

    def run() -> None:
        guard = StreamGuard(checker)
        for piece in pieces:
            guard.feed(piece)
        guard.finish()

    return run


def peers(words: list[str], message: str) -> dict[str, float]:
    """The raw automata over the same squeezed words: daachorse, and pyahocorasick where installed."""
    automaton = daachorse.CharwiseDoubleArrayAhoCorasick(words)
    found = {"daachorse raw": microseconds(lambda: automaton.find_overlapping(message))}
    try:
        import ahocorasick
    except ImportError:
        return found
    other = ahocorasick.Automaton()
    for word in words:
        other.add_word(word, word)
    other.make_automaton()
    return found | {"pyahocorasick raw": microseconds(lambda: list(other.iter(message)))}


def main() -> None:
    text = "".join(SENTENCES) * 3
    prompt, answer, long = text[:130], text[20:130], text[:400]
    print(f"{'read, 130 characters':44}{microseconds(lambda: read(prompt)):9.2f} µs")
    print(f"{'squeeze, 130 characters':44}{microseconds(lambda: squeeze(prompt)):9.2f} µs")
    for size in SIZES:
        checker = Checker.build(lexicon(size), policy_source.default(), cache_size=0)
        cached = Checker.build(checker.lexicon, checker.policy)
        print(f"\n{size:,} words")
        rows = {
            "check prompt 130 + answer 110": microseconds(exchange(checker, prompt, answer)),
            "the same, remembered": microseconds(exchange(cached, prompt, answer)),
            "check 400 characters": microseconds(exchange(checker, long)),
            "stream, per piece of 3 characters": microseconds(stream(checker, long, 3), per=134),
            "stream English, per piece of 4": microseconds(stream(checker, ENGLISH * 4, 4), per=len(ENGLISH)),
        }
        rows |= {
            f"{name}, 400 characters": cost
            for name, cost in peers([w.text for w in checker.lexicon.words], long).items()
        }
        for name, cost in rows.items():
            print(f"{name:44}{cost:9.2f} µs")
        raw = rows["daachorse raw, 400 characters"]
        print(f"{'share of the raw daachorse pass':44}{raw / rows['check 400 characters']:9.0%}")
        if "pyahocorasick raw, 400 characters" in rows:
            ratio = rows["pyahocorasick raw, 400 characters"] / rows["check 400 characters"]
            print(f"{'whole check against pyahocorasick alone':44}{ratio:9.1f} ×")


if __name__ == "__main__":
    main()
