"""Light, dark, or as the computer says: kept in a cookie."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE = "guiju_theme"
THEMES = ("auto", "light", "dark")


def of_request(request: HttpRequest) -> str:
    """The theme of this request."""
    chosen = request.COOKIES.get(COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"


def remember(response: HttpResponse, theme: str) -> None:
    """Keep the choice."""
    response.set_cookie(COOKIE, theme, max_age=365 * 24 * 3600, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
