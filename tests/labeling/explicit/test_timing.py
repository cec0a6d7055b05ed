"""Films shorter than what their encoder reorders: their times are whole, whatever stood in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.labeling import explicit
from guiju.labeling.explicit.film.timing import Encoding, settled
from tests.labeling.explicit import films


def packet(shown: int, decoded: int | None = None) -> Any:
    one = av.Packet(b"x")
    one.pts, one.dts = shown, decoded
    return one


@given(st.lists(st.integers(0, 1000), unique=True, max_size=6), st.integers(-(2**62), 2**62))
def test_a_packet_is_decoded_before_it_is_shown(shown: list[int], garbage: int) -> None:
    packets = settled([packet(time, garbage) for time in shown])
    times = [one.dts for one in packets]
    assert [one.pts for one in packets] == shown and times == sorted(set(times))
    assert all(one.dts <= one.pts for one in packets)
    assert not packets or any(one.dts == one.pts for one in packets), "no more delay than is needed"


def test_only_a_film_that_comes_whole_at_the_end_is_counted_anew() -> None:
    class Stream:
        codec_context = property(lambda self: self)

        def encode(self, frame: object) -> list[Any]:
            return [SimpleNamespace(pts=3, dts=1)]

        def encode_lazy(self, frame: None) -> Iterator[Any]:
            yield SimpleNamespace(pts=7, dts=4)

    begun, whole = Encoding(Stream()), Encoding(Stream())
    assert [one.dts for one in (*begun.take(object()), *begun.end())] == [1, 4]
    assert [one.dts for one in whole.end()] == [7]


@pytest.mark.parametrize("frames", [1, 2, 3, 5])
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_films_of_few_pictures_are_labelled(frames: int, suffix: str, tmp_path: Path) -> None:
    path = films.film(tmp_path / f"a{suffix}", "mp4 hevc", frames / 10, (160, 120), sound=False)
    explicit.label(path, tmp_path / f"b{suffix}")
    with av.open(str(tmp_path / f"b{suffix}")) as made:
        times = [(one.dts, one.pts) for one in made.demux(made.streams.video[0]) if one.size]
    decoded = [dts for dts, _ in times if dts is not None]  # Matroska keeps the other time only
    assert len(times) == frames and all(dts is None or dts <= pts for dts, pts in times)
    assert decoded == sorted(set(decoded)) and (suffix == ".mkv" or len(decoded) == frames)
    assert len(films.pictures(tmp_path / f"b{suffix}")) == frames
