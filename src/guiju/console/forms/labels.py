"""The forms of the labels screen: a file to look at, and a copy without the explicit label to be released."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from guiju.releases.releasing import Asked
from guiju.store.models import Integration


class FileForm(forms.Form):
    """A file to look at."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput(attrs={"autofocus": True}),
        help_text=_("Choose one, or drop it anywhere on this page."),
    )
    declared = forms.BooleanField(label=_("Its user declared that AI made it"), required=False)

    def clean_file(self) -> UploadedFile[Any] | None:
        """Within the size that uploads may have."""
        return _within(self.cleaned_data["file"])


class ReleaseForm(forms.Form):
    """What a user asked for (标识办法 Art. 9). Stands on one page with the other, so its fields have ids of their own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_release_%s", **kwargs})

    content = forms.CharField(
        label=_("Content number"),
        required=False,
        max_length=64,
        help_text=_("ProduceID of the implicit label. Originals are kept for some days, texts as long as the records."),
    )
    file = forms.FileField(
        label=_("Or the file"),
        required=False,
        help_text=_("As the user has it, or the original without the explicit label."),
    )
    user = forms.CharField(
        label=_("Who asks"), max_length=200, help_text=_("By the name that the application sends for this user.")
    )
    integration = forms.ModelChoiceField(
        Integration.objects.order_by("name"),
        label=_("Application"),
        required=False,
        help_text=_("Only for files whose number was not given out here."),
    )
    recipient = forms.CharField(label=_("Who gets the copy"), max_length=200)
    terms = forms.CharField(
        label=_("Version of the terms agreed to"),
        max_length=100,
        help_text=_("The user agreement in which the user takes over the duty to label and the liability."),
    )
    purpose = forms.CharField(label=_("Purpose"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def clean_file(self) -> UploadedFile[Any] | None:
        """Within the size that uploads may have."""
        return _within(self.cleaned_data["file"])

    def clean(self) -> dict[str, Any]:
        """A number or a file."""
        given = super().clean() or {}
        if not given.get("content") and not given.get("file") and "file" not in self.errors:
            raise forms.ValidationError(_("Name the content number, or give the file."))
        return given

    def asked(self) -> Asked:
        """Who asked for it, and on which terms."""
        return Asked(**{name: self.cleaned_data[name].strip() for name in ("user", "recipient", "terms", "purpose")})


def _within(received: UploadedFile[Any] | None) -> UploadedFile[Any] | None:
    if received is not None and (received.size or 0) > settings.GUIJU.console.upload_max_bytes:
        raise forms.ValidationError(_("The file is too large."))
    return received
