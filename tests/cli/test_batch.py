"""One line out for every line in, in order, whatever the lines hold."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.cli.batch import check_lines
from guiju.moderation.checker import Checker
from guiju.nouns import Action, Direction

ID_CARD = "11010519491231002X"


@cache
def checker() -> Checker:
    return Checker.default(clock=lambda: 0.0)


def verdicts(*lines: bytes, direction: Direction = Direction.PROMPT) -> list[dict[str, Any]]:
    return [json.loads(answer.line) for answer in check_lines(checker(), lines, direction)]


def line(**fields: object) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode() + b"\n"


def test_a_verdict_has_the_promised_fields() -> None:
    (verdict,) = verdicts(line(id="a", text=f"身份证号 {ID_CARD}"))
    assert set(verdict) == {"id", "action", "score", "findings"}
    assert verdict["id"] == "a"
    assert verdict["action"] in {action.value for action in Action}
    assert 0 <= verdict["score"] <= 1
    (finding,) = [f for f in verdict["findings"] if f["risk"] == "A.4.f/idcard"]
    ((start, end),) = finding["spans"]
    assert f"身份证号 {ID_CARD}"[start:end] == ID_CARD
    assert finding["where"] == "text"


def test_the_direction_of_a_line_wins() -> None:
    text = f"他的身份证号是 {ID_CARD}"
    by_option = verdicts(line(text=text), direction=Direction.ANSWER)
    by_line = verdicts(line(text=text, direction="answer"), direction=Direction.PROMPT)
    assert by_option == by_line != verdicts(line(text=text))


@pytest.mark.parametrize("history", [[f"我是 {ID_CARD}"], [{"role": "user", "content": f"我是 {ID_CARD}"}]])
def test_earlier_turns_are_checked_too(history: list[object]) -> None:
    (verdict,) = verdicts(line(text="你好", history=history))
    assert {finding["where"] for finding in verdict["findings"]} == {"history[0]"}


@pytest.mark.parametrize("given_id", ["文", 7, 1.5, None, [1, {"a": 2}], {"k": "v"}, 2**70])
def test_any_id_comes_back(given_id: object) -> None:
    (verdict,) = verdicts(line(id=given_id, text="你好"))
    assert verdict["id"] == given_id


@pytest.mark.parametrize(
    ("raw", "id_", "said"),
    [
        (b"not json\n", None, "malformed"),
        (b"\n", None, ""),
        (b"[1]\n", None, "object"),
        (b'{"id": 4}\n', 4, "text"),
        (b'{"id": "x", "text": 5}\n', "x", "str"),
        (b'{"id": "x", "text": "t", "direction": "sideways"}\n', "x", "direction"),
        (b'{"id": "x", "text": "\xff\xfe"}\n', "x", "UTF-8"),
        (b"\xff\xfe\n", None, ""),
        (b"[" * 100_000 + b"\n", None, ""),
        (b'{"text": ' + b"[" * 100_000 + b"\n", None, ""),
    ],
)
def test_an_unusable_line_keeps_its_place(raw: bytes, id_: object, said: str) -> None:
    first, bad, last = verdicts(line(id=1, text="你好"), raw, line(id=3, text="再见"))
    assert (first["id"], last["id"]) == (1, 3)
    assert set(bad) == {"id", "error"}
    assert bad["error"]["code"] == "GJ-1112"
    assert "Line 2" in bad["error"]["message"] and said in bad["error"]["message"]
    if id_ is not None and b"\xff" not in raw:
        assert bad["id"] == id_


def test_a_byte_order_mark_is_no_mistake() -> None:
    (verdict,) = verdicts(b"\xef\xbb\xbf" + line(id=1, text="你好"))
    assert "error" not in verdict


usable = st.builds(
    lambda id_, text, direction: json.dumps({"id": id_, "text": text, **direction}).encode(),
    st.one_of(st.integers(-(2**53), 2**53), st.text(max_size=5)),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=30),
    st.sampled_from([{}, {"direction": "answer"}, {"direction": None}]),
)


@given(st.lists(st.one_of(usable, st.binary(max_size=40).filter(lambda raw: b"\n" not in raw)), max_size=12))
def test_any_lines_in_as_many_lines_out_in_order(lines: list[bytes]) -> None:
    answers = list(check_lines(checker(), lines, Direction.PROMPT))
    assert len(answers) == len(lines)
    for raw, answer in zip(lines, answers, strict=True):
        assert answer.line.count(b"\n") == 1 and answer.line.endswith(b"\n")
        said = json.loads(answer.line)
        assert ("error" in said) is not answer.usable
        if answer.usable:
            assert said["id"] == json.loads(raw).get("id")
            assert 0 <= said["score"] <= 1
