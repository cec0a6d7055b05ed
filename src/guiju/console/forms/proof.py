"""The export form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from guiju.console.forms.integrations import DateInput


class ExportForm(forms.Form):
    """What goes into an inspector's package, and for whom."""

    since = forms.DateField(
        label=_("From"), required=False, widget=DateInput(), help_text=_("Empty: from the first record.")
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=DateInput(), help_text=_("This day included; empty: up to now.")
    )
    purpose = forms.CharField(
        label=_("Purpose"),
        max_length=500,
        help_text=_("Who asked for it and why; kept in the package and in the audit log."),
    )
    with_text = forms.BooleanField(label=_("With the texts, decrypted"), required=False)

    def __init__(self, *args: Any, may_text: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_text:
            del self.fields["with_text"]

    def clean(self) -> dict[str, Any]:
        """The span must not end before it begins."""
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", _now("Before the beginning."))
        return data
