"""The service form, and the profile form made from the law room's own description of the profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from guiju.console.forms.integrations import DateInput
from guiju.console.language import pick
from guiju.law.form import Field, FieldKind, Form
from guiju.law.schema import Named

SPARE_ROWS = 2
"""Empty rows offered below the filled ones."""
NONE = "none"
"""Suffix of the tick that says: none at all (which is not the same as not filled in)."""


class ServiceForm(forms.Form):
    """Name and provider of a service. Where its model is reached stands in the settings."""

    name = forms.CharField(label=_("Name"), max_length=200)
    description = forms.CharField(label=_("Description"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    provider_name = forms.CharField(
        label=_("Provider"), max_length=200, required=False, help_text=_("Full name as on the business licence.")
    )
    provider_code = forms.CharField(
        label=_("Provider code"), max_length=27, required=False,
        help_text=_("27 characters; stands in the implicit label as ContentProducer. Empty: the service's short name stands there."),
    )  # fmt: skip


@dataclass
class Rows:
    """A field with several rows: its description, the bound rows, and the tick for “none”."""

    field: Field
    rows: list[list[forms.BoundField]]
    none: forms.BoundField


@dataclass
class Single:
    """A field with one value; ``none`` where “none of these” is an answer."""

    field: Field
    bound: forms.BoundField
    none: forms.BoundField | None = None


@dataclass
class Grouped:
    """A field with members."""

    field: Field
    members: list[forms.BoundField]


@dataclass
class Section:
    """A heading and the fields below it."""

    named: Named
    entries: list[Single | Rows | Grouped] = field(default_factory=list)


class ProfileForm(forms.Form):
    """A form over `guiju.law.form.Form`. Every field may stay empty: unfilled is unknown, never “no”."""

    def __init__(self, described: Form, profile: Mapping[str, Any], data: Any = None) -> None:
        super().__init__(data)
        self._described = described
        self._shapes: dict[str, int] = {}
        for one in described.fields:
            self._add(one, profile.get(one.name), data)

    def _add(self, one: Field, value: Any, data: Any) -> None:
        if one.kind is FieldKind.ROWS:
            filled = value or []
            count = self._row_count(one.name, len(filled), data)
            self._shapes[one.name] = count
            for number in range(count):
                row = filled[number] if number < len(filled) else {}
                self._members(one, f"{one.name}-{number}", row)
            self._none(one, value)
        elif one.kind is FieldKind.GROUP:
            self._members(one, one.name, value or {})
        else:
            self.fields[one.name] = _form_field(one, value)
            if one.kind is FieldKind.CHOICES:
                self._none(one, value)

    def _row_count(self, name: str, filled: int, data: Any) -> int:
        if data is None:
            return filled + SPARE_ROWS
        numbers = [key.split("-")[1] for key in data if key.startswith(f"{name}-") and key.count("-") == 2]
        return min(200, max((int(n) + 1 for n in numbers if n.isdigit()), default=0))

    def _members(self, one: Field, prefix: str, values: Mapping[str, Any]) -> None:
        for member in one.fields:
            self.fields[f"{prefix}-{member.name}"] = _form_field(member, values.get(member.name))

    def _none(self, one: Field, value: Any) -> None:
        words = _("None of these") if one.kind is FieldKind.CHOICES else _("There is none")
        self.fields[f"{one.name}-{NONE}"] = forms.BooleanField(
            label=words, required=False, initial=value is not None and not value
        )

    def sections(self) -> list[Section]:
        """The fields under their headings, ready to be drawn."""
        found = {named.code: Section(named) for named in self._described.sections}
        for one in self._described.fields:
            found[one.section].entries.append(self._entry(one))
        return [section for section in found.values() if section.entries]

    def _entry(self, one: Field) -> Single | Rows | Grouped:
        if one.kind is FieldKind.ROWS:
            rows = [[self[f"{one.name}-{n}-{m.name}"] for m in one.fields] for n in range(self._shapes[one.name])]
            return Rows(one, rows, self[f"{one.name}-{NONE}"])
        if one.kind is FieldKind.GROUP:
            return Grouped(one, [self[f"{one.name}-{m.name}"] for m in one.fields])
        return Single(one, self[one.name], self[f"{one.name}-{NONE}"] if one.kind is FieldKind.CHOICES else None)

    def clean(self) -> dict[str, Any]:
        """“None” and something at once is a contradiction."""
        data = super().clean() or {}
        for one in self._described.fields:
            key = f"{one.name}-{NONE}"
            if data.get(key) and self._value(one, data | {key: False}):
                self.add_error(key, _now("Something is filled in as well."))
        return data

    def profile(self) -> dict[str, Any]:
        """The profile as JSON; unfilled fields are absent."""
        values = {one.name: self._value(one, self.cleaned_data) for one in self._described.fields}
        return {name: value for name, value in values.items() if value is not None}

    def _value(self, one: Field, data: Mapping[str, Any]) -> Any:
        none: list[Any] | None = [] if data.get(f"{one.name}-{NONE}") else None
        if one.kind is FieldKind.ROWS:
            rows = [_filled(one, f"{one.name}-{n}", data) for n in range(self._shapes[one.name])]
            return [row for row in rows if row] or none
        if one.kind is FieldKind.GROUP:
            return _filled(one, one.name, data) or None
        value = _plain(data.get(one.name))
        return (value or none) if one.kind is FieldKind.CHOICES else value


def _filled(one: Field, prefix: str, data: Mapping[str, Any]) -> dict[str, Any]:
    values = {member.name: _plain(data.get(f"{prefix}-{member.name}")) for member in one.fields}
    return {name: value for name, value in values.items() if value is not None}


def _plain(value: Any) -> Any:
    """A cleaned value as JSON; None where nothing was filled in."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value, value.strip() or None)
    return value


def _form_field(one: Field, value: Any) -> forms.Field:
    common: dict[str, Any] = {"label": pick(one), "help_text": pick(one, "help"), "required": False}
    choices = [(choice.code, pick(choice)) for choice in one.choices]
    match one.kind:
        case FieldKind.BOOLEAN:
            answers = [("", _("Not filled in")), ("true", _("Yes")), ("false", _("No"))]
            return forms.ChoiceField(choices=answers, initial="" if value is None else str(value).lower(), **common)
        case FieldKind.NUMBER:
            return forms.IntegerField(min_value=0, initial=value, **common)
        case FieldKind.DATE:
            return forms.DateField(widget=DateInput(), initial=value, **common)
        case FieldKind.CHOICE:
            return forms.ChoiceField(choices=[("", "—"), *choices], initial=value or "", **common)
        case FieldKind.CHOICES:
            return forms.MultipleChoiceField(
                choices=choices, widget=forms.CheckboxSelectMultiple, initial=value or [], **common
            )
        case _:
            return forms.CharField(initial=value or "", max_length=4000, **common)
