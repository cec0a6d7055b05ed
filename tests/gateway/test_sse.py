"""Cutting bytes into events: the same however they arrive, within bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.errors import UpstreamTooLarge
from guiju.gateway.sse import DONE, EventReader, event

LINES = st.sampled_from(
    [
        "data: a",
        "data:b",
        "data:  c",
        "data:",
        "data: 好😀",
        ": comment",
        "event: x",
        "id: 1",
        "retry: 5",
        "",
        "",
        "dat",
        "\ufeffx",
    ]
)
STREAMS = st.lists(st.tuples(LINES, st.sampled_from(["\n", "\r\n", "\r"])), max_size=30)


def reference(text: str) -> list[str]:
    """What the standard makes of a stream, read whole; empty ``data`` is an event here, as it is to clients."""
    events: list[str] = []
    data: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:-1]:
        if not line:
            if data:
                events.append("\n".join(data))
            data = []
        elif line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
    return events


@given(lines=STREAMS, sizes=st.lists(st.integers(1, 9), min_size=1, max_size=9))
def test_however_it_is_cut(lines: list[tuple[str, str]], sizes: list[int]) -> None:
    text = "".join(line + end for line, end in lines) + "\n"
    raw, reader, seen = text.encode(), EventReader(1000), list[bytes]()
    start = number = 0
    while start < len(raw):
        size = sizes[number % len(sizes)]
        seen += reader.feed(raw[start : start + size])
        start, number = start + size, number + 1
    assert [data.decode() for data in seen] == reference(text)


def test_a_stream_that_ends_without_a_blank_line() -> None:
    reader = EventReader(100)
    assert reader.feed(b'data: {"a":1}') == []
    assert reader.finish() == [b'{"a":1}']


def test_what_is_written_is_read() -> None:
    reader = EventReader(100)
    assert reader.feed(event(b"{}", b"response.created") + event(b"[]") + DONE) == [b"{}", b"[]", b"[DONE]"]


@pytest.mark.parametrize(
    "chunks",
    [
        [b"data: " + b"x" * 200 + b"\n\n"],
        [b"x" * 60, b"x" * 60],
        [b"data: x\n"] * 30,
        [b"data:\n"] * 30,
        [b"data: " + b"x" * 50 + b"\n", b"data: " + b"x" * 50 + b"\n"],
    ],
)
def test_an_event_beyond_the_limit(chunks: list[bytes]) -> None:
    reader = EventReader(100)
    with pytest.raises(UpstreamTooLarge):
        for chunk in chunks:
            reader.feed(chunk)


def test_many_small_events_are_no_large_one() -> None:
    reader = EventReader(100)
    assert len(reader.feed(event(b"x" * 50) * 100)) == 100
