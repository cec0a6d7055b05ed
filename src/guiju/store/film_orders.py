"""Which films an integration ordered. Bookkeeping of gateways, not acts of people: no audit entries.

Asked from threads that come and go, never from the event loop: none keeps its connection.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from guiju.store.models import FilmOrder


def remember(order: FilmOrder) -> None:
    """Keep an order for lists."""
    try:
        order.save(force_insert=True)
    finally:
        connection.close()


def forget(integration: str, numbers: Sequence[str]) -> None:
    """These films are gone."""
    try:
        FilmOrder.objects.filter(integration_id=integration, number__in=numbers).delete()
    finally:
        connection.close()


def listed(integration: str, after: str, limit: int, *, newest_first: bool) -> list[FilmOrder]:
    """At most ``limit`` orders of an integration behind the number ``after`` (empty: from the start)."""
    try:
        rows = FilmOrder.objects.filter(integration_id=integration).order_by("-number" if newest_first else "number")
        if after:
            rows = rows.filter(**{"number__lt" if newest_first else "number__gt": after})
        return list(rows[:limit])
    finally:
        connection.close()
