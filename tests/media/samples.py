"""Small real files of every format, made by independent programs, in memory. No file of the project is needed."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pikepdf
from PIL import Image, ImageCms, PngImagePlugin

from guiju.media import ebml, xmp

OLD = '{"Label":"3","ContentProducer":"old"}'
FOREIGN_XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="urn:x" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="image/x">'
    b'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">\xe6\xa0\x87\xe9\xa2\x98</rdf:li></rdf:Alt></dc:title>'
    b"</rdf:Description></rdf:RDF></x:xmpmeta>"
)

Sample = tuple[str, bytes]
_MAKERS: dict[str, tuple[str, Callable[[], bytes]]] = {}


def sample(name: str, suffix: str) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    """Register what makes a file."""

    def keep(make: Callable[[], bytes]) -> Callable[[], bytes]:
        _MAKERS[name] = (suffix, make)
        return make

    return keep


@cache
def get(name: str) -> Sample:
    """Suffix and bytes of a sample."""
    suffix, make = _MAKERS[name]
    return suffix, make()


def names() -> list[str]:
    return sorted(_MAKERS)


def picture(mode: str = "RGB") -> Image.Image:
    return Image.effect_mandelbrot((48, 32), (-2, -1, 1, 1), 20).convert("RGB").convert(mode)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _png(packet: bytes, **options: Any) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", packet.decode())
    info.add_text("Software", "试验", zip=True)
    return saved(picture(), "PNG", pnginfo=info, **options)


def _animated(kind: str, **options: Any) -> bytes:
    first = picture()
    return saved(first, kind, save_all=True, append_images=[first.rotate(90), first.rotate(180)], **options)


def _exif(comment: bytes) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0110] = "Camera"
    exif.get_ifd(0x8769)[0x9286] = comment
    return exif


_ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
_OLD_COMMENT = b"ASCII\0\0\0" + f'{{"AIGC":{OLD}}}'.encode()

for _kind, _suffix in (("JPEG", ".jpg"), ("PNG", ".png"), ("WEBP", ".webp"), ("TIFF", ".tif"), ("AVIF", ".avif")):
    _MAKERS[f"{_kind.lower()} plain"] = _suffix, lambda kind=_kind: saved(picture(), kind)
    _MAKERS[f"{_kind.lower()} with xmp"] = (
        _suffix,
        lambda kind=_kind: saved(picture(), kind, xmp=FOREIGN_XMP, icc_profile=_ICC),
    )
    _MAKERS[f"{_kind.lower()} labelled"] = (
        _suffix,
        lambda kind=_kind: saved(picture(), kind, xmp=xmp.write(FOREIGN_XMP, OLD), exif=_exif(_OLD_COMMENT)),
    )
_MAKERS["png with xmp"] = ".png", lambda: _png(FOREIGN_XMP, icc_profile=_ICC)
_MAKERS["png labelled"] = ".png", lambda: _png(xmp.write(FOREIGN_XMP, OLD), exif=_exif(_OLD_COMMENT))
_MAKERS["tiff with xmp"] = ".tif", lambda: saved(picture(), "TIFF", tiffinfo={700: FOREIGN_XMP}, icc_profile=_ICC)
_MAKERS["tiff labelled"] = (
    ".tif",
    lambda: saved(picture(), "TIFF", tiffinfo={700: xmp.write(FOREIGN_XMP, OLD), 270: f"AIGC{OLD}"}),
)
_MAKERS["gif"] = ".gif", lambda: saved(picture().convert("P"), "GIF")
_MAKERS["gif animated"] = ".gif", lambda: _animated("GIF", loop=0, comment=f"AIGC{OLD}".encode())
_MAKERS["png animated"] = ".png", lambda: _animated("PNG")
_MAKERS["webp animated"] = ".webp", lambda: _animated("WEBP", lossless=True)
_MAKERS["webp lossless alpha"] = ".webp", lambda: saved(picture("RGBA"), "WEBP", lossless=True)
_MAKERS["avif sequence"] = ".avif", lambda: _animated("AVIF")
_MAKERS["tiff pages"] = ".tif", lambda: _animated("TIFF")
_MAKERS["tiff big"] = ".tif", lambda: saved(picture(), "TIFF", big_tiff=True)
_MAKERS["jpeg progressive cmyk"] = ".jpg", lambda: saved(picture("CMYK"), "JPEG", progressive=True)


@sample("tiff big-endian", ".tif")
def _big_endian() -> bytes:
    head = b"MM\0*\0\0\0\x08\0\x08"
    fields = [(256, 3, 1, 2 << 16), (257, 3, 1, 1 << 16), (258, 3, 1, 8 << 16), (259, 3, 1, 1 << 16)]
    fields += [(262, 3, 1, 1 << 16), (273, 4, 1, 110), (278, 3, 1, 1 << 16), (279, 4, 1, 2)]
    rows = b"".join(b"".join(v.to_bytes(w, "big") for v, w in zip(f, (2, 2, 4, 4), strict=True)) for f in fields)
    return head + rows + b"\0\0\0\0" + b"\x10\x20"


def _pdf(**options: Any) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.docinfo["/Title"] = "标题 (一)"
        pdf.docinfo["/Old"] = pikepdf.Array([1, pikepdf.Dictionary(A="x")])
        with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
            metadata["dc:title"] = "标题"
        pdf.save(out, **options)
    return out.getvalue()


_MAKERS["pdf table"] = ".pdf", lambda: _pdf(object_stream_mode=pikepdf.ObjectStreamMode.disable)
_MAKERS["pdf stream"] = ".pdf", lambda: _pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate)
_MAKERS["pdf linearized"] = ".pdf", lambda: _pdf(linearize=True)


@sample("pdf without info", ".pdf")
def _bare_pdf() -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out)
    return out.getvalue()


@sample("pdf labelled in xmp", ".pdf")
def _xmp_pdf() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(_pdf())) as pdf:
        pdf.Root.Metadata = pdf.make_stream(xmp.write(FOREIGN_XMP, OLD), Type=pikepdf.Name.Metadata)
        pdf.save(out)
    return out.getvalue()


@sample("xlsx", ".xlsx")
def _xlsx() -> bytes:
    out = io.BytesIO()
    book = openpyxl.Workbook()
    book.active["A1"] = "内容"
    book.save(out)
    return out.getvalue()


@sample("xlsx with properties", ".xlsx")
def _xlsx_properties() -> bytes:
    from openpyxl.packaging.custom import IntProperty, StringProperty

    out = io.BytesIO()
    book = openpyxl.Workbook()
    book.custom_doc_props.append(StringProperty(name="部门", value="研发"))
    book.custom_doc_props.append(StringProperty(name="AIGC", value=OLD))
    book.custom_doc_props.append(IntProperty(name="Version", value=3))
    book.save(out)
    return out.getvalue()


def zipped(members: dict[str, bytes], *stored: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data, zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED)
    return out.getvalue()


@sample("docx", ".docx")
def _docx() -> bytes:
    return zipped({
        "[Content_Types].xml": b'<?xml version="1.0"?><ns0:Types xmlns:ns0="http://schemas.openxmlformats.org/package/'
        b'2006/content-types"><ns0:Default Extension="xml" ContentType="application/xml"/></ns0:Types>',
        "_rels/.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>',
        "word/document.xml": "<w:document xmlns:w='x'><w:t>正文</w:t></w:document>".encode(),
    })  # fmt: skip


def _office(folder: str, main: str, kind: str, content: str) -> bytes:
    """The least of an Office file whose main part is of this kind."""
    whole = f"application/vnd.openxmlformats-officedocument.{kind}.main+xml"
    return zipped({
        "[Content_Types].xml": f'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/{folder}/{main}" '
        f'ContentType="{whole}"/></Types>'.encode(),
        "_rels/.rels": f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
        f'Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        f'Target="{folder}/{main}"/></Relationships>'.encode(),
        f"{folder}/{main}": content.encode(),
    })  # fmt: skip


_MAKERS["pptx"] = ".pptx", lambda: _office(
    "ppt", "presentation.xml", "presentationml.presentation",
    '<p:presentation xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"/>',
)  # fmt: skip
_MAKERS["word template"] = ".dotx", lambda: _office(
    "word", "document.xml", "wordprocessingml.template",
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body/></w:document>',
)  # fmt: skip


@sample("epub", ".epub")
def _epub() -> bytes:
    return zipped({
        "mimetype": b"application/epub+zip",
        "META-INF/container.xml": b'<container xmlns="urn:c"><rootfiles><rootfile full-path="OEBPS/p.opf"/></rootfiles></container>',
        "OEBPS/p.opf": b'<package xmlns="http://www.idpf.org/2007/opf"><metadata><meta name="AIGC" content="old"/>'
        b'<meta name="cover" content="c"/></metadata></package>',
        "OEBPS/one.xhtml": b"<html/>",
    }, "mimetype")  # fmt: skip


@sample("ofd", ".ofd")
def _ofd() -> bytes:
    return zipped({
        "OFD.xml": b'<?xml version="1.0" encoding="UTF-8"?><ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" Version="1.1">'
        b"<ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
        b"</ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": b"<ofd:Document xmlns:ofd='http://www.ofdspec.org/2016'/>",
    })  # fmt: skip


@sample("ofd with custom data", ".ofd")
def _ofd_custom() -> bytes:
    return zipped({
        "OFD.xml": f'<OFD xmlns="http://www.ofdspec.org/2016"><DocBody><DocInfo><CustomDatas><CustomData Name="x">y'
        f'</CustomData><CustomData Name="AIGC">{OLD}</CustomData></CustomDatas></DocInfo></DocBody></OFD>'.encode(),
    })  # fmt: skip


_MAKERS["svg"] = (
    ".svg",
    lambda: (
        b'<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd">\n'
        b'<!-- <svg> --><svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="4" height="4"/></svg>\n'
    ),
)
_MAKERS["svg with metadata"] = (
    ".svg",
    lambda: (
        b"<s:svg xmlns:s='http://www.w3.org/2000/svg'><s:metadata>" + FOREIGN_XMP + b"</s:metadata><s:g a='>'/></s:svg>"
    ),
)


@sample("epub stored", ".epub")
def _stored() -> bytes:
    with zipfile.ZipFile(io.BytesIO(_epub())) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return zipped(members, *members)


_MAKERS["markdown"] = ".md", lambda: "# 标题\n\n---\n正文\n".encode()
_MAKERS["markdown with front matter"] = (
    ".md",
    lambda: (
        b"---\r\ntitle: x\r\nAIGC:\r\n    Label: 1\r\n    ContentProducer: 0011\r\ntags:\r\n  - a\r\n---\r\nbody\r\n"
    ),
)
_MAKERS["markdown with a fence"] = ".md", lambda: f'text\n\n```json\n{{"AIGC":{OLD}}}\n```\n'.encode()
_MAKERS["html"] = (
    ".html",
    lambda: (
        "<!DOCTYPE html>\n<html><head><meta charset=utf-8><!-- </head> --><title>a</head><b</title><meta name='aigc' "
        "content='x'></head><body><meta name=AIGC content=body>内容</body></html>".encode()
    ),
)
_MAKERS["html without head"] = ".html", lambda: "<p>内容".encode()

FILES = Path(__file__).parent / "files"
"""Sounds and films that ffmpeg made (``files/make.sh``)."""

for _path in sorted(FILES.iterdir()):
    if _path.suffix != ".sh":
        _MAKERS[f"{_path.suffix[1:]} {_path.stem}"] = _path.suffix, _path.read_bytes


def _chunk(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1)


@sample("avi opendml", ".avi")
def _opendml() -> bytes:
    """A film in two RIFFs, whose indexes hold positions in the file; no filler that could give room."""
    frame = _chunk(b"00dc", b"frame")
    head = struct.pack("<HBB I4sIII", 4, 0, 0, 2, b"00dc", 0, 0, 0)
    room = len(_chunk(b"indx", head + bytes(32)))
    film = _chunk(b"strh", b"vids".ljust(56, b"\0")) + _chunk(b"strf", bytes(40))
    lists = 12 + 12 + 12 + len(film) + room  # RIFF, hdrl, strl
    first = lists + 12
    behind = 8 + 24 + 8

    def movie(start: int) -> bytes:
        entry = struct.pack("<HBBI4sQIII", 2, 0, 1, 1, b"00dc", start, 0, 8, 5)
        return frame + _chunk(b"ix00", entry)

    second = first + len(movie(0)) + 24
    assert behind == len(_chunk(b"ix00", bytes(32)))
    places = b"".join(struct.pack("<QII", start + len(frame), 40, 1) for start in (first, second))
    streams = _chunk(b"LIST", b"strl" + film + _chunk(b"indx", head + places))
    one = _chunk(b"LIST", b"hdrl" + streams) + _chunk(b"LIST", b"movi" + movie(first))
    return _chunk(b"RIFF", b"AVI " + one) + _chunk(b"RIFF", b"AVIX" + _chunk(b"LIST", b"movi" + movie(second)))


@sample("webm recorded in a browser", ".webm")
def _headless() -> bytes:
    """A live recording: no seek head, no cues, no tags, and no size of its segment and clusters."""
    data = get("webm live")[1]
    at = data.index(b"\x18\x53\x80\x67") + 12
    void = data.index(b"\xec\x01")
    info, tags, cluster = (
        data.index(mark, void) for mark in (b"\x15\x49\xa9\x66", b"\x12\x54\xc3\x67", b"\x1f\x43\xb6\x75")
    )
    one = ebml.head_at(io.BytesIO(data), cluster, len(data))
    clusters = data[cluster : cluster + 4] + b"\x01" + b"\xff" * 7 + data[one.body : one.end]
    return data[:at] + data[info:tags] + clusters


_MAKERS["ogg chained"] = ".ogg", lambda: get("ogg plain")[1] + get("ogv plain")[1] + get("opus labelled")[1]


@cache
def every() -> dict[str, Sample]:
    return {name: get(name) for name in names()}
