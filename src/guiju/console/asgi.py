"""The console as an ASGI application, mounted by the gateway for every path that is not its own."""

from __future__ import annotations

import os

from django.core.handlers.asgi import ASGIHandler


def application() -> ASGIHandler:
    """A ready console: Django set up, static files included. Needs no web server in front of it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guiju.django_settings")
    import django

    django.setup(set_prefix=False)
    return ASGIHandler()
