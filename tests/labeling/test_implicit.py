"""Labels are written strictly, read tolerantly, and judged clause by clause."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.errors import LabelUnreadable, LabelValueInvalid
from guiju.labeling import content_number
from guiju.labeling.implicit import KEYS, Label, parse, verify

CODE = "001191110102MACQD9K64010000"
NUMBER = "0123456789abcdef0123456789abcdef"
LABEL = Label.first(CODE, NUMBER)
ALLOWED = st.text(alphabet=[chr(n) for n in range(0x21, 0x7F) if chr(n) != "\\"], min_size=1, max_size=30)


def test_the_bare_form_is_what_the_guides_place() -> None:
    assert LABEL.to_json() == (
        f'{{"Label":"1","ContentProducer":"{CODE}","ProduceID":"{NUMBER}","ReservedCode1":"",'
        f'"ContentPropagator":"{CODE}","PropagateID":"{NUMBER}","ReservedCode2":""}}'
    )
    assert LABEL.to_json(wrapped=True) == f'{{"AIGC":{LABEL.to_json()}}}'
    assert json.loads(LABEL.to_json()) == LABEL.keys()
    assert tuple(LABEL.keys()) == KEYS


@given(ALLOWED, ALLOWED, st.sampled_from(["1", "2", "3"]), ALLOWED, st.booleans())
def test_what_is_written_is_read_and_conforms(
    producer: str, number: str, tier: str, reserved: str, wrapped: bool
) -> None:
    label = Label.first(producer, number, tier, reserved)  # type: ignore[arg-type]
    text = label.to_json(wrapped=wrapped)
    reading = parse(text)
    assert (reading.label, reading.wrapped, reading.breaches) == (label, wrapped, ())
    assert reading.conforms
    assert text.isascii() and " " not in text and "\\" not in text.replace('\\"', "")
    assert (label.ContentPropagator, label.PropagateID) == (producer, number)


@pytest.mark.parametrize("value", ["", "示例公司", "a b", "a\\b", "a\n", "\x7f", "é"])
def test_values_outside_clause_j_are_refused(value: str) -> None:
    with pytest.raises(LabelValueInvalid, match="ContentProducer"):
        Label.first(value, NUMBER)
    with pytest.raises(LabelValueInvalid, match="ProduceID"):
        Label.first(CODE, value)
    if value:
        with pytest.raises(LabelValueInvalid, match="ReservedCode1"):
            Label.first(CODE, NUMBER, reserved=value)


def change(**values: object) -> str:
    return json.dumps(
        {key: value for key, value in (LABEL.keys() | values).items() if value is not ...}, ensure_ascii=False
    )


@pytest.mark.parametrize(
    ("text", "clauses", "conforms"),
    [
        (change(Label="4"), ["E.c"], False),
        (change(Label=1), ["E.b"], False),
        (change(Label="AIGC"), ["E.c"], False),
        (change(ContentProducer=""), ["E.d"], False),
        (change(ProduceID=""), ["E.e"], False),
        (change(ReservedCode1=None), ["E.b"], False),
        (change(ReservedCode2=...), ["E.b"], False),
        (change(Extra="x"), ["E.b"], False),
        (change(ContentPropagator="", PropagateID=""), ["E.g", "E.h"], True),
        (change(ContentProducer="示例 公司"), ["E.j"], True),
        (json.dumps(LABEL.to_json()), ["form.encoded"], True),
        (json.dumps(LABEL.to_json(wrapped=True)), ["form.encoded"], True),
        (" " + LABEL.to_json() + "\n", [], True),
    ],
)
def test_breaches_name_their_clause(text: str, clauses: list[str], conforms: bool) -> None:
    reading = parse(text)
    assert [breach.clause for breach in reading.breaches] == clauses
    assert reading.conforms is conforms
    assert all(breach.zh and breach.en for breach in reading.breaches)


def test_a_label_of_another_writer_is_judged_by_its_values() -> None:
    kling = {key: None for key in ("ReservedCode1", "ReservedCode2")}
    reading = parse(change(ContentProducer="kling", **kling))
    assert {breach.key for breach in reading.breaches} == set(kling)
    assert reading.label.ContentProducer == "kling"
    assert verify(LABEL) == ()


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", "1", '"x"', "{", '{"AIGC":{}}', '{"AIGC":"x"}', b"\xff\xfe", '{"a":' * 5000, "x" * 70000],
)
def test_what_is_no_label_is_refused(text: str) -> None:
    with pytest.raises(LabelUnreadable):
        parse(text)


def test_content_numbers_are_random_and_allowed() -> None:
    numbers = {content_number.new() for _ in range(200)}
    assert len(numbers) == 200
    assert len({number[:4] for number in numbers}) > 150, "no common beginning: a number must not tell the time"
    assert all(Label.first(CODE, number).ProduceID == number for number in numbers)
