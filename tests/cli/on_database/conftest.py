from __future__ import annotations

import pytest

from guiju.store.models import Service


@pytest.fixture(autouse=True)
def service(db: None) -> Service:
    """The service of an installation that was just set up."""
    return Service.objects.create(slug="chat", name="聊天")
