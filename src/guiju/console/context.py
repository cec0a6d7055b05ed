"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from guiju import __version__
from guiju.console.access import actor_of
from guiju.console.figures import open_cases, open_crises
from guiju.console.navigation import menu_of
from guiju.console.theme import of_request as theme_of
from guiju.store.permissions import Permission, allowed


def console(request: HttpRequest) -> dict[str, Any]:
    """Version, theme, whether the demonstration model answers; for a signed-in user the menu and what they may do."""
    found: dict[str, Any] = {
        "guiju_version": __version__,
        "theme": theme_of(request),
        "demonstration": not settings.GUIJU.services(),
        "signed_in": request.user.is_authenticated,
    }
    if request.user.is_authenticated and not getattr(request, "held_back", False):
        actor = actor_of(request)
        found["menu"] = menu_of(actor)
        found["noun"] = _noun(request.path)
        found["may"] = {p.value: allowed(actor, p) for p in Permission}
        found["waiting_cases"] = open_cases() if allowed(actor, Permission.SEE_CASES) else 0
        found["waiting_crises"] = open_crises() if allowed(actor, Permission.SEE_ACCOUNTS) else 0
    return found


def _noun(path: str) -> str:
    """The line of the menu a path belongs to."""
    first = path.strip("/").split("/")[0]
    return {"": "overview", "system": "health"}.get(first, first)
