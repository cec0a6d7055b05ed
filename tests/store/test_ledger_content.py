"""What minors were served, counted from records: under their band, nothing the band stops, nothing beyond their caps."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from guiju.china import china_day
from guiju.law.ledger import MinorsContent
from guiju.law.period import Period
from guiju.minors import policy_source
from guiju.store.ledger import content
from guiju.store.models import Account, CareProfile, Integration, UsageDay
from guiju.store.moments import micros

from .evidence_rows import TestChain, verdict

pytestmark = pytest.mark.django_db
BAND = "default@1#ab12+8_12"


@pytest.fixture
def minor(integration: Integration) -> Account:
    now = timezone.now()
    row = Account.objects.create(pseudonym="kid", integration=integration, first_seen=now, last_seen=now)
    CareProfile.objects.create(account=row, band="8_12", basis="stated", updated_at=now - timedelta(hours=2))
    return row


def counted() -> MinorsContent:
    return content.counts("chat", Period.ending(china_day(timezone.now()), 7))


def test_exchanges_are_told_apart_by_the_policy_they_were_judged_by(minor: Account, integration: Integration) -> None:
    chain = TestChain(at=timezone.now() - timedelta(hours=3))
    shared = {"account": minor.pk, "integration": integration.pk}
    chain.write(
        at=timezone.now() - timedelta(hours=3), policy="default@1#ab12", **shared
    )  # before the profile was known
    chain.write(at=timezone.now() - timedelta(hours=1), policy=BAND, **shared)
    chain.write(integration=integration.pk, account="grown-up", policy="default@1#ab12")
    assert (counted().served, counted().banded, counted().pushed) == (1, 1, 0)
    chain.write(at=timezone.now() - timedelta(minutes=5), policy=BAND, answer=verdict("review", "A.4.a"), **shared)
    chain.write(at=timezone.now() - timedelta(minutes=4), policy="default@1#ab12", **shared)
    found = counted()
    assert (found.served, found.banded, found.pushed) == (3, 2, 1)


def test_affecting_answers_and_their_reminders(integration: Integration) -> None:
    chain = TestChain(at=timezone.now() - timedelta(hours=1))
    for action, risk in (("advise", "A.4.a/self_harm"), ("review", "A.2.a"), ("review", "A.3.b"), ("pass", "A.2.a")):
        chain.write(integration=integration.pk, answer=verdict(action, risk))
    found = counted()
    assert (found.affecting, found.prompted, found.delivered) == (2, 1, 4)


def test_purchases_are_held_against_the_caps(minor: Account) -> None:
    today, now = china_day(timezone.now()), timezone.now()

    def bought(day: date, *fen: int) -> None:
        purchases = {f"p{n}": [micros(now), amount] for n, amount in enumerate(fen)}
        UsageDay.objects.create(account=minor.pk, day=day, purchases=purchases, updated_at=now)

    bought(today, 3000, 2000)
    assert (counted().purchases, counted().overspent) == (1, 0)
    bought(today - timedelta(days=1), 3000, 2001)  # 50 yuan a day from 8 to 12
    assert (counted().purchases, counted().overspent) == (2, 1)


def test_the_shipped_policy_shuts_marketing_and_names_a_pool_for_each_band() -> None:
    found = counted()
    assert found.bands == found.pools == found.capped == len(policy_source.default().bands) == 5
    assert found.marketing_open == 0
