from __future__ import annotations

import json
from datetime import date

import pytest

from guiju.law.book import rules
from guiju.law.documents import Document
from guiju.law.ledger import ChainFacts, Drill, ExchangeCounts, Retention, Verification
from guiju.law.profile import Filing, Profile
from guiju.law.report import to_json
from guiju.law.status import ObligationStatus, State, assess, by_campaign, by_duty, measure, obligation_status, status

from .ledger import ON, FakeLedger, at
from .test_applicability import CHAT, STORE

BOOK = rules()
LONG_AGO = date(2025, 1, 1)


def document(obligation: str, start: date = LONG_AGO, end: date | None = None) -> Document:
    return Document("d", 1, obligation, "证明", "00" * 32, start, end, ON)


def of(
    obligation: str, ledger: FakeLedger | None = None, *documents: Document, profile: Profile = CHAT
) -> ObligationStatus:
    return obligation_status(BOOK, BOOK.obligation(obligation), profile, ledger or FakeLedger(), documents, ON)


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (None, "proven"),
        (date(2026, 10, 31), "proven"),
        (date(2026, 10, 30), "due_soon"),
        (date(2026, 9, 29), "unproven"),
    ],
)
def test_by_document(end: date | None, expected: str) -> None:
    assert of("FIL-02", None, document("FIL-02", end=end)).status == expected


def test_without_a_document_unproven_says_so() -> None:
    assert of("FIL-02").reason_zh == "尚无有效的证明文件。"


def test_by_check() -> None:
    assert of("SVC-01").status == "unproven"
    assert of("SVC-01", FakeLedger(exchange_counts=ExchangeCounts(9, 9, 9, 9, 9, 0))).status == "proven"
    failing = of("SVC-01", FakeLedger(exchange_counts=ExchangeCounts(9, 9, 8, 9, 9, 1, ("r1",))))
    assert (failing.status, failing.records) == ("failing", ("r1",))


def test_a_document_does_not_stand_in_for_a_measurement() -> None:
    assert of("SVC-01", None, document("SVC-01")).status == "unproven"


@pytest.mark.parametrize(
    ("numbers", "with_document", "expected"),
    [
        (None, False, "unproven"),
        (None, True, "proven"),
        ((), True, "failing"),
    ],
)
def test_check_or_document(numbers: tuple[Filing, ...] | None, with_document: bool, expected: str) -> None:
    profile = Profile(roles=("provider",), public_in_china=True, filings=numbers)
    documents = [document("FIL-01", start=date(2026, 9, 29))] if with_document else []
    assert of("FIL-01", None, *documents, profile=profile).status == expected


def test_check_and_document() -> None:
    exported = FakeLedger(exports=(Drill("x", at(1), 60, 9, True),))
    assert of("GOV-05").status == "unproven"
    assert of("GOV-05", exported).status == "unproven"
    assert of("GOV-05", None, document("GOV-05", start=date(2026, 9, 1))).status == "unproven"
    both = of("GOV-05", exported, document("GOV-05", start=date(2026, 9, 1)))
    assert both.status == "proven"
    assert both.validity is not None and both.validity.until == date(2026, 12, 2)  # the document's quarter ends first


def test_several_checks_count_by_the_worst() -> None:
    kept = Retention(LONG_AGO, LONG_AGO, 0, 0)
    verified = ChainFacts(9, at(0), at(0), 0, Verification(at(0), 9, 0))
    broken = ChainFacts(9, at(0), at(0), 0, Verification(at(0), 9, 2))
    assert of("LOG-01", FakeLedger(kept=kept, chain_facts=verified)).status == "proven"
    assert of("LOG-01", FakeLedger(kept=kept)).status == "unproven"
    worst = of("LOG-01", FakeLedger(kept=kept, chain_facts=broken))
    assert worst.status == "failing"
    assert [r.id for r in worst.runs] == ["log_retention", "evidence_chain"]


@pytest.mark.parametrize(("days_ago", "expected"), [(0, "proven"), (5, "proven"), (6, "due_soon"), (7, "due_soon")])
def test_a_weekly_proof_is_due_on_its_last_day_not_always(days_ago: int, expected: str) -> None:
    kept = Retention(LONG_AGO, LONG_AGO, 0, 0)
    chain = ChainFacts(9, at(0), at(0), 0, Verification(at(days_ago), 9, 0))
    assert of("LOG-01", FakeLedger(kept=kept, chain_facts=chain)).status == expected


def test_not_applicable_and_unknown() -> None:
    assert of("ANT-01").status == "not_applicable"
    assert of("ANT-01", profile=Profile()).status == "unknown"


def test_a_threshold_the_operator_has_yet_to_set_proves_nothing() -> None:
    assert of("CMP-02", None).status == "unproven"


def test_kept_measurements_are_assessed_later() -> None:
    obligation = BOOK.obligation("LOG-01")
    chain = ChainFacts(9, at(0), at(0), 0, Verification(at(0), 9, 0))
    ledger = FakeLedger(kept=Retention(LONG_AGO, LONG_AGO, 0, 0), chain_facts=chain)
    runs = measure(BOOK, obligation, CHAT, ledger, ON)
    states = [assess(BOOK, obligation, CHAT, runs, [], date(2026, 10, day)).status for day in (1, 7, 8)]
    assert states == ["proven", "due_soon", "unproven"]
    assert assess(BOOK, obligation, CHAT, [], [], ON).reason_zh == "尚未测量。"
    assert measure(BOOK, BOOK.obligation("ANT-01"), CHAT, ledger, ON) == ()


def test_roll_up_counts_every_obligation_once() -> None:
    statuses = status(BOOK, CHAT, FakeLedger(), [document("FIL-02")], ON)
    duties = by_duty(BOOK, statuses)
    assert sum(d.count(s) for d in duties for s in State) == len(BOOK.obligations) == 145
    assert duties[0].count(State.PROVEN) == 1


def test_campaign_items_take_the_worst() -> None:
    fine = FakeLedger(exchange_counts=ExchangeCounts(9, 9, 9, 9, 9, 0))
    items = {c.item.id: c.status for c in by_campaign(BOOK, status(BOOK, CHAT, fine, [], ON))}
    assert items["CAM-2025-1-2"] == "not_applicable"  # a platform's matter
    assert items["CAM-2025-1-4"] == "unproven"  # moderation is proven, account handling is not
    none = by_campaign(BOOK, status(BOOK, STORE, fine, [], ON))
    assert {c.status for c in none} == {State.NOT_APPLICABLE}


def test_json_shape() -> None:
    documents = [document("FIL-02", end=date(2026, 10, 1))]
    ledger = FakeLedger(exchange_counts=ExchangeCounts(9, 9, 9, 9, 9, 0, ("r1",)))
    data = json.loads(json.dumps(to_json(BOOK, status(BOOK, CHAT, ledger, documents, ON))))
    assert list(data) == ["duties", "obligations", "campaigns"]
    assert set(data["duties"][0]) == {"duty", "title_zh", "title_en", *(s.value for s in State)}
    by_id = {o["id"]: o for o in data["obligations"]}
    moderation = by_id["SVC-01"]
    assert (moderation["urn"], moderation["duty"], moderation["status"]) == ("urn:guiju:obligation:SVC-01", 3, "proven")
    assert moderation["records"] == ["r1"]
    assert moderation["figures"][-1] == {
        "name": "moderated_share", "zh": "未经检查不放行的比例", "en": "share moderated", "value": 100.0,
        "unit": "percent", "comparison": ">=", "threshold": 100, "met": True,
    }  # fmt: skip
    assert by_id["FIL-02"]["document"]["until"] == by_id["FIL-02"]["due"] == "2026-10-01"
    assert by_id["FIL-02"]["verified"] is True and by_id["LAB-02"]["verified"] is False
    assert by_id["ANT-01"]["applicability"]["applies"] is False
