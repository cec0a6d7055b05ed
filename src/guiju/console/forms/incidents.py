"""Forms of security incidents: opening, grading, the timeline, the fields of the reports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guiju.console.language import pick
from guiju.incidents import Fact, Facts, Level, Operator, by_hand, rules
from guiju.incidents.report import Kind, template
from guiju.store.models import Incident, Service


class MomentInput(forms.DateTimeInput):
    """A picker of day and minute, in the installation's time zone."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class Moment(forms.DateTimeField):
    """A moment that need not be given."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=MomentInput(), **kwargs)


FIGURES = {
    Fact.PEOPLE: _("People whose personal information leaked"),
    Fact.HOME_MINUTES: _("Minutes on a tampered home page"),
    Fact.PAGE_MINUTES: _("Minutes on another tampered page"),
    Fact.FORWARDS: _("Times it was forwarded"),
    Fact.VIEWS: _("Times it was viewed"),
}
"""What is counted of an incident, in words."""


class FactsForm(forms.Form):
    """The figures that the annex grades by, and a level a person holds it to be."""

    judged = forms.ChoiceField(
        label=_("Level as you judge it"),
        required=False,
        help_text=_("It raises the level of the figures and never lowers it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for fact, label in FIGURES.items():
            self.fields[fact.value] = forms.IntegerField(label=label, min_value=0, max_value=2**62, required=False)
        levels = [(one.id.value, pick(one)) for one in rules().levels if one.id is not Level.BELOW]
        self.fields["judged"].choices = [("", _("None")), *levels]  # type: ignore[attr-defined]

    def facts(self) -> Facts:
        """The figures; what was left empty is not counted yet."""
        given = self.cleaned_data
        judged = Level(given["judged"]) if given["judged"] else None
        return Facts(**{fact.value: given[fact.value] for fact in FIGURES}, judged=judged)

    def figures(self) -> list[forms.BoundField]:
        """The fields of the figures, in the order of the annex."""
        return [self[fact.value] for fact in FIGURES]


class OpeningForm(FactsForm):
    """What is known when an incident is opened."""

    title = forms.CharField(
        label=_("What happened"), max_length=200, help_text=_("One line, without personal information.")
    )
    service = forms.ChoiceField(label=_("Service"), required=False)
    operator = forms.ChoiceField(
        label=_("Operator"), choices=Incident.Operator.choices, help_text=_("The hours to report depend on it.")
    )
    known_at = Moment(label=_("Known since"), help_text=_("The hours to report run from here; empty: now."))
    occurred_at = Moment(label=_("Happened at"))
    drill = forms.BooleanField(
        label=_("Drill"), required=False, help_text=_("The same steps and clocks; its documents say that they are not to be sent.")
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services = Service.objects.order_by("slug").values_list("slug", "name")
        self.fields["service"].choices = [("", _("All or none in particular")), *services]  # type: ignore[attr-defined]

    def operated_by(self) -> Operator:
        """Who runs the network concerned."""
        return Operator(self.cleaned_data["operator"])


class GradeForm(FactsForm):
    """New figures and why."""

    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("Kept in the audit log.")
    )  # fmt: skip


class EntryForm(forms.Form):
    """An entry of the timeline."""

    text = forms.CharField(
        label=_("What happened or was done"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Not encrypted: no personal information."),
    )
    at = Moment(label=_("When"), help_text=_("Empty: now."))


class SentForm(forms.Form):
    """That a report was sent, with its receipt."""

    receipt = forms.CharField(label=_("Receipt number"), max_length=200)
    at = Moment(label=_("Sent at"), help_text=_("Empty: now."))


class EndForm(forms.Form):
    """When handling ended."""

    at = Moment(label=_("Handling ended at"), help_text=_("Empty: now."))


class AnswersForm(forms.Form):
    """The fields of one report that only a person can fill."""

    def __init__(self, *args: Any, kind: Kind, recipient: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hand = by_hand() - (frozenset() if recipient else {"recipient"})
        for section in template(kind).sections:
            for one in section.fields:
                if one.id in hand:
                    rows = 1 if one.id in ("recipient", "operator_name", "contact") else 3
                    widget = forms.Textarea(attrs={"rows": rows})
                    self.fields[one.id] = forms.CharField(
                        label=pick(one), max_length=4000, required=False, widget=widget
                    )


def when(form: forms.Form) -> datetime | None:
    """The moment an action was given; None for now."""
    at: datetime | None = form.cleaned_data["at"]
    return at
