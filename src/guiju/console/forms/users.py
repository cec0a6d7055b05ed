"""Forms about console users."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from guiju.store.models import Role


class NewUserForm(forms.Form):
    """A new user: name, role, language."""

    username = forms.CharField(
        label=_("User name"), max_length=150, widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"})
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.REVIEWER)
    email = forms.EmailField(label=_("E-mail"), required=False)
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("As the installation")), *settings.LANGUAGES], required=False
    )


class RoleForm(forms.Form):
    """Another role for a user."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
