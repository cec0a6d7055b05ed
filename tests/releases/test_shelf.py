"""The shelf: files kept for a while, in a bounded folder, taken by nobody else's clearing."""

from __future__ import annotations

from pathlib import Path

import pytest

from guiju.evidence import MasterKey, Vault
from guiju.releases.shelf import Shelf

DAY = 86_400.0


@pytest.fixture
def made(tmp_path: Path) -> Path:
    (path := tmp_path / "made.mp4").write_bytes(b"film" * 2_500)
    return path


def shelf_at(folder: Path, most_bytes: int, days: float) -> Shelf:
    master = MasterKey(bytes(32))
    key = master.new_data_key(1)
    return Shelf(folder, most_bytes, days, lambda: Vault([master], [key], key.id))


def taken(shelf: Shelf, name: str, folder: Path, now: float) -> bytes | None:
    folder.mkdir(exist_ok=True)
    found = shelf.take(name, folder, now)
    if found is None:
        return None
    body = found.read_bytes()
    found.unlink()
    return body


def test_what_is_kept_is_found_until_its_time_is_over(tmp_path: Path, made: Path) -> None:
    shelf, own = shelf_at(tmp_path / "shelf", 100_000, 2), tmp_path / "own"
    assert taken(shelf, "n-1", own, 0) is None and not (tmp_path / "shelf").exists()
    assert shelf.keep("n-1", made, 0) and not shelf.keep("n-1", made, 0), "the first one stays"
    assert taken(shelf, "n-1", own, DAY) == made.read_bytes() and taken(shelf, "n", own, DAY) is None
    assert taken(shelf, "n-1", own, 2.5 * DAY) is not None, "used a day and a half ago"
    assert taken(shelf, "n-1", own, 5 * DAY) is None
    shelf.drop("n-1")
    assert list((tmp_path / "shelf").iterdir()) == []


def test_what_was_longest_unused_makes_room(tmp_path: Path, made: Path) -> None:
    shelf, own = shelf_at(tmp_path / "shelf", 40_500, 9), tmp_path / "own"
    for number in range(4):
        (one := tmp_path / f"{number}.mp4").write_bytes(made.read_bytes())
        assert shelf.keep(f"n{number}", one, number)
    assert taken(shelf, "n0", own, 10) is not None
    assert shelf.keep("n4", made, 11)
    left = [name for name in ("n0", "n1", "n2", "n3", "n4") if taken(shelf, name, own, 12) is not None]
    assert left == ["n0", "n2", "n3", "n4"]
    own.mkdir(exist_ok=True)
    mine = shelf.take("n2", own, 13)
    shelf.clear(30 * DAY)
    assert mine is not None and mine.read_bytes() == made.read_bytes() and not list((tmp_path / "shelf").iterdir())


@pytest.mark.parametrize("name", ["", "../n", "a/b", "n*", "n.mp4", "数", "x" * 101])
def test_odd_names_are_not_kept(name: str, tmp_path: Path, made: Path) -> None:
    shelf = shelf_at(tmp_path / "shelf", 100_000, 2)
    assert not shelf.keep(name, made, 0) and shelf.take(name, tmp_path, 0) is None


def test_large_files_and_shelves_without_room(tmp_path: Path, made: Path) -> None:
    assert not shelf_at(tmp_path / "a", 39_999, 2).keep("n", made, 0), "no more than a quarter"
    assert not shelf_at(tmp_path / "b", 0, 2).keep("n", made, 0) and not shelf_at(tmp_path / "c", 100_000, 0).keep(
        "n", made, 0
    )
    (tmp_path / "d").write_text("no folder")
    assert not shelf_at(tmp_path / "d", 100_000, 2).keep("n", made, 0)
