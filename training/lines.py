"""The project's own training text: one file per tag under ``training/text``, written line by line for itself.

The format: a head of ``# key: value`` lines (``name``, ``risk``, ``zh``), then sections ``## harmful prompt`` and so on, one
text per line. ``\\n`` inside a line is a line break of the text; turns of a conversation are joined by `` ⏎ ``, the user's
first, and the last turn is the one that is judged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

TEXT = Path(__file__).parent / "text"
TURN = " ⏎ "
SIDES = ("harmful", "harmless")
FORMS = ("prompt", "answer", "conversation")
_HEAD = re.compile(r"# (name|risk|zh): (\S.*)")
_SECTION = re.compile(r"## (harmful|harmless) (prompt|answer|conversation)")


class LinesInvalid(ValueError):
    """A file of lines breaks the format; the message names file and line."""


@dataclass(frozen=True)
class Written:
    """One line: its text (turns of a conversation apart, the last one judged), the side and the form it stands under."""

    turns: tuple[str, ...]
    side: str
    form: str

    @property
    def text(self) -> str:
        """What is judged."""
        return self.turns[-1]


@dataclass(frozen=True)
class Tag:
    """One file: its name, risk tag, Chinese title, and lines."""

    name: str
    risk: str
    zh: str
    lines: tuple[Written, ...]

    def of(self, side: str, form: str = "") -> tuple[Written, ...]:
        """The lines of one side, of one form where given."""
        return tuple(line for line in self.lines if line.side == side and form in ("", line.form))


def parse(source: str, name: str) -> Tag:
    """Read one file.

    Raises:
        LinesInvalid: an unknown head or section, text before the first section, or a head that is missing.
    """
    head: dict[str, str] = {}
    section: tuple[str, str] | None = None
    lines: list[Written] = []
    for number, line in enumerate(source.splitlines(), 1):
        if not line.strip():
            continue
        if line.startswith("## "):
            match = _SECTION.fullmatch(line.strip())
            if match is None:
                raise LinesInvalid(f"{name}:{number}: no such section: {line.strip()}")
            section = match[1], match[2]
        elif section is None:
            match = _HEAD.fullmatch(line.strip())
            if match is None:
                raise LinesInvalid(f"{name}:{number}: expected '# name:', '# risk:' or '# zh:'")
            head[match[1]] = match[2].strip()
        else:
            lines.append(_written(line.strip(), *section))
    missing = {"name", "risk", "zh"} - head.keys()
    if missing:
        raise LinesInvalid(f"{name}: missing {', '.join(sorted(missing))}")
    return Tag(head["name"], head["risk"], head["zh"], tuple(lines))


def load(folder: Path = TEXT) -> tuple[Tag, ...]:
    """All files of a folder, by file name.

    Raises:
        LinesInvalid: see ``parse``.
    """
    return tuple(parse(path.read_text("utf-8"), path.name) for path in sorted(folder.glob("*.txt")))


def _written(line: str, side: str, form: str) -> Written:
    turns = line.split(TURN) if form == "conversation" else [line]
    return Written(tuple(turn.replace("\\n", "\n") for turn in turns), side, form)
