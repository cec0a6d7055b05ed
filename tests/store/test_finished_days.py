from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from guiju.china import CHINA
from guiju.store.finished_days import Kind, between, catch_up, forget, lately, start_of
from guiju.store.models import DayFigure, Integration, Record, RecordRisk
from guiju.store.traffic import EXCHANGES, FINDINGS, Exchanges, Findings

from .evidence_rows import TestChain, verdict

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOON = datetime(2026, 3, 10, 12, tzinfo=CHINA)


class Counting:
    """Counts how often it is asked to count."""

    def __init__(self) -> None:
        self.spans: list[tuple[datetime, datetime]] = []
        self.kind = Kind("counting", Findings, self.count)

    def count(self, start: datetime, end: datetime) -> list[Findings]:
        self.spans.append((start, end))
        return [Findings("in-1", f"{len(self.spans)}", (end - start) // timedelta(hours=1))]


@pytest.fixture
def counting() -> Counting:
    return Counting()


def test_a_day_that_is_over_is_counted_once(counting: Counting) -> None:
    first = list(lately(counting.kind, 3, NOON))
    assert [day for day, _ in first] == [date(2026, 3, 8), date(2026, 3, 9), date(2026, 3, 10)]
    again = list(lately(counting.kind, 3, NOON))
    assert again[:2] == first[:2] and len(counting.spans) == 4  # only today a second time
    catch_up(counting.kind, 4, NOON)
    assert len(counting.spans) == 6 and DayFigure.objects.count() == 4


def test_parts_of_days_are_counted_as_asked_and_not_kept(counting: Counting) -> None:
    found = [items[0].records for _, items in between(counting.kind, NOON - 2 * DAY, NOON, NOON)]
    assert found == [12, 24, 12]
    assert [row.day for row in DayFigure.objects.all()] == [date(2026, 3, 9)]


def test_a_day_may_still_change_for_a_while_after_its_end(counting: Counting) -> None:
    midnight = start_of(NOON.date())
    list(between(counting.kind, midnight - DAY, midnight, midnight + timedelta(minutes=14)))
    assert not DayFigure.objects.exists()
    list(between(counting.kind, midnight - DAY, midnight, midnight + timedelta(minutes=15)))
    assert DayFigure.objects.count() == 1


def test_what_changed_later_is_counted_again(counting: Counting) -> None:
    list(lately(counting.kind, 3, NOON))
    forget(counting.kind, NOON - DAY)
    list(lately(counting.kind, 3, NOON))
    assert [start for start, _ in counting.spans][-2:] == [start_of(date(2026, 3, 9)), start_of(date(2026, 3, 10))]


def test_traffic_and_findings_of_a_day(integration: Integration) -> None:
    chain = TestChain(at=NOON - DAY)
    chain.write(integration=integration.pk, prompt=verdict("block", "A.1.h/gambling"))
    chain.write(integration=integration.pk)
    assert RecordRisk.objects.get().integration_id == integration.pk
    (_, found), (_, nothing) = lately(EXCHANGES, 2, NOON)
    labelled = Record.objects.filter(labelled=True).count()
    assert (found, nothing) == ([Exchanges(integration.pk, "chat", "chat", 2, 1, labelled)], [])
    (_, risks), _ = lately(FINDINGS, 2, NOON)
    assert risks == [Findings(integration.pk, "A.1.h/gambling", 1)]
