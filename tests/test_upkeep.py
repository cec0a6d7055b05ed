"""The jobs that run by themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from guiju import upkeep
from guiju.errors import NotFound
from guiju.store.models import CheckRun, Service, VerifyRun
from guiju.store.setup import example_profile

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def service() -> Service:
    """A service of which enough is stated for checks to apply."""
    return Service.objects.create(slug="one", name="一号", **example_profile())


ALWAYS = [
    "policy end",
    "complaint reminders",
    "incident reminders",
    "allowances",
    "retention",
    "complaint texts",
    "shelves",
    "figures",
]
"""What is asked for every time; it costs nothing where there is nothing to do."""


def test_what_is_due_is_done_once() -> None:
    assert upkeep.run_due() == [*ALWAYS, "measure", "verify"]
    assert CheckRun.objects.filter(service="one").exists()
    assert VerifyRun.objects.get().ok
    assert upkeep.run_due() == ALWAYS


def test_each_job_comes_again_after_its_interval() -> None:
    upkeep.run_due()
    later = timezone.now() + timedelta(hours=2)
    assert upkeep.run_due(later) == [*ALWAYS, "measure"]


def test_a_clock_moved_back_delays_nothing() -> None:
    upkeep.run_due()
    before = timezone.now() - timedelta(days=3)
    assert "verify" in upkeep.run_due(before)


def test_a_failing_job_does_not_keep_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise NotFound(what="x")

    first, *others = upkeep.JOBS
    failing = upkeep.Job(first.name, first.every, first.last, broken)
    monkeypatch.setattr(upkeep, "JOBS", (failing, *others))
    assert upkeep.run_due() == [*ALWAYS[1:], "measure", "verify"]


def test_what_somebody_waits_for_is_asked_every_few_seconds() -> None:
    assert upkeep.run_prompt() == ["delayed steps", "webhooks"]
    scheduler = upkeep.start()
    asked = {job.func: job.trigger.interval for job in scheduler.get_jobs()}
    left_out_if_late = [job.func for job in scheduler.get_jobs() if job.misfire_grace_time is not None]
    scheduler.shutdown()
    assert asked == {upkeep.run_due: upkeep.ASK_EVERY, upkeep.run_prompt: timedelta(seconds=10)}
    assert left_out_if_late == []
