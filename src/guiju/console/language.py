"""Which of the two languages a request speaks: the user's own, else a cookie, else the installation's."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

COOKIE = "guiju_language"
_YEAR = 365 * 24 * 3600


def known(code: str | None) -> str | None:
    """``code`` if the console speaks it."""
    return code if code in dict(settings.LANGUAGES) else None


def of_request(request: HttpRequest) -> str:
    """The language of this request. Browser preferences are not asked: an office shares machines, users choose once."""
    own = known(getattr(request.user, "language", "")) if request.user.is_authenticated else None
    return own or known(request.COOKIES.get(COOKIE)) or settings.LANGUAGE_CODE


def remember(response: HttpResponse, code: str) -> None:
    """Keep the choice in a cookie, so that the sign-in screen speaks it too."""
    response.set_cookie(
        COOKIE, code, max_age=_YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


def short() -> str:
    """The active language as Guiju's data names it: ``zh`` or ``en``."""
    return "zh" if (translation.get_language() or "zh").startswith("zh") else "en"


def pick(value: Any, name: str = "") -> str:
    """``name_zh`` or ``name_en`` of ``value`` (``zh`` or ``en`` without a name) in the active language.

    Where that one is empty, the other.
    """
    stem = f"{name}_" if name else ""
    first, second = ("zh", "en") if short() == "zh" else ("en", "zh")
    return str(getattr(value, stem + first, "") or getattr(value, stem + second, "") or "")
