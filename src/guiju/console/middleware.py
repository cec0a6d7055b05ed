"""What every request of the console passes: language, session policy, and errors made readable."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django_otp import user_has_device

from guiju.console import language
from guiju.console.answers import problem, to_page
from guiju.errors import GuijuError

GetResponse = Callable[[HttpRequest], HttpResponse]
SEEN = "seen"
"""Session key: the second of the user's last request."""

_OPEN = ("/static/", "/sign-in/", "/sign-out/", "/language/", "/theme/")
_SEEN_EVERY = 15


class UserLanguageMiddleware:
    """Activates the language of the request for its duration."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        code = language.of_request(request)
        with translation.override(code):
            request.LANGUAGE_CODE = code
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", code)
        return response


class SessionPolicyMiddleware:
    """Signs out idle users and holds back those who must first change a password or give their second factor."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and not request.path.startswith("/static/"):
            if self._idle(request):
                logout(request)
                return to_page(request, f"{reverse('console:sign_in')}?idle=1")
            gate = self._gate(request)
            if gate and not request.path.startswith((*_OPEN, gate)):
                return to_page(request, gate)
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def _idle(self, request: HttpRequest) -> bool:
        now = int(time.time())
        seen = request.session.get(SEEN, now)
        if now - seen > settings.GUIJU.console.idle_timeout_s:
            return True
        if SEEN not in request.session or now - seen >= _SEEN_EVERY:
            request.session[SEEN] = now
        return False

    def _gate(self, request: HttpRequest) -> str | None:
        """The one screen this user may see now, if there is such a restriction."""
        user = request.user
        if not user.is_verified() and user_has_device(user):  # type: ignore[union-attr]  # added by django-otp
            return reverse("console:second_factor")
        if user.must_change_password:  # type: ignore[union-attr]
            return reverse("console:own_password")
        if settings.GUIJU.console.require_totp and not user.is_verified():  # type: ignore[union-attr]
            return reverse("console:enrol")
        return None


class ErrorMiddleware:
    """Turns a `GuijuError` into a screen (or an htmx fragment) with its code, message and remedy."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for our own errors; anything else is Django's (a 500 with no detail)."""
        return problem(request, exception) if isinstance(exception, GuijuError) else None
