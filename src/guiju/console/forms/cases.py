"""The forms of the review desk: deciding, commenting, splitting, proposing, and one's own settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guiju.store.case_texts import Outlined
from guiju.store.models import Case, Record, Sanction, WordList

_SEVERITIES = (("low", _("Low")), ("medium", _("Medium")), ("high", _("High")))


class DecisionForm(forms.Form):
    """A verdict, a note, and what to do about the account."""

    verdict = forms.ChoiceField(
        label=_("Verdict"), choices=[c for c in Case.Verdict.choices if c[0] != Case.Verdict.SPLIT]
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3, "data-key": "o"}),
        help_text=_("Needed to escalate and to sanction."),
    )  # fmt: skip
    sanction_step = forms.ChoiceField(
        label=_("Also do to the account"), required=False, widget=forms.Select(attrs={"data-key": "a"})
    )

    def __init__(self, *args: Any, may_close: bool, has_account: bool, reviews: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps = [c for c in Sanction.Step.choices if may_close or c[0] != Sanction.Step.CLOSE] if has_account else []
        self.fields["sanction_step"].choices = [("", _("Nothing more")), *steps]  # type: ignore[attr-defined]
        self.fields["sanction_step"].disabled = not has_account
        if reviews:
            del self.fields["sanction_step"]
        elif not has_account:
            self.fields["sanction_step"].help_text = _("The record names no account.")


class CommentForm(forms.Form):
    """Something to say to whoever works on the case next."""

    text = forms.CharField(
        label=_("Comment"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2, "data-key": "m"})
    )


class SplitForm(forms.Form):
    """The parts that become cases of their own."""

    parts = forms.MultipleChoiceField(label=_("Parts"), widget=forms.CheckboxSelectMultiple)
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def __init__(self, *args: Any, outline: Sequence[Outlined], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sides = {"prompt": _("Prompt"), "answer": _("Answer")}
        self.fields["parts"].choices = [  # type: ignore[attr-defined]
            (
                part.where,
                _("%(side)s %(where)s: %(found)d findings, %(length)d characters")
                % {
                    "side": sides[part.direction],
                    "where": part.where,
                    "found": part.findings,
                    "length": part.length,
                },
            )
            for part in outline
        ]


class BesideForm(forms.Form):
    """Other exchanges of the account that are to be reviewed too."""

    records = forms.TypedMultipleChoiceField(label=_("Exchanges"), coerce=int, widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(label=_("Reason"), max_length=500)

    def __init__(self, *args: Any, others: Sequence[Record], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["records"].choices = [  # type: ignore[attr-defined]
            (row.pk, f"{row.at:%Y-%m-%d %H:%M} · {row.content_number[:12]}") for row in others
        ]


class WordForm(forms.Form):
    """A word for a list."""

    word_list = forms.ModelChoiceField(label=_("Word list"), queryset=WordList.objects.order_by("slug"))
    word = forms.CharField(label=_("Word"), max_length=120)
    severity = forms.ChoiceField(label=_("Severity"), choices=_SEVERITIES, initial="medium")
    allow = forms.BooleanField(label=_("Let this expression pass (it wrongly met a shorter word)"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lists: Any = self.fields["word_list"]
        lists.label_from_instance = lambda row: f"{row.title} ({row.slug})"


class ClaimForm(forms.Form):
    """A claim for the register of refuted ones."""

    claim = forms.CharField(label=_("What is claimed"), max_length=300)
    truth = forms.CharField(label=_("What is true"), max_length=500)
    source = forms.CharField(label=_("Who refuted it, and where"), max_length=500)
    reason = forms.CharField(label=_("Reason"), max_length=500)


class AnswerForm(forms.Form):
    """What is said to a proposal."""

    answer = forms.CharField(label=_("Answer"), required=False, max_length=500)


class DeskSettingsForm(forms.Form):
    """How one wants to be shown texts and pictures, and one's own limits."""

    blur = forms.BooleanField(label=_("Blur texts until they are asked for"), required=False)
    greyscale = forms.BooleanField(label=_("Show pictures and films in grey"), required=False)
    mute = forms.BooleanField(label=_("Play sound only when asked for"), required=False)
    severe_cases = forms.IntegerField(label=_("Most grave cases in a shift"), required=False, min_value=1)
    break_after_minutes = forms.IntegerField(label=_("Remind me of a break after minutes"), required=False, min_value=1)

    def __init__(self, *args: Any, most_cases: int, most_minutes: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, most in (("severe_cases", most_cases), ("break_after_minutes", most_minutes)):
            field: Any = self.fields[name]
            field.max_value = most
            field.widget.attrs["max"] = most
            field.help_text = _("At most %(most)d, which holds where nothing is set.") % {"most": most}
