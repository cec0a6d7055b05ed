"""The small installation of the console's tests, seen in a browser."""

from __future__ import annotations

import os

from tests.console.conftest import _apart, browser, system, user_of, world
from tests.store.conftest import integration, service

__all__ = ["_apart", "browser", "integration", "service", "system", "user_of", "world"]

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
"""Playwright keeps an event loop in the tests' thread; Django would refuse to be called beside one."""
