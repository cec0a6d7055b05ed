"""The checker: places, masks, memory; and detectors that break or are late, whole and streamed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from guiju.errors import CheckTimedOut, DetectorFailed, UnknownDetector
from guiju.moderation.checker import Checker
from guiju.moderation.detectors import Materials, build
from guiju.moderation.lexicon import Entry, Lexicon
from guiju.moderation.policy_source import load
from guiju.moderation.scan import Scan
from guiju.moderation.stream import StreamGuard
from guiju.nouns import Action, Direction, Part

LEXICON = Lexicon.compile([Entry("赌博", "A.1.h/gambling", "high"), Entry("口令", "A.3.e", "medium")])
WINDOWS = ("words", "sounds", "patterns", "pii")
POLICY = """
name: test
number: 1
rules:
  - {{risk: A.1, action: block}}
  - {{risk: A.3, action: mask}}
fail: {{"*": pass, A.2: {mode}}}
"""


class Broken:
    """A detector that breaks on one character."""

    name = "broken"
    risks = ("A.2.a",)
    reach = 1

    def scan(self, window: str, fresh: int, final: bool) -> Scan | None:
        if "坏" in window:
            raise ValueError(window)
        return None


def checker(mode: str = "pass", clock: Iterator[float] | None = None) -> Checker:
    detectors = [*build(Materials(LEXICON), WINDOWS), Broken()]
    ticks = clock or (0.0 for _ in count())
    return Checker(LEXICON, load(POLICY.format(mode=mode)), detectors, budget_ms=1000, clock=lambda: next(ticks))


def test_findings_carry_the_place_of_their_part() -> None:
    decision = checker().check([Part("a", "好"), Part("b", "说赌博"), Part("c", "赌博" + "。" * 60)], Direction.PROMPT)
    assert [(f.where, f.spans) for f in decision.findings] == [("b", ((1, 3),)), ("c", ((0, 2),))]
    assert decision.action is Action.BLOCK


def test_mask_covers_only_what_the_policy_masks_in_that_part() -> None:
    judge = checker()
    part = Part("a", "赌博的口*令是口令")
    decision = judge.check([part, Part("b", "口令")], Direction.ANSWER)
    assert judge.mask(part, decision.findings) == "赌博的***是**"


@pytest.mark.parametrize(("mode", "action"), [("pass", Action.UNCHECKED), ("block", Action.BLOCK)])
def test_a_broken_detector_is_a_failure_never_an_exception(mode: str, action: Action) -> None:
    decision = checker(mode).check([Part("a", "坏消息"), Part("b", "坏")], Direction.PROMPT)
    assert decision.action is action
    assert [(f.detector, f.risks, f.error) for f in decision.failures] == [("broken", ("A.2.a",), DetectorFailed.code)]


def test_the_others_still_find_when_one_breaks() -> None:
    assert checker().check([Part("a", "坏人赌博")], Direction.PROMPT).action is Action.BLOCK


def test_detectors_the_budget_leaves_no_time_for_are_failures() -> None:
    late = iter([0.0, 0.5, *(2.0 for _ in range(20))])
    decision = checker(clock=late).check([Part("a", "赌博")], Direction.PROMPT)
    assert [f.rule[:6] for f in decision.findings] == ["custom"]
    assert {(f.detector, f.error) for f in decision.failures} == {
        (name, CheckTimedOut.code) for name in ("sounds", "patterns", "pii", "broken")
    }


def test_a_text_is_looked_at_once_and_failures_are_not_remembered() -> None:
    judge = checker()
    long = "赌博" + "很" * 60
    first = judge.check([Part("a", long)], Direction.PROMPT)
    judge.detectors = ()
    assert judge.check([Part("a", long)], Direction.PROMPT).findings == first.findings
    judge = checker()
    for _ in range(2):
        assert judge.check([Part("a", "坏" * 60)], Direction.PROMPT).action is Action.UNCHECKED


def test_the_memory_is_bounded() -> None:
    judge = Checker.build(LEXICON, load(POLICY.format(mode="pass")), (), WINDOWS, cache_size=3)
    for number in range(10):
        judge.check([Part("a", f"{number}" * 60)], Direction.PROMPT)
    assert len(judge._cache) == 3


def test_an_unknown_detector_is_refused_by_name() -> None:
    with pytest.raises(UnknownDetector, match="telepathy"):
        Checker.build(LEXICON, load(POLICY.format(mode="pass")), detectors=["telepathy"])


def test_a_stream_goes_on_without_a_broken_detector_and_says_so() -> None:
    guard = StreamGuard(checker("pass"), "a")
    released = [guard.feed(piece) for piece in ("好的，", "坏", "口", "令")] + [guard.finish()]
    assert "".join(step.text for step in released) == "好的，坏**"
    assert guard.decision().action is Action.MASK
    assert [f.error for f in guard.decision().failures] == [DetectorFailed.code]


def test_a_stream_stops_at_a_broken_detector_the_policy_closes_on() -> None:
    guard = StreamGuard(checker("block"), "a")
    assert guard.feed("好的").text == "好的"
    stopped = guard.feed("坏")
    assert stopped.text == "" and stopped.stop is not None and stopped.stop.action is Action.BLOCK
    assert guard.feed("更多").text == guard.finish().text == ""


def test_a_late_stream_is_unchecked() -> None:
    guard = StreamGuard(checker(clock=iter([0.0, 0.0, *(5.0 for _ in range(50))])), "a")
    guard.feed("你好")
    guard.finish()
    assert guard.decision().action is Action.UNCHECKED


def test_a_stream_stops_before_the_word_and_stays_silent() -> None:
    guard = StreamGuard(checker(), "choices[0]")
    steps = [guard.feed(piece) for piece in ("我们去赌", "\u200b", "博吧", "再见")]
    assert "".join(step.text for step in steps) == "我们去"
    stop = steps[2].stop
    assert stop is not None and stop.action is Action.BLOCK and stop.risk == "A.1.h/gambling"
    assert steps[2].findings[0].where == "choices[0]" and steps[2].findings[0].spans == ((3, 6),)
    assert guard.finish().stop is None


def test_a_stream_without_stop_ends_with_the_decision_of_the_whole() -> None:
    judge = checker()
    guard = StreamGuard(judge, "a")
    text = "口\u200b令口*令，再\u200b来\u200b一次口令"
    for character in text:
        guard.feed(character)
    guard.finish()
    whole = judge.check([Part("a", text)], Direction.ANSWER)
    mine = guard.decision()
    assert (mine.action, mine.score, mine.risk) == (whole.action, whole.score, whole.risk)
    assert sorted(map(repr, mine.findings)) == sorted(map(repr, whole.findings))
