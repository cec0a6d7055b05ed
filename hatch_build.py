"""Builds ``guiju.native._native`` where a C compiler and Python's headers are at hand; without them Guiju runs in Python alone.

Called by the build backend for wheels and for ``pip install --editable``. A failing compiler never fails the installation:
what it said goes to ``build/native.log``, and ``guiju doctor`` tells how to get the fast half.
"""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_ROOM = Path("src", "guiju", "native")
_LOG = Path("build", "native.log")
_FLAGS = (
    "-O3 -std=gnu11 -fPIC -shared -fvisibility=hidden -fno-math-errno -fstack-protector-strong -D_FORTIFY_SOURCE=2 "
    "-DPy_LIMITED_API=0x030B0000 -Wall -Wextra -Wno-unused-parameter"
)


class NativeHook(BuildHookInterface):  # type: ignore[type-arg]
    """Compiles all C files of the room into one module of Python's stable ABI."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before the wheel is put together."""
        if self.target_name != "wheel" or not build(Path(self.root)):
            return
        if version != "editable":
            build_data["artifacts"].append(f"/{_ROOM}/_native.abi3.so")
            build_data["pure_python"] = False
            build_data["tag"] = f"cp311-abi3-{_platform()}"


def build(root: Path) -> bool:
    """Compile; whether that worked."""
    said = root / _LOG
    said.parent.mkdir(exist_ok=True)
    compiler = _compiler()
    headers = Path(sysconfig.get_path("include"))
    if not compiler or not (headers / "Python.h").exists():
        said.write_text("no C compiler, or no headers of Python: apt-get install gcc libc6-dev python3-dev\n", "utf-8")
        return False
    target = root / _ROOM / "_native.abi3.so"
    beside = target.with_suffix(f".{os.getpid()}")
    sources = sorted(str(path) for path in (root / _ROOM).glob("*.c"))
    command = [*compiler, *shlex.split(_FLAGS), *shlex.split(os.environ.get("CFLAGS", "")), f"-I{headers}"]
    done = subprocess.run([*command, *sources, "-lm", "-o", str(beside)], capture_output=True, text=True, check=False)
    said.write_text(f"{shlex.join(command)}\n{done.stdout}{done.stderr}", "utf-8")
    if done.returncode:
        beside.unlink(missing_ok=True)
        return False
    beside.replace(target)
    return True


def _compiler() -> list[str]:
    named = shlex.split(os.environ.get("CC", ""))
    if named:
        return named
    return next(([found] for name in ("gcc", "clang", "cc") if (found := shutil.which(name))), [])


def _platform() -> str:
    system = platform.system()
    return (
        sysconfig.get_platform().replace("-", "_").replace(".", "_")
        if system != "Linux"
        else f"linux_{platform.machine()}"
    )


if __name__ == "__main__":
    raise SystemExit(0 if build(Path(__file__).parent) else _LOG.read_text("utf-8"))
