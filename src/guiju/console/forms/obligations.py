"""Forms about the proof of obligations."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guiju.console.forms.integrations import DateInput


class DocumentForm(forms.Form):
    """A document that proves an obligation. The period it proves is apart from the day it is uploaded."""

    title = forms.CharField(
        label=_("Title"), max_length=200, help_text=_("The same title again makes a new revision of that document.")
    )
    file = forms.FileField(label=_("File"))
    effective_from = forms.DateField(label=_("In effect from"), widget=DateInput())
    expires = forms.DateField(
        label=_("In effect until"), required=False, widget=DateInput(), help_text=_("Empty: no end of its own.")
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["effective_from"].initial = today


class ThresholdForm(forms.Form):
    """A number that no rule fixes: the operator's, with an owner and a reason."""

    name = forms.CharField(widget=forms.HiddenInput())
    value = forms.DecimalField(label=_("Value"), max_digits=15, decimal_places=4)
    owner = forms.CharField(label=_("Owner"), max_length=200, help_text=_("The person who answers for this number."))
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

    def number(self) -> int | float:
        """The value; whole numbers stay whole."""
        value = self.cleaned_data["value"]
        return int(value) if value == value.to_integral_value() else float(value)
