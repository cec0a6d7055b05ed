"""Actors and rows the store's tests share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from guiju.store.actor import Actor
from guiju.store.models import Integration, Role, Service, User
from guiju.store.services import integrations


@pytest.fixture
def system() -> Actor:
    return Actor.system("test")


@pytest.fixture
def actor(db: None) -> Callable[[str], Actor]:
    """The actor of a role; the same user every time within a test."""

    def of(role: str) -> Actor:
        user, _ = User.objects.get_or_create(username=f"a-{role}", defaults={"role": role, "password": "!"})
        return Actor.of(user, "192.0.2.7")

    return of


@pytest.fixture
def compliance(actor: Callable[[str], Actor]) -> Actor:
    return actor(Role.COMPLIANCE)


@pytest.fixture
def reviewer(actor: Callable[[str], Actor]) -> Actor:
    return actor(Role.REVIEWER)


@pytest.fixture
def administrator(actor: Callable[[str], Actor]) -> Actor:
    return actor(Role.SYSTEM_ADMIN)


@pytest.fixture
def auditor(actor: Callable[[str], Actor]) -> Actor:
    return actor(Role.AUDITOR)


@pytest.fixture
def service(db: None) -> Service:
    return Service.objects.create(slug="chat", name="聊天")


@pytest.fixture
def integration(service: Service, system: Actor) -> Integration:
    return integrations.create(
        system, name="客服", service=service, owner="王", purpose="customer_service", status="approved"
    )[0]
