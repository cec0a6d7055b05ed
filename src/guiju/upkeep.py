"""What has to happen without anybody asking: texts deleted when due, obligations measured, evidence verified.

A job is due when the database says it has not been done for its interval, so restarts neither repeat nor skip one.
The schedule runs beside the console; every run leaves the same traces as the command a person types.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from guiju.errors import GuijuError
from guiju.releases import shelves
from guiju.store import allowances, evidence, finished_days
from guiju.store.actor import Actor
from guiju.store.desk_counts import FIRED, TOOK
from guiju.store.models import CheckRun, Service, VerifyRun
from guiju.store.services import complaint_retention, complaints, incident_reminders, law, policies, proposals
from guiju.store.traffic import EXCHANGES, FINDINGS
from guiju.webhooks import rounds

log = logging.getLogger("guiju.upkeep")

ASK_EVERY = timedelta(minutes=5)
SOON = timedelta(seconds=10)
"""How often what somebody waits for is asked: a step whose moment has come, an event that may wake a person."""
ACTOR = Actor.system("upkeep")


@dataclass(frozen=True)
class Job:
    """One thing done regularly.

    Attributes:
        last: when it was last done, by whomever; None for never.
        work: does it. ``every``: how often it is due.
    """

    name: str
    every: timedelta
    last: Callable[[], datetime | None]
    work: Callable[[datetime], object]

    def due(self, now: datetime) -> bool:
        """Whether it should be done now. A last time in the future (the clock was moved back) counts as not done."""
        last = self.last()
        return last is None or not now - self.every < last <= now


def _always() -> datetime | None:
    """For work that costs nothing where there is none to do."""
    return None


def _last_measured() -> datetime | None:
    return CheckRun.objects.order_by("-at").values_list("at", flat=True).first()


def _last_verified() -> datetime | None:
    return VerifyRun.objects.filter(kind="verify").order_by("-at").values_list("at", flat=True).first()


def _measure(now: datetime) -> None:
    for service in Service.objects.all():
        law.run_checks(ACTOR, service, now)


COUNTED: tuple[finished_days.Kind[Any], ...] = (EXCHANGES, FINDINGS, FIRED, TOOK)


def _count(now: datetime) -> None:
    for kind in COUNTED:
        finished_days.catch_up(kind, 90, now)


PROMPT = (
    Job("delayed steps", SOON, _always, proposals.take_delayed),
    Job("webhooks", SOON, _always, rounds.deliver),
)
"""Asked every few seconds; each is one look at an index where there is nothing to do."""

JOBS = (
    Job("policy end", ASK_EVERY, _always, policies.expire),
    Job("complaint reminders", ASK_EVERY, _always, complaints.remind),
    Job("incident reminders", ASK_EVERY, _always, incident_reminders.remind),
    Job("allowances", ASK_EVERY, _always, allowances.forget),
    Job("retention", ASK_EVERY, _always, lambda now: evidence.sweep_retention(ACTOR, now)),
    Job("complaint texts", ASK_EVERY, _always, lambda now: complaint_retention.sweep(ACTOR, now)),
    Job("shelves", ASK_EVERY, _always, lambda now: shelves.clear(settings.GUIJU, now.timestamp())),
    Job("figures", ASK_EVERY, _always, _count),
    Job("measure", timedelta(hours=1), _last_measured, _measure),
    Job("verify", timedelta(days=1), _last_verified, lambda now: evidence.verify(ACTOR)),
)


def run_prompt(now: datetime | None = None) -> list[str]:
    """Take the steps whose moment has come and tell what has happened; the names of what was done."""
    return _run(PROMPT, now)


def run_due(now: datetime | None = None) -> list[str]:
    """Do what is due; the names of what was done. A job that fails is logged and asked again next time."""
    return _run(JOBS, now)


def _run(jobs: Iterable[Job], now: datetime | None) -> list[str]:
    close_old_connections()
    done: list[str] = []
    try:
        for job in jobs:
            moment = now or timezone.now()
            try:
                if not job.due(moment):
                    continue
                started = time.monotonic()
                job.work(moment)
                log.debug("%s done in %.1f s", job.name, time.monotonic() - started)
                done.append(job.name)
            except GuijuError as error:
                log.error("%s failed: %s", job.name, error)
            except (DatabaseError, OSError) as error:
                log.error("%s failed: %s", job.name, type(error).__name__)
    finally:
        connection.close()
    return done


def start() -> BackgroundScheduler:
    """Begin asking every five minutes, and every few seconds for what is prompt, in threads of its own.

    A run that comes late (a busy machine, one that slept) is done late, once, and not left out. Shut the returned
    scheduler down to end it.
    """
    once = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    scheduler = BackgroundScheduler(timezone="UTC", job_defaults=once)
    soon = timezone.now() + timedelta(seconds=20)
    scheduler.add_job(run_due, "interval", seconds=ASK_EVERY.total_seconds(), next_run_time=soon)
    scheduler.add_job(run_prompt, "interval", seconds=SOON.total_seconds())
    scheduler.start()
    return scheduler
