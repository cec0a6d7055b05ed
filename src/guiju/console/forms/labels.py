"""The form of the labels screen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _


class FileForm(forms.Form):
    """A file to look at."""

    file = forms.FileField(label=_("File"), widget=forms.ClearableFileInput(attrs={"autofocus": True}))
    declared = forms.BooleanField(label=_("Its user declared that AI made it"), required=False)

    def clean_file(self) -> UploadedFile[Any]:
        """Within the size that uploads may have."""
        received: UploadedFile[Any] = self.cleaned_data["file"]
        if received.size is not None and received.size > settings.GUIJU.console.upload_max_bytes:
            raise forms.ValidationError(_("The file is too large."))
        return received
