"""Pages of long lists: counted so far and no further, walked on beyond that."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import RequestFactory
from django.utils import timezone

from guiju.console import paging
from guiju.console.paging import Stretch, page_of
from guiju.store.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(paging, "COUNTED", 6)
    monkeypatch.setattr(paging, "FURTHEST", 5)
    yield


def page(number: object, rows: int) -> Stretch:
    AuditEntry.objects.all().delete()
    entries = (AuditEntry(at=timezone.now(), actor_name=str(n), digest=b"") for n in range(rows))
    AuditEntry.objects.bulk_create(entries)
    return page_of(RequestFactory().get("/", {"page": str(number)}), AuditEntry.objects.order_by("id"), 2)


@pytest.mark.parametrize(
    ("asked", "rows", "names", "follows", "uncounted"),
    [
        (1, 0, [], False, False),
        (1, 2, ["0", "1"], False, False),
        (2, 3, ["2"], False, False),
        (3, 6, ["4", "5"], False, False),
        (3, 7, ["4", "5"], True, True),  # the last page counted, and on
        (4, 7, ["6"], False, True),
        (5, 20, ["8", "9"], False, True),  # as far as one walks
        (6, 20, ["4", "5"], True, True),
        (99, 3, ["2"], False, False),
        (0, 3, ["2"], False, False),
        ("x", 3, ["0", "1"], True, False),
    ],
)
def test_pages(asked: object, rows: int, names: list[str], follows: bool, uncounted: bool) -> None:
    found = page(asked, rows)
    assert [entry.actor_name for entry in found] == names
    assert (found.has_next(), found.paginator.uncounted) == (follows, uncounted)
    assert found.paginator.count == min(rows, 6)


def test_rows_are_counted_by_others_where_that_is_cheaper() -> None:
    rows = AuditEntry.objects.order_by("id")
    page(1, 4)
    found = page_of(RequestFactory().get("/"), rows, 2, counted=rows.filter(actor_name="1"))
    assert (len(found), found.paginator.count) == (2, 1)
