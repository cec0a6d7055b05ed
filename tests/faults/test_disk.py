"""The disk is full, or cannot be written: nothing goes out that is not recorded, and space is all it takes to go on."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.load import Load, ask
from tests.faults.plant import Gateway, Plant, serving, until

MIB = 1024 * 1024


@pytest.fixture
def small(_pristine: Plant, tmp_path: Path) -> Iterator[Plant]:
    """An installation on a disk of 24 MiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "guiju-test", disk], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        yield _pristine.copy(disk / "var")
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


def fill(plant: Plant) -> Path:
    """A file that takes all the room there is."""
    filler = plant.home.parent / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (MIB, 4096, 1):
            try:
                while file.write(b"x" * size) == size:
                    pass
            except OSError:
                continue
    return filler


def test_full_and_freed(small: Plant, tmp_path: Path) -> None:
    with serving(small, output=tmp_path) as gateway:
        with Load([gateway.base], small.key, callers=8) as load:
            until(lambda: len(load.told.acknowledged) > 30, "answers arrive")
            filler = fill(small)
            until(lambda: load.told.ended["GJ-3010"] > 12, "exchanges are refused", tell=lambda: str(load.told.ended))
            assert not gateway.ready() and gateway.get("/health")[0] == 200
            during = len(load.told.acknowledged)
            until(lambda: load.told.ended["GJ-3010"] > 24, "exchanges are refused")
            assert len(load.told.acknowledged) == during
            filler.unlink()
            until(lambda: len(load.told.acknowledged) > during + 20, "answers arrive again")
        assert set(load.told.ended) == {"200", "GJ-3010"}, load.told.ended
    assert set(load.told.acknowledged) <= set(small.outcomes())
    small.verify()


def test_killed_while_full(small: Plant, tmp_path: Path) -> None:
    gateway = Gateway(small, output=tmp_path)
    try:
        with Load([gateway.base], small.key, callers=8) as load:
            until(lambda: len(load.told.acknowledged) > 30, "answers arrive")
            filler = fill(small)
            until(lambda: load.told.ended["GJ-3010"] > 10, "exchanges are refused")
            gateway.kill()
    finally:
        gateway.kill()
    filler.unlink()
    with serving(small, output=tmp_path) as again:
        assert ask(again.base, small.key).status == 200
    assert set(load.told.acknowledged) <= set(small.outcomes())
    small.verify()


@pytest.mark.parametrize("how", ["full", "read-only"])
def test_unwritable_at_the_start(small: Plant, tmp_path: Path, how: str) -> None:
    disk = small.home.parent
    if how == "full":
        fill(small)
    else:
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    gateway = Gateway(small, ready=False, output=tmp_path)
    try:
        assert gateway.process.wait(60) == 3
    finally:
        gateway.kill()
    assert "GJ-1" in gateway.printed and "Traceback" not in gateway.printed, gateway.printed
