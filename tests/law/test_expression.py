from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.law import expression
from guiju.law.profile import FACTS


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("public_in_china", {"public_in_china": True}, True),
        ("public_in_china", {}, None),
        ("public_in_china && minors_served", {"public_in_china": False}, False),
        ("public_in_china && minors_served", {"public_in_china": True}, None),
        ("minors_served || public_in_china", {"public_in_china": True}, True),
        ("minors_served || public_in_china", {"public_in_china": False}, None),
        ('"platform" in roles', {"roles": ["platform"]}, True),
        ('"platform" in roles', {"roles": []}, False),
        ('"platform" in roles', {}, None),
        ("registered_users > 1000000", {"registered_users": 1_000_000}, False),
        ("!minors_served", {"minors_served": False}, True),
        ("!minors_served", {}, None),
    ],
)
def test_three_answers(text: str, facts: dict[str, Any], expected: bool | None) -> None:
    assert expression.truth(text, facts) is expected


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "Syntax error"),
        ("public_in_china &&", "Syntax error"),
        ("publik", "unknown profile field 'publik'"),
        ("registered_users", "not true or false"),
        ("registered_users > 'many'", "No such overload"),
        ("public_in_china && roles > 5", "No such overload"),
        ("public_in_china || no_such_function(roles)", "no_such_function"),
    ],
)
def test_faults(text: str, wrong: str) -> None:
    assert wrong in expression.fault(text, FACTS)


@pytest.mark.parametrize(
    "text",
    [
        "public_in_china",
        'roles.exists(r, r == "platform" || r == "provider")',
        'public_in_china && ("medical" in domains || faces_stored >= 100000)',
        "!(minors_served && public_in_china)",
    ],
)
def test_sound(text: str) -> None:
    assert expression.fault(text, FACTS) == ""


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a", ["a"]),
        ("(a)", ["a"]),
        ("a && (b || !c)", ["a", "b", "c"]),
        ('"x || y" in roles && b', ['"x || y" in roles', "b"]),
        ("roles.exists(r, r == a || r == b) || c", ["roles.exists(r, r == a || r == b)", "c"]),
        ("(a || b) && (c || d)", ["a", "b", "c", "d"]),
        ("a != b", ["a != b"]),
    ],
)
def test_terms(text: str, parts: list[str]) -> None:
    assert [t.text for t in expression.terms(expression.parse(text))] == parts


NAMES = ("public_in_china", "minors_served", "opinion_attributes", "important_data")
expressions = st.recursive(
    st.sampled_from(NAMES),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: f"({p[0]} && {p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]} || {p[1]})"),
        inner.map(lambda p: f"!({p})"),
    ),
    max_leaves=8,
)
assignments = st.dictionaries(st.sampled_from(NAMES), st.booleans())


@given(expressions, assignments)
def test_the_parts_answer_as_the_whole(text: str, facts: dict[str, Any]) -> None:
    assert expression.value(expression.parse(text), facts) is expression.truth(text, facts)


@given(expressions, assignments)
def test_unknown_means_that_filling_in_can_change_it(text: str, facts: dict[str, Any]) -> None:
    answer = expression.truth(text, facts)
    open_names = [n for n in NAMES if n not in facts]
    if answer is not None:
        for bit in (True, False):
            assert expression.truth(text, facts | dict.fromkeys(open_names, bit)) is answer


@given(expressions, assignments)
def test_something_decides(text: str, facts: dict[str, Any]) -> None:
    tree = expression.parse(text)
    deciding = list(expression.decisive(tree, facts))
    assert deciding
    if expression.value(tree, facts) is None:
        assert all(expression.truth(t.text, facts) is None for t in deciding)
