"""A user's own password and second factor."""

from __future__ import annotations

from base64 import b32encode

import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django_otp import login as otp_login
from django_otp import match_token, user_has_device
from django_otp.plugins.otp_totp.models import TOTPDevice

from guiju.console.access import ConsoleRequest, form
from guiju.console.answers import back
from guiju.console.words import explain
from guiju.errors import GuijuError
from guiju.store.permissions import Permission
from guiju.store.services import second_factors, users


class OwnPasswordForm(forms.Form):
    """The present password and a new one, twice."""

    present = forms.CharField(
        label=gettext_lazy("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    new = forms.CharField(
        label=gettext_lazy("New password"),
        strip=False,
        help_text=gettext_lazy("At least 12 characters; nothing common, not only digits, nothing like your user name."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("New password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, object]:
        """Both new passwords must be the same."""
        data = super().clean() or {}
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", _("The two new passwords differ."))
        return data


class TokenForm(forms.Form):
    """The six digits an authenticator shows."""

    token = forms.RegexField(
        r"^\s*\d{3}\s?\d{3}\s*$",
        label=gettext_lazy("Six-digit code"),
        error_messages={"invalid": gettext_lazy("The code has six digits.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "maxlength": 8}
        ),
    )

    def clean_token(self) -> str:
        """The digits alone."""
        return "".join(str(self.cleaned_data["token"]).split())


@sensitive_post_parameters()
@form(Permission.CHANGE_OWN_PASSWORD)
def own_password(request: ConsoleRequest) -> HttpResponse:
    """Change one's own password; forced at the first sign-in and after a reset."""
    asked = OwnPasswordForm(request.POST or None)
    if request.method == "POST" and asked.is_valid():
        try:
            users.change_own_password(request.actor, asked.cleaned_data["present"], asked.cleaned_data["new"])
        except GuijuError as error:
            asked.add_error("present" if error.code == "GJ-7012" else "new", explain(error))
        else:
            request.user.refresh_from_db()
            update_session_auth_hash(request, request.user)
            messages.success(request, _("Your password has been changed."))
            return HttpResponseRedirect(reverse("console:overview"))
    context = {"form": asked, "forced": request.user.must_change_password, "plain": request.user.must_change_password}
    return render(request, "console/own/password.html", context)


@form(Permission.CHANGE_OWN_PASSWORD)
def second_factor(request: ConsoleRequest) -> HttpResponse:
    """Ask for the six digits after the password. Repeated wrong codes are slowed down by the device itself."""
    if not user_has_device(request.user) or request.user.is_verified():  # type: ignore[attr-defined]
        return HttpResponseRedirect(reverse("console:overview"))
    asked = TokenForm(request.POST or None)
    if request.method == "POST" and asked.is_valid():
        device = match_token(request.user, asked.cleaned_data["token"])
        if device is not None:
            otp_login(request, device)
            return HttpResponseRedirect(back(request, reverse("console:overview")))
        asked.add_error("token", _("The code is wrong or was used already. Wait for the next one."))
    return render(request, "console/own/second_factor.html", {"form": asked, "plain": True})


@form(Permission.CHANGE_OWN_PASSWORD)
def enrol(request: ConsoleRequest) -> HttpResponse:
    """Set up an authenticator: show the code once, then confirm it with six digits."""
    if user_has_device(request.user):
        return render(request, "console/own/enrolled.html", {})
    device = second_factors.pending(request.actor)
    asked = TokenForm(request.POST or None)
    if request.method == "POST" and asked.is_valid():
        if second_factors.confirm(request.actor, device, asked.cleaned_data["token"]):
            otp_login(request, device)
            messages.success(request, _("Your second factor is set up. You will be asked for a code at every sign-in."))
            return HttpResponseRedirect(reverse("console:overview"))
        asked.add_error("token", _("The code does not match. Check the clock of your phone and try the next code."))
    context = {
        "form": asked,
        "secret": _groups(device),
        "qr": qr_code(device.config_url),
        "plain": settings.GUIJU.console.require_totp,
    }
    return render(request, "console/own/enrol.html", context)


def _groups(device: TOTPDevice) -> str:
    """The secret in base 32, in groups of four for typing."""
    text = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def qr_code(text: str) -> str:
    """A QR code as an SVG ``data:`` address (the content policy allows images from ``data:``, scripts never)."""
    return segno.make(text, error="m").svg_data_uri(scale=5, border=3, dark="#10182a", light="#ffffff")
