"""The small installation of the console's tests, seen in a browser."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.db import connections
from playwright.sync_api import Browser

from tests.console.conftest import _apart, browser, system, user_of, world
from tests.store.conftest import integration, service

__all__ = ["_apart", "browser", "integration", "service", "system", "user_of", "world"]

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
"""Playwright keeps an event loop in the tests' thread; Django would refuse to be called beside one."""


@pytest.fixture(scope="session", autouse=True)
def _nothing_stays_open(chromium: Browser) -> Iterator[None]:
    """Beside Playwright's event loop Django opens a connection of its own, which a test database waits for at its end."""
    yield
    connections.close_all()
