"""PDF: words on the pages, drawn with an embedded font so that they can be selected and searched."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO, Final

from guiju.errors import MediaEncrypted, MediaLayoutUnsupported, MediaMalformed, MediaTooLarge, PartMissing
from guiju.labeling.atomic import opened
from guiju.labeling.explicit.mark import CORNERS, DEFAULT, Mark, one_of
from guiju.labeling.explicit.medium import Made, Medium, medium
from guiju.labeling.explicit.report import Report, Sighting
from guiju.labeling.explicit.writing import pdfpages, pdfview
from guiju.labeling.explicit.writing.words import text_words
from guiju.media import LIMITS, Limits

PAGES: Final = 5_000
_ODD: Final = (TypeError, ValueError, KeyError, AttributeError, RuntimeError)
"""What objects raise that are not of the kind their place asks for."""


@medium
class Pdf(Medium):
    """PDF: every page at an edge or corner, or only the first (``start``) or last (``end``)."""

    name = "pdf"
    suffixes = (".pdf",)
    clause = "5.1"
    positions = ("start", "end", *CORNERS)

    def sniff(self, head: bytes, suffix: str) -> bool:
        return b"%PDF-" in head[:1024]

    def make(self, source: Path, target: BinaryIO, mark: Mark, limits: Limits = LIMITS) -> Made:
        position, words = one_of(mark.position, self.positions, "bottom"), text_words(mark)
        library = _pikepdf()
        try:
            with library.open(source) as document:
                _writable(document)
                numbers = {"start": [0], "end": [len(document.pages) - 1]}.get(position, range(len(document.pages)))
                size = pdfpages.put(document, list(numbers), words.text, position, mark.font)
                document.save(target)
        except library.PasswordError:
            raise MediaEncrypted(what="PDF") from None
        except (library.PdfError, *_ODD) as error:
            raise MediaMalformed(what="PDF", detail=type(error).__name__) from error
        figures = {"points": size, "pages": float(len(numbers))}
        return Made(self.name, words.id, (Sighting(words.text, position),), figures)

    def check(self, path: Path, mark: Mark = DEFAULT, limits: Limits = LIMITS, picture: Path | None = None) -> Report:
        with opened(path) as file:
            return pdfview.judge(file, path, picture, PAGES)


def _writable(document: Any) -> None:
    if document.is_encrypted:
        raise MediaEncrypted(what="PDF")
    if not 0 < len(document.pages) <= PAGES:
        raise MediaTooLarge(what="pages", limit=PAGES)
    form = document.Root.get("/AcroForm")
    if form is not None and int(form.get("/SigFlags", 0)) & 1:
        raise MediaLayoutUnsupported(what="PDF", detail="a digital signature, which new content would break")


def _pikepdf() -> Any:
    try:
        import pikepdf
    except ImportError:
        raise PartMissing(extra="pdf", doing="在 PDF 页面上绘制文字", doing_en="draw words on PDF pages") from None
    return pikepdf
