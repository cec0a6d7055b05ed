"""Drawing a line of words on PDF pages: a subset of the label's font, embedded, upright on turned pages."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, Final

import msgspec

from guiju.errors import PartMissing
from guiju.labeling.explicit import font as fonts
from guiju.media.waiting import step

SHARE: Final = 0.025
"""Size of the type over the shortest side of the page: 15 points on A4. The standard gives texts no number (5.1)."""
LEAST: Final = 9.0
_MARGIN: Final = 0.03
_NAME: Final = "GuijuLabel"


class _Face(msgspec.Struct, frozen=True):
    """A subset of a font: its file, the glyph of each character, and widths in thousandths of an em."""

    raw: bytes
    glyphs: dict[str, int]
    widths: dict[str, float]


def put(document: Any, numbers: list[int], words: str, position: str, font: Path | None = None) -> float:
    """Draw ``words`` on the pages of ``document`` (pikepdf) with these numbers. Returns the smallest size in points.

    Raises:
        GlyphMissing, FileUnusable: the font cannot draw them. PartMissing: fontTools is not installed.
    """
    fonts.require(words, font)
    face = _subset(words, font)
    reference = document.make_indirect(_font(document, face))
    return min(_draw(document, document.pages[number], reference, face, words, position) for number in numbers)


def _draw(document: Any, page: Any, reference: Any, face: _Face, words: str, position: str) -> float:
    import pikepdf

    step()
    left, bottom, right, top = (float(side) for side in page.cropbox)
    turn = (
        int(page.obj.get("/Rotate", 0)) % 360 if "/Rotate" in page.obj else int(_inherited(page.obj, "/Rotate")) % 360
    )
    width, height = (right - left, top - bottom) if turn in (0, 180) else (top - bottom, right - left)
    size = max(LEAST, SHARE * min(width, height))
    length = sum(face.widths[one] for one in words) * size / 1000
    if length > 0.94 * width:
        size *= 0.94 * width / length
        length = 0.94 * width
    margin = _MARGIN * min(width, height)
    x = margin if "left" in position else width - margin - length if "right" in position else (width - length) / 2
    y = height - margin - size if "top" in position or position == "start" else margin if "bottom" in position or position == "end" else height / 2  # fmt: skip
    move = {
        0: (1, 0, 0, 1, left, bottom), 90: (0, 1, -1, 0, right, bottom),
        180: (-1, 0, 0, -1, right, top), 270: (0, -1, 1, 0, left, top),
    }[turn]  # fmt: skip
    codes = "".join(f"{face.glyphs[one]:04X}" for one in words)
    pad = 0.3 * size
    stream = (
        f"q {' '.join(f'{one:g}' for one in move)} cm "
        f"1 1 1 rg {x - pad:.2f} {y - pad:.2f} {length + 2 * pad:.2f} {size + 1.6 * pad:.2f} re f "
        f"0.1 0.1 0.1 rg BT /{_NAME} {size:.2f} Tf {x:.2f} {y + 0.12 * size:.2f} Td <{codes}> Tj ET Q"
    )
    name = page.add_resource(reference, pikepdf.Name.Font, pikepdf.Name(f"/{_NAME}"), replace_existing=True)
    page.contents_add(b"q", prepend=True)  # whatever the page's own content leaves behind must not move the words
    page.contents_add(f"Q {stream.replace(f'/{_NAME} ', f'{name} ')}".encode("ascii"))
    return float(size)


def _inherited(node: Any, key: str) -> Any:
    for _ in range(50):
        if key in node:
            return node[key]
        if "/Parent" not in node:
            break
        node = node["/Parent"]
    return 0


def _subset(words: str, font: Path | None) -> _Face:
    try:
        from fontTools import subset
        from fontTools.ttLib import TTFont
    except ImportError:
        raise PartMissing(extra="pdf", doing="在 PDF 页面上绘制文字", doing_en="draw words on PDF pages") from None
    options = subset.Options()
    options.layout_features, options.hinting, options.notdef_outline = [], False, True
    face = TTFont(io.BytesIO(fonts.source(font)))
    chosen = subset.Subsetter(options)
    chosen.populate(text=words)
    chosen.subset(face)
    made = io.BytesIO()
    face.save(made)
    face = TTFont(io.BytesIO(made.getvalue()))
    scale, known = 1000 / face["head"].unitsPerEm, face.getBestCmap()
    names = {one: known[ord(one)] for one in dict.fromkeys(words)}
    return _Face(
        made.getvalue(), {one: face.getGlyphID(name) for one, name in names.items()},
        {one: face["hmtx"][name][0] * scale for one, name in names.items()},
    )  # fmt: skip


def _font(document: Any, face: _Face) -> Any:
    """A composite font whose codes are the glyphs of the subset, with the characters they stand for."""
    from pikepdf import Array, Dictionary, Name, String

    file = document.make_stream(face.raw)
    file["/Length1"] = len(face.raw)
    name = Name(f"/GUIJUL+{_NAME}")
    descriptor = Dictionary(
        Type=Name.FontDescriptor, FontName=name, Flags=4, FontBBox=[-100, -300, 1100, 1100], ItalicAngle=0, Ascent=880,
        Descent=-120, CapHeight=733, StemV=90, FontFile2=file,
    )  # fmt: skip
    widths = Array([])
    for one, glyph in sorted(face.glyphs.items(), key=lambda pair: pair[1]):
        widths.append(glyph)
        widths.append(Array([round(face.widths[one])]))
    descendant = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=name, CIDToGIDMap=Name.Identity, DW=1000, W=widths,
        CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
        FontDescriptor=document.make_indirect(descriptor),
    )  # fmt: skip
    return Dictionary(
        Type=Name.Font, Subtype=Name.Type0, BaseFont=name, Encoding=Name("/Identity-H"),
        DescendantFonts=[document.make_indirect(descendant)], ToUnicode=document.make_stream(_unicode(face)),
    )  # fmt: skip


def _unicode(face: _Face) -> bytes:
    pairs = "\n".join(f"<{glyph:04X}> <{one.encode('utf-16-be').hex()}>" for one, glyph in face.glyphs.items())
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /GuijuLabel def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        f"{len(face.glyphs)} beginbfchar\n{pairs}\nendbfchar\nendcmap end end"
    ).encode("ascii")
