"""Forms about integrations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guiju.store.models import Integration, Service
from guiju.store.services.integrations import APPROVED_FIELDS


class Lines(forms.CharField):
    """A list of short texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        """Show a list as lines."""
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        """The lines without surrounding space, empty ones left out."""
        return [line.strip() for line in (super().clean(value) or "").splitlines() if line.strip()]


class DateInput(forms.DateInput):
    """A date picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class IntegrationForm(forms.Form):
    """Everything about an integration that can be set on a screen."""

    name = forms.CharField(label=_("Name"), max_length=200)
    service = forms.ModelChoiceField(Service.objects.all(), label=_("Service"), empty_label=None)
    owner = forms.CharField(label=_("Owner"), max_length=200, help_text=_("The person who answers for it."))
    contact = forms.CharField(label=_("Contact"), max_length=200, required=False)
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Integration.Purpose.choices)
    purpose_note = forms.CharField(
        label=_("What exactly for"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    minors = forms.ChoiceField(
        label=_("Minors"), choices=Integration.Minors.choices, help_text=_("Whether minors use this application.")
    )
    models_allowed = Lines(
        label=_("Models it may use"),
        required=False,
        help_text=_("One a line; empty allows every model of the service."),
    )
    filing_number = forms.CharField(
        label=_("Filing or registration number"), max_length=100, required=False,
        help_text=_("Of the generative-AI service that this application is part of."),
    )  # fmt: skip
    filing_expires = forms.DateField(label=_("Number valid until"), required=False, widget=DateInput())
    expires = forms.DateField(
        label=_("Approval valid until"),
        required=False,
        widget=DateInput(),
        help_text=_("From the day after, calls are refused."),
    )
    requests_per_minute = forms.IntegerField(label=_("Requests per minute"), min_value=1, required=False)
    tokens_per_day = forms.IntegerField(label=_("Tokens per day"), min_value=1, required=False)
    concurrent = forms.IntegerField(label=_("Requests at the same time"), min_value=1, required=False)
    blocked_style = forms.ChoiceField(label=_("A blocked exchange ends with"), choices=Integration.BlockedStyle.choices)
    label_position = forms.ChoiceField(
        label=_("Explicit label"), choices=Integration.LabelPosition.choices, help_text=_("GB 45438-2025, 5.1 and 5.6.")
    )
    label_text = forms.CharField(
        label=_("Words of the label"), max_length=60, required=False,
        help_text=_("Empty: the default words. Must name both AI and generation, such as 内容由AI生成."),
    )  # fmt: skip
    interface_declaration = forms.CharField(
        label=_("How the interface shows the label"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed when the label is shown by the calling application's interface: where, which words, always visible or not."),
    )  # fmt: skip
    allow_media = forms.BooleanField(
        label=_("Let images and sound inside chat answers pass through unlabelled"), required=False,
        help_text=_("Without this tick such calls are refused. The image, speech and video endpoints label what they make in any case."),
    )  # fmt: skip

    GROUPS = (
        (_("Who and what for"), ("name", "service", "owner", "contact", "purpose", "minors", "purpose_note")),
        (_("Filing"), ("filing_number", "filing_expires", "expires", "models_allowed")),
        (_("Quotas"), ("requests_per_minute", "tokens_per_day", "concurrent", "blocked_style")),
        (_("Labels"), ("label_position", "label_text", "interface_declaration", "allow_media")),
    )
    WIDE = frozenset({"purpose_note", "models_allowed", "interface_declaration"})

    def __init__(self, *args: Any, integration: Integration | None = None, may_approve: bool, **kwargs: Any) -> None:
        if integration is not None:
            kwargs["initial"] = {name: getattr(integration, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        if integration is not None:
            self.fields["service"].disabled = True
            if not may_approve:
                for name in APPROVED_FIELDS:
                    self.fields[name].disabled = True

    def groups(self) -> list[tuple[object, list[tuple[forms.BoundField, bool]]]]:
        """The fields under their headings; True where one takes the whole width."""
        return [(title, [(self[name], name in self.WIDE) for name in names]) for title, names in self.GROUPS]

    def values(self) -> dict[str, Any]:
        """The fields as the service function takes them, the service apart."""
        return {name: value for name, value in self.cleaned_data.items() if name != "service"}


class RotateForm(forms.Form):
    """How long the keys before a new one still work."""

    days = forms.IntegerField(label=_("Earlier keys work for so many days more"), min_value=0, max_value=90, initial=7)


class LogForm(forms.Form):
    """An access log to look through."""

    log = forms.FileField(label=_("Access log"), max_length=200, allow_empty_file=True)
    own = Lines(
        label=_("Hosts of the gateway itself"), required=False, help_text=_("One a line; calls to them are in order.")
    )


class KeyForm(forms.Form):
    """A further key."""

    expires_on = forms.DateField(
        label=_("Valid until"), required=False, widget=DateInput(), help_text=_("Empty: until it is revoked.")
    )
