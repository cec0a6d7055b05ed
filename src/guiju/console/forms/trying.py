"""The form of the try-it screen."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from guiju.minors import ADULT
from guiju.moderation.context import GOOD_STANDING, UNKNOWN_AGE, UNNAMED
from guiju.nouns import Direction
from guiju.store import care
from guiju.store.models import Integration, PolicyVersion, Sanction
from guiju.store.policy_words import vocabulary

_NAMES = {
    ADULT: _("18 and older"),
    UNKNOWN_AGE: _("Age not known"),
    UNNAMED: _("No account named"),
    GOOD_STANDING: _("Nothing binds it"),
    **dict(Sanction.Step.choices),
    "text": _("Words"),
    "image": _("Picture"),
    "audio": _("Sound"),
    "video": _("Film"),
    "document": _("Document or paper"),
}
"""What people call the words a policy knows; an age band is called what the minors' policy calls it."""


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

    def __init__(self, *args: object, english: bool = False, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["policy"].label_from_instance = lambda v: f"{v.number} · {v.get_state_display()}"  # type: ignore[attr-defined]
        words = vocabulary()
        bands = {band.id: band.en if english else band.zh for band in care.policy_in_force().bands}
        names = _NAMES | bands
        for name in ("band", "standing", "modality"):
            known = sorted(words.known(name), key=lambda word: list(names).index(word) if word in names else len(names))
            self.fields[name].choices = [("", _("Not known")), *((word, names.get(word, word)) for word in known)]  # type: ignore[attr-defined]
