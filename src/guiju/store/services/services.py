"""The services the operator offers, and what their profiles state."""

from __future__ import annotations

from collections.abc import Mapping

from guiju.errors import InvalidField
from guiju.law.profile import read_profile
from guiju.settings import Settings
from guiju.store import snapshot_version
from guiju.store.actor import Actor
from guiju.store.acts import act
from guiju.store.audit import append, one_at_a_time
from guiju.store.models import Service
from guiju.store.permissions import Permission
from guiju.store.validation import change, clean, fresh

FIELDS = frozenset({"name", "description", "profile", "provider_name", "provider_code"})
"""What can be set on a screen. The slug and the upstream stand in the settings."""

EXAMPLE = ("example", "示例服务")
"""Slug and name of the service a first run has when none is configured; the demonstration model answers for it."""


@act(Permission.MANAGE_SERVICES)
def update(actor: Actor, /, service: Service, **fields: object) -> Service:
    """Change fields of a service; ``profile`` is the whole profile as JSON.

    Raises:
        InvalidField, ProfileError.
    """
    row = fresh(service)
    if "profile" in fields:
        profile = fields["profile"]
        if not isinstance(profile, Mapping):
            raise InvalidField(field="profile", problem="must be an object")
        read_profile(profile)
    changed = change(row, fields, FIELDS)
    if changed:
        row.save()
        append(actor, "service.update", row, detail={"changed": changed})
        snapshot_version.bump()
    return row


def sync(settings: Settings) -> list[Service]:
    """Make a row for every configured service that has none, or for the example if none is configured.

    A service no longer configured keeps its row: its records still belong to it. Names set on a screen stay.
    Returns the services in force.
    """
    wanted = [(s.slug, s.name or s.slug) for s in settings.services()] or [EXAMPLE]
    present = set(Service.objects.filter(slug__in=[slug for slug, _ in wanted]).values_list("slug", flat=True))
    missing = [(slug, name) for slug, name in wanted if slug not in present]
    if missing:
        with one_at_a_time():
            for slug, name in missing:
                _add(slug, name)
            snapshot_version.bump()
    return list(Service.objects.filter(slug__in=[slug for slug, _ in wanted]))


def _add(slug: str, name: str) -> None:
    row, created = Service.objects.get_or_create(slug=slug, defaults={"name": name})
    if created:
        clean(row)
        append(Actor.system("settings"), "service.create", row, detail={"name": name})
