"""Normalising and both automata over 100,000 entries, beside the plain match of pyahocorasick over the same entries.

Run with ``python -m bench.text_normalise [--texts FILE.jsonl …]``. Messages of 200 and 400 characters are cut from ordinary
Chinese text (the benchmark's own sentences where no file is given), all different. The lexicon is the shipped one filled up
to 100,000 entries with random words of two to five characters of GB 2312. Ours is what the checker does for ``words`` and
``sounds``: the screen in C (reading, squeezing, signs for syllables, both automata, the other views), and for the texts it
asks about reading and both detectors. Beside it the same with the heads of all shipped patterns looked for in the same pass,
which is what a checker asks. Theirs is ``Automaton.iter`` over the raw text and nothing else. The third is the same without the compiled half. Figures are CPU time
per message, the rounds in turns, the best of several, in one process.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import ahocorasick
import daachorse

from bench.machine import describe
from bench.words import SENTENCES
from guiju.moderation import starter
from guiju.moderation.detectors import Materials, build
from guiju.moderation.lexicon import Entry, Lexicon
from guiju.moderation.screening import screen as screening
from guiju.text.payloads import payloads
from guiju.text.reading import read
from guiju.text.squeeze import squeeze

ROUNDS = 7
MESSAGES = 500
THEIRS, RAW = "pyahocorasick, plain match alone", "daachorse, plain match alone"
OURS = "ours: reading and both automata"


def per_message(calls: dict[str, tuple[Callable[[str], object], Sequence[str]]]) -> dict[str, float]:
    """CPU microseconds per message of each call, the best of rounds that take turns."""
    best = dict.fromkeys(calls, float("inf"))
    for _ in range(ROUNDS):
        for name, (call, messages) in calls.items():
            started = time.process_time()
            for message in messages:
                call(message)
            best[name] = min(best[name], (time.process_time() - started) / len(messages) * 1e6)
    return best


def lexicon(size: int) -> Lexicon:
    """The shipped entries and random ones, ``size`` in all."""
    choose = random.Random(7)
    characters = [c for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF) if (c := _gb2312(high, low))]
    entries = list(starter.lexicon().entries)
    words = {entry.word for entry in entries}
    while len(words) < size:
        words.add("".join(choose.choices(characters, k=choose.choice((2, 3, 4, 5)))))
    known = {entry.word for entry in entries}
    return Lexicon.compile([*entries, *(Entry(word, "A.3.e") for word in sorted(words - known))])


def _gb2312(high: int, low: int) -> str:
    return bytes((high, low)).decode("gb2312", "ignore")


def texts(paths: Sequence[Path]) -> str:
    """All ordinary text in one."""
    rows = [json.loads(line)["text"] for path in paths for line in path.open(encoding="utf-8")]
    choose = random.Random(3)
    own = ["".join(choose.choices(SENTENCES, k=40)) for _ in range(60)]
    return "".join(rows or own)


def both_automata(materials: Materials) -> Callable[[str], object]:
    """Reading a message and asking both automata, as the checker does for ``words`` and ``sounds``."""
    screen = screening.screen_of(materials)
    words, sounds = build(materials, ("words", "sounds"))

    def look(message: str) -> None:
        if screen is None or screen.asks(message) & (screening.ALL | screening.WORDS | screening.SOUNDS):
            reading = read(message)
            if screen is not None and reading.easy:
                screen.reads_as(message, reading.text)
            words.scan(reading.text, 0, True)
            sounds.scan(reading.text, 0, True)

    return look


def measure(listed: Lexicon, length: int, text: str) -> None:
    """One table: the entries of a lexicon, messages of ``length`` characters."""
    messages = [text[i * length : (i + 1) * length] for i in range(min(MESSAGES, len(text) // length))]
    materials = Materials(listed, starter.patterns())
    screen = screening.screen_of(Materials(listed, ()))
    words, sounds = build(materials, ("words", "sounds"))
    words.screen = sounds.screen = None  # type: ignore[attr-defined]
    plain = [word.text for word in listed.words if not word.disguise]
    theirs = ahocorasick.Automaton()
    for word in plain:
        theirs.add_word(word, word)
    theirs.make_automaton()
    raw = daachorse.CharwiseDoubleArrayAhoCorasick(plain)

    def in_python(message: str) -> None:
        normal = read(message).text
        words.scan(normal, 0, True)
        sounds.scan(normal, 0, True)

    letters = [squeeze(read(message).text) for message in messages]
    calls: dict[str, tuple[Callable[[str], object], Sequence[str]]] = {
        THEIRS: (lambda message: list(theirs.iter(message)), messages),
        RAW: (raw.find_overlapping, letters),
        OURS: (both_automata(Materials(listed, ())), messages),
        "the same beside the heads of all patterns": (both_automata(materials), messages),
        "the same without the compiled half": (in_python, messages),
        "beside it: looking for payloads": (payloads, messages),
    }
    if screen is not None:
        calls["  of it the screen alone"] = (screen.asks, messages)
        asked = [screen.asks(message) for message in messages]
        looked = sum(1 for each in asked if each & (screening.ALL | screening.WORDS | screening.SOUNDS))
    cost = per_message(calls)
    print(f"\n{len(plain):,} entries, {len(messages)} messages of {length} characters")
    for name, each in cost.items():
        print(f"{name:44}{each:9.2f} µs")
    if screen is not None:
        print(f"{'texts the detectors had to look at':44}{looked / len(messages):9.1%}")
    print(
        f"{'ours against pyahocorasick':44}{cost[THEIRS] / cost[OURS]:9.1f} ×   ({length * 3 / cost[OURS]:.0f} MB/s of Chinese UTF-8)"
    )
    print(f"{'daachorse against pyahocorasick':44}{cost[THEIRS] / cost[RAW]:9.1f} ×")
    print(f"{'what remains of the raw daachorse pass':44}{cost[RAW] / cost[OURS]:9.0%}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--texts", type=Path, nargs="*", default=[])
    arguments.add_argument("--entries", type=int, nargs="*", default=[10_000, 100_000])
    asked = arguments.parse_args()
    for name, value in describe().items():
        print(f"{name}: {value}")
    text = texts(asked.texts)
    for size in asked.entries:
        listed = lexicon(size)
        for length in (200, 400):
            measure(listed, length, text)


if __name__ == "__main__":
    main()
