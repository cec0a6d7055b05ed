from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from guiju.minors import policy_source
from guiju.minors.calendar import DAY, HOUR, MINUTE, SECOND
from guiju.minors.usage import Ledger, Purchase, Span, Usage, merged, report, touch

from .moments import at, used

COUNTING = policy_source.default().counting
NOON = at("2026-11-18 12:00")

spans = st.builds(
    lambda start, length: Span(NOON + start * SECOND, NOON + (start + length) * SECOND),
    st.integers(-40_000, 40_000),
    st.integers(0, 4_000),
)
ledgers = st.builds(
    Ledger,
    st.lists(spans, max_size=8).map(tuple),
    st.dictionaries(st.sampled_from("abc"), st.builds(Purchase, st.just(NOON), st.integers(0, 99)), max_size=3),
    st.dictionaries(st.sampled_from(["identity", "two_hours"]), st.integers(0, 9), max_size=2),
)


@given(ledgers, ledgers, ledgers)
def test_a_ledger_only_grows(a: Ledger, b: Ledger, c: Ledger) -> None:
    """Commutative, associative, idempotent: order, repeats and the number of gateways change nothing."""
    assert a.plus(b, COUNTING) == b.plus(a, COUNTING)
    assert a.plus(b, COUNTING).plus(c, COUNTING) == a.plus(b.plus(c, COUNTING), COUNTING)
    once = a.plus(b, COUNTING)
    assert once.plus(b, COUNTING) == once == once.plus(once, COUNTING)


@given(ledgers, ledgers, st.integers(-50_000, 50_000))
def test_more_is_never_less(a: Ledger, b: Ledger, offset: int) -> None:
    now = NOON + offset * SECOND
    less, more = a.usage(now, COUNTING), a.plus(b, COUNTING).usage(now, COUNTING)
    assert more.today >= less.today and more.spent >= less.spent
    assert more.continuous(now) >= less.continuous(now)


@given(st.lists(spans, max_size=10), st.integers(0, 600))
def test_merged_spans_are_disjoint_and_cover(found: list[Span], gap: int) -> None:
    joined = merged(found, gap * SECOND)
    assert all(b.start - a.end > gap * SECOND for a, b in pairwise(joined))
    assert all(any(j.start <= s.start and s.end <= j.end for j in joined) for s in found)


@given(st.lists(spans, max_size=10))
def test_two_devices_at_once_count_once(found: list[Span]) -> None:
    phone = Ledger(tuple(found))
    assert phone.plus(phone, COUNTING).usage(NOON, COUNTING) == Ledger().plus(phone, COUNTING).usage(NOON, COUNTING)


def test_two_devices_overlap() -> None:
    phone, tablet = used(("09:00", 30)), used(("09:20", 30))
    assert phone.plus(tablet, COUNTING).usage(NOON, COUNTING).today == 50 * MINUTE


def test_lost_heartbeats_are_bridged() -> None:
    beats = [NOON + minute * MINUTE for minute in (0, 1, 2, 6, 7)]  # three were lost
    found = Ledger(tuple(touch(beat, COUNTING) for beat in beats))
    assert found.usage(NOON + 8 * MINUTE, COUNTING).today == 8 * MINUTE
    apart = [NOON + minute * MINUTE for minute in (0, 1, 12, 13)]
    assert Ledger(tuple(touch(b, COUNTING) for b in apart)).usage(NOON + HOUR, COUNTING).today == 4 * MINUTE


def test_midnight_in_china_divides_a_span() -> None:
    night = Ledger((Span(at("2026-11-18 23:40"), at("2026-11-19 00:10")),))
    assert night.usage(at("2026-11-18 23:59"), COUNTING).today == 20 * MINUTE
    after = night.usage(at("2026-11-19 00:10"), COUNTING)
    assert after.today == 10 * MINUTE and after.continuous(at("2026-11-19 00:10")) == 30 * MINUTE


def test_a_report_covers_only_so_much_whatever_the_device_says() -> None:
    assert report(NOON, 60, COUNTING) == Span(NOON - MINUTE, NOON)
    assert report(NOON, 86_400, COUNTING) == Span(NOON - 10 * MINUTE, NOON)
    assert report(NOON, -5, COUNTING) == Span(NOON, NOON)


def test_a_break_ends_continuous_use() -> None:
    found = used(("09:00", 60), ("09:20", 10))
    assert found.usage(at("2026-11-18 10:10"), COUNTING).continuous(at("2026-11-18 10:10")) == 70 * MINUTE
    assert found.usage(at("2026-11-18 10:16"), COUNTING).began is None


def test_a_clock_that_was_moved() -> None:
    """Ahead: what was counted stays in its day. Back: continuous use is what lies before now."""
    found = used(("15:00", 30))
    before = at("2026-11-18 12:00")
    assert found.usage(before, COUNTING).today == 30 * MINUTE
    assert found.usage(before, COUNTING).began is None
    assert found.usage(before + DAY, COUNTING).today == 0
    ahead = Usage(began=before - HOUR, reminded={"two_hours": before + HOUR})
    assert ahead.since_reminder("two_hours", before) == HOUR


@given(ledgers, st.integers(1, 100))
def test_what_is_forgotten_no_longer_matters(found: Ledger, hours: int) -> None:
    now = NOON + hours * HOUR
    kept = Ledger().plus(found, COUNTING).since(now - 2 * DAY)
    assert kept.usage(now, COUNTING).today == found.usage(now, COUNTING).today


def test_purchases_count_once_by_their_id() -> None:
    one = Ledger(purchases={"a": Purchase(NOON, 500)})
    both = one.plus(one, COUNTING).plus(Ledger(purchases={"b": Purchase(NOON, 300)}), COUNTING)
    assert both.usage(NOON, COUNTING).spent == 800
    assert both.usage(NOON + DAY, COUNTING).spent == 0
