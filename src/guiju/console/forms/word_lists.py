"""Forms about word lists."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from guiju.console.words import risk_choices


class NewListForm(forms.Form):
    """An empty list with an owner and a source."""

    slug = forms.SlugField(
        label=_("Short name"), max_length=63, help_text=_("Lower-case letters and digits; stands in every finding.")
    )
    title = forms.CharField(label=_("Title"), max_length=200)
    risk = forms.ChoiceField(label=_("Risk"), required=False, help_text=_("Of entries that name none themselves."))
    owner = forms.CharField(label=_("Owner"), max_length=200, help_text=_("The person who answers for these words."))
    source = forms.CharField(
        label=_("Source"), max_length=400, help_text=_("Where the words come from and by what right.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["risk"].choices = [("", "—"), *risk_choices()]  # type: ignore[attr-defined]


class VersionForm(forms.Form):
    """Words as CSV: a file, or pasted."""

    file = forms.FileField(label=_("CSV file"), required=False)
    text = forms.CharField(
        label=_("Or paste"), required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "class": "code", "spellcheck": "false", "placeholder": "word,risk,severity,reason,hit,miss\n"}),
        help_text=_("Columns: word, risk, severity, allow, reason, source, owner, added, expires, hit, miss. Only word is required; to be in force, a list needs at least one hit (a line that must meet an entry) and one miss."),
    )  # fmt: skip
    note = forms.CharField(
        label=_("What was changed and why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    live = forms.BooleanField(label=_("Put it in force at once"), required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        """One of file and text; UTF-8, or GB 18030 as spreadsheets in China write it."""
        data = super().clean() or {}
        file = data.get("file")
        if file is None and not str(data.get("text", "")).strip():
            raise forms.ValidationError(_now("Choose a file or paste the words."))
        data["csv"] = _decoded(file.read()) if file is not None else data["text"]
        return data


def _decoded(body: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise forms.ValidationError(_now("The file is neither UTF-8 nor GB 18030 text."))
