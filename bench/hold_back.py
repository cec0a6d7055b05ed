"""How much of clean text a stream holds back: the distribution over every step of many ordinary answers.

Run with ``python -m bench.hold_back [--texts FILE.jsonl …]``. Each answer (JSON lines with ``text``, rows labelled harmful
left out; the benchmark's own sentences where no file is given) is fed to a ``StreamGuard`` with the shipped lists and policy
in pieces of three characters; after every piece the characters held back are counted.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bench.words import SENTENCES
from guiju.moderation import policy_source, starter
from guiju.moderation.checker import Checker
from guiju.moderation.stream import StreamGuard

STEP = 3
MOST_TEXTS = 1500


def answers(paths: list[Path]) -> Iterator[str]:
    """Ordinary answers."""
    if not paths:
        yield from SENTENCES
    for path in paths:
        for line in path.open(encoding="utf-8"):
            row = json.loads(line)
            if row.get("label") not in ("harmful", "refusal"):
                yield row["text"]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--texts", type=Path, nargs="*", default=[])
    paths = arguments.parse_args().texts
    checker = Checker.build(
        starter.lexicon(), policy_source.default(), detectors=("words", "sounds", "patterns", "pii"), budget_ms=10_000
    )
    held: Counter[int] = Counter()
    spent = 0.0
    for number, text in enumerate(answers(paths)):
        if number == MOST_TEXTS:
            break
        guard = StreamGuard(checker)
        for start in range(0, len(text), STEP):
            started = time.process_time()
            guard.feed(text[start : start + STEP])
            spent += time.process_time() - started
            held[guard.held] += 1
        guard.finish()
    steps = sum(held.values())
    print(f"{steps:,} steps of {STEP} characters, {spent / steps * 1e6:.1f} µs of CPU each")
    passed = 0
    for count in range(max(held) + 1):
        passed += held[count]
        if held[count] and (count <= 6 or held[count] * 1000 >= steps):
            print(f"held {count:3}: {held[count] / steps:7.2%}   at most: {passed / steps:7.2%}")
    print(f"mean {sum(k * n for k, n in held.items()) / steps:.2f}, most {max(held)}")


if __name__ == "__main__":
    main()
