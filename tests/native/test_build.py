"""The compiled half is built where that is possible, and its failing never fails an installation."""

from __future__ import annotations

import importlib.util
import shutil
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
MODULE = Path("src", "guiju", "native", "_native.abi3.so")


@pytest.fixture
def build() -> Callable[[Path], bool]:
    """The function of the build hook."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[[Path], bool] = module.build
    return found


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The sources alone, and a module of an earlier build."""
    shutil.copytree(ROOT / MODULE.parent, tmp_path / MODULE.parent, ignore=shutil.ignore_patterns("*.so"))
    (tmp_path / MODULE).write_bytes(b"earlier")
    return tmp_path


def test_what_cannot_be_compiled_leaves_everything_as_it_was(
    tree: Path, build: Callable[[Path], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC", "false")
    assert not build(tree)
    assert (tree / MODULE).read_bytes() == b"earlier" and list((tree / MODULE.parent).glob("*.so*")) == [tree / MODULE]
    monkeypatch.setenv("CC", "")
    monkeypatch.setenv("PATH", str(tree))
    assert not build(tree)
    assert "apt-get install gcc" in (tree / "build" / "native.log").read_text("utf-8")


@pytest.mark.skipif(
    shutil.which("gcc") is None or not Path(sysconfig.get_path("include"), "Python.h").exists(), reason="no compiler"
)
def test_it_compiles_without_a_warning(
    tree: Path, build: Callable[[Path], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CFLAGS", "-O1 -Werror -Wshadow")
    assert build(tree), (tree / "build" / "native.log").read_text("utf-8")
    assert (tree / MODULE).read_bytes().startswith(b"\x7fELF")
