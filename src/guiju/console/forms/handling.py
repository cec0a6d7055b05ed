"""Forms about handling accounts: proposals, exemptions, reports, bulk actions, webhooks."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guiju.console.forms.accounts import SPANS
from guiju.console.language import pick
from guiju.store import event_names
from guiju.store.models import Sanction, Webhook


class BulkForm(forms.Form):
    """One step for the accounts of a list."""

    accounts = forms.CharField(
        label=_("Pseudonyms"), widget=forms.Textarea(attrs={"rows": 6, "class": "code"}), help_text=_("One a line.")
    )
    step = forms.ChoiceField(label=_("Step"), choices=Sanction.Step.choices)
    hours = forms.ChoiceField(label=_("For how long"), choices=SPANS, required=False, initial="72")
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept in the audit log."),
    )

    def named(self) -> list[str]:
        """The pseudonyms."""
        return str(self.cleaned_data["accounts"]).split()

    def span(self) -> int:
        """Hours; 0 without an end."""
        return int(self.cleaned_data["hours"] or 0)


class ProposeForm(forms.Form):
    """A step for a second person to approve."""

    step = forms.ChoiceField(label=_("Step"), choices=Sanction.Step.choices, initial=Sanction.Step.CLOSE)
    hours = forms.ChoiceField(label=_("For how long"), choices=SPANS, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class ExemptForm(forms.Form):
    """How long no automatic step binds an account."""

    days = forms.IntegerField(label=_("For how many days"), min_value=1, max_value=365, initial=30)
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def ends_at(self) -> datetime:
        """When it ends."""
        return timezone.now() + timedelta(days=self.cleaned_data["days"]) - timedelta(seconds=1)


class ReportForm(forms.Form):
    """The report of an account, for a second person to approve."""

    authority = forms.CharField(label=_("Authority"), max_length=120)
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class WebhookForm(forms.Form):
    """A receiver of events."""

    name = forms.CharField(label=_("Name"), max_length=60)
    address = forms.CharField(
        label=_("Address"), max_length=500, help_text=_("Its host must stand in the setting [webhooks] allowed_hosts.")
    )
    shape = forms.ChoiceField(label=_("Shape"), choices=Webhook.Shape.choices)
    events = forms.MultipleChoiceField(
        label=_("Events"),
        choices=lambda: [(name.code, pick(name)) for name in event_names.events()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all of them."),
    )
    secret = forms.CharField(
        label=_("Signing secret"),
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Empty: one is made for the generic shape and shown once."),
    )
