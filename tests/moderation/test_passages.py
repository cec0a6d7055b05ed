"""Passages: the same however a text is cut; in the strict mode nothing of a stopped one is shown."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from guiju.moderation.checker import Checker
from guiju.moderation.lexicon import Lexicon
from guiju.moderation.passages import LEAST, MOST, Passages
from guiju.moderation.policy_source import load
from guiju.moderation.stream import StreamGuard
from guiju.nouns import Action, Failure

from .test_judging import POLICY, Dice

SURE = "streams: {passage_score: 0.9}\n"
FAST = Checker(Lexicon.compile([]), load(POLICY + SURE), [Dice()], clock=lambda: 0.0)
STRICT = FAST.under(load(POLICY + "streams: {mode: strict, passage_score: 0.9}\n"))
FINE, BAD = "好" * (LEAST - 1) + "。", "坏" * (LEAST + 9) + "。"
TEXTS = st.lists(st.sampled_from(["好", "坏", "。", ".", " ", "好" * 30, "坏" * 45, FINE, BAD, "\n"]), max_size=14).map(
    "".join
)
SIZES = st.lists(st.integers(1, 60), max_size=30)


def pieces(text: str, sizes: list[int]) -> list[str]:
    cuts = [0]
    for size in sizes:
        cuts.append(min(len(text), cuts[-1] + size))
    return [text[a:b] for a, b in zip(cuts, [*cuts[1:], len(text)], strict=True)]


@given(TEXTS, SIZES)
def test_however_it_is_cut_the_passages_are_the_same(text: str, sizes: list[int]) -> None:
    def cut(given: list[str]) -> list[tuple[int, str]]:
        cutter = Passages()
        found = [passage for piece in given for passage in cutter.feed(piece)]
        rest = cutter.finish()
        assert all(LEAST <= len(passage.text) <= MOST for passage in found)
        return [(passage.start, passage.text) for passage in (*found, *((rest,) if rest else ()))]

    whole = cut([text])
    assert cut(pieces(text, sizes)) == cut(list(text)) == whole
    assert "".join(passage for _, passage in whole) == text


def test_a_sentence_too_short_to_judge_waits_for_the_next() -> None:
    cutter = Passages()
    assert cutter.feed("好的。没问题。") == []
    assert [p.text for p in cutter.feed("好" * 40 + "！好")] == ["好的。没问题。" + "好" * 40 + "！"]
    assert [len(p.text) for p in cutter.feed("好" * 2 * MOST)] == [MOST, MOST]


def shown(checker: Checker, given: list[str]) -> tuple[str, StreamGuard, bool]:
    guard = StreamGuard(checker, "a")
    out = ""
    for piece in given:
        released = guard.feed(piece)
        out += released.text
        if released.stop is not None:
            return out, guard, True
    released = guard.finish()
    return out + released.text, guard, released.stop is not None


@settings(max_examples=80)
@given(TEXTS, SIZES)
def test_strict_shows_nothing_of_a_stopped_passage(text: str, sizes: list[int]) -> None:
    out, guard, stopped = shown(STRICT, pieces(text, sizes))
    cutter = Passages()
    parts = [*cutter.feed(text), *((rest,) if (rest := cutter.finish()) else ())]
    bad = next((p for p in parts if p.text.count("坏") >= 0.9 * len(p.text)), None)
    if bad is not None:
        assert stopped and out == text[: bad.start]
        assert guard.decision().action is Action.BLOCK
    elif not stopped:
        assert out == text
    quick, _, also = shown(FAST, pieces(text, sizes))
    assert also == stopped and quick.startswith(out)


def test_fast_cuts_after_what_it_has_shown() -> None:
    fast, strict = StreamGuard(FAST, "a"), StreamGuard(STRICT, "a")
    assert fast.feed(FINE + "坏" * 50).text == FINE + "坏" * 50
    assert strict.feed(FINE + "坏" * 50).text == FINE
    assert strict.held == 50
    cut, held = fast.feed("。以后的话"), strict.feed("。以后的话")
    assert cut.stop is not None and held.stop is not None
    assert (cut.text, held.text) == ("", "")
    assert held.findings[0].spans == ((LEAST, LEAST + 51),)


def test_a_passage_takes_more_to_stop_than_the_whole() -> None:
    guard = StreamGuard(FAST.under(load(POLICY)), "a")
    assert guard.feed("坏" * 47 + "好好。").stop is None, "0.94 would stop the whole"
    assert guard.finish().stop is not None
    guard = StreamGuard(FAST.under(load(POLICY)), "a")
    assert guard.feed("坏" * 50 + "。").stop is not None


def test_a_judge_that_breaks_on_a_passage_is_a_failure() -> None:
    guard = StreamGuard(STRICT, "a")
    assert guard.feed("炸" + FINE).text == "炸" + FINE, "the policy passes what could not be checked"
    guard.finish()
    assert guard.decision().failures == (Failure("dice", ("A.1.h",), guard.decision().failures[0].error),)
    assert guard.decision().action is Action.UNCHECKED
