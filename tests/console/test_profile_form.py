"""The profile form: what is filled in comes back, what is open stays open."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.http import QueryDict

from guiju.console.forms.services import ProfileForm
from guiju.law.book import rules
from guiju.law.form import FieldKind
from guiju.law.profile import read_profile

FORM = rules().form


def filled(**values: Any) -> ProfileForm:
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name.replace("__", "-"), value if isinstance(value, list) else [value])
    form = ProfileForm(FORM, {}, data)
    form.is_valid()
    return form


def as_sent(form: ProfileForm) -> QueryDict:
    """What a browser would send for the form as it is shown."""
    data = QueryDict(mutable=True)
    for name in form.fields:
        value = form[name].value()
        if value in (None, "", False):
            continue
        values = value if isinstance(value, list) else ["on" if value is True else value]
        data.setlist(name, [v.isoformat() if isinstance(v, date) else str(v) for v in values])
    return data


def test_an_empty_form_states_nothing() -> None:
    form = filled(entity_name=" ")
    assert form.is_valid()
    assert form.profile() == {}


def test_every_kind_of_field_becomes_the_profiles_own_type() -> None:
    form = filled(
        entity_name=" 小矩科技 ",
        roles=["provider", "platform"],
        public_in_china="true",
        minors_served="false",
        registered_users="12000",
        launched_on="2026-03-01",
        filings__0__kind="algorithm",
        filings__0__number="网信算备1",
        filings__0__expires_on="2027-01-01",
        disclosure__audience="成年人",
    )
    assert form.is_valid(), form.errors
    assert form.profile() == {
        "entity_name": "小矩科技",
        "roles": ["provider", "platform"],
        "public_in_china": True,
        "minors_served": False,
        "registered_users": 12000,
        "launched_on": "2026-03-01",
        "filings": [{"kind": "algorithm", "number": "网信算备1", "expires_on": "2027-01-01"}],
        "disclosure": {"audience": "成年人"},
    }
    read_profile(form.profile())


def test_none_at_all_is_an_answer_and_no_contradiction_passes() -> None:
    form = filled(domains__none="on", filings__none="on")
    assert form.is_valid()
    assert form.profile() == {"domains": [], "filings": []}
    assert not filled(domains=["general"], domains__none="on").is_valid()
    assert not filled(filings__none="on", filings__0__number="1").is_valid()


def test_what_is_kept_is_shown_and_sent_back_unchanged() -> None:
    profile = {
        "entity_name": "小矩",
        "roles": ["provider"],
        "domains": [],
        "public_in_china": False,
        "registered_users": 0,
        "launched_on": "2026-03-01",
        "base_models": [{"name": "m1", "provider": "甲"}, {"name": "m2"}],
        "disclosure": {"audience": "成年人", "confirmed_on": "2026-02-02"},
    }
    shown = ProfileForm(FORM, profile)
    data = as_sent(shown)
    data["registered_users"] = "0"
    again = ProfileForm(FORM, profile, data)
    assert again.is_valid(), again.errors
    assert again.profile() == profile


def test_rows_offer_room_for_more() -> None:
    shown = ProfileForm(FORM, {"surfaces": [{"name": "官网"}]})
    rows = next(e for s in shown.sections() for e in s.entries if e.field.name == "surfaces")
    assert len(rows.rows) == 3  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["registered_users", "launched_on"])
def test_nonsense_is_refused_at_its_field(name: str) -> None:
    form = filled(**{name: "soon"})
    assert name in form.errors


def test_a_forged_row_number_costs_nothing() -> None:
    form = filled(filings__999999999__number="x")
    assert len(form.fields) < 3000


def test_every_field_of_the_law_is_on_the_form() -> None:
    shown = {entry.field.name for section in ProfileForm(FORM, {}).sections() for entry in section.entries}
    assert shown == {field.name for field in FORM.fields}
    assert {f.kind for f in FORM.fields} <= set(FieldKind)
