from __future__ import annotations

import msgspec
import pytest

from guiju.errors import ProfileError
from guiju.law.book import rules
from guiju.law.form import Field, FieldKind
from guiju.law.profile import FACTS, Algorithm, BaseModel, Disclosure, Filing, Profile, Surface, read_profile

FORM = rules().form
NESTED: dict[str, type[msgspec.Struct]] = {
    "filings": Filing, "surfaces": Surface, "base_models": BaseModel, "algorithms": Algorithm, "disclosure": Disclosure,
}  # fmt: skip


def names(kind: type[msgspec.Struct]) -> list[str]:
    return [f.name for f in msgspec.structs.fields(kind)]


def test_the_form_has_every_field_once_and_no_other() -> None:
    assert sorted(f.name for f in FORM.fields) == sorted(names(Profile))
    for name, kind in NESTED.items():
        assert [f.name for f in FORM.field(name).fields] == names(kind)


def test_fields_are_named_placed_and_have_their_choices() -> None:
    sections = {s.code for s in FORM.sections}

    def check(field: Field) -> None:
        assert field.zh and field.en
        assert bool(field.choices) is (field.kind in (FieldKind.CHOICE, FieldKind.CHOICES))
        for inner in field.fields:
            check(inner)

    for field in FORM.fields:
        check(field)
        assert field.section in sections


def test_facts_have_the_type_the_form_says() -> None:
    kinds = {FieldKind.BOOLEAN: bool, FieldKind.NUMBER: int, FieldKind.CHOICES: list}
    expected = {f.name: kinds[f.kind] for f in FORM.fields if f.kind in kinds}
    assert {name: type(value) for name, value in FACTS.items()} == expected


def test_algorithm_categories_of_form_and_check_agree() -> None:
    column = next(f for f in FORM.field("algorithms").fields if f.name == "category")
    pattern = next(p.pattern for p in rules().vocabulary.patterns if p.code == "algorithm_category")
    assert pattern.split("|") == [c.code for c in column.choices]


def test_only_filled_fields_are_facts() -> None:
    profile = Profile(roles=("provider",), public_in_china=False, entity_name="甲公司")
    assert profile.facts() == {"roles": ["provider"], "public_in_china": False}


def test_json_round_trip() -> None:
    profile = Profile(roles=("provider",), filings=(Filing("algorithm", "1"),), disclosure=Disclosure(audience="成人"))
    assert read_profile(msgspec.json.encode(profile)) == profile
    assert read_profile({"roles": ["provider"], "launched_on": "2026-01-02"}).launched_on is not None


@pytest.mark.parametrize("data", [b"{", b'{"rolls": []}', b'{"roles": "provider"}', {"registered_users": "many"}])
def test_refused(data: bytes | dict[str, object]) -> None:
    with pytest.raises(ProfileError):
        read_profile(data)
