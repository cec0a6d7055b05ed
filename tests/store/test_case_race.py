"""Several reviewers claim one case at the same moment."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from guiju.store.actor import Actor
from guiju.store.models import Case, Role, User
from guiju.store.services import cases

from .evidence_rows import START, TestChain
from .test_cases import open_case

NOW = START + timedelta(hours=1)


@pytest.mark.django_db(transaction=True)
def test_exactly_one_claim_succeeds() -> None:
    chain = TestChain()
    opened = [open_case(chain.write()) for _ in range(5)]
    actors = [Actor.of(User.objects.create(username=f"r{n}", role=Role.REVIEWER)) for n in range(4)]
    won: dict[int, list[str]] = {case.pk: [] for case in opened}
    start = threading.Barrier(len(actors))

    def race(actor: Actor) -> None:
        try:
            start.wait(30)
            for case in opened:
                if cases.claim(actor, case, NOW):
                    won[case.pk].append(actor.name)
        finally:
            connection.close()

    threads = [threading.Thread(target=race, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [len(names) for names in won.values()] == [1] * 5
    for case in Case.objects.select_related("claimed_by"):
        assert case.claimed_by is not None
        assert won[case.pk] == [case.claimed_by.username]
