"""HTML: words as a paragraph in the body. They are written as character references, so that any encoding will do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import BinaryIO, Final

from guiju.errors import MediaTooLarge
from guiju.labeling.atomic import opened
from guiju.labeling.explicit.mark import DEFAULT, MOMENTS, Form, Mark, one_of
from guiju.labeling.explicit.medium import Made, Medium, medium
from guiju.labeling.explicit.report import Report, Sighting
from guiju.labeling.explicit.writing.words import SUPERSCRIPT, Line, judge, text_words
from guiju.media import LIMITS, Limits
from guiju.media.streams import to_text

_HIDING: Final = re.compile(
    rb"<!--.*?-->|<(script|style|template|pre|code|textarea|svg|noscript)\b.*?</\1\s*>", re.I | re.S
)
_BODY: Final = re.compile(rb"<body\b(?:\"[^\"]*\"|'[^']*'|[^>\"'])*>", re.I)
_HEAD_END: Final = re.compile(rb"</head\s*>|<!doctype[^>]*>", re.I)
_BLOCK_END: Final = re.compile(rb"</(?:p|div|section|article|ul|ol|table|blockquote|h[1-6])\s*>", re.I)
_STYLE: Final = "font-size:1em;line-height:1.6;color:#222;background:#fff;padding:.25em .5em;margin:.5em 0;"


@medium
class Html(Medium):
    """HTML and XHTML."""

    name = "html"
    suffixes = (".html", ".htm", ".xhtml")
    clause = "5.1"
    positions = MOMENTS

    def sniff(self, head: bytes, suffix: str) -> bool:
        return suffix in self.suffixes or head.lstrip().lower().startswith((b"<!doctype html", b"<html"))

    def make(self, source: Path, target: BinaryIO, mark: Mark, limits: Limits = LIMITS) -> Made:
        position = one_of(mark.position, MOMENTS, "start")
        words, raw = text_words(mark), _read(source, limits)
        shown = "".join(f"&#{ord(one)};" for one in words.text)
        inner = f"<sup>{shown}</sup>" if mark.form is Form.CORNER else shown
        at = _place(raw, position)
        target.write(raw[:at] + f'\n<p class="aigc-label" style="{_STYLE}">{inner}</p>\n'.encode("ascii") + raw[at:])
        return Made(self.name, words.id, (Sighting(words.text, position),), {})

    def check(self, path: Path, mark: Mark = DEFAULT, limits: Limits = LIMITS, picture: Path | None = None) -> Report:
        reader = _Reader()
        reader.feed(to_text(_read(path, limits)))
        reader.close()
        return judge(self.name, reader.lines())


def _read(path: Path, limits: Limits) -> bytes:
    with opened(path) as file:
        raw = file.read(limits.structure_bytes + 1)
    if len(raw) > limits.structure_bytes:
        raise MediaTooLarge(what="HTML", limit=limits.structure_bytes)
    return raw


def _place(raw: bytes, position: str) -> int:
    """Where the paragraph goes; comments, scripts, code and the like are not looked into."""
    plain = _HIDING.sub(lambda found: b" " * len(found[0]), raw)
    body = _BODY.search(plain)
    behind = max((found.end() for found in _HEAD_END.finditer(plain)), default=0)
    start = behind if body is None else body.end()
    closing = plain.lower().rfind(b"</body")
    end = closing if closing >= start else len(raw)
    if position == "start":
        return start
    if position == "end":
        return end
    ends = [found.end() for found in _BLOCK_END.finditer(plain, start, end)]
    return min(ends, key=lambda at: abs(at - (start + end) / 2), default=end)


class _Reader(HTMLParser):
    """Collects lines as a reader sees them."""

    _VOID: Final = frozenset(
        {"br", "img", "hr", "input", "meta", "link", "wbr", "source", "col", "area", "base", "embed"}
    )
    _UNSEEN: Final = frozenset({"script", "style", "template", "head", "title", "noscript"})
    _CODE: Final = frozenset({"pre", "code", "textarea", "samp", "kbd"})
    _INLINE: Final = frozenset(
        {"a", "b", "i", "em", "strong", "span", "sup", "sub", "small", "font", "u", "mark", "bdi"}
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, bool, bool]] = []  # tag, hidden, code: each includes what it stands in
        self._lines: list[Line] = []
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self._INLINE:
            self._break()
        if tag in self._VOID:
            return
        given = {name: (value or "").lower().replace(" ", "") for name, value in attrs}
        style = given.get("style", "")
        _, hidden, code = self._open[-1] if self._open else ("", False, False)
        unseen = "hidden" in given or "display:none" in style or "visibility:hidden" in style or "font-size:0" in style
        if (hide := unseen or tag in self._UNSEEN) != hidden or tag in self._CODE:
            self._break()
        if len(self._open) < 1000:
            self._open.append((tag, hidden or hide, code or tag in self._CODE))
        if tag == "sup":
            self._text += SUPERSCRIPT[0]

    def handle_endtag(self, tag: str) -> None:
        if tag == "sup":
            self._text += SUPERSCRIPT[1]
        if tag not in self._INLINE or (self._open and (self._open[-1][1] or self._open[-1][2])):
            self._break()
        for number in range(len(self._open) - 1, -1, -1):
            if self._open[number][0] == tag:
                del self._open[number:]
                return

    def handle_data(self, data: str) -> None:
        self._text += re.sub(r"\s+", " ", data)

    def lines(self) -> Iterator[Line]:
        """Every line, when all was fed."""
        self._break()
        return iter(self._lines)

    def _break(self) -> None:
        if self._text.strip():
            _, hidden, code = self._open[-1] if self._open else ("", False, False)
            self._lines.append(Line(self._text.strip(), code, hidden))
        self._text = ""
