"""Every place seen in the wild is read, and gives way when a value is written to the place of the guide."""

from __future__ import annotations

import io
import struct
import zlib

import pytest

from guiju.media import C2pa, Form, carrier_of, xmp
from guiju.media.c2pa import UUID
from tests.media import samples

BARE = '{"Label":"1","ContentProducer":"某公司","ProduceID":"1"}'
WRAPPED = f'{{"AIGC":{BARE}}}'


def jpeg(marker: int, body: bytes) -> bytes:
    plain = samples.get("jpeg plain")[1]
    return plain[:2] + struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body + plain[2:]


def png(kind: bytes, body: bytes) -> bytes:
    plain = samples.get("png plain")[1]
    return (
        plain[:33]
        + struct.pack(">I", len(body))
        + kind
        + body
        + struct.pack(">I", zlib.crc32(kind + body))
        + plain[33:]
    )


def exif(tag: int, value: bytes, order: str = "<", nested: bool = False) -> bytes:
    """An EXIF block with one field, in IFD0 or in the EXIF directory."""
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8)
    entry = struct.pack(order + "HHII", tag, 7, len(value), 44 if nested else 26)
    main = struct.pack(order + "HHHII", 1, 0x8769, 4, 1, 26) if nested else struct.pack(order + "H", 1) + entry
    inner = struct.pack(order + "H", 1) + entry + b"\0\0\0\0" if nested else b""
    return b"Exif\0\0" + head + main + b"\0\0\0\0" + inner + value


def packet(body: str, declared: str = 'xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/"') -> bytes:
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    return f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{rdf}"><rdf:Description {declared} {body}</rdf:RDF></x:xmpmeta>'.encode()


def escaped(text: str) -> str:
    return text.replace('"', "&quot;")


ELEMENT = packet(f"><TC260:AIGC>{escaped(BARE)}</TC260:AIGC></rdf:Description>")
ATTRIBUTE = packet(f'TC260:AIGC="{escaped(BARE)}"/>')
MISDECLARED = packet(
    ELEMENT.decode().split('/1.0/" ', 1)[1].split("</rdf:RDF>")[0], 'xmlns:C260="http://www.tc260.org.cn/ns/AIGC/1.0/"'
)
APP1 = b"http://ns.adobe.com/xap/1.0/\0"

PLACES = [
    (".jpg", jpeg(0xE1, APP1 + ELEMENT), "jpeg/xmp", Form.ELEMENT, BARE),
    (".jpg", jpeg(0xE1, APP1 + ATTRIBUTE), "jpeg/xmp", Form.ATTRIBUTE, BARE),
    (".jpg", jpeg(0xE1, APP1 + MISDECLARED), "jpeg/xmp", Form.ELEMENT, BARE),
    (".jpg", jpeg(0xE1, APP1 + ELEMENT.decode().encode("utf-16")), "jpeg/xmp", Form.ELEMENT, BARE),
    (".jpg", jpeg(0xE1, exif(0x9286, b"ASCII\0\0\0" + WRAPPED.encode(), nested=True)), "jpeg/exif.UserComment", Form.EMBEDDED, WRAPPED),
    (".jpg", jpeg(0xE1, exif(0x9286, b"ASCII\0\0\0" + BARE.encode("gb18030"))), "jpeg/exif.UserComment", Form.EMBEDDED, BARE),
    (".jpg", jpeg(0xE1, exif(0x9286, b"UNICODE\0" + WRAPPED.encode("utf-16-le"), "<")), "jpeg/exif.UserComment", Form.EMBEDDED, WRAPPED),
    (".jpg", jpeg(0xE1, exif(0x9286, b"UNICODE\0" + WRAPPED.encode("utf-16-be"), ">")), "jpeg/exif.UserComment", Form.EMBEDDED, WRAPPED),
    (".jpg", jpeg(0xE1, exif(0x9286, b"UNICODE\0" + WRAPPED.encode("utf-16-be"), "<")), "jpeg/exif.UserComment", Form.EMBEDDED, WRAPPED),
    (".jpg", jpeg(0xE1, exif(0x010E, f"by AIGC {BARE} end".encode(), ">")), "jpeg/exif.ImageDescription", Form.EMBEDDED, BARE),
    (".jpg", jpeg(0xE1, exif(0x9C9C, WRAPPED.encode("utf-16-le"))), "jpeg/exif.XPComment", Form.EMBEDDED, WRAPPED),
    (".jpg", jpeg(0xEB, f"AIGC{BARE}".encode()), "jpeg/app", Form.EMBEDDED, BARE),
    (".jpg", jpeg(0xEF, b"\0\0AIGC\0" [:6] + BARE.encode()), "jpeg/app", Form.EMBEDDED, BARE),
    (".jpg", jpeg(0xFE, f"AIGC: {BARE}".encode()), "jpeg/comment", Form.EMBEDDED, BARE),
    (".png", png(b"tEXt", b"AIGC\0" + BARE.encode()), "png/text", Form.TEXT, BARE),
    (".png", png(b"tEXt", b"aigc\0" + WRAPPED.encode("gb18030")), "png/text", Form.TEXT, WRAPPED),
    (".png", png(b"zTXt", b"AIGC\0\0" + zlib.compress(WRAPPED.encode())), "png/text", Form.TEXT, WRAPPED),
    (".png", png(b"iTXt", b"AIGC\0\0\0zh\0\0" + BARE.encode()), "png/text", Form.TEXT, BARE),
    (".png", png(b"iTXt", b"Comment\0\1\0\0\0" + zlib.compress(b"made " + WRAPPED.encode())), "png/text.other", Form.EMBEDDED, WRAPPED),
    (".png", png(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(ATTRIBUTE)), "png/xmp", Form.ATTRIBUTE, BARE),
    (".png", png(b"eXIf", exif(0x9286, b"ASCII\0\0\0" + WRAPPED.encode())[6:]), "png/exif.UserComment", Form.EMBEDDED, WRAPPED),
    (".md", f"---\nAIGC: '{BARE}'\n---\nx".encode(), "markdown/frontmatter", Form.TEXT, BARE),
    (".md", f"\ufeff---\naigc: {BARE}\n...\nx".encode(), "markdown/frontmatter", Form.MAPPING, BARE),
    (".md", b"x\n\n~~~\nAIGC:\n  Label: '1'\n~~~\n", "markdown/fence", Form.EMBEDDED, '{"Label":"1"}'),
]  # fmt: skip


@pytest.mark.parametrize(
    ("suffix", "data", "placement", "form", "value"), PLACES, ids=[f"{p[2]} {n}" for n, p in enumerate(PLACES)]
)
def test_places_in_the_wild(suffix: str, data: bytes, placement: str, form: Form, value: str) -> None:
    carrier = carrier_of(io.BytesIO(data), suffix)
    contents = carrier.read(io.BytesIO(data))
    assert [(one.placement, one.form, one.value) for one in contents.found] == [(placement, form, value)]
    assert placement in carrier.placements and contents.damaged == ()
    if contents.found[0].offset >= 0:
        assert contents.found[0].offset < len(data)
    target = io.BytesIO()
    carrier.write(io.BytesIO(data), target, '{"Label":"2"}')
    after = carrier.read(target).found
    assert [(one.placement, one.value) for one in after] == [(carrier.placement, '{"Label":"2"}')]
    assert value.encode() not in target.getvalue() and value.encode("utf-16-le") not in target.getvalue()


def test_a_wrong_prefix_is_told() -> None:
    assert xmp.read(MISDECLARED, "x/xmp", 0).found[0].foreign
    assert not xmp.read(ELEMENT, "x/xmp", 0).found[0].foreign
    assert b"C260" in xmp.write(MISDECLARED, "new"), "the declaration is not ours to remove"


@pytest.mark.parametrize(
    "text",
    [
        '{"aigc_info":{"aigc_label_type":1}}',
        "AIGC is a word",
        '{"Label":"1"}',
        '{"AIGC"',
        "AIGC{not json}",
        '"AIGC" {}',
    ],
)
def test_what_only_looks_like_a_value_is_none(text: str) -> None:
    data = jpeg(0xE1, exif(0x9286, b"ASCII\0\0\0" + text.encode()))
    assert carrier_of(io.BytesIO(data)).read(io.BytesIO(data)).found == ()


def test_the_source_type_of_iptc_is_told_apart() -> None:
    kind = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    space = 'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
    for body in (
        f'Iptc4xmpExt:DigitalSourceType="{kind}"/>',
        f"><Iptc4xmpExt:DigitalSourceType>{kind}</Iptc4xmpExt:DigitalSourceType></rdf:Description>",
    ):
        contents = xmp.read(packet(body, space), "x/xmp", 0)
        assert (contents.source_types, contents.found) == ((kind,), ())
        assert xmp.read(xmp.write(packet(body, space), BARE), "x/xmp", 0).source_types == (kind,)


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body


def _described(label: bytes) -> bytes:
    return _box(b"jumd", bytes(16) + b"\3" + label + b"\0")


STORE = _box(
    b"jumb",
    _described(b"c2pa") + _box(b"jumb", _described(b"urn:c2pa:one")) + _box(b"jumb", _described(b"urn:c2pa:two")),
)
UUID_BOX = _box(b"uuid", UUID + b"\0\0\0\0manifest\0" + bytes(8) + STORE)


@pytest.mark.parametrize(
    ("suffix", "data", "placement"),
    [
        (".jpg", jpeg(0xEB, b"JP\0\1\0\0\0\1" + STORE), "jpeg/app11"),
        (".png", png(b"caBX", STORE), "png/caBX"),
        (".avif", samples.get("avif plain")[1] + UUID_BOX, "heif/uuid"),
        (
            ".gif",
            samples.get("gif")[1][:-1] + b"\x21\xff\x0bC2PA_GIF\1\0\0" + bytes([len(STORE)]) + STORE + b"\0;",
            "gif/application",
        ),
    ],
)
def test_c2pa_is_seen_and_named_and_copied(suffix: str, data: bytes, placement: str) -> None:
    carrier = carrier_of(io.BytesIO(data), suffix)
    assert carrier.read(io.BytesIO(data)).c2pa == C2pa(placement, len(STORE), ("urn:c2pa:one", "urn:c2pa:two"))
    target = io.BytesIO()
    carrier.write(io.BytesIO(data), target, BARE)
    assert STORE in target.getvalue()
