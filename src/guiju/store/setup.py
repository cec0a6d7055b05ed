"""Making an installation ready, on the first run and on every later one."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import resources

import yaml
from django.core.management import call_command
from django.db import connection

from guiju.settings import Settings
from guiju.store import keys
from guiju.store.actor import Actor
from guiju.store.audit import one_at_a_time
from guiju.store.models import Integration, Role, Service, User
from guiju.store.services import integrations, policies, rumours, services, users, word_lists

ADMINISTRATOR = "admin"
"""User name of the first administrator."""

_LOCK = 0x6775696A76  # the advisory lock of set-up on PostgreSQL


@dataclass(frozen=True)
class FirstRun:
    """What the first run made and shows exactly once; the password and the key are stored nowhere."""

    admin_username: str
    admin_password: str = field(repr=False)
    integration_id: str
    integration_key: str = field(repr=False)
    service: str


def initialise(settings: Settings) -> FirstRun | None:
    """Bring the database up to date and fill in whatever is missing; doing it again changes nothing.

    Applies migrations, adds configured services, the shipped word lists and the default policy. When there is no user
    yet, it also makes the first administrator and an approved example integration, and returns their secrets.
    Prints nothing. Processes that start together do this one after the other.
    """
    with _alone(settings):
        call_command("migrate", interactive=False, verbosity=0)
        keys.prepare()
        in_force = services.sync(settings)
        word_lists.import_shipped()
        rumours.import_shipped()
        policies.ensure_default()
        return None if User.objects.exists() else _first_run(in_force[0])


def _first_run(service: Service) -> FirstRun:
    actor = Actor.system("setup")
    with one_at_a_time():  # both or neither: a run that was cut off starts over
        integration, key = integrations.create(
            actor,
            name="示例应用",
            service=service,
            owner="示例负责人",
            purpose=Integration.Purpose.ASSISTANT,
            status=Integration.Status.APPROVED,
            purpose_note="首次启动时自动创建，用于试用；正式使用前请改写或停用。",
        )
        if not service.profile:
            services.update(actor, service, **example_profile())
        user, password = users.create(actor, ADMINISTRATOR, Role.SYSTEM_ADMIN)
    return FirstRun(
        admin_username=user.username,
        admin_password=password,
        integration_id=integration.pk,
        integration_key=key,
        service=integration.service_id,
    )


def example_profile() -> dict[str, object]:
    """Description and profile of the example service."""
    text = resources.files("guiju.store").joinpath("data", "example_profile.yaml").read_text("utf-8")
    example: dict[str, object] = yaml.safe_load(text)
    return example


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Hold off other processes that set up: by a file on this machine, by an advisory lock on a shared PostgreSQL."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (settings.home / "setup.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if connection.vendor != "postgresql":
            yield
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
