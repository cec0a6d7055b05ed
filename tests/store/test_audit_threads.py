"""Appending from several threads at once, on connections of their own."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from guiju.store import audit
from guiju.store.actor import Actor
from guiju.store.models import AuditEntry


@pytest.mark.django_db(transaction=True)
def test_entries_written_at_once_form_one_chain() -> None:
    def write(name: str) -> None:
        try:
            for number in range(10):
                with audit.one_at_a_time():
                    audit.append(Actor.system(name), "test.act", None, detail={"n": number})
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(f"t{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert AuditEntry.objects.count() == 40
    assert audit.verify().ok
