"""PPTX: a box with the words on every slide, or on the first or the last. Everything else stays byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final
from xml.sax.saxutils import escape

import msgspec

from guiju.errors import MediaMalformed, MediaTooLarge
from guiju.labeling.atomic import opened
from guiju.labeling.explicit.mark import CORNERS, DEFAULT, Form, Mark, one_of
from guiju.labeling.explicit.medium import Made, Medium, medium
from guiju.labeling.explicit.report import Report, Sighting
from guiju.labeling.explicit.writing.package import COMPOUND, Package, reference
from guiju.labeling.explicit.writing.words import Line, judge, text_words
from guiju.media import LIMITS, Limits, markup

SHARE: Final = 0.03
"""Size of the type over the shortest side of the slide: 16 points of 540. The standard gives texts no number (5.1)."""
SLIDES: Final = 2_000
_MARGIN: Final = 0.025
_POINT: Final = 12_700  # English metric units
_DRAWING: Final = "http://schemas.openxmlformats.org/drawingml/2006/main"
_DRAWING_STRICT: Final = "http://purl.oclc.org/ooxml/drawingml/main"


class _Size(msgspec.Struct, frozen=True):
    """Width and height of slides, in English metric units."""

    width: int
    height: int


@medium
class Pptx(Medium):
    """PowerPoint presentations, shows and templates."""

    name = "pptx"
    suffixes = (".pptx", ".potx", ".ppsx", ".pptm", ".potm", ".ppsm")
    clause = "5.1"
    positions = ("start", "end", *CORNERS)

    def sniff(self, head: bytes, suffix: str) -> bool:
        return suffix in self.suffixes and head.startswith((b"PK\3\4", COMPOUND))

    def make(self, source: Path, target: BinaryIO, mark: Mark, limits: Limits = LIMITS) -> Made:
        position, words = one_of(mark.position, self.positions, "bottom-right"), text_words(mark)
        with opened(source) as file:
            shown = _Presentation(file, limits)
            slides = {"start": shown.slides[:1], "end": shown.slides[-1:]}.get(position, shown.slides)
            points = shown.points(mark.height or SHARE)
            shown.archive.write(
                target, {one: shown.labelled(one, words.text, position, points, mark.form) for one in slides}
            )
        figures = {"points": points, "slides": float(len(slides))}
        return Made(self.name, words.id, (Sighting(words.text, position),), figures)

    def check(self, path: Path, mark: Mark = DEFAULT, limits: Limits = LIMITS, picture: Path | None = None) -> Report:
        with opened(path) as file:
            return judge(self.name, [*_Presentation(file, limits).lines()])


class _Presentation(Package):
    """The slides of a presentation, in the order in which they are shown."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        super().__init__(file, limits, "PPTX", "ppt/presentation.xml", "presentationml")
        found = markup.elements(self.main, frozenset({"sldId", "sldSz"}), self.part)
        targets = {one.id: one.target for one in self.relations() if one.kind == "slide"}
        ids = [reference(self.main, one) for one in found if one.name == "sldId"]
        self.slides = list(dict.fromkeys(targets[one] for one in ids if one in targets))
        if not self.slides:
            raise MediaMalformed(what="PPTX", detail="no slides")
        if len(self.slides) > SLIDES:
            raise MediaTooLarge(what="slides", limit=SLIDES)
        self.size = next((_size(one) for one in found if one.name == "sldSz"), _Size(12_192_000, 6_858_000))

    def points(self, share: float) -> float:
        """The size of type that is ``share`` of the slide's shortest side, in whole points."""
        return float(max(10, round(share * min(self.size.width, self.size.height) / _POINT)))

    def labelled(self, slide: str, words: str, position: str, points: float, form: Form) -> bytes:
        """A slide with the words on top of everything else."""
        data = self.read(slide)
        found = markup.elements(data, frozenset({"spTree", "extLst"}), slide)
        tree = next((one for one in found if one.name == "spTree" and one.depth == 3), None)
        if tree is None or tree.inner_end == tree.end:
            raise MediaMalformed(what=slide, detail="no tree of shapes")
        last = (one.start for one in found if one.name == "extLst" and one.depth == 4 and one.start > tree.inner)
        at = next(last, tree.inner_end)
        return data[:at] + self._box(data, words, position, points, form) + data[at:]

    def lines(self) -> Iterator[Line]:
        """Paragraph by paragraph, slide by slide; those of slides that are not shown are hidden."""
        for slide in self.slides:
            data = self.read(slide)
            hidden = re.search(rb"<(?:\w+:)?sld\b[^>]*\sshow=[\"'](?:0|false)[\"']", data) is not None
            for one in _paragraphs(data, slide):
                yield Line(one, hidden=hidden)

    def _box(self, data: bytes, words: str, position: str, points: float, form: Form) -> bytes:
        ids = [int(one) for one in re.findall(rb"cNvPr\b[^>]*?\sid=[\"'](\d{1,9})[\"']", data)]
        high = round(1.7 * points * _POINT)
        wide = min(self.size.width, round((_ems(words) + 1.2) * points * _POINT))
        left, top = _corner(position, self.size, wide, high)
        spaces = f'xmlns:p="{self.space}" xmlns:a="{_DRAWING_STRICT if "purl.oclc" in self.space else _DRAWING}"'
        weight = "" if form is Form.CORNER else ' b="1"'
        return (
            f'<p:sp {spaces}><p:nvSpPr><p:cNvPr id="{max(ids, default=1) + 1}" name="AIGC"/>'
            '<p:cNvSpPr txBox="1"/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr>'
            f'<a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
            '<a:solidFill><a:srgbClr val="FFFFFF"><a:alpha val="85000"/></a:srgbClr></a:solidFill></p:spPr>'
            '<p:txBody><a:bodyPr wrap="none" lIns="0" tIns="0" rIns="0" bIns="0" anchor="ctr"/><a:lstStyle/>'
            f'<a:p><a:pPr algn="ctr"/><a:r><a:rPr lang="zh-CN" sz="{round(100 * points)}"{weight}>'
            '<a:solidFill><a:srgbClr val="1F1F1F"/></a:solidFill></a:rPr>'
            f"<a:t>{escape(words)}</a:t></a:r></a:p></p:txBody></p:sp>"
        ).encode()


def _paragraphs(data: bytes, slide: str) -> Iterator[str]:
    """What stands in each paragraph: its runs joined, without elements of other paragraphs."""
    found = sorted(markup.elements(data, frozenset({"p", "t"}), slide), key=lambda one: one.start)
    end, said = 0, list[str]()
    for one in found:
        if one.name == "p" and one.start >= end:
            yield from filter(None, ["".join(said)])
            end, said = one.end, []
        elif one.name == "t" and one.start < end:
            said.append(one.text)
    yield from filter(None, ["".join(said)])


def _size(element: markup.Element) -> _Size:
    try:
        wide, high = int(element.attributes["cx"]), int(element.attributes["cy"])
    except (KeyError, ValueError):
        raise MediaMalformed(what="PPTX", detail="a size that is none") from None
    if not 914_400 <= min(wide, high) <= max(wide, high) <= 51_206_400:  # what the format allows
        raise MediaMalformed(what="PPTX", detail="a size out of range")
    return _Size(wide, high)


def _ems(words: str) -> float:
    """The width of words in ems, generously."""
    return sum(0.65 if one.isascii() else 1.05 for one in words)


def _corner(position: str, size: _Size, wide: int, high: int) -> tuple[int, int]:
    """Left and top of a box at an edge or corner; the first and the last slide bear it at the bottom right."""
    place = "bottom-right" if position in ("start", "end") else position
    margin = round(_MARGIN * min(size.width, size.height))
    left = {"left": margin, "right": size.width - wide - margin}.get(place.rpartition("-")[2], (size.width - wide) // 2)
    top = {"top": margin, "bottom": size.height - high - margin}.get(place.partition("-")[0], (size.height - high) // 2)
    return max(0, left), max(0, top)
