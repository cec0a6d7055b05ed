from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from guiju.minors import policy_source
from guiju.store import minors_years
from guiju.store.models import CareCase, CareEvent, MinorsPolicyVersion, Service, UsageDay
from guiju.store.services import care_cases, guardians, integrations, minors
from tests.cli.conftest import Run
from tests.gateway.serving import SYSTEM

AT = datetime(2026, 5, 4, 4, tzinfo=UTC)
BEFORE = datetime(2025, 12, 31, 15, 59, tzinfo=UTC)


def test_a_year_is_counted(guiju: Run, service: Service) -> None:
    row, _ = integrations.create(SYSTEM, name="a", service=service, owner="王", purpose="companion", status="approved")
    account = row.accounts.create(pseudonym="p1", first_seen=AT, last_seen=AT)
    minors.set_profile(SYSTEM, account, basis="stated", band="8_12")
    guardians.decide(SYSTEM, account, "limit", "daily", value=20)
    account.guardian_decisions.update(starts_at=AT)
    for number, (kind, code, at) in enumerate(
        [
            ("denied", "daily", AT),
            ("denied", "daily", BEFORE),
            ("reminded", "identity", AT),
            ("heard", "crisis.die", AT),
        ]
    ):
        CareEvent.objects.create(at=at, service="chat", account="p1", kind=kind, code=code, record=str(number))
    CareCase.objects.create(account=account, service="chat", kind="crisis", opened_at=AT, due_at=AT)
    UsageDay.objects.create(account="p1", day=AT.date(), spans=[[0, 600_000_000]], updated_at=AT)
    (told,) = guiju("minors", "report", "--year", "2026", "--json").json
    assert told["bands"]["8_12"] == 1 and told["denied"] == {"daily": 1} and told["heard"] == {"crisis": 1}
    assert (told["days"], told["minutes"]) == (1, 10)
    assert told["guardians"] == {"limit.daily": 1} and told["cases"] == {"crisis": {"open": 1}}
    page = guiju("minors", "report", "--year", "2026").out
    assert (
        page.startswith("# ")
        and "8 to 12: 1" in page
        and "stricter limit: time a day: 1" in page
        and "8_12" not in page
        and "p1" not in page
    )
    assert care_cases.under_way().count() == 1


def test_a_document_that_was_handed_in_is_noted(guiju: Run, service: Service) -> None:
    asked = ("--document", "public", "--service", "chat", "--where", "https://example.com/minors")
    assert guiju("minors", "noted", "--year", "2025", *asked, "--on", "2026-02-01").status == 0
    done = minors_years.done("chat")[2025, "public"]
    assert (done.on.isoformat(), done.where) == ("2026-02-01", "https://example.com/minors")
    assert guiju("minors", "noted", "--year", "2025", *asked, "--on", "2025-12-31").status != 0, (
        "before the year was over"
    )
    assert guiju("minors", "noted", "--year", "2999", *asked, "--on", "2026-02-01").status != 0
    assert minors_years.years("chat", 2025, 1)[0].published == done.on


def test_an_unknown_service(guiju: Run) -> None:
    assert guiju("minors", "report", "--year", "2026", "--service", "x").status != 0


def test_the_policy_is_shown_examined_and_published(guiju: Run, tmp_path: Path) -> None:
    assert guiju("minors", "policy").out.strip() == policy_source.shipped().strip()
    (path := tmp_path / "p.yaml").write_text(
        policy_source.shipped().replace("school_day: 120", "school_day: 90"), "utf-8"
    )
    assert guiju("minors", "policy", path).status == 0 and not MinorsPolicyVersion.objects.exists()
    assert guiju("minors", "policy", path, "--publish", "加严").status == 0
    assert "school_day: 90" in guiju("minors", "policy").out
    path.write_text("bands: []", "utf-8")
    assert guiju("minors", "policy", path).status == 2
