"""Making an installation ready, on the first run and on every later one."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.core.management import call_command

from guiju.settings import Settings
from guiju.store.actor import Actor
from guiju.store.models import Integration, Role, User
from guiju.store.services import integrations, policies, services, users, word_lists

ADMINISTRATOR = "admin"
"""User name of the first administrator."""


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
    Prints nothing.
    """
    call_command("migrate", interactive=False, verbosity=0)
    in_force = services.sync(settings)
    word_lists.import_shipped()
    policies.ensure_default()
    if User.objects.exists():
        return None
    actor = Actor.system("setup")
    integration, key = integrations.create(
        actor,
        name="示例应用",
        service=in_force[0],
        owner="示例负责人",
        purpose=Integration.Purpose.ASSISTANT,
        status=Integration.Status.APPROVED,
        purpose_note="首次启动时自动创建,用于试用;正式使用前请改写或停用。",
    )
    user, password = users.create(actor, ADMINISTRATOR, Role.SYSTEM_ADMIN)  # last: a crash before it starts over
    return FirstRun(
        admin_username=user.username,
        admin_password=password,
        integration_id=integration.pk,
        integration_key=key,
        service=integration.service_id,
    )
