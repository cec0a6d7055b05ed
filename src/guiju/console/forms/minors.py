"""Forms about minors: an account's age, a guardian's limits, the policy."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from guiju.minors import ADULT, MinorsPolicy
from guiju.minors.profile import LIMITS
from guiju.store.models import CareProfile

SCOPES = (
    ("daily", _("Minutes a day")),
    ("continuous", _("Minutes without a break")),
    ("curfew", _("Hours without service, such as 21:00-06:30")),
    ("single_spend", _("Yuan per purchase")),
    ("daily_spend", _("Yuan per day")),
    ("characters", _("Blocked characters, separated by commas")),
    ("features", _("Blocked functions, separated by commas")),
    ("all", _("Pause the use altogether")),
)
"""What a guardian can limit on the guardian page."""

_BASES = [choice for choice in CareProfile.Basis.choices if choice[0] in ("stated", "guardian", "verified")]


class ProfileForm(forms.Form):
    """Whose account it is."""

    band = forms.ChoiceField(label=_("Age band"), required=False)
    basis = forms.ChoiceField(label=_("Known by"), choices=_BASES)
    mode = forms.BooleanField(label=_("Minors' mode"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: object, policy: MinorsPolicy, english: bool = False, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        bands = [(band.id, band.en if english else band.zh) for band in policy.bands]
        choices = [("", _("Leave as it is")), *bands, (ADULT, _("18 and older"))]
        self.fields["band"].choices = choices  # type: ignore[attr-defined]


class LimitForm(forms.Form):
    """A stricter limit by a guardian."""

    scope = forms.ChoiceField(label=_("What to limit"), choices=SCOPES)
    value = forms.CharField(label=_("How much"), max_length=500, required=False)

    def decision(self) -> tuple[str, int, list[str]]:
        """Scope, number and names as the store takes them.

        Raises:
            ValidationError: no number where one is needed.
        """
        scope, given = self.cleaned_data["scope"], self.cleaned_data["value"].strip()
        if scope in ("characters", "features", "curfew"):
            return scope, 0, given.replace("，", ",").split(",")
        if scope == "all":
            return scope, 0, []
        if not given.isascii() or not given.isdigit() or len(given) > 5:
            raise forms.ValidationError(_("A whole number is needed."))
        return scope, int(given) * (100 if scope.endswith("spend") else 1), []


class PolicyForm(forms.Form):
    """The minors' policy as YAML."""

    source = forms.CharField(
        label=_("Policy"),
        widget=forms.Textarea(attrs={"rows": 32, "class": "code", "spellcheck": "false"}),
        strip=False,
    )
    note = forms.CharField(label=_("What changes, and why"), max_length=500)


assert {scope for scope, _name in SCOPES} == LIMITS
