"""Forms about the register of refuted claims."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guiju.store.models import RefutedClaim


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        help_text=help_text,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class ClaimForm(forms.Form):
    """One entry."""

    claim = forms.CharField(
        label=_("Claim"), max_length=500, help_text=_("What is said, in one sentence."),
        widget=forms.Textarea(attrs={"rows": 2, "autofocus": True}),
    )  # fmt: skip
    refutation = forms.CharField(
        label=_("What holds instead"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    source = forms.CharField(label=_("Source"), max_length=400, help_text=_("Who refutes it, and where."))
    claimed = _day(_("Said on"))
    refuted = _day(_("Refuted on"))
    expires = _day(_("Counts until"), _("The last day; empty for no end."))

    @classmethod
    def of(cls, row: RefutedClaim, data: Any = None) -> ClaimForm:
        """The form of an entry that is there."""
        return cls(data, initial={name: getattr(row, name) for name in cls.base_fields})


class RegisterFileForm(forms.Form):
    """A file of entries."""

    file = forms.FileField(
        label=_("CSV or JSON file"), help_text=_("Columns: claim, refutation, source, claimed, refuted, expires.")
    )


class TryClaimForm(forms.Form):
    """A text to be held against the register."""

    text = forms.CharField(
        label=_("Text"), max_length=20_000, strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "placeholder": _("Paste a post or an answer.")}),
    )  # fmt: skip
