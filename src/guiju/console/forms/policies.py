"""The policy editor's form."""

from __future__ import annotations

from datetime import datetime, timedelta

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


class PublishForm(forms.Form):
    """Putting a version in force, perhaps for a time."""

    hours = forms.FloatField(
        label=_("Come back to the present version after (hours)"), required=False, min_value=0.01, max_value=8760,
        help_text=_("Empty: it stays until another is published."),
    )  # fmt: skip

    def until(self, now: datetime) -> datetime | None:
        """When it ends."""
        hours = self.cleaned_data["hours"]
        return None if hours is None else now + timedelta(hours=hours)


class TrialForm(forms.Form):
    """Letting a version decide beside the live one."""

    share = forms.IntegerField(
        label=_("Per cent of accounts"), min_value=0, max_value=99, initial=0,
        help_text=_("0: it decides for nobody, its verdicts are only counted."),
    )  # fmt: skip


class BacktestForm(forms.Form):
    """Judging recorded exchanges again."""

    days = forms.IntegerField(label=_("Days back"), min_value=1, max_value=400, initial=7)
