"""Level, clocks and reports of incidents: the edges of the annex, hours on the clock, nothing left blank."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.incidents import Fact, Facts, Incident, Level, Moment, Operator, by_hand, deadlines, grade, report, rules
from guiju.incidents.report import template
from guiju.law.book import rules as law

KNOWN = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
LARGER = grade(Facts(people=1_000_000))
count = st.none() | st.integers(0, 10**9)
facts = st.builds(Facts, count, count, count, count, count, st.none() | st.sampled_from(Level))


@pytest.mark.parametrize(
    ("fact", "edge", "level"),
    [
        ("people", 1_000_000, Level.LARGER),
        ("people", 10_000_000, Level.MAJOR),
        ("people", 100_000_000, Level.EXTRAORDINARY),
        ("home_minutes", 30, Level.LARGER),
        ("page_minutes", 120, Level.LARGER),
        ("forwards", 1_000, Level.LARGER),
        ("views", 10_000, Level.LARGER),
    ],
)
def test_the_edges_of_the_annex(fact: str, edge: int, level: Level) -> None:
    at, under = grade(replace(Facts(), **{fact: edge})), grade(replace(Facts(), **{fact: edge - 1}))  # type: ignore[arg-type]
    assert at.level is level and at.criterion is not None
    assert (at.criterion.fact, at.criterion.at_least, at.criterion.confidence) == (fact, edge, "V")
    assert under.level.rank == level.rank - 1


def test_what_was_not_counted_is_told_and_a_person_only_raises() -> None:
    assert grade(Facts(people=0)).uncounted == tuple(f for f in Fact if f is not Fact.PEOPLE)
    raised = grade(Facts(views=10_000, judged=Level.MAJOR))
    assert (raised.level, raised.criterion, raised.reportable) == (Level.MAJOR, None, True)
    assert [one.id for one in raised.met] == ["views_larger"]
    assert grade(Facts(people=10**8, judged=Level.BELOW)).level is Level.EXTRAORDINARY


@given(facts, st.sampled_from(Fact), st.integers(0, 10**9))
def test_more_of_anything_is_never_milder(known: Facts, fact: Fact, more: int) -> None:
    worse = replace(known, **{fact.value: (known.of(fact) or 0) + more})  # type: ignore[arg-type]
    assert grade(worse).level.rank >= grade(known).level.rank


@pytest.mark.parametrize(("operator", "hours"), [("ordinary", 4), ("cii", 1), ("central", 2)])
def test_the_hours_of_the_first_report(operator: str, hours: int) -> None:
    first, summary = deadlines(LARGER, KNOWN, Operator(operator))
    assert (first.rule.id, first.due) == ("first", KNOWN + timedelta(hours=hours))
    assert (summary.rule.id, summary.due) == ("summary", None)
    assert not first.late(KNOWN + timedelta(hours=hours)) and first.late(KNOWN + timedelta(hours=hours, seconds=1))
    assert not first.late(KNOWN + timedelta(days=9), sent=KNOWN) and not summary.late(KNOWN + timedelta(days=99))


def test_thirty_days_from_the_end_of_handling_and_nothing_for_mild_ones() -> None:
    ended = KNOWN + timedelta(days=3)
    assert deadlines(LARGER, KNOWN, ended_at=ended)[1].due == ended + timedelta(days=30)
    assert deadlines(grade(Facts(people=999_999)), KNOWN, ended_at=ended) == ()


def test_every_level_has_words_and_every_operator_its_clocks() -> None:
    assert {one.id for one in rules().levels} == set(Level)
    assert {one.fact for one in rules().criteria} == set(Fact)
    for operator in Operator:
        assert [clock.rule.id for clock in deadlines(LARGER, KNOWN, operator)] == ["first", "summary"]


def test_a_report_lists_what_is_missing_and_leaves_nothing_blank() -> None:
    incident = Incident("数据外泄 <b>", KNOWN, Facts(people=2_000_000), timeline=(Moment(KNOWN, "发现*异常*"),))
    first = report(incident)
    missing = {one.id for one in first.missing}
    assert {"contact", "occurred_at", "views", "cause", "harm"} <= missing and not missing & {"people", "recipient"}
    for one in first.missing:
        assert f"【待填：{one.zh} / to be filled: {one.en}】" in first.html
        assert f"(`{one.id}`)" in first.markdown
    assert "2026-11-23 08:00 (UTC+8)" in first.markdown and "省级网信部门" in first.markdown
    assert "数据外泄 &lt;b&gt;" in first.html and r"\<b\>" in first.markdown and r"发现\*异常\*" in first.markdown
    assert "not verified" in first.markdown and "演练" not in first.markdown
    assert not [line for line in first.markdown.splitlines() if line.endswith("：")]


@given(st.text().map(lambda text: f"⟦{text}"), st.booleans())
def test_a_filled_report_misses_nothing(text: str, drill: bool) -> None:
    answers = dict.fromkeys(by_hand(), f"x{text}")
    complete = Facts(people=1_000_000, home_minutes=0, page_minutes=0, forwards=0, views=0)
    incident = Incident(
        "x", KNOWN, complete, drill, "chat", occurred_at=KNOWN, ended_at=KNOWN, timeline=(Moment(KNOWN, "x"),),
        answers=answers,
    )  # fmt: skip
    for kind in ("first", "summary"):
        made = report(incident, kind)
        assert made.missing == () and "待填" not in made.markdown.replace(text, "")
        assert ("DRILL" in made.html.replace(text, "")) is drill


def test_where_the_rules_name_no_recipient_a_person_does() -> None:
    incident = Incident("x", KNOWN, Facts(judged=Level.LARGER), operator=Operator.CII)
    assert "recipient" in {one.id for one in report(incident).missing}
    named = replace(incident, answers={"recipient": "保护工作部门"})
    assert "保护工作部门" in report(named).markdown
    assert "人工研判" in report(named).markdown


def test_templates_name_no_field_twice() -> None:
    for kind in ("first", "summary"):
        ids = [one.id for section in template(kind).sections for one in section.fields]
        assert len(ids) == len(set(ids))


def test_the_duties_of_the_law_carry_the_same_figures() -> None:
    told = {
        (one.id, threshold.name): threshold.value
        for one in law().obligations
        if one.id.startswith("INC-0")
        for threshold in one.thresholds
    }
    larger = {one.fact: one.at_least for one in rules().criteria if one.level is Level.LARGER}
    hours = {(clock.id, operator): clock.hours for clock in rules().clocks for operator in clock.operators}
    assert told["INC-03", "people"] == larger[Fact.PEOPLE]
    assert told["INC-03", "tamper_minutes"] == larger[Fact.HOME_MINUTES]
    assert (told["INC-03", "forwards"], told["INC-03", "views"]) == (larger[Fact.FORWARDS], larger[Fact.VIEWS])
    assert told["INC-01", "max_hours"] == hours["first", Operator.ORDINARY]
    assert told["INC-01", "max_hours_cii"] == hours["first", Operator.CII]
    assert told["INC-02", "max_days"] == hours["summary", Operator.ORDINARY] / 24
