"""Which pool answers each age band of the services that have pools, and what became of minors' requests lately."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from django.conf import settings
from django.db.models import Count

from guiju.minors.pools import Place, places, unused
from guiju.store import care
from guiju.store.models import Integration, RecordRisk, Service

LATELY = timedelta(hours=24)
_BY_RISK = {
    "guiju.minors.pool": "dedicated",
    "guiju.minors.pool_instead": "elsewhere",
    "guiju.minors.pool_missing": "refused",
}


class ServicePools(msgspec.Struct, frozen=True):
    """One service with pools.

    Attributes:
        places: its bands, youngest first. ``unused``: pools that no band can reach.
        dedicated, elsewhere, refused: requests of the last 24 hours, by where they went.
    """

    name: str
    places: tuple[Place, ...]
    unused: tuple[str, ...]
    dedicated: int = 0
    elsewhere: int = 0
    refused: int = 0


def of_services(now: datetime) -> list[ServicePools]:
    """Every service whose settings set pools for minors."""
    policy, names = care.policy_in_force(), dict(Service.objects.values_list("slug", "name"))
    found = []
    for service in settings.GUIJU.services():
        if (minors := service.minors) is not None:
            shown = places(policy, minors.pools, minors.without_pool)
            idle = unused(policy, minors.pools, minors.without_pool)
            name = names.get(service.slug) or service.slug
            found.append(ServicePools(name, shown, idle, **_lately(service.slug, now)))
    return found


def _lately(slug: str, now: datetime) -> dict[str, int]:
    callers = Integration.objects.filter(service_id=slug).values("pk")
    rows = RecordRisk.objects.filter(risk__in=_BY_RISK, at__gte=now - LATELY, integration_id__in=callers)
    counted = rows.values_list("risk").annotate(n=Count("id")).order_by()
    return {_BY_RISK[risk]: n for risk, n in counted}
