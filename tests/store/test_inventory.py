from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from guiju.evidence import RecordedFinding, Verdict
from guiju.store.integration_register import columns, register
from guiju.store.inventory import reconcile
from guiju.store.models import Integration, Refusal

from .evidence_rows import TestChain

pytestmark = pytest.mark.django_db


def test_traffic_is_held_against_what_was_declared(integration: Integration) -> None:
    now = timezone.now()
    Integration.objects.filter(pk=integration.pk).update(
        status="approved", purpose="customer_service", filing_number=""
    )
    chain = TestChain(at=now - timedelta(hours=1))
    advice = RecordedFinding("domains", "guiju.domain.medicine", "reminder", 1000, "low")
    for _ in range(60):
        chain.write(integration=integration.pk, answer=Verdict("advise", (), (advice,)))
    hour = now.replace(minute=0, second=0, microsecond=0)
    Refusal.objects.create(hour=hour, code="GJ-1202", caller="someone", count=7, last_at=now)
    found = reconcile(now)
    [line] = [line for line in found.lines if line.id == integration.pk]
    assert line.calls == 60 and {remark.kind for remark in line.remarks} == {"no_filing", "drift"}
    assert found.unknown == {"someone": 7} and line in found.remarked


def test_the_register_is_a_table_without_keys(integration: Integration) -> None:
    Integration.objects.filter(pk=integration.pk).update(name='=HYPERLINK("x")', owner="王,\n李")
    with translation.override("en"):
        text = register(timezone.now())
    header, *rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert header[:2] == ["接入编号 id", "接入应用 integration"] and text.startswith("\ufeff")
    [row] = [dict(zip((column.code for column in columns()), row, strict=True)) for row in rows]
    assert row["name"].startswith("'=") and row["owner"] == "王,\n李" and "gj-" not in text
    assert (row["status"], row["minors"]) == (Integration.Status(integration.status).label, "未说明")
    registered = integration.created_at.astimezone(timezone.get_fixed_timezone(480))
    assert row["created_at"] == f"{registered:%Y-%m-%d %H:%M}"
