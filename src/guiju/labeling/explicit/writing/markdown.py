"""Markdown: words as a paragraph behind the front matter, at the end, or between two paragraphs; never inside code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from guiju.labeling.explicit.mark import DEFAULT, MOMENTS, Form, Mark, one_of
from guiju.labeling.explicit.medium import Made, Medium, medium
from guiju.labeling.explicit.report import Report, Sighting
from guiju.labeling.explicit.writing import encoded
from guiju.labeling.explicit.writing.placing import middle
from guiju.labeling.explicit.writing.words import SUPERSCRIPT, Line, judge, text_words
from guiju.labeling.fence import FenceTracker
from guiju.labeling.text import TextLabeller
from guiju.labeling.words import wording
from guiju.media import LIMITS, Limits, frontmatter

_RAISED: Final = re.compile(r"<sup>\s*(.*?)\s*</sup>", re.I | re.S)
_COMMENT: Final = re.compile(r"<!--.*?-->", re.S)


@medium
class Markdown(Medium):
    """Markdown, with or without front matter."""

    name = "markdown"
    suffixes = (".md", ".markdown", ".mdown", ".mkd")
    clause = "5.1"
    positions = MOMENTS

    def sniff(self, head: bytes, suffix: str) -> bool:
        return suffix in self.suffixes

    def make(self, source: Path, target: BinaryIO, mark: Mark, limits: Limits = LIMITS) -> Made:
        position = one_of(mark.position, MOMENTS, "start")
        words, file = text_words(mark), encoded.read(source, limits)
        start = _body(file.text)
        head, body = file.text[:start], file.text[start:]
        if mark.form is Form.CORNER:
            shown = f"<sup>{words.text}</sup>"
        else:
            shown = wording().styles["quote"].format(words=words.text)
        file.write(target, head + _placed(body, shown, words.text, position))
        return Made(self.name, words.id, (Sighting(words.text, position),), {})

    def check(self, path: Path, mark: Mark = DEFAULT, limits: Limits = LIMITS, picture: Path | None = None) -> Report:
        text = encoded.read(path, limits).text
        return judge(self.name, _lines(text[_body(text) :]))


def _placed(body: str, shown: str, words: str, position: str) -> str:
    if position == "middle":
        at = middle(body)
        return f"{body[:at].rstrip()}\n\n{shown}\n\n{body[at:].lstrip(chr(10))}"
    if shown.startswith("> "):
        return TextLabeller.build(words, position, "quote").apply(body)[0] + ("\n" if position == "end" else "")
    tracker = FenceTracker()
    tracker.feed(body)
    if position == "start":
        return f"{shown}\n\n{body}"
    return f"{body.rstrip(chr(10))}{tracker.closing()}\n\n{shown}\n"


def _body(text: str) -> int:
    """Where the body begins: behind the front matter and its closing line."""
    found = frontmatter.find(text)
    if found is None:
        return 0
    end = text.find("\n", found.end)
    return len(text) if end < 0 else end + 1


def _lines(body: str) -> Iterator[Line]:
    """Lines as a reader sees them; comments are hidden, fenced and indented blocks are code."""
    tracker = FenceTracker()
    raised = _RAISED.sub(lambda found: SUPERSCRIPT[0] + found[1] + SUPERSCRIPT[1], _COMMENT.sub(_blank, body))
    for line in raised.split("\n"):
        before = bool(tracker.closing())
        tracker.feed(line + "\n")
        indented = line.startswith(("    ", "\t"))
        yield Line(re.sub(r"`[^`\n]*`", "", line), code=before or indented)


def _blank(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")
