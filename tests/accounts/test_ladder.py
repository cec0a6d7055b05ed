"""Steps follow from violations by the policy's rules, and standing from sanctions, whatever the order and the clock."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.accounts import (
    AccountHistory,
    AccountPolicy,
    Limit,
    Sanction,
    Step,
    Use,
    Violation,
    advise,
    judge,
    standing,
    streak,
)
from guiju.accounts.ladder import DAY, HOUR

POLICY = AccountPolicy.load()
MINUTE = 60_000_000


def us(text: str) -> int:
    """A moment in China's time as microseconds UTC."""
    return int(datetime.fromisoformat(f"2026-{text}+08:00").timestamp() * 1_000_000)


NOON = us("03-10T12:00")


def violations(*times: int, streaks: list[int] | None = None, risk: str = "A.2.a") -> tuple[Violation, ...]:
    runs = streaks or [1] * len(times)
    return tuple(Violation(f"r{n}", at, risk, run) for n, (at, run) in enumerate(zip(times, runs, strict=True)))


def rule_of(history: AccountHistory, now: int) -> str:
    proposal = judge(history, POLICY, now)
    return proposal.rule if proposal else ""


def every(minutes: int, count: int, start: int = NOON) -> list[int]:
    return [start + n * minutes * MINUTE for n in range(count)]


class TestThreeInARow:
    def test_pauses_for_a_day_with_its_evidence(self) -> None:
        times = every(1, 3)
        proposal = judge(AccountHistory(violations(*times, streaks=[1, 2, 3])), POLICY, times[-1])
        assert proposal is not None
        assert (proposal.step, proposal.rule) == (Step.SUSPEND, "pause.in_a_row")
        assert proposal.records == ("r0", "r1", "r2")
        assert (proposal.starts, proposal.ends) == (times[-1], times[-1] + 24 * HOUR)
        assert "连续 3 次" in proposal.reason_zh and "3 violating" in proposal.reason_en

    @pytest.mark.parametrize("streaks", [[1, 2, 1], [1, 1, 2], [1, 1, 1]])
    def test_a_clean_prompt_between_breaks_the_row(self, streaks: list[int]) -> None:
        times = every(1, 3)
        assert rule_of(AccountHistory(violations(*times, streaks=streaks)), times[-1]) == "ladder.warn"

    def test_counts_anew_after_a_pause(self) -> None:
        times = [*every(1, 3), NOON + 2 * DAY]
        pause = Sanction(Step.SUSPEND, "pause.in_a_row", times[2], times[2] + DAY, None, ("r0", "r1", "r2"))
        history = AccountHistory(violations(*times, streaks=[1, 2, 3, 4]), (pause,))
        assert rule_of(history, times[-1]) == "ladder.warn"
        more = [*times, times[-1] + MINUTE, times[-1] + 2 * MINUTE]
        history = AccountHistory(violations(*more, streaks=[1, 2, 3, 4, 5, 6]), (pause,))
        proposal = judge(history, POLICY, more[-1])
        assert proposal is not None and proposal.records == ("r3", "r4", "r5")


class TestFiveInADay:
    def test_pauses_on_the_fifth(self) -> None:
        times = every(30, 5)
        assert rule_of(AccountHistory(violations(*times[:4])), times[3]) == "ladder.warn"
        proposal = judge(AccountHistory(violations(*times)), POLICY, times[4])
        assert proposal is not None
        assert (proposal.rule, len(proposal.records)) == ("pause.in_a_day", 5)

    def test_the_day_is_chinas(self) -> None:
        """Five around midnight UTC are one day in China; five around midnight UTC+8 are two."""
        utc_midnight, midnight = us("03-10T08:00"), us("03-11T00:00")
        around = [-90 * MINUTE, -60 * MINUTE, -30 * MINUTE, 30 * MINUTE, 60 * MINUTE]
        one_day = [utc_midnight + offset for offset in around]
        two_days = [midnight + offset for offset in around]
        assert rule_of(AccountHistory(violations(*one_day)), one_day[-1]) == "pause.in_a_day"
        assert rule_of(AccountHistory(violations(*two_days)), two_days[-1]) == "ladder.warn"

    def test_a_further_one_that_day_pauses_anew(self) -> None:
        times = every(30, 6)
        done = Sanction(
            Step.SUSPEND,
            "pause.in_a_day",
            times[4],
            times[4] + DAY,
            times[4] + MINUTE,
            tuple(f"r{n}" for n in range(5)),
        )
        assert rule_of(AccountHistory(violations(*times), (done,)), times[-1]) == "pause.in_a_day"


class TestTheLadder:
    def test_nothing_follows_from_nothing(self) -> None:
        assert judge(AccountHistory(), POLICY, NOON) is None
        assert advise(AccountHistory(), POLICY, NOON) is None

    def test_a_warning_is_not_repeated_while_it_stands(self) -> None:
        times = every(30, 2)
        warned = Sanction(Step.WARN, "ladder.warn", times[0], times[0] + DAY, None, ("r0",))
        assert judge(AccountHistory(violations(*times), (warned,)), POLICY, times[1]) is None
        later = violations(times[0], times[0] + 2 * DAY)
        assert rule_of(AccountHistory(later, (warned,)), later[-1].at) == "ladder.warn"

    def test_points_add_up_by_weight_within_the_window(self) -> None:
        light, heavy = [every(DAY // MINUTE, 2), every(DAY // MINUTE, 2)]
        assert rule_of(AccountHistory(violations(*light)), light[-1]) == "ladder.warn"
        assert rule_of(AccountHistory(violations(*heavy, risk="A.1.a")), heavy[-1]) == "ladder.limit"
        apart = [NOON, NOON + 31 * DAY]
        assert rule_of(AccountHistory(violations(*apart, risk="A.1.a")), apart[-1]) == "ladder.warn"

    def test_only_stricter_steps_are_proposed(self) -> None:
        times = every(DAY // MINUTE, 5)
        suspended = Sanction(Step.SUSPEND, "manual", times[0], None)
        assert judge(AccountHistory(violations(*times, risk="A.1.a"), (suspended,)), POLICY, times[-1]) is None

    def test_the_strictest_of_several_wins(self) -> None:
        times = every(1, 3)
        history = AccountHistory(violations(*times, streaks=[1, 2, 3], risk="A.1.f/minors"))
        proposal = judge(history, POLICY, times[-1])
        assert proposal is not None
        assert (proposal.rule, proposal.ends) == ("ladder.suspend", times[-1] + 168 * HOUR)

    def test_closing_is_left_to_a_human(self) -> None:
        times = every(2 * DAY // MINUTE, 14)
        history = AccountHistory(violations(*times, risk="A.1.a"))
        proposal = advise(history, POLICY, times[-1])
        assert proposal is not None
        assert (proposal.step, proposal.ends, proposal.automatic) == (Step.CLOSE, None, False)
        taken = judge(history, POLICY, times[-1])
        assert taken is not None and taken.automatic and taken.step is Step.SUSPEND

    def test_lifting_undoes_at_once_and_its_evidence_does_not_count_again(self) -> None:
        times = every(1, 3)
        lifted = Sanction(Step.SUSPEND, "pause.in_a_row", times[2], None, times[2] + 1, ("r0", "r1", "r2"))
        assert standing([lifted], times[2] + 2).may_use(times[2] + 2)
        history = AccountHistory(violations(*times, times[2] + MINUTE, streaks=[1, 2, 3, 4]), (lifted,))
        assert rule_of(history, times[2] + MINUTE) == "ladder.warn"


TIMES = st.lists(st.integers(NOON - 29 * DAY, NOON), min_size=1, max_size=12)


@given(TIMES, st.randoms())
def test_sums_do_not_depend_on_the_order_of_earlier_violations(times: list[int], random: object) -> None:
    given_order = violations(*times)
    earlier = list(given_order[:-1])
    random.shuffle(earlier)  # type: ignore[attr-defined]
    first = judge(AccountHistory(given_order), POLICY, NOON)
    second = judge(AccountHistory((*earlier, given_order[-1])), POLICY, NOON)
    assert first is not None and second is not None
    assert (first.rule, first.ends, set(first.records)) == (second.rule, second.ends, set(second.records))


@given(st.integers(1, 6), st.integers(0, 400 * DAY))
def test_a_clock_moved_back_forgets_nothing(count: int, back: int) -> None:
    """Three in a row pause, however far the clock was moved back between them and the judgement."""
    times = every(1, count)
    now = times[-1] - back
    proposal = judge(AccountHistory(violations(*times, streaks=list(range(1, count + 1)))), POLICY, now)
    assert proposal is not None
    assert (proposal.step is Step.SUSPEND) == (count >= 3)
    assert proposal.starts == now and proposal.ends == now + 24 * HOUR


@given(TIMES)
def test_more_violations_never_make_a_milder_step(times: list[int]) -> None:
    ordered = sorted(times)
    steps = []
    for count in range(1, len(ordered) + 1):
        proposal = judge(AccountHistory(violations(*ordered[:count])), POLICY, ordered[-1])
        assert proposal is not None
        assert set(proposal.records) <= {f"r{n}" for n in range(count)}
        if all(_same_day(at, ordered[0]) for at in ordered[:count]):
            steps.append(proposal.step.rank)
    assert steps == sorted(steps)


def _same_day(first: int, second: int) -> bool:
    return (first + 8 * HOUR) // DAY == (second + 8 * HOUR) // DAY


SANCTIONS = st.lists(
    st.builds(
        Sanction,
        step=st.sampled_from(Step),
        rule=st.sampled_from(["a", "b"]),
        starts=st.integers(0, 50),
        ends=st.none() | st.integers(0, 100),
        lifted=st.none() | st.integers(0, 100),
    ),
    max_size=6,
)


class TestStanding:
    @given(SANCTIONS, st.randoms(), st.integers(0, 100), st.integers(0, 100))
    def test_it_is_the_strictest_in_force_now_and_later(
        self, sanctions: list[Sanction], random: object, now: int, later: int
    ) -> None:
        kept = standing(sanctions, now)
        moment = now + later
        steps = [s.step for s in sanctions if s.lifted is None and (s.ends is None or moment < s.ends)]
        assert kept.step(moment) == max(steps, key=lambda step: step.rank, default=None)
        assert kept.may_use(moment) == (not {Step.SUSPEND, Step.CLOSE} & set(steps))
        random.shuffle(sanctions)  # type: ignore[attr-defined]
        assert standing(sanctions, now) == kept

    def test_a_suspension_that_ends_leaves_the_milder_step(self) -> None:
        kept = standing(
            [Sanction(Step.SUSPEND, "a", 0, 50), Sanction(Step.LIMIT, "b", 0, 90)],
            0,
            Limit(7, frozenset({Use.MEDIA})),
        )
        assert not kept.may(Use.CALL, 49) and kept.may(Use.CALL, 50)
        assert (kept.until, kept.closed) == (50, False)
        assert not kept.may(Use.MEDIA, 60) and kept.may(Use.UPLOAD, 60)
        assert (kept.requests_per_minute(60), kept.requests_per_minute(90)) == (7, None)
        assert kept.may(Use.MEDIA, 90)

    def test_until_is_the_last_end_and_none_for_open_ends(self) -> None:
        assert standing([Sanction(Step.SUSPEND, "a", 0, 5), Sanction(Step.SUSPEND, "b", 0, 9)], 0).until == 9
        assert standing([Sanction(Step.SUSPEND, "a", 0, 5), Sanction(Step.SUSPEND, "b", 0)], 0).until is None
        closed = standing([Sanction(Step.CLOSE, "a", 0)], 0)
        assert closed.closed and closed.until is None
        assert standing([Sanction(Step.WARN, "a", 0)], 0).until is None

    def test_a_warning_forbids_nothing(self) -> None:
        assert all(standing([Sanction(Step.WARN, "a", 0)], 0).may(use, 0) for use in Use)


@given(st.lists(st.booleans()))
def test_the_streak_is_the_run_at_the_end(prompts: list[bool]) -> None:
    text = "".join("x" if bad else "." for bad in prompts)
    assert streak(prompts) == len(text) - len(text.rstrip("x"))
