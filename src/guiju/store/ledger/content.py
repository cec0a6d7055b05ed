"""What minors were served: under which band, with what actions, what they bought; computed from records and counted use."""

from __future__ import annotations

import json
from datetime import timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from guiju.evidence import Outcome
from guiju.law.ledger import SAMPLE, MinorsContent
from guiju.law.period import Period
from guiju.minors import MinorsPolicy, affecting
from guiju.minors.calendar import start_of
from guiju.store import care
from guiju.store.ledger.body_sql import PolicyName
from guiju.store.ledger.callers import GRACE
from guiju.store.ledger.traffic import exchange_rows
from guiju.store.models import CareEvent, CareProfile, Record, RecordRisk, UsageDay

_SHOWN = ("advise", "review")
"""Actions of an answer that was found to hold something and reached its user all the same."""
_MARKETING = "marketing"


def counts(slug: str, period: Period) -> MinorsContent:
    """The answer of the ledger. An exchange counts as a minor's once the gateways had taken up the account's profile."""
    policy = care.policy_in_force()
    delivered = exchange_rows(slug, period).filter(outcome=Outcome.COMPLETED)
    minors = delivered.exclude(account="").annotate(known=F("at") - GRACE).filter(Exists(_minors(policy)))
    served, banded, pushed = _served(minors, policy)
    shown = delivered.filter(Exists(_affecting()), answer_action__in=_SHOWN)
    bought, over = _purchases(slug, period, policy)
    pools = {band.content.pool for band in policy.bands}
    kept_back = CareEvent.objects.filter(
        service=slug, kind=CareEvent.Kind.RETENTION, weight__gt=0, at__gte=period.start, at__lt=period.end
    )
    return MinorsContent(
        pools=len(pools),
        served=served,
        banded=banded,
        pushed=pushed,
        pooled=minors.filter(Exists(_told("guiju.minors.pool"))).count(),
        unpooled=minors.filter(Exists(_told("guiju.minors.pool_instead"))).count(),
        affecting=shown.count(),
        prompted=shown.filter(answer_action="advise").count(),
        capped=sum(band.spend.single >= 0 and band.spend.daily >= band.spend.single for band in policy.bands),
        bands=len(policy.bands),
        purchases=bought,
        overspent=over,
        marketing_open=sum(_MARKETING not in band.without.names for band in policy.bands),
        delivered=delivered.exclude(answer_action="").count(),
        inducing=kept_back.values("record").distinct().count(),
        sample=tuple(str(pk) for pk in shown.order_by("-at").values_list("pk", flat=True)[:SAMPLE]),
    )


def _served(minors: QuerySet[Record], policy: MinorsPolicy) -> tuple[int, int, int]:
    """Minors' exchanges, those judged under their band, and those in which something the band stops went out."""
    stops = {f"+{band.id}": {action.value for action in band.content.stops} for band in policy.bands}
    anything = set().union(*stops.values())
    rows = minors.annotate(policy=PolicyName())
    served = banded = pushed = 0
    for named, action, n in rows.values_list("policy", "answer_action").annotate(n=Count("id")).order_by():
        band = next((suffix for suffix in stops if json.loads(named or '""').endswith(suffix)), "")
        served += n
        banded += n if band else 0
        pushed += n if action in (stops[band] if band else anything) else 0
    return served, banded, pushed


def _minors(policy: MinorsPolicy) -> QuerySet[CareProfile]:
    """The profile that binds an exchange's account as a minor's, unchanged since before the exchange."""
    bands = [band.id for band in policy.bands if band.content.stops]
    minor = Q(mode=True) | Q(band__in=bands)
    return CareProfile.objects.filter(minor, pk=OuterRef("account"), updated_at__lt=OuterRef("known"))


def _told(risk: str) -> QuerySet[RecordRisk]:
    """What the gateway said of a record under this tag."""
    return RecordRisk.objects.filter(risk=risk, record=OuterRef("pk"))


def _affecting() -> QuerySet[RecordRisk]:
    wanted = Q()
    for risk in affecting.risks():
        wanted |= Q(risk=risk) | Q(risk__startswith=f"{risk}.") | Q(risk__startswith=f"{risk}/")
    return RecordRisk.objects.filter(wanted, record=OuterRef("pk"))


def _purchases(slug: str, period: Period, policy: MinorsPolicy) -> tuple[int, int]:
    """Days of minors with purchases, and those on which a cap was exceeded."""
    first, last = period.start.date() - timedelta(days=1), period.end.date()
    rows = UsageDay.objects.filter(day__gte=first, day__lte=last).exclude(purchases={})
    profiles = CareProfile.objects.filter(account__integration__service_id=slug)
    rows = rows.filter(account__in=profiles.values("pk"))
    bought = over = 0
    for row in rows.iterator(chunk_size=500):
        band = policy.band(care.profile_of(row.account).band_at(start_of(row.day), policy))
        if band is None:
            continue
        amounts = [fen for _at, fen in row.purchases.values()]
        bought += 1
        over += sum(amounts) > band.spend.daily or max(amounts) > band.spend.single
    return bought, over
