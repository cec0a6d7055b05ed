"""How much of clean text a stream holds back: the distribution over every step of many ordinary answers.

Run with ``python -m bench.hold_back [--texts FILE.jsonl …]``. Each answer (JSON lines with ``text``, rows labelled harmful
left out; the benchmark's own sentences where no file is given) is fed to a ``StreamGuard`` with the shipped lists and policy
in pieces of three characters; after every piece the characters held back are counted: once for what the detectors alone hold
(the fast mode), once for the strict mode, where a passage waits until the models have judged it. Said too: how many of these
answers either mode stops.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec

from bench.words import SENTENCES
from guiju.moderation import policy_source, starter
from guiju.moderation.checker import Checker
from guiju.moderation.policy import StreamRule
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


def measure(checker: Checker, texts: list[str]) -> tuple[Counter[int], float, int]:
    """Characters held after each step, CPU seconds of the steps, and how many texts were stopped."""
    held: Counter[int] = Counter()
    spent, stopped = 0.0, 0
    for text in texts:
        guard = StreamGuard(checker)
        stop = None
        for start in range(0, len(text), STEP):
            started = time.process_time()
            stop = guard.feed(text[start : start + STEP]).stop
            spent += time.process_time() - started
            if stop is not None:
                break
            held[guard.held] += 1
        started = time.process_time()
        stop = stop or guard.finish().stop
        spent += time.process_time() - started
        stopped += stop is not None
    return held, spent, stopped


def show(title: str, texts: list[str], found: tuple[Counter[int], float, int], marks: tuple[int, ...]) -> None:
    """The distribution: the share of steps with at most so many characters held."""
    held, spent, stopped = found
    steps = held.total()
    mean = sum(count * times for count, times in held.items()) / steps
    print(
        f"{title}: {len(texts):,} answers, {steps:,} steps of {STEP} characters, {spent / steps * 1e6:.1f} µs of CPU each"
    )
    shares = (f"≤ {mark}: {sum(n for count, n in held.items() if count <= mark) / steps:.2%}" for mark in marks)
    print(
        f"  held {'  '.join(shares)}  mean {mean:.2f}  most {max(held)}  answers stopped {stopped} ({stopped / len(texts):.2%})"
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--texts", type=Path, nargs="*", default=[])
    arguments.add_argument("--most", type=int, default=MOST_TEXTS, help="answers at most")
    asked = arguments.parse_args()
    texts = list(islice(answers(asked.texts), asked.most))
    policy = policy_source.default()
    strict = msgspec.structs.replace(policy, streams=(StreamRule(strict=True),))
    alone = Checker.build(
        starter.lexicon(), policy, detectors=("words", "sounds", "patterns", "pii"), budget_ms=10_000, cache_size=1
    )
    both = Checker.build(starter.lexicon(), policy, budget_ms=10_000, cache_size=1)
    show("detectors alone", texts, measure(alone, texts), (0, 1, 2, 3, 6, 12))
    show("fast, with models", texts, measure(both, texts), (0, 1, 2, 3, 6, 12))
    show("strict, with models", texts, measure(both.under(strict), texts), (10, 20, 40, 60, 80, 120, 200))


if __name__ == "__main__":
    main()
