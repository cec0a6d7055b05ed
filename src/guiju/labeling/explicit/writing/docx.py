"""DOCX: words as a paragraph of the body, or in the header or footer of every page. The rest stays byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final
from xml.sax.saxutils import escape

from guiju.errors import MediaMalformed
from guiju.labeling.atomic import opened
from guiju.labeling.explicit.mark import DEFAULT, MOMENTS, Form, Mark, one_of
from guiju.labeling.explicit.medium import Made, Medium, medium
from guiju.labeling.explicit.report import Report, Sighting
from guiju.labeling.explicit.writing.package import COMPOUND, Package
from guiju.labeling.explicit.writing.words import SUPERSCRIPT, Line, judge, text_words
from guiju.media import LIMITS, Limits, markup

PAGES: Final = ("header", "footer")
_CONTENT: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml"


@medium
class Docx(Medium):
    """Word documents and templates."""

    name = "docx"
    suffixes = (".docx", ".dotx", ".docm", ".dotm")
    clause = "5.1"
    positions = (*MOMENTS, *PAGES)

    def sniff(self, head: bytes, suffix: str) -> bool:
        return suffix in self.suffixes and head.startswith((b"PK\3\4", COMPOUND))

    def make(self, source: Path, target: BinaryIO, mark: Mark, limits: Limits = LIMITS) -> Made:
        position, words = one_of(mark.position, self.positions, "start"), text_words(mark)
        with opened(source) as file:
            package = _Document(file, limits)
            shown = _paragraph(package.space, words.text, raised=mark.form is Form.CORNER)
            changed = package.on_pages(shown, position) if position in PAGES else package.in_body(shown, position)
            package.archive.write(target, changed)
        return Made(self.name, words.id, (Sighting(words.text, position),), {})

    def check(self, path: Path, mark: Mark = DEFAULT, limits: Limits = LIMITS, picture: Path | None = None) -> Report:
        with opened(path) as file:
            package = _Document(file, limits)
            return judge(self.name, [*package.lines()])


class _Document(Package):
    """The parts of a Word document that show text."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        super().__init__(file, limits, "DOCX", "word/document.xml", "wordprocessingml")

    def in_body(self, paragraph: bytes, position: str) -> dict[str, bytes]:
        """The changed parts with the paragraph in the body."""
        found = markup.elements(self.main, frozenset({"body", "p", "tbl", "sectPr"}), self.part)
        body = next((one for one in found if one.name == "body" and one.depth == 2), None)
        if body is None:
            raise MediaMalformed(what="DOCX", detail="no body")
        tops = [one for one in found if one.depth == 3 and one.name in ("p", "tbl")]
        last = next((one.start for one in found if one.name == "sectPr" and one.depth == 3), body.inner_end)
        at = {"start": body.inner, "end": last}.get(position)
        if at is None:
            half = (body.inner + last) / 2
            at = min((one.end for one in tops), key=lambda end: abs(end - half), default=last)
        return {self.part: self.main[:at] + paragraph + self.main[at:]}

    def on_pages(self, paragraph: bytes, kind: str) -> dict[str, bytes]:
        """The changed parts with the paragraph in every header, or footer, and a new one where pages had none."""
        changed = {}
        for part in self._shown(kind):
            data = self.archive.read(part)
            if data is not None:
                changed[part] = _appended(markup.utf8(data), kind, paragraph, part)
        sections = markup.elements(self.main, frozenset({"sectPr"}), self.part)
        first = min(sections, key=lambda one: one.start, default=None)
        wanted = ["default"]
        if first is not None and b"titlePg" in self.main[first.start : first.end]:
            wanted.append("first")
        missing = [one for one in wanted if not (first and self._references(first, kind, one))]
        return changed | (self._added(paragraph, kind, missing, first) if missing else {})

    def lines(self) -> Iterator[Line]:
        """Headers, then the body, then footers, paragraph by paragraph."""
        for kind in PAGES:
            for part in self._shown(kind):
                data = self.archive.read(part)
                yield from () if data is None else _texts(markup.utf8(data), part, kind)
        yield from _texts(self.main, self.part, "")

    def _shown(self, kind: str) -> list[str]:
        return list(dict.fromkeys(one.target for one in self.relations() if one.kind == kind))

    def _references(self, section: markup.Element, kind: str, which: str) -> bool:
        inside = self.main[section.start : section.end]
        pattern = rb"<\w*:?" + kind.encode() + rb"Reference\b[^>]*type=[\"']" + which.encode() + rb"[\"']"
        return re.search(pattern, inside) is not None

    def _added(
        self, paragraph: bytes, kind: str, missing: list[str], section: markup.Element | None
    ) -> dict[str, bytes]:
        """A new header or footer part, its type and relation, and the references to it in the first section."""
        name = self.free(f"{kind}AIGC{{}}.xml")
        root = "hdr" if kind == "header" else "ftr"
        part = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:{root} xmlns:w="{self.space}">'.encode()
        id_ = f"rIdAIGC{kind}"
        refs = "".join(
            f'<w:{kind}Reference xmlns:w="{self.space}" xmlns:r="{self.links}" w:type="{one}" r:id="{id_}"/>'
            for one in missing
        )
        return {
            name: part + paragraph + f"</w:{root}>".encode(),
            **self.joined(name, _CONTENT.format(kind=kind), kind, id_),
            self.part: self._referring(refs.encode(), section),
        }

    def _referring(self, references: bytes, section: markup.Element | None) -> bytes:
        if section is None:
            closing = self.main.rfind(b"</", 0, self.main.rfind(b"</"))
            new = f'<w:sectPr xmlns:w="{self.space}">'.encode() + references + b"</w:sectPr>"
            return self.main[:closing] + new + self.main[closing:]
        if section.inner_end == section.end:  # <w:sectPr/>
            tag = self.main[section.start : section.end].rstrip(b"/>")
            name = f"{section.prefix}:sectPr" if section.prefix else "sectPr"
            new = tag + b">" + references + f"</{name}>".encode()
            return self.main[: section.start] + new + self.main[section.end :]
        return self.main[: section.inner] + references + self.main[section.inner :]


def _paragraph(space: str, words: str, *, raised: bool) -> bytes:
    look = '<w:vertAlign w:val="superscript"/>' if raised else '<w:b/><w:color w:val="1F1F1F"/><w:sz w:val="24"/>'
    shown = f'<w:p xmlns:w="{space}"><w:r><w:rPr>{look}</w:rPr><w:t>{escape(words)}</w:t></w:r></w:p>'
    return shown.encode()


def _texts(data: bytes, part: str, where: str) -> Iterator[Line]:
    """Paragraphs in the order in which they stand; those that are hidden as a whole are told so."""
    for one in sorted(markup.elements(data, frozenset({"p"}), part), key=lambda one: one.start):
        inside = data[one.start : one.end]
        hidden = b":vanish/>" in inside or b"<vanish/>" in inside
        raised = b'val="superscript"' in inside and len(one.text.strip()) <= 4
        text = SUPERSCRIPT[0] + one.text.strip() + SUPERSCRIPT[1] if raised else one.text
        yield Line(text, hidden=hidden, where=where)


def _appended(data: bytes, kind: str, paragraph: bytes, part: str) -> bytes:
    root = frozenset({"hdr" if kind == "header" else "ftr"})
    top = next((one for one in markup.elements(data, root, part) if one.depth == 1), None)
    if top is None or top.inner_end == top.end:
        raise MediaMalformed(what=part, detail=f"no {kind}")
    return data[: top.inner_end] + paragraph + data[top.inner_end :]
