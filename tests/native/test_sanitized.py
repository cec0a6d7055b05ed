"""The compiled half under the address and undefined-behaviour sanitizers: hostile and ordinary texts, broken tables."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import guiju
from guiju.moderation.detectors import Materials
from guiju.moderation.lexicon import Lexicon
from guiju.moderation.screening.tables import tables
from tests.moderation.test_stream_property import ENTRIES, RULES

ROOM = Path(guiju.__file__).parent / "native"
FLAGS = "-O1 -g -std=gnu11 -fPIC -shared -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all -DPy_LIMITED_API=0x030B0000"
RUN = """
import importlib.util, random, struct, sys
spec = importlib.util.spec_from_file_location("_native", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
block = open(sys.argv[2], "rb").read()
kept = module.tables(block)
choose = random.Random(1)
ODD = [*"赌博线上场枪支弹药木仓时彩王八vxbuypot 。*\\n\\0\\ud800\\U0001f52b\\U00020bb7\\U0010ffff019@a", "xian shang du chang", "xian4 shang4", "crzmhszmtwfxszmt",
       "e8 b5 8c ", "%E8%B5", "c0de", "A" * 60, "." * 9, "路口博交x"]
for number in range(1000):
    text = "".join(choose.choices(ODD, k=choose.choice((0, 1, 2, 3, 5, 9, 30, 120))))
    module.screen(kept, text, number % 2)
    module.window(kept, text)
    module.words(kept, text)
    module.sounds(kept, text)
    module.hides(text)
    state = bytearray(struct.pack("=8q22I", 0, *[-1] * 7, *[0] * 22))
    for start in range(0, len(text), 3):
        module.follow(state, text[start : start + 3])
for text in ("赌" * 1024, "木仓" * 600, "a0" * 700, "nihao" * 4000, "赌博" * 40000, "1 " * 3000, "\\0" * 5000):
    module.screen(kept, text, False)
    module.words(kept, text)
    module.sounds(kept, text)
    module.hides(text)
refused = 0
for number in range(60):
    damaged = bytearray(block)
    for _ in range(choose.choice((1, 3))):
        damaged[choose.choice((choose.randrange(600), choose.randrange(len(damaged))))] = choose.randrange(256)
    try:
        other = module.tables(bytes(damaged))
    except ValueError:
        refused += 1
        continue
    for text in ("线上赌场枪支弹药", "加vx木仓时时时彩", "buy pot c0de 路口博交"):
        module.screen(other, text, False)
        module.window(other, text)
        module.words(other, text)
        module.sounds(other, text)
print("done", refused)
"""


def library(compiler: str, name: str) -> str:
    return subprocess.run(
        [compiler, f"-print-file-name={name}"], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_nothing_is_read_or_written_beyond_its_bounds(tmp_path: Path) -> None:
    compiler = shutil.which("gcc")
    headers = Path(sysconfig.get_path("include"))
    if compiler is None or not (headers / "Python.h").exists():
        pytest.skip("no gcc, or no headers of Python")
    asan, ubsan = library(compiler, "libasan.so"), library(compiler, "libubsan.so")
    if not (os.path.isabs(asan) and os.path.isabs(ubsan)):
        pytest.skip("gcc without its sanitizers")
    built = tmp_path / "_native.abi3.so"
    sources = sorted(map(str, ROOM.glob("*.c")))
    subprocess.run([compiler, *shlex.split(FLAGS), f"-I{headers}", *sources, "-lm", "-o", str(built)], check=True)
    block = tables(Materials(Lexicon.compile(ENTRIES), RULES))
    assert block is not None
    (tmp_path / "tables").write_bytes(block)
    environment = os.environ | {
        "LD_PRELOAD": f"{asan} {ubsan}",
        "ASAN_OPTIONS": "detect_leaks=0",
        "PYTHONMALLOC": "malloc",
    }
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(built), str(tmp_path / "tables")],
        env=environment, capture_output=True, text=True, timeout=300, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.startswith("done")
