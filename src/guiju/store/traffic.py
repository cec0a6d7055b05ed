"""Exchanges and findings by day, as screens and the inventory count them."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.db.models import Count, Q

from guiju.store.distinct import values_of
from guiju.store.finished_days import Kind
from guiju.store.models import Record, RecordRisk


class Exchanges(msgspec.Struct, frozen=True, array_like=True):
    """Records of one integration at one endpoint; ``flagged`` of them were stepped in on, ``labelled`` left with a label."""

    integration: str
    service: str
    endpoint: str
    exchanges: int
    flagged: int
    labelled: int


class Findings(msgspec.Struct, frozen=True, array_like=True):
    """Records of one integration in which one risk was found."""

    integration: str
    risk: str
    records: int


def _exchanges(start: datetime, end: datetime) -> list[Exchanges]:
    rows = Record.objects.filter(at__gte=start, at__lt=end).order_by()
    counted = rows.values_list("integration_id", "service", "endpoint").annotate(
        n=Count("id"), f=Count("id", filter=Q(flagged=True)), m=Count("id", filter=Q(labelled=True))
    )
    return [Exchanges(*row) for row in counted]


def _findings(start: datetime, end: datetime) -> list[Findings]:
    """By naming every risk there is, the index by risk and time is enough."""
    rows = RecordRisk.objects.filter(risk__in=values_of(RecordRisk, "risk"), at__gte=start, at__lt=end).order_by()
    return [Findings(*row) for row in rows.values_list("integration_id", "risk").annotate(n=Count("id"))]


EXCHANGES = Kind("exchanges", Exchanges, _exchanges)
FINDINGS = Kind("findings", Findings, _findings)
