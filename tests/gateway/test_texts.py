"""Finding every text in a body, and nothing that is none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.errors import BodyTooDeep
from guiju.gateway.texts import NAMES, Unescaper, slots, unescaped

KEYS = st.sampled_from(["content", "text", "a", "b", "parts", "description"])
TREES = st.recursive(
    st.text(min_size=1, max_size=5) | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


def strings(node: Any) -> list[str]:
    if isinstance(node, str):
        return [node]
    if isinstance(node, dict):
        return [text for value in node.values() for text in strings(value)]
    return [text for value in node for text in strings(value)] if isinstance(node, list) else []


def at(node: Any, where: str) -> Any:
    """The value a path leads to."""
    for step in where.replace("[", ".[").strip(".").split("."):
        node = node[int(step[1:-1])] if step.startswith("[") else node[step]
    return node


@given(st.dictionaries(KEYS, TREES, max_size=5))
def test_every_string_is_found_where_it_stands(tree: dict[str, Any]) -> None:
    found = slots(tree, "")
    texts = [slot for slot in found if not slot.part.where.endswith("(unescaped)")]
    assert [slot.part.text for slot in texts] == strings(tree)
    for slot in texts:
        assert at(tree, slot.part.where) == slot.part.text == slot.text
        slot.replace("█")
    assert set(strings(tree)) <= {"█"}


def test_roles_are_inherited() -> None:
    body = {"messages": [{"role": "tool", "content": [{"type": "text", "text": "a"}]}, {"content": "b"}]}
    assert [(slot.part.role, slot.part.text) for slot in slots(body, "", "user")] == [("tool", "a"), ("user", "b")]


def test_names_are_passed_over_only_while_they_look_like_names() -> None:
    for key in NAMES:
        assert slots({"x": {key: "gpt-4o_2024"}}, "") == []
        for text in ("中文", "two words", "x" * 300):
            assert [slot.part.text for slot in slots({"x": {key: text}}, "")] == [text]


def test_media_are_passed_over_only_while_they_look_like_media() -> None:
    base = "QUJD" * 1000
    assert (
        slots({"x": [{"url": f"data:image/png;base64,{base}"}, {"data": base}, {"url": "https://a.cn/b.png"}]}, "")
        == []
    )
    for text in ("看这里", "buy it here"):
        assert [slot.part.text for slot in slots({"data": text}, "")] == [text]


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("data:text/plain;base64,5L2g5aW9", "你好"),
        ("data:text/csv;charset=utf-8;base64,5L2g5aW9", "你好"),
        ("data:application/json;base64,IuS9oOWlvSI", '"你好"'),
        ("data:text/plain,%E4%BD%A0%E5%A5%BD", "你好"),
        ("data:,hello", "hello"),
        ("data:text/plain;base64,/w==", "\ufffd"),
        ("data:text/plain;base64,!", ""),
    ],
)
def test_text_files_are_read(url: str, text: str) -> None:
    assert [slot.part.text for slot in slots({"file": {"file_data": url}}, "")] == [text]


def test_keys_are_texts_unless_they_are_plain_names() -> None:
    found = slots({"properties": {"plain_name": 1, "两个字": 2, "with blank": {"type": "string"}}}, "")
    assert [slot.part.text for slot in found] == ["两个字", "with blank"]


def test_only_the_top_of_a_request_is_private() -> None:
    body = {"user": "张三", "model": "模型", "messages": [{"user": "张三"}]}
    assert [slot.part.where for slot in slots(body, "")] == ["messages[0].user"]


def test_depth_is_bounded() -> None:
    deep: Any = "x"
    for _ in range(10):
        deep = {"a": deep}
    assert len(slots(deep, "", depth=10)) == 1
    with pytest.raises(BodyTooDeep):
        slots(deep, "", depth=8)


@given(st.recursive(st.text(max_size=8), lambda inner: st.lists(inner, max_size=3), max_leaves=5))
def test_undoing_escapes_leaves_the_json_the_same(value: Any) -> None:
    for escaped in (json.dumps(value), json.dumps(value, ensure_ascii=False)):
        assert json.loads(unescaped(escaped)) == value
        assert unescaped(unescaped(escaped)) == unescaped(escaped)


@pytest.mark.parametrize(
    ("escaped", "plain"),
    [
        (r"\u51b0\u6bd2", "冰毒"),
        (r"\\u51b0", r"\\u51b0"),
        (r"\\\u51b0", r"\\冰"),
        (r"\ud83d\ude00", "😀"),
        (r"\ud83d", r"\ud83d"),
        (r"\u0022\u005c\u000a", r"\u0022\u005c\u000a"),
        (r"\u0061", "a"),
        (r'{"q": "\u51b0\u6b', r'{"q": "冰\u6b'),
    ],
)
def test_escapes(escaped: str, plain: str) -> None:
    assert unescaped(escaped) == plain


@given(
    value=st.recursive(st.text(max_size=8), lambda inner: st.lists(inner, max_size=3), max_leaves=5),
    sizes=st.lists(st.integers(1, 14), min_size=1, max_size=5),
    missing=st.integers(0, 8),
)
def test_escapes_in_pieces(value: Any, sizes: list[int], missing: int) -> None:
    text = json.dumps(value)
    text = text[: len(text) - missing]
    unescaper, out, start, number = Unescaper(), "", 0, 0
    while start < len(text):
        size = sizes[number % len(sizes)]
        out += unescaper.feed(text[start : start + size])
        start, number = start + size, number + 1
    assert out + unescaper.finish() == unescaped(text)
