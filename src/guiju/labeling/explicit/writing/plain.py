"""Plain text: words as a line of their own (GB 45438-2025, 5.1)."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from guiju.labeling.explicit.mark import DEFAULT, MOMENTS, Form, Mark, one_of
from guiju.labeling.explicit.medium import Made, Medium, medium
from guiju.labeling.explicit.report import Report, Sighting
from guiju.labeling.explicit.writing import encoded
from guiju.labeling.explicit.writing.placing import place
from guiju.labeling.explicit.writing.words import Line, judge, text_words
from guiju.labeling.words import wording
from guiju.media import LIMITS, Limits


@medium
class Plain(Medium):
    """TXT. Tables and data (CSV, JSON) have no room for words: there only the interface can show them (5.6)."""

    name = "text"
    suffixes = (".txt", ".text", ".log")
    clause = "5.1"
    positions = MOMENTS

    def sniff(self, head: bytes, suffix: str) -> bool:
        return suffix in self.suffixes

    def make(self, source: Path, target: BinaryIO, mark: Mark, limits: Limits = LIMITS) -> Made:
        position = one_of(mark.position, MOMENTS, "start")
        words, file = text_words(mark), encoded.read(source, limits)
        shown = "[AI]" if mark.form is Form.CORNER else wording().styles["bracket"].format(words=words.text)
        file.write(target, place(file.text, shown, position, fences=False))
        return Made(self.name, words.id, (Sighting(shown, position),), {})

    def check(self, path: Path, mark: Mark = DEFAULT, limits: Limits = LIMITS, picture: Path | None = None) -> Report:
        return judge(self.name, [Line(line) for line in encoded.read(path, limits).text.split("\n")])
