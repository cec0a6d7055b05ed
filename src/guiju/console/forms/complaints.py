"""Forms of complaints and appeals: the public's, and the desk's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guiju.complaints import Kind
from guiju.console.language import pick
from guiju.store.models import Appeal, Service


class PublicForm(forms.Form):
    """What anybody may send in. ``website`` is never seen by a person; ``token`` says when the form was shown."""

    topic = forms.ChoiceField(label=_("What it is about"))
    service = forms.ChoiceField(label=_("Service"), required=False)
    content_number = forms.CharField(
        label=_("Record number"),
        required=False,
        max_length=64,
        help_text=_("The number that came with the answer or the refusal, or the content number in its label."),
    )
    sanction = forms.CharField(
        label=_("Sanction number"),
        required=False,
        max_length=40,
        help_text=_("The number that the notice about your account quotes. One of the two numbers is needed."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    text = forms.CharField(
        label=_("What happened"),
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("Kept encrypted; only those who handle it read it, and every look is recorded."),
    )
    contact = forms.CharField(
        label=_("How to reach you"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "email"}),
        help_text=_("The answer stands on the progress page in any case."),
    )
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}))
    token = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, kind: Kind, longest: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["topic"].choices = [(topic.id, pick(topic)) for topic in kind.topics]
        fields["text"].max_length = longest
        fields["text"].widget.attrs["maxlength"] = longest
        if not kind.appeal:
            del self.fields["sanction"]
        services = list(Service.objects.order_by("slug").values_list("slug", "name"))
        if len(services) > 1:
            fields["service"].choices = [("", _("All or none in particular")), *services]
        else:
            del self.fields["service"]

    def clean(self) -> dict[str, Any]:
        """An appeal names what it is against."""
        given = super().clean() or {}
        if "sanction" in self.fields and not (given.get("content_number") or given.get("sanction")):
            self.add_error("content_number", _("Fill in the record number or the sanction number."))
        return given


class ProgressForm(forms.Form):
    """The two things its author was given."""

    receipt = forms.CharField(
        label=_("Receipt number"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    secret = forms.CharField(label=_("Secret"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class AddForm(ProgressForm):
    """Something its author adds."""

    text = forms.CharField(label=_("Add something"), widget=forms.Textarea(attrs={"rows": 4}))


class ReplyForm(forms.Form):
    """An answer of the desk."""

    text = forms.CharField(
        label=_("Answer"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Its author reads it on the progress page."),
    )
    conclude = forms.BooleanField(label=_("Conclude it with this answer"), required=False)


class NoteForm(forms.Form):
    """A note among the desk."""

    text = forms.CharField(
        label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Only the desk sees it.")
    )


class AppealForm(forms.Form):
    """A decision about an appeal."""

    outcome = forms.ChoiceField(label=_("Decision"), choices=Appeal.Outcome.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Kept in the audit log.")
    )
    answer = forms.CharField(
        label=_("Answer"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Its author reads it on the progress page."),
    )
