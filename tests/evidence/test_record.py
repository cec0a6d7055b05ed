"""Bodies are canonical, hold no floats, and come back as they went."""

from __future__ import annotations

import json
import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju import evidence as ev
from guiju.errors import RecordUnreadable
from guiju.evidence import record
from guiju.nouns import Action, Decision, Failure, Finding

from .ledger import AT, exchange

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBER = st.integers(0, 2**53)


def canonical(body: bytes) -> bytes:
    """The same value as Python's own library writes it."""
    value = json.loads(body)
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


@st.composite
def decisions(draw: st.DrawFn) -> Decision:
    findings = st.builds(
        Finding,
        risk=TEXT,
        detector=TEXT,
        rule=TEXT,
        score=st.floats(0, 1),
        where=TEXT,
        spans=st.lists(st.tuples(NUMBER, NUMBER), max_size=2).map(tuple),
    )
    failures = st.builds(Failure, detector=TEXT, risks=st.tuples(TEXT), error=TEXT)
    return Decision(
        draw(st.sampled_from(Action)),
        tuple(draw(st.lists(findings, max_size=3))),
        tuple(draw(st.lists(failures, max_size=2))),
        draw(TEXT),
        draw(st.floats(0, 1)),
        draw(TEXT),
    )


@st.composite
def bodies(draw: st.DrawFn) -> ev.Body:
    kind = draw(st.sampled_from(["exchange", "event", "genesis"]))
    if kind == "event":
        details = draw(st.dictionaries(TEXT.filter(lambda key: key != "id"), TEXT, max_size=4))
        return ev.Event(action=draw(TEXT), actor=draw(TEXT), at=draw(NUMBER), details=details, id=draw(TEXT))
    if kind == "genesis":
        heads = draw(st.lists(st.builds(ev.ChainHead, chain=TEXT, hash=TEXT, seq=NUMBER), max_size=3))
        return ev.Genesis(at=draw(NUMBER), chain=draw(TEXT), heads=tuple(heads), id=draw(TEXT), writer=draw(TEXT))
    prompt, answer = ev.verdicts(draw(decisions()), draw(st.lists(decisions(), max_size=3)))
    return exchange(
        draw(st.integers(0, 999)),
        prompt=prompt,
        answer=answer,
        label=ev.LabelEntry(draw(TEXT), draw(TEXT), '{"Label":"1"}', "end"),
        timings=ev.Timings(*draw(st.tuples(*[NUMBER] * 5))),
        tokens=ev.Tokens(*draw(st.tuples(*[NUMBER] * 3))),
        commitments=ev.Commitments(draw(TEXT), draw(TEXT)),
        model=draw(TEXT),
    )


@given(bodies())
def test_bodies_are_canonical_and_round_trip(body: ev.Body) -> None:
    encoded = ev.encode(body)
    assert encoded == canonical(encoded)
    assert ev.decode(encoded) == body


@given(bodies())
def test_bodies_hold_only_integers_and_strings(body: ev.Body) -> None:
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", ev.encode(body).decode())
    assert re.fullmatch(r"[\[\]{},:0-9-]*", bare)


@pytest.mark.parametrize(
    "struct",
    [s for s in vars(record).values() if isinstance(s, msgspec.StructMeta) and s.__module__ == record.__name__],
)
def test_fields_are_declared_alphabetically(struct: type[msgspec.Struct]) -> None:
    assert list(struct.__struct_fields__) == sorted(struct.__struct_fields__)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'{"kind":"other"}', b'{"kind":"event"}', b'{"kind":"exchange"', b"\xff"]
)
def test_unreadable_bodies_are_named_as_such(body: bytes) -> None:
    with pytest.raises(RecordUnreadable) as caught:
        ev.decode(body)
    assert "无法读取" in caught.value.message("zh")


def test_fields_of_a_later_version_are_ignored() -> None:
    value = json.loads(ev.encode(exchange(1))) | {"added_later": 1}
    assert ev.decode(json.dumps(value).encode()) == exchange(1)


def test_identifiers_sort_by_time_and_differ() -> None:
    early, late = ev.new_id(AT), ev.new_id(AT + 2000)
    assert early < late
    assert re.fullmatch(r"[0-9a-f]{32}", early)
    assert len({ev.new_id(AT) for _ in range(100)}) == 100


def test_an_event_may_not_shadow_the_record_id() -> None:
    with pytest.raises(ValueError, match="id"):
        ev.Event(action="look", actor="user:1", at=AT, details={"id": "x"}, id="y")


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        (["pass", "mask"], "mask"),
        (["unchecked", "pass"], "unchecked"),
        (["unchecked", "mask"], "unchecked"),
        (["block", "unchecked"], "block"),
        (["answer_instead", "block"], "block"),
    ],
)
def test_the_verdict_over_several_choices_is_the_strictest(actions: list[str], expected: str) -> None:
    _, answer = ev.verdicts(None, [Decision(Action(action)) for action in actions])
    assert answer.action == expected


def test_scores_become_per_mille() -> None:
    assert [record.per_mille(score) for score in (0.0, 0.0005, 0.9994, 1.0)] == [0, 1, 999, 1000]
