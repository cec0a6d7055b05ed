"""The shipped rules: complete, consistent, and what the sources say."""

from __future__ import annotations

import csv
import re
from datetime import date

import pytest

from guiju.errors import ThresholdError, UnknownObligationError
from guiju.law import expression
from guiju.law.book import DATA, Override, rules
from guiju.law.profile import FACTS
from guiju.law.registry import CHECKS
from guiju.law.schema import InstrumentStatus, Proof, SetBy

BOOK = rules()

ROWS = {
    "FIL": 14, "COR": 15, "ANN": 5, "MOD": 9, "KWD": 5, "TST": 5, "SVC": 10, "LOG": 5, "ACC": 3, "CMP": 4, "API": 3,
    "IMP": 6, "MED": 3, "FIN": 2, "EDU": 1, "MIN": 10, "ANT": 8, "PII": 6, "INC": 3, "WTR": 3, "RUM": 1, "GOV": 6,
    "LAB": 18,
}  # fmt: skip
"""How many obligations each family has: 127 rows of the obligation table, 18 labelling duties."""


def test_every_row_is_there_and_numbered_through() -> None:
    ids = [o.id for o in BOOK.obligations]
    assert sorted(ids) == sorted(f"{family}-{n:02}" for family, count in ROWS.items() for n in range(1, count + 1))
    assert len([i for i in ids if not i.startswith("LAB")]) == 127


def test_urns_are_unique() -> None:
    urns = [e.urn for group in (BOOK.instruments, BOOK.obligations, BOOK.campaigns) for e in group]
    assert len(set(urns)) == len(urns)
    assert "urn:guiju:obligation:FIL-01" in urns and "urn:guiju:instrument:cac-labelling-2025" in urns


def test_duties_are_the_eight() -> None:
    assert [d.number for d in BOOK.duties] == list(range(1, 9))
    assert {o.duty for o in BOOK.obligations} == set(range(1, 9))


def test_every_expression_is_sound() -> None:
    for obligation in BOOK.obligations:
        if obligation.applies:
            assert expression.fault(obligation.applies, FACTS) == "", obligation.id


def test_every_check_is_used_and_every_used_check_exists() -> None:
    used = {use.id for o in BOOK.obligations for use in o.checks}
    assert used == set(CHECKS)
    assert all(c.doc and c.zh and c.en for c in CHECKS.values())


def test_campaign_items_of_both_years_are_answered() -> None:
    items = [c.id for c in BOOK.campaigns]
    expected = [(2025, 1, 6), (2025, 2, 7), (2026, 1, 7), (2026, 2, 7)]
    assert items == [f"CAM-{year}-{phase}-{n}" for year, phase, count in expected for n in range(1, count + 1)]
    for item in BOOK.campaigns:
        assert all(BOOK.obligation(o) for o in item.obligations)


def test_only_clauses_that_were_read_count_as_verified() -> None:
    assert BOOK.verified(BOOK.obligation("FIL-02"))
    assert not BOOK.verified(BOOK.obligation("FIL-01"))  # one of its three clauses is known at second hand
    assert not any(BOOK.verified(o) for o in BOOK.obligations if o.id.startswith("LAB"))


def test_drafts_oblige_nobody() -> None:
    drafts = {i.id for i in BOOK.instruments if i.status is InstrumentStatus.DRAFT}
    assert drafts
    assert not drafts & {c.instrument for o in BOOK.obligations for c in o.clauses}


def test_obligations_begin_no_earlier_than_their_instruments() -> None:
    for obligation in BOOK.obligations:
        starts = [d for c in obligation.clauses if (d := BOOK.instrument(c.instrument).in_force)]
        if starts:
            assert obligation.effective_from is not None and obligation.effective_from >= min(starts), obligation.id


def test_no_default_of_ours_passes_for_a_confirmed_one() -> None:
    for obligation in BOOK.obligations:
        for threshold in obligation.thresholds:
            assert threshold.confirmed is (threshold.set_by is not SetBy.OPERATOR)
            assert threshold.value is not None or threshold.set_by is SetBy.OPERATOR


def test_proof_names_checks_where_there_are_checks() -> None:
    assert all((o.proof is Proof.DOCUMENT) is (not o.checks) for o in BOOK.obligations)


@pytest.mark.parametrize(
    ("obligation", "threshold", "value"),
    [
        ("FIL-02", "max_days", 10),
        ("FIL-04", "max_days", 20),
        ("COR-03", "min_items", 4000),
        ("COR-03", "min_pass", 96),
        ("COR-04", "min_pass", 98),
        ("KWD-01", "min_entries", 10_000),
        ("TST-01", "min_total", 2000),
        ("TST-02", "min_total", 500),
        ("SVC-03", "in_row", 3),
        ("SVC-03", "per_day", 5),
        ("LOG-01", "months", 6),
        ("INC-01", "max_hours", 4),
        ("IMP-06", "trigger", 100_000),
        ("PII-01", "trigger", 10_000_000),
        ("ANT-02", "every_hours", 2),
    ],
)
def test_thresholds(obligation: str, threshold: str, value: float) -> None:
    (found,) = [t for t in BOOK.obligation(obligation).thresholds if t.name == threshold]
    assert found.value == value and found.set_by is SetBy.LAW


def test_the_risks_are_the_31() -> None:
    risks = BOOK.risks
    letters = {"A.1": "abcdefgh", "A.2": "abcdefghi", "A.3": "abcde", "A.4": "abcdefg", "A.5": "ab"}
    assert [r.code for r in risks.risks] == [f"{c}.{letter}" for c, some in letters.items() for letter in some]
    assert len(risks.risks) == 31
    minima = [(c.keywords, c.generation_questions, c.refusal_questions) for c in risks.classes]
    assert minima == [(200, 50, 20), (100, 50, 20), (None, 20, None), (None, 20, None), (None, 20, None)]


def test_risk_minima_and_thresholds_agree() -> None:
    def value(obligation: str, name: str) -> float | None:
        return next(t.value for t in BOOK.obligation(obligation).thresholds if t.name == name)

    a1, a2, a3, *_ = BOOK.risks.classes
    assert (a1.keywords, a2.keywords) == (value("KWD-02", "min_each"), value("KWD-03", "min_each"))
    assert a1.generation_questions == a2.generation_questions == value("TST-01", "min_each_a1_a2")
    assert a3.generation_questions == value("TST-01", "min_each_other")
    assert a1.refusal_questions == a2.refusal_questions == value("TST-02", "min_each")


def test_risk_names() -> None:
    names = {tag: BOOK.risks.name(tag) for tag in ("A.1.a", "A.4.f/idcard", "A.1.h/unlisted", "guiju.injection", "Z.9")}
    assert [n and n.zh for n in names.values()] == [
        "煽动颠覆国家政权、推翻社会主义制度", "身份证号", "其他法律、行政法规禁止的内容", "提示注入", None,
    ]  # fmt: skip
    kind = BOOK.risks.class_of("A.2.d/northeast")
    assert kind is not None and kind.keywords == 100
    assert BOOK.risks.class_of("guiju.secret.token") is None


def test_obligations_are_found_by_id_and_urn() -> None:
    assert BOOK.obligation("urn:guiju:obligation:SVC-03") is BOOK.obligation("SVC-03")
    with pytest.raises(UnknownObligationError, match="XXX-01"):
        BOOK.obligation("XXX-01")


def override(**changes: object) -> Override:
    plain: dict[str, object] = {
        "obligation": "CMP-02", "name": "limit_hours", "value": 24, "owner": "李四", "reason": "客服规程第三条",
        "set_on": date(2026, 9, 1),
    }  # fmt: skip
    return Override(**(plain | changes))  # type: ignore[arg-type]


def test_the_operator_sets_what_is_the_operators_to_set() -> None:
    book = BOOK.with_overrides([override()])
    (limit,) = [t for t in book.obligation("CMP-02").thresholds if t.name == "limit_hours"]
    assert (limit.value, limit.owner, limit.confirmed) == (24, "李四", True)
    assert BOOK.obligation("CMP-02").thresholds[0].value is None


@pytest.mark.parametrize(
    "changes",
    [
        {"obligation": "SVC-03", "name": "in_row", "value": 10},
        {"name": "no_such"},
        {"owner": " "},
        {"reason": ""},
    ],
)
def test_nothing_else(changes: dict[str, object]) -> None:
    with pytest.raises(ThresholdError):
        BOOK.with_overrides([override(**changes)])
    with pytest.raises(UnknownObligationError):
        BOOK.with_overrides([override(obligation="CMP-99")])


def test_the_tags_other_rooms_write_have_names_of_their_own() -> None:
    listed = {n.code for n in (*BOOK.risks.risks, *BOOK.risks.tags, *BOOK.risks.families)}
    moderation = DATA.parents[1] / "moderation" / "data"
    written = set()
    for path in moderation.rglob("lexicons/*.csv"):
        with path.open(encoding="utf-8", newline="") as lines:
            written |= {row["risk"] for row in csv.DictReader(lines)}
    for path in moderation.rglob("patterns/*.yaml"):
        written |= set(re.findall(r"^\s*(?:- )?risk: (\S+)$", path.read_text(encoding="utf-8"), re.M))
    assert written
    assert written - {""} <= listed  # allow-entries carry no risk
