"""The form of the try-it screen."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from guiju.nouns import Direction
from guiju.store.models import Integration, PolicyVersion
from guiju.store.policy_words import vocabulary


class TryForm(forms.Form):
    """A text, the way it travels, and under whose settings."""

    text = forms.CharField(
        label=_("Text"), max_length=100_000, strip=False,
        widget=forms.Textarea(attrs={"rows": 9, "autofocus": True, "data-key": "i", "placeholder": _("Type a prompt, or paste an answer.")}),
    )  # fmt: skip
    direction = forms.ChoiceField(
        label=_("Direction"),
        choices=[
            (Direction.PROMPT.value, _("Prompt: what a user asks")),
            (Direction.ANSWER.value, _("Answer: what a model says")),
        ],
        widget=forms.RadioSelect,
        initial=Direction.PROMPT.value,
    )
    integration = forms.ModelChoiceField(
        Integration.objects.all(), label=_("As if from"), required=False, empty_label=_("No integration in particular")
    )
    policy = forms.ModelChoiceField(
        PolicyVersion.objects.all(), label=_("Policy"), required=False, empty_label=_("The one in force")
    )

    band = forms.ChoiceField(label=_("Age band"), required=False)
    standing = forms.ChoiceField(label=_("Standing of the account"), required=False)
    modality = forms.ChoiceField(label=_("Kind of content"), required=False, initial="text")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["policy"].label_from_instance = lambda v: f"{v.number} · {v.get_state_display()}"  # type: ignore[attr-defined]
        words = vocabulary()
        for name in ("band", "standing", "modality"):
            known = sorted(words.known(name))
            self.fields[name].choices = [("", _("Not known")), *((word, word) for word in known)]  # type: ignore[attr-defined]
