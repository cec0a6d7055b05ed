from __future__ import annotations

from datetime import date

import pytest

from guiju.errors import MinorsPolicyInvalid
from guiju.minors import policy_source
from guiju.minors.calendar import DayKind
from guiju.minors.policy import ADULT

SHIPPED = policy_source.shipped()
POLICY = policy_source.default()


def test_the_shipped_policy_names_a_source_for_every_figure() -> None:
    assert [band.id for band in POLICY.bands] == ["under_3", "3_8", "8_12", "12_16", "16_18"]
    assert {source.confidence for source in POLICY.sources.values()} == {"V", "S", "M", "O"}
    assert all("未核实" in s.zh and "not verified" in s.en for s in POLICY.sources.values() if s.confidence in "SM")


@pytest.mark.parametrize(
    ("years", "band"),
    [(0, "under_3"), (2, "under_3"), (3, "3_8"), (7, "3_8"), (8, "8_12"), (12, "12_16"), (15, "12_16"), (16, "16_18"),
     (17, "16_18"), (18, ADULT), (70, ADULT)],
)  # fmt: skip
def test_bands_by_age(years: int, band: str) -> None:
    assert POLICY.band_of_age(years) == band


@pytest.mark.parametrize(
    ("day", "kind"),
    [("2026-11-18", DayKind.SCHOOL), ("2026-11-21", DayKind.REST), ("2026-10-05", DayKind.REST), ("2026-10-10", DayKind.SCHOOL)],
)  # fmt: skip
def test_the_calendar(day: str, kind: DayKind) -> None:
    assert POLICY.kind_of(date.fromisoformat(day)) is kind


@pytest.mark.parametrize(
    ("before", "after", "place", "words"),
    [
        ("personas: {blocked: [kin, partner]", "personas: {blocked: [partner]", "69:25", "kin"),
        ("school_day: 60", "school_day: 2000", "62:25", "1440"),
        ('from: "22:00"', 'from: "25:00"', "64:20", "HH:MM"),
        ("from: 3\n", "from: 4\n", "73:11", "3"),
        ("reminder_minutes: {value: 120", "reminder_minutes: {value: 180", "", "Art. 18"),
        ("consent_age: {value: 14", "consent_age: {value: 12", "", "Art. 14"),
        ("exemptible: [daily", "exemptible: [personas, daily", "", "personas"),
        ("tier: toddler", "tear: toddler", "", "tear"),
        ("pool: age-0-3, source: guide-content", "pool: age-0-3, source: guide-contents", "", "guide-contents"),
        ('{band: "12_16"', '{band: "13_16"', "", "13_16"),
        ("bridge_seconds: 300", "bridge_seconds: 3000", "", "bridge_seconds"),
        ("until: 2026-01-03", "until: 2025-01-03", "", "before the start"),
        ("    until: 18\n", "    until: 17\n", "", "0 to 18"),
        ("version:", "version: [", "", "YAML"),
    ],
)
def test_mistakes_are_named_with_their_place(before: str, after: str, place: str, words: str) -> None:
    assert before in SHIPPED
    with pytest.raises(MinorsPolicyInvalid) as caught:
        policy_source.load(SHIPPED.replace(before, after, 1))
    told = caught.value.message()
    assert words in told
    line, column = _place(SHIPPED.replace(before, after, 1), after)
    if place:
        assert f"{line}:" in told, (told, line, column)


def _place(source: str, text: str) -> tuple[int, int]:
    before = source[: source.index(text)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def test_several_mistakes_are_told_at_once() -> None:
    broken = SHIPPED.replace("until: 18", "until: 19").replace("value: 120", "value: 0")
    with pytest.raises(MinorsPolicyInvalid) as caught:
        policy_source.load(broken)
    assert caught.value.message().count("\n") >= 2
