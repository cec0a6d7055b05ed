"""The label stands exactly once, where it was set, outside code, however the answer is cut."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guiju.errors import LabelWordsInvalid
from guiju.labeling.text import Placement, TextLabeller

START = TextLabeller.build(position="start")
END = TextLabeller.build(position="end")
MARK = START.mark


def fenced(text: str) -> list[bool]:
    """For each line whether it is inside a fenced block: a second, plain reading of CommonMark's rule."""
    opened, inside = "", []
    for line in text.split("\n"):
        bare = line.lstrip(" \t>")
        marks = bare[: len(bare) - len(bare.lstrip(bare[:1]))] if bare[:1] in ("`", "~") else ""
        rest = bare[len(marks) :]
        if opened and ">" in opened and not line.lstrip().startswith(">"):
            opened = ""
        inside.append(bool(opened))
        key = opened.replace(">", "")
        if opened and len(marks) >= len(key) and marks[:1] == key[:1] and not rest.strip():
            opened = ""
        elif not opened and len(marks) >= 3 and not (marks[0] == "`" and "`" in rest):
            opened = marks + (">" if ">" in line[: len(line) - len(bare)] else "")
    return inside


PIECES = st.sampled_from(
    [
        "你好",
        "。",
        "\n",
        "\n\n",
        "```",
        "``",
        "`",
        "```python\n",
        "~~~",
        "~~~~\n",
        "    ",
        "> ",
        "code()",
        " ",
        MARK,
        MARK[:4],
    ]
)
ANSWERS = st.lists(PIECES, max_size=12).map("".join)


def cut(text: str, places: list[int]) -> list[str]:
    bounds = sorted({min(place, len(text)) for place in places} | {0, len(text)})
    return [text[a:b] for a, b in itertools.pairwise(bounds)] or [""]


@settings(max_examples=400)
@given(ANSWERS, st.lists(st.integers(0, 60), max_size=8), st.sampled_from([START, END]), st.booleans())
def test_a_stream_is_the_labelled_whole(text: str, places: list[int], labeller: TextLabeller, structured: bool) -> None:
    stream = labeller.stream(structured=structured)
    out = "".join([*[stream.feed(piece) for piece in cut(text, places)], stream.finish()])
    assert (out, stream.placement) == labeller.apply(text, structured=structured)


@settings(max_examples=400)
@given(ANSWERS, st.sampled_from([START, END]))
def test_the_label_is_there_outside_code_and_the_answer_is_kept(text: str, labeller: TextLabeller) -> None:
    labelled, placement = labeller.apply(text)
    assert text in labelled
    if not text.strip():
        assert (labelled, placement) == (text, Placement("", "", "empty"))
        return
    assert placement.position == labeller.position
    assert labelled.count(MARK) - text.count(MARK) == (placement.reason != "imitated")
    bare = labelled.strip()
    assert bare.startswith(MARK) if labeller is START else bare.endswith(MARK)
    lines = labelled.strip().split("\n")
    index = 0 if labeller is START else len(lines) - 1
    assert not fenced("\n".join(lines))[index]


@pytest.mark.parametrize(
    ("labeller", "answer", "expected", "reason"),
    [
        (START, "你好", f"{MARK}\n\n你好", ""),
        (END, "你好", f"你好\n\n{MARK}", ""),
        (START, "```py\nx\n```", f"{MARK}\n\n```py\nx\n```", ""),
        (END, "```py\nx\n```", f"```py\nx\n```\n\n{MARK}", ""),
        (END, "看：\n```py\nx = 1", f"看：\n```py\nx = 1\n```\n\n{MARK}", "closed_fence"),
        (END, "- 步骤\n    ~~~~sh\n    ls", f"- 步骤\n    ~~~~sh\n    ls\n    ~~~~\n\n{MARK}", "closed_fence"),
        (END, "> ```\n> x", f"> ```\n> x\n> ```\n\n{MARK}", "closed_fence"),
        (END, "> ```\n> x\n\n完", f"> ```\n> x\n\n完\n\n{MARK}", ""),
        (END, "```\na\n````", f"```\na\n````\n\n{MARK}", ""),
        (END, "````\na\n```", f"````\na\n```\n````\n\n{MARK}", "closed_fence"),
        (END, "用 ``` 表示 ``` 代码", f"用 ``` 表示 ``` 代码\n\n{MARK}", ""),
        (END, "```a`b", f"```a`b\n\n{MARK}", ""),
        (END, "```\r\nx\r\n```\r\n", f"```\r\nx\r\n```\r\n\n\n{MARK}", ""),
        (START, f"{MARK}\n\n你好", f"{MARK}\n\n你好", "imitated"),
        (START, f"\n {MARK}", f"\n {MARK}", "imitated"),
        (END, f"你好\n\n{MARK}\n", f"你好\n\n{MARK}\n", "imitated"),
        (END, f"```\n{MARK}", f"```\n{MARK}\n```\n\n{MARK}", "closed_fence"),
        (START, MARK[:3], f"{MARK}\n\n{MARK[:3]}", ""),
    ],
)
def test_placing(labeller: TextLabeller, answer: str, expected: str, reason: str) -> None:
    assert labeller.apply(answer) == (expected, Placement(labeller.position.value, labeller.id, reason))


@pytest.mark.parametrize(
    ("position", "declared", "structured", "expected"),
    [
        ("interface", True, False, Placement("interface")),
        ("interface", False, False, Placement("interface")),
        ("start", True, True, Placement("interface", "", "structured")),
        ("end", False, True, Placement("", "", "structured")),
    ],
)
def test_where_words_do_not_belong_the_interface_is_relied_on(
    position: str, declared: bool, structured: bool, expected: Placement
) -> None:
    labeller = TextLabeller.build(position=position, declared=declared)
    assert labeller.apply('{"a":1}', structured=structured) == ('{"a":1}', expected)


def test_a_stream_at_the_start_does_not_wait_longer_than_it_must() -> None:
    stream = START.stream()
    assert stream.feed("\n") == ""
    assert stream.feed("你") == f"{MARK}\n\n\n你"
    assert stream.feed("好") == "好"


def test_styles_and_settings() -> None:
    assert TextLabeller.build("answer", style="plain").mark == "本回答由人工智能生成"
    assert TextLabeller.build("AI合成", style="quote").mark == "> AI合成"
    assert TextLabeller.build("AI合成").id == "custom:AI合成"
    with pytest.raises(LabelWordsInvalid):
        TextLabeller.build(style="blink")
    with pytest.raises(ValueError, match="middle"):
        TextLabeller.build(position="middle")
