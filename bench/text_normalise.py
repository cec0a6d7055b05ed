"""Normalising and both automata over 100,000 entries, beside the plain match of pyahocorasick over the same entries.

Run with ``python -m bench.text_normalise [--texts FILE.jsonl …]``. Messages of 200 and 400 characters are cut from ordinary
Chinese text (the benchmark's own sentences where no file is given), all different. The lexicon is the shipped one filled up
to 100,000 entries with random words of two to five characters of GB 2312. Ours is reading, squeezing, the character
automaton, the sign per syllable and the syllable automaton, as the detectors ``words`` and ``sounds`` do them, gap rules,
allow entries and all other views included; theirs is ``Automaton.iter`` over the raw text and nothing else. Figures are CPU
time per message, the best of several rounds in one process.
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
from guiju.moderation.spoken import spoken
from guiju.text.payloads import payloads
from guiju.text.reading import read
from guiju.text.sounding import sound
from guiju.text.squeeze import squeeze

ROUNDS = 7
MESSAGES = 500


def per_message(call: Callable[[str], object], messages: Sequence[str]) -> float:
    """CPU microseconds per message, the best round."""
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        for message in messages:
            call(message)
        best = min(best, time.process_time() - started)
    return best / len(messages) * 1e6


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


def measure(size: int, length: int, text: str) -> None:
    """One table: ``size`` entries, messages of ``length`` characters."""
    listed = lexicon(size)
    messages = [text[i * length : (i + 1) * length] for i in range(min(MESSAGES, len(text) // length))]
    words, sounds = build(Materials(listed), ("words", "sounds"))
    plain = [word.text for word in listed.words if not word.disguise]
    theirs = ahocorasick.Automaton()
    for word in plain:
        theirs.add_word(word, word)
    theirs.make_automaton()
    raw = daachorse.CharwiseDoubleArrayAhoCorasick(plain)
    spoken_automaton = spoken(listed).automaton
    assert listed.automaton is not None and spoken_automaton is not None

    def ours(message: str) -> None:
        normal = read(message).text
        words.scan(normal, 0, True)
        sounds.scan(normal, 0, True)

    normal = [read(message).text for message in messages]
    letters = [squeeze(message) for message in normal]
    signs = [sound(message) for message in letters]
    whole = per_message(ours, messages)
    peer = per_message(lambda m: list(theirs.iter(m)), messages)
    rows = {
        "pyahocorasick, plain match alone": peer,
        "daachorse, plain match alone": per_message(raw.find_overlapping, letters),
        "ours: reading and both automata": whole,
        "  reading": per_message(lambda m: read(m), messages),
        "  words": per_message(lambda m: words.scan(m, 0, True), normal),
        "    of it squeezing": per_message(squeeze, normal),
        "    of it the automaton": per_message(listed.automaton.find_overlapping, letters),
        "  sounds": per_message(lambda m: sounds.scan(m, 0, True), normal),
        "    of it signs for syllables": per_message(sound, letters),
        "    of it its automaton": per_message(spoken_automaton.find_overlapping, signs),
        "beside it: looking for payloads": per_message(payloads, messages),
    }
    print(f"\n{len(plain):,} entries, {len(messages)} messages of {length} characters")
    for name, cost in rows.items():
        print(f"{name:40}{cost:9.2f} µs")
    megabytes = length * 3 / whole
    print(f"{'ours against pyahocorasick':40}{peer / whole:9.1f} ×   ({megabytes:.0f} MB/s of Chinese UTF-8)")
    print(f"{'what remains of the raw daachorse pass':40}{rows['daachorse, plain match alone'] / whole:9.0%}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--texts", type=Path, nargs="*", default=[])
    arguments.add_argument("--entries", type=int, nargs="*", default=[10_000, 100_000])
    asked = arguments.parse_args()
    for name, value in describe().items():
        print(f"{name}: {value}")
    text = texts(asked.texts)
    for size in asked.entries:
        for length in (200, 400):
            measure(size, length, text)


if __name__ == "__main__":
    main()
