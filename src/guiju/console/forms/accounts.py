"""Forms about accounts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guiju.store.models import Sanction

SPANS = (
    ("", _("No end")),
    ("1", _("1 hour")),
    ("24", _("1 day")),
    ("72", _("3 days")),
    ("168", _("7 days")),
    ("720", _("30 days")),
)
"""How long a sanction lasts, in hours."""


class SanctionForm(forms.Form):
    """A step of the ladder for an account."""

    step = forms.ChoiceField(label=_("Step"), choices=Sanction.Step.choices)
    hours = forms.ChoiceField(
        label=_("For how long"),
        choices=SPANS,
        required=False,
        initial="72",
        help_text=_("A closed account has no end."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept in the audit log."),
    )

    def __init__(self, *args: Any, may_close: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_close:
            steps = [choice for choice in Sanction.Step.choices if choice[0] != Sanction.Step.CLOSE]
            self.fields["step"].choices = steps  # type: ignore[attr-defined]

    def expires_at(self) -> datetime | None:
        """When it ends; a closed account has no end."""
        hours = self.cleaned_data["hours"]
        if not hours or self.cleaned_data["step"] == Sanction.Step.CLOSE:
            return None
        return timezone.now() + timedelta(hours=int(hours))
