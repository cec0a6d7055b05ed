"""Answers that are not a page of their own: redirects that htmx follows, and errors with their remedy."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from guiju.console.language import short
from guiju.errors import GuijuError


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asked for a fragment (a boosted or restored page is a whole page)."""
    return bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request")


def to_page(request: HttpRequest, address: str) -> HttpResponse:
    """Send the browser to ``address``, also when htmx asked."""
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def back(request: HttpRequest, otherwise: str) -> str:
    """A safe address to return to: the form's ``next``, else the page the request came from, else ``otherwise``."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    if asked and url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure()):
        return asked
    came_from = request.headers.get("Referer", "")
    if came_from and url_has_allowed_host_and_scheme(came_from, {request.get_host()}):
        parts = urlsplit(came_from)
        if parts.path != request.path:
            return parts.path + (f"?{parts.query}" if parts.query else "")
    return otherwise


def problem(request: HttpRequest, error: GuijuError) -> HttpResponse:
    """The error in the user's language, with its code and what to do next."""
    return _error(request, error.status, error.message(short()), error.remedy(short()), error.code)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's 404."""
    return _error(
        request, 404, _("There is nothing at this address."), _("Check the address, or start from the overview.")
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's 403."""
    return _error(
        request, 403, _("You may not see this."), _("Ask a system administrator if your role should allow it.")
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's 400."""
    return _error(request, 400, _("The request could not be read."), _("Go back, reload the page and try again."))


def broken_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A missing or stale CSRF token: usually a form left open since an earlier sign-in."""
    return _error(request, 403, _("This form has expired."), _("Go back, reload the page and send it again."))


def failed(request: HttpRequest) -> HttpResponse:
    """Django's 500: no detail leaves the process; the log has it."""
    return _error(
        request,
        500,
        _("Something went wrong in Guiju."),
        _("The log of the process says what. Nothing was half-done: changes are made whole or not at all."),
    )


def _error(request: HttpRequest, status: int, message: str, remedy: str, code: str = "") -> HttpResponse:
    context = {"code": code, "status": status, "message": message, "remedy": remedy, "back": back(request, "/")}
    if not is_htmx(request):
        return render(request, "console/error.html", context, status=status)
    response = render(request, "console/error_fragment.html", context, status=status)
    response["HX-Retarget"] = "#problems"
    response["HX-Reswap"] = "innerHTML"
    return response
