"""The policy editor's form."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class PolicyForm(forms.Form):
    """A policy as YAML, and why it was changed."""

    source = forms.CharField(
        label=_("Policy (YAML)"), strip=False, max_length=500_000,
        widget=forms.Textarea(attrs={"rows": 28, "class": "code", "spellcheck": "false", "wrap": "off", "autofocus": True}),
    )  # fmt: skip
    note = forms.CharField(
        label=_("What was changed and why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean_source(self) -> str:
        """Line ends as they are kept: a browser sends CR LF."""
        return str(self.cleaned_data["source"]).replace("\r\n", "\n")
