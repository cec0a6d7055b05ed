from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.minors import policy_source
from guiju.minors.calendar import DAY, HOUR, MINUTE
from guiju.minors.decision import Allow, Deny, Remind, Use, Verdict, decide
from guiju.minors.profile import Basis, GuardianRule, Profile, RuleKind
from guiju.minors.reasons import codes
from guiju.minors.usage import Ledger, Span, Usage

from .moments import CHILD, YOUTH, at, used

POLICY = policy_source.default()
COUNTING = POLICY.counting
NOON = at("2026-11-18 12:00")
NOTHING = Usage()
ADULT = Profile(band="adult", basis=Basis.VERIFIED)
UNKNOWN = Profile()
COMPANION = Use(companion=True)


def found(verdict: Verdict) -> tuple[str, list[str]]:
    return type(verdict).__name__, [reason.code for reason in verdict.reasons]


def limit(scope: str, value: int = 0, *names: str, **more: Any) -> GuardianRule:
    return GuardianRule(kind=RuleKind.LIMIT, scope=scope, value=value, names=frozenset(names), **more)


def exempt(scope: str) -> GuardianRule:
    return GuardianRule(kind=RuleKind.EXEMPTION, scope=scope)


def consent(**more: Any) -> GuardianRule:
    return GuardianRule(kind=RuleKind.CONSENT, scope="companion", **more)


def with_rules(profile: Profile, *rules: GuardianRule) -> Profile:
    return Profile(band=profile.band, basis=profile.basis, rules=rules)


@pytest.mark.parametrize(
    ("profile", "minutes", "expected"),
    [
        (CHILD, 0, ("Allow", [])),
        (CHILD, 59, ("Allow", [])),
        (CHILD, 60, ("Deny", ["daily"])),
        (YOUTH, 119, ("Allow", [])),
        (YOUTH, 120, ("Deny", ["daily"])),
        (ADULT, 900, ("Allow", [])),
        (UNKNOWN, 900, ("Allow", [])),
        (with_rules(CHILD, limit("daily", 20)), 20, ("Deny", ["daily"])),
        (with_rules(CHILD, exempt("daily")), 300, ("Allow", [])),
        (with_rules(CHILD, exempt("daily"), limit("daily", 90)), 90, ("Deny", ["daily"])),
        (with_rules(CHILD, limit("all")), 0, ("Deny", ["paused"])),
        (Profile(mode=True, basis=Basis.STATED), 60, ("Deny", ["daily"])),
        (Profile(band="adult", mode=True, basis=Basis.STATED), 60, ("Deny", ["daily"])),
    ],
)
def test_time_of_a_day(profile: Profile, minutes: int, expected: tuple[str, list[str]]) -> None:
    assert found(decide(POLICY, profile, Usage(today=minutes * MINUTE), NOON)) == expected


@pytest.mark.parametrize(
    ("moment", "closed"),
    [("21:59", False), ("22:00", True), ("23:59", True), ("00:00", True), ("05:59", True), ("06:00", False)],
)
def test_night_in_china(moment: str, closed: bool) -> None:
    verdict = decide(POLICY, CHILD, NOTHING, at(f"2026-11-18 {moment}"))
    assert isinstance(verdict, Deny) is closed
    lifted = with_rules(CHILD, exempt("curfew"))
    assert isinstance(decide(POLICY, lifted, NOTHING, at(f"2026-11-18 {moment}")), Allow)


def test_a_window_says_when_it_ends_on_the_next_day() -> None:
    morning = decide(POLICY, with_rules(CHILD, limit("curfew", 0, "08:00-12:30")), NOTHING, NOON)
    assert isinstance(morning, Deny) and morning.reasons[0].zh == "08:00至12:30不提供服务。"
    night = decide(POLICY, CHILD, NOTHING, at("2026-11-18 23:00"))
    assert isinstance(night, Deny) and night.reasons[0].zh == "22:00至次日06:00不提供服务。"


def test_when_it_is_possible_again() -> None:
    night = decide(POLICY, CHILD, NOTHING, at("2026-11-18 22:30"))
    assert isinstance(night, Deny) and night.until == at("2026-11-19 06:00")
    early = decide(POLICY, CHILD, NOTHING, at("2026-11-18 03:00"))
    assert isinstance(early, Deny) and early.until == at("2026-11-18 06:00")
    spent = decide(POLICY, CHILD, Usage(today=HOUR), NOON)
    assert isinstance(spent, Deny) and spent.until == at("2026-11-19 06:00"), "midnight lies in the night"
    paused = decide(POLICY, with_rules(CHILD, limit("all")), NOTHING, NOON)
    assert isinstance(paused, Deny) and paused.until is None


@given(st.integers(0, 2 * 24 * 60), st.booleans(), st.sampled_from(["", "20:00-22:00", "05:00-07:30", "21:00-06:30"]))
def test_until_is_the_first_moment_that_is_open(minute: int, used_up: bool, window: str) -> None:
    profile = with_rules(CHILD, limit("curfew", 0, window)) if window else CHILD
    now = at("2026-11-18 00:00") + minute * MINUTE
    verdict = decide(POLICY, profile, Usage(today=HOUR if used_up else 0), now)
    if isinstance(verdict, Deny):
        assert verdict.until is not None and verdict.until > now
        assert isinstance(decide(POLICY, profile, NOTHING, verdict.until), Allow)
        assert not isinstance(decide(POLICY, profile, Usage(today=HOUR if used_up else 0), verdict.until - 1), Allow)


@pytest.mark.parametrize(
    ("profile", "use", "expected"),
    [
        (CHILD, Use(persona="partner"), ["persona"]),
        (YOUTH, Use(persona="kin"), ["persona"]),
        (ADULT, Use(persona="partner"), []),
        (CHILD, Use(persona="tutor"), []),
        (with_rules(CHILD, exempt("personas")), Use(persona="kin"), ["persona"]),
        (CHILD, Use(features=frozenset({"voice_clone", "search"})), ["feature"]),
        (with_rules(CHILD, limit("features", 0, "search")), Use(features=frozenset({"search"})), ["feature"]),
        (with_rules(CHILD, limit("characters", 0, "小白")), Use(character="小白"), ["character"]),
        (CHILD, Use(link=True), ["link"]),
        (with_rules(CHILD, exempt("links")), Use(link=True), []),
        (YOUTH, Use(link=True), []),
        (CHILD, Use(fen=5000), []),
        (CHILD, Use(fen=5001), ["daily_spend", "single_spend"]),
        (with_rules(CHILD, limit("single_spend", 100)), Use(fen=101), ["single_spend"]),
        (Profile(band="3_8"), Use(fen=1), ["daily_spend", "single_spend"]),
        (Profile(band="3_8"), COMPANION, ["consent"]),
        (Profile(band="12_16"), COMPANION, ["consent"]),
        (with_rules(Profile(band="12_16"), consent()), COMPANION, []),
        (with_rules(Profile(band="12_16"), consent(ends=NOON)), COMPANION, ["consent"]),
        (with_rules(Profile(band="12_16"), consent(withdrawn=NOON - DAY)), COMPANION, ["consent"]),
        (with_rules(Profile(band="12_16"), consent(starts=NOON + 1)), COMPANION, ["consent"]),
        (Profile(born="2011-11"), COMPANION, []),
        (Profile(born="2012-11"), COMPANION, ["consent"]),
        (YOUTH, COMPANION, []),
    ],
)
def test_what_is_not_offered(profile: Profile, use: Use, expected: list[str]) -> None:
    verdict = decide(POLICY, profile, NOTHING, NOON, use)
    denied = [reason.code for reason in verdict.reasons] if isinstance(verdict, Deny) else []
    assert denied == expected


def test_purchases_of_the_day_add_up() -> None:
    assert isinstance(decide(POLICY, CHILD, Usage(spent=4000), NOON, Use(fen=1000)), Allow)
    assert found(decide(POLICY, CHILD, Usage(spent=4000), NOON, Use(fen=1001))) == ("Deny", ["daily_spend"])


def test_a_reminder_after_half_an_hour_and_again() -> None:
    begun = NOON - 30 * MINUTE
    assert found(decide(POLICY, CHILD, Usage(began=begun), NOON)) == ("Remind", ["continuous"])
    given = Usage(began=begun, reminded={"continuous": NOON})
    assert found(decide(POLICY, CHILD, given, NOON + MINUTE)) == ("Allow", [])
    assert found(decide(POLICY, CHILD, given, NOON + 30 * MINUTE)) == ("Remind", ["continuous"])
    ahead = Usage(began=begun, reminded={"continuous": NOON + DAY})
    assert found(decide(POLICY, CHILD, ahead, NOON)) == ("Remind", ["continuous"]), "a reminder from a clock ahead"


def test_companion_services_remind_everybody() -> None:
    assert found(decide(POLICY, UNKNOWN, NOTHING, NOON, COMPANION)) == ("Remind", ["identity"])
    told = Usage(began=NOON - 2 * HOUR, reminded={"identity": NOON - 2 * HOUR})
    assert found(decide(POLICY, ADULT, told, NOON, COMPANION)) == ("Remind", ["two_hours"])
    assert found(decide(POLICY, ADULT, told, NOON)) == ("Allow", []), "only where the service is a companion"
    again = Usage(began=told.began, reminded={**told.reminded, "two_hours": NOON})
    assert found(decide(POLICY, ADULT, again, NOON + HOUR, COMPANION)) == ("Allow", [])
    assert found(decide(POLICY, ADULT, again, NOON + 2 * HOUR, COMPANION)) == ("Remind", ["two_hours"])
    long = Usage(today=4 * HOUR, began=NOON, reminded={"identity": NOON})
    assert found(decide(POLICY, ADULT, long, NOON, COMPANION)) == ("Remind", ["dependence"])


def test_minors_are_told_again_whom_they_talk_to_at_every_rest() -> None:
    told = Usage(began=NOON - 30 * MINUTE, reminded={"identity": NOON - 30 * MINUTE})
    allowed = with_rules(YOUTH, consent(), exempt("continuous"))
    assert found(decide(POLICY, allowed, told, NOON, COMPANION)) == ("Remind", ["identity"]), (
        "whatever a guardian lifted"
    )
    assert found(decide(POLICY, allowed, told, NOON - 1, COMPANION)) == ("Allow", [])
    assert found(decide(POLICY, ADULT, told, NOON, COMPANION)) == ("Allow", [])


def test_a_suspicion_is_told_every_day_and_with_every_denial() -> None:
    suspected = Profile(basis=Basis.SUSPECTED, mode=True)
    assert found(decide(POLICY, suspected, NOTHING, NOON)) == ("Remind", ["suspected"])
    assert found(decide(POLICY, suspected, Usage(reminded={"suspected": NOON - MINUTE}), NOON)) == ("Allow", [])
    night = decide(POLICY, suspected, NOTHING, at("2026-11-18 23:00"))
    assert isinstance(night, Deny) and [n.code for n in night.notices] == ["suspected"]


def test_age_grows_with_time() -> None:
    born = Profile(born="2010-11", basis=Basis.VERIFIED)
    assert born.band_at(at("2026-11-18 12:00"), POLICY) == "12_16", "the birthday counts as the month's last day"
    assert born.band_at(at("2026-12-01 00:00"), POLICY) == "16_18"
    assert born.band_at(at("2028-12-01 00:00"), POLICY) == "adult"
    assert born.band_at(at("2028-11-30 23:59"), POLICY) == "16_18"


rules = st.builds(
    GuardianRule,
    kind=st.sampled_from(RuleKind),
    scope=st.sampled_from(["daily", "continuous", "curfew", "companion", "links", "characters", "all"]),
    value=st.integers(0, 200),
    names=st.frozensets(st.sampled_from(["甲", "20:00-21:00", "nonsense", "06:00-06:00"]), max_size=2),
    starts=st.integers(NOON - DAY, NOON + DAY),
    ends=st.none() | st.integers(NOON - DAY, NOON + DAY),
    withdrawn=st.none() | st.integers(NOON - DAY, NOON + DAY),
)
profiles = st.builds(
    Profile,
    band=st.sampled_from(["", "adult", "under_3", "3_8", "8_12", "12_16", "16_18", "made_up"]),
    born=st.sampled_from(["", "2010-11", "2020-01"]),
    basis=st.sampled_from(Basis),
    mode=st.booleans(),
    rules=st.lists(rules, max_size=5).map(tuple),
)
uses = st.builds(Use, companion=st.booleans(), persona=st.sampled_from(["", "kin"]), fen=st.integers(0, 20_000))
spans = st.builds(
    lambda start, length: Span(NOON + start * MINUTE, NOON + (start + length) * MINUTE),
    st.integers(-900, 600), st.integers(0, 200),
)  # fmt: skip
moments = st.integers(-24 * 60, 24 * 60).map(lambda minute: NOON + minute * MINUTE)
RANK = {Allow: 0, Remind: 1, Deny: 2}


@given(profiles, st.lists(spans, max_size=6), uses, moments, st.randoms())
def test_the_order_in_which_things_were_recorded_is_nothing(
    profile: Profile, record: list[Span], use: Use, now: int, shuffler: random.Random
) -> None:
    mixed, other = list(record), list(profile.rules)
    shuffler.shuffle(mixed)
    shuffler.shuffle(other)
    first = decide(POLICY, profile, Ledger(tuple(record)).usage(now, COUNTING), now, use)
    shuffled = Profile(band=profile.band, born=profile.born, basis=profile.basis, mode=profile.mode, rules=tuple(other))
    again = Ledger()
    for span in (*mixed, *mixed):  # replayed twice
        again = again.used(span, COUNTING)
    assert decide(POLICY, shuffled, again.usage(now, COUNTING), now, use) == first


@given(profiles, st.lists(spans, max_size=5), st.lists(spans, max_size=3), uses, moments, st.integers(0, 9_000))
def test_more_use_never_allows_more(
    profile: Profile, record: list[Span], further: list[Span], use: Use, now: int, spent: int
) -> None:
    less = Ledger(tuple(record)).usage(now, COUNTING)
    more = Ledger((*record, *further)).usage(now, COUNTING)
    more = Usage(today=more.today, began=more.began, spent=more.spent + spent, reminded=more.reminded)
    before, after = decide(POLICY, profile, less, now, use), decide(POLICY, profile, more, now, use)
    assert isinstance(after, Deny) or not isinstance(before, Deny)
    if use.companion is False:  # the identity reminder begins every use anew, so it is due with no use at all
        assert RANK[type(after)] >= RANK[type(before)]


@given(profiles, rules, st.integers(0, 300), uses, moments)
def test_a_guardians_limit_never_allows_more(
    profile: Profile, rule: GuardianRule, minutes: int, use: Use, now: int
) -> None:
    if rule.kind is not RuleKind.LIMIT:
        return
    usage = Usage(today=minutes * MINUTE)
    stricter = Profile(
        band=profile.band, born=profile.born, basis=profile.basis, mode=profile.mode, rules=(*profile.rules, rule)
    )
    if isinstance(decide(POLICY, profile, usage, now, use), Deny):
        assert isinstance(decide(POLICY, stricter, usage, now, use), Deny)


@given(profiles, uses, moments)
def test_every_reason_is_in_words_with_its_clause(profile: Profile, use: Use, now: int) -> None:
    usage = Usage(today=3 * HOUR, began=now - 3 * HOUR)
    for reason in decide(POLICY, profile, usage, now, use).reasons:
        assert reason.code in codes() and "{" not in reason.zh + reason.en and reason.clause_zh and reason.clause_en


def test_the_remaining_time() -> None:
    ledger = used(("09:00", 20))
    assert decide(POLICY, CHILD, ledger.usage(NOON, COUNTING), NOON).remaining == 40 * MINUTE
    assert decide(POLICY, ADULT, ledger.usage(NOON, COUNTING), NOON).remaining is None
