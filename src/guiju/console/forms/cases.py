"""The form a reviewer decides with."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guiju.store.models import Case, Sanction


class DecisionForm(forms.Form):
    """A verdict, a note, and what to do about the account."""

    verdict = forms.ChoiceField(label=_("Verdict"), choices=Case.Verdict.choices)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3, "data-key": "o"}),
        help_text=_("Needed to escalate and to sanction."),
    )  # fmt: skip
    sanction_step = forms.ChoiceField(label=_("Also do to the account"), required=False)

    def __init__(self, *args: Any, may_close: bool, has_account: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps = [c for c in Sanction.Step.choices if may_close or c[0] != Sanction.Step.CLOSE] if has_account else []
        self.fields["sanction_step"].choices = [("", _("Nothing more")), *steps]  # type: ignore[attr-defined]
        self.fields["sanction_step"].disabled = not has_account
        if not has_account:
            self.fields["sanction_step"].help_text = _("The record names no account.")
