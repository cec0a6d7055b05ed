"""Texts that ask to be read backwards: what they would say then.

Written backwards, a request is noise to whoever reads from the front. A text that says so itself (``data/backwards.txt``:
倒过来, 从后往前, "in reverse") is read once more from its end: what follows the request to do so, or what stands before
it where nothing follows. Only a whole text can be read so; single words written backwards are found in any text by the word
lists.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "backwards.txt"
#: Every cue holds one of these, and few other texts do: looking for them costs next to nothing.
_SIGNS = (
    "倒",
    "反",
    "逆",
    "翻转",
    "往前",
    "向前",
    "右",
    "从尾",
    "::-1",
    "back",
    "rever",
    "to left",
    "-left",
    "to f",
    "to s",
)
#: What is written backwards begins behind one of these, and may end with one of them.
_BEHIND = re.compile("[:：\n「『“\"'`]")
_AROUND = " \t\r\n「」『』“”\"'`。.:：;；,，"
#: Characters below which nothing is said.
_FEWEST = 4
_LATIN = re.compile("[a-z]")


@cache
def _cues() -> re.Pattern[str]:
    cues = [line for line in _FILE.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return re.compile("|".join(map(re.escape, sorted(cues, key=len, reverse=True))))


def asks(normal: str) -> bool:
    """Whether a normalised text speaks of reading backwards."""
    for sign in _SIGNS:  # a generator would cost more than the search
        if sign in normal:
            return _cues().search(normal) is not None
    return False


def readings(normal: str) -> tuple[str, ...]:
    """What a normalised text says read as it asks to be; empty where it asks for nothing of the kind.

    Letters are turned round, in texts of Latin letters also the words, and the letters of each word.
    """
    if not asks(normal):
        return ()
    written = _written(normal)
    if len(written) < _FEWEST:
        return ()
    turned = written[::-1]
    if _LATIN.search(written) is None:
        return (turned,)
    words = turned.split()
    found = (turned, " ".join(reversed(words)), " ".join(word[::-1] for word in words))
    return tuple(dict.fromkeys(found))


def _written(normal: str) -> str:
    """What is written backwards: all that follows the cue's clause, or all before the cue."""
    cues = list(_cues().finditer(normal))
    behind = _BEHIND.search(normal, cues[0].end())
    if behind is not None:
        after = normal[behind.end() :].strip(_AROUND)
        if len(after) >= _FEWEST:
            return after
    before = normal[: cues[0].start()].strip(_AROUND)
    return before if len(before) >= _FEWEST else normal[cues[-1].end() :].strip(_AROUND)
