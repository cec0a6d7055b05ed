"""Reading a PDF as its readers do: the text of its pages, or, where pages are pictures, the words in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from guiju.errors import MediaMalformed, MediaTooLarge, PartMissing
from guiju.labeling.explicit.picture import checking, marking
from guiju.labeling.explicit.picture.reading import Pixels
from guiju.labeling.explicit.report import Box, Report, Sighting, check
from guiju.labeling.explicit.writing import words
from guiju.labeling.explicit.writing.words import Line
from guiju.labeling.verdict import Verdict

_SCALE = 2.0
_PIXELS = 30_000_000


def judge(file: BinaryIO, path: Path, picture: Path | None, most: int) -> Report:
    """Find the labels of a PDF.

    Raises:
        PartMissing: pypdfium2 (or, for pages that are pictures, RapidOCR) is not installed.
        MediaMalformed: it cannot be read, or needs a password. MediaTooLarge: more pages than ``most``.
    """
    library = _pdfium()
    try:
        document = library.PdfDocument(file)
    except library.PdfiumError as error:
        raise MediaMalformed(what="PDF", detail=str(error)) from error
    try:
        return _judged(document, path, picture, most)
    except library.PdfiumError as error:
        raise MediaMalformed(what="PDF", detail=str(error)) from error
    finally:
        document.close()


def _judged(document: Any, path: Path, picture: Path | None, most: int) -> Report:
    count = len(document)
    if not 0 < count <= most:
        raise MediaTooLarge(what="pages", limit=most)
    pages = [_text(document, number) for number in range(count)]
    if not any(page.strip() for page in pages):
        return _of_picture(document, path, picture)
    report = words.judge("pdf", [Line(line) for page in pages for line in page.splitlines()])
    shown = 0
    if report.verdict is not Verdict.NOT_FOUND:
        said = report.found[0].text
        shown, boxes = _located(document, pages, said)
        bearing = sum(1 for page in pages if any(words.said_in(line) for line in page.splitlines()))
        inside = check("page.visible", bool(boxes), f"{bearing} / {count} pages", measured=bearing, unit="pages")
        first = Sighting(said, f"page {shown + 1}", boxes[0] if boxes else None)
        report = Report(report.verdict, report.medium, (*report.checks, inside), (first, *report.found[1:]))
    if picture is not None:
        marking.save(marking.marked(_pixels(document, shown), report), picture, path)
    return report


def _text(document: Any, number: int) -> str:
    page = document[number]
    text = page.get_textpage()
    try:
        return str(text.get_text_range()).replace("\r\n", "\n")
    finally:
        text.close()
        page.close()


def _located(document: Any, pages: list[str], said: str) -> tuple[int, tuple[Box, ...]]:
    """The first page with the words, and their rectangles in the picture of it that lie within the page."""
    number = next(number for number, page in enumerate(pages) if any(words.said_in(line) == said for line in page.splitlines()))  # fmt: skip
    page = document[number]
    text = page.get_textpage()
    searcher = text.search(said[:12])
    hit = searcher.get_next()
    boxes = []
    if hit is not None:
        left, bottom, right, top = page.get_cropbox()
        for index in range(text.count_rects(*hit)):
            x0, y0, x1, y1 = text.get_rect(index)
            if x0 >= left - 1 and x1 <= right + 1 and y0 >= bottom - 1 and y1 <= top + 1:
                boxes.append(_upright(page, (x0 - left, y0 - bottom, x1 - left, y1 - bottom)))
    searcher.close()
    text.close()
    page.close()
    return number, tuple(boxes)


def _upright(page: Any, box: tuple[float, float, float, float]) -> Box:
    """A rectangle of the page's own space in the pixels of its picture."""
    x0, y0, x1, y1 = box
    turn = page.get_rotation()
    width, height = page.get_size()
    corners = {
        0: (x0, height - y1, x1, height - y0), 90: (y0, x0, y1, x1), 180: (width - x1, y0, width - x0, y1),
        270: (width - y1, height - x1, width - y0, height - x0),
    }[turn]  # fmt: skip
    return Box(*(round(side * _SCALE) for side in corners))


def _of_picture(document: Any, path: Path, picture: Path | None) -> Report:
    """A PDF without text: its first page, read as a picture; sizes are not judged, since 5.1 gives none."""
    pixels = _pixels(document, 0)
    seen = checking.judge("pdf", pixels, Box(0, 0, pixels.shape[1], pixels.shape[0]))
    kept = tuple(one for one in seen.checks if not one.id.startswith("picture."))
    if seen.verdict is Verdict.NOT_FOUND:
        report = Report(Verdict.NOT_FOUND, "pdf", kept, seen.found)
    else:
        where = check("text.position", True, "page 1")
        report = Report(Verdict.COMPLIANT, "pdf", (*kept, where), seen.found)
    if picture is not None:
        marking.save(marking.marked(pixels, report), picture, path)
    return report


def _pixels(document: Any, number: int) -> Pixels:
    page = document[number]
    width, height = page.get_size()
    scale = min(_SCALE, (_PIXELS / max(1.0, width * height)) ** 0.5)
    try:
        return np.ascontiguousarray(np.asarray(page.render(scale=scale).to_pil().convert("RGB")))
    finally:
        page.close()


def _pdfium() -> Any:
    try:
        import pypdfium2
    except ImportError:
        raise PartMissing(extra="pdf", doing="读取 PDF 页面", doing_en="read PDF pages") from None
    return pypdfium2
