"""Signing in and out, and the two choices that do not need it: language and theme."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from guiju.console import language, theme
from guiju.console.access import actor_of
from guiju.console.answers import back
from guiju.store.services import sign_ins


class SignInForm(AuthenticationForm):
    """User name and password; one message for every way of being wrong."""

    error_messages = {
        "invalid_login": _("User name or password is wrong."),
        "inactive": _("User name or password is wrong."),
    }


@sensitive_post_parameters("password")
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in screen. Failures are counted per user name and address and lock for a while."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(reverse("console:overview"))
    form = SignInForm(request, data=request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        login(request, form.get_user())
        sign_ins.signed_in(actor_of(request))
        return HttpResponseRedirect(back_to(request))
    context = {"form": form, "idle": "idle" in request.GET, "next": request.GET.get("next", "")}
    return render(request, "console/sign_in/sign_in.html", context, status=200 if request.method == "GET" else 401)


def back_to(request: HttpRequest) -> str:
    """Where to go after signing in: the page that was asked for, if it is one of ours."""
    own = reverse("console:overview")
    return back(request, own) if request.POST.get("next") else own


def locked_out(request: HttpRequest, original_response: HttpResponse | None, credentials: object) -> HttpResponse:
    """What a locked user name sees (called by django-axes). Says how long, not whether the name exists."""
    context = {
        "form": SignInForm(request),
        "locked_minutes": settings.GUIJU.console.lock_minutes,
        "next": request.POST.get("next", ""),
    }
    return render(request, "console/sign_in/sign_in.html", context, status=429)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if request.user.is_authenticated:
        sign_ins.signed_out(actor_of(request))
    logout(request)
    return HttpResponseRedirect(reverse("console:sign_in"))


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch between Chinese and English: kept with the user, and in a cookie for the sign-in screen."""
    response = HttpResponseRedirect(back(request, "/"))
    code = language.known(request.POST.get("language"))
    if code:
        language.remember(response, code)
        if request.user.is_authenticated:
            sign_ins.set_language(actor_of(request), code)
    return response


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Switch between light, dark and automatic."""
    response = HttpResponseRedirect(back(request, "/"))
    if request.POST.get("theme") in theme.THEMES:
        theme.remember(response, request.POST["theme"])
    return response
