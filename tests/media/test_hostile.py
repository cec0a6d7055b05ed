"""Whatever the bytes: nothing but MediaError comes out, soon, and nothing is unpacked without bound."""

from __future__ import annotations

import contextlib
import io
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guiju.errors import (
    MediaEncrypted,
    MediaError,
    MediaLayoutUnsupported,
    MediaMalformed,
    MediaTooLarge,
    MediaUnsupported,
)
from guiju.media import Contents, Limits, carrier_of, registered, xmp
from guiju.media.boxes import box
from tests.media import samples
from tests.media.test_places import jpeg, png

SMALL = Limits(structure_bytes=1 << 20, structures=2000, unpacked_bytes=4 << 20)


def both(suffix: str, data: bytes, limits: Limits = SMALL) -> Contents:
    """Read, and try to write, whatever comes of that."""
    carrier = carrier_of(io.BytesIO(data), suffix)
    with contextlib.suppress(MediaError):
        carrier.write(io.BytesIO(data), io.BytesIO(), '{"Label":"1"}', limits)
    return carrier.read(io.BytesIO(data), limits)


@st.composite
def mutations(draw: st.DrawFn) -> tuple[str, bytes]:
    """A real file, cut, with bytes changed, moved and repeated; structures are more likely to be hit than pixels."""
    suffix, data = samples.get(draw(st.sampled_from(samples.names())))
    changed = bytearray(data)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(changed))) if draw(st.booleans()) else draw(st.integers(0, min(400, len(changed))))
        what = draw(st.sampled_from(["set", "huge", "cut", "insert", "repeat", "digits"]))
        if what == "set":
            changed[at : at + 1] = bytes([draw(st.integers(0, 255))])
        elif what == "huge":
            changed[at : at + 4] = draw(
                st.sampled_from([b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0", b"\0\0\0\1"])
            )
        elif what == "cut":
            del changed[at : at + draw(st.integers(1, 64))]
        elif what == "insert":
            changed[at:at] = draw(st.binary(max_size=16))
        elif what == "repeat":
            changed[at:at] = changed[at : at + draw(st.integers(1, 200))]
        else:
            place = changed.find(b"00", at)
            changed[max(0, place) : place + 2] = b"99"
    return suffix, bytes(changed)


@settings(max_examples=1200, deadline=None)
@given(mutations())
def test_mutated_files_raise_nothing_else(mutated: tuple[str, bytes]) -> None:
    with contextlib.suppress(MediaError):
        both(*mutated)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([one.suffixes[0] for one in registered()]), st.binary(max_size=300))
def test_any_bytes_under_any_name(suffix: str, data: bytes) -> None:
    heads = [
        b"",
        b"\xff\xd8\xff\xe1",
        b"II*\0\x08\0\0\0",
        b"RIFF\xff\0\0\0WEBP",
        b"RIFF\xff\0\0\0WAVE",
        b"RF64\xff\xff\xff\xffWAVEds64\x1c\0\0\0",
        b"RIFF\xff\0\0\0AVI ",
        b"\0\0\0\x08ftyp\0\0\1\0moov",
        b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\xff",
        b"OggS\0\2",
        b"fLaC\0\0\0\0",
        b"ID3\4\0\0\0\0\1\0",
        b"FLV\1\5\0\0\0\x09\0\0\0\0\x12",
        b"GIF89a",
        b"%PDF-1.7\n",
        b"PK\3\4",
        b"---\n",
    ]
    for head in heads:
        with contextlib.suppress(MediaError):
            both(suffix, head + data)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="<>/=\"'&;:! abTC260AIGCrdfRDFxmlns?\n", max_size=200))
def test_any_text_as_a_packet(text: str) -> None:
    xmp.read(text.encode(), "x/xmp", 0)
    with contextlib.suppress(MediaError):
        assert xmp.read(xmp.write(text.encode(), "v"), "x/xmp", 0).damaged == ()


LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><x:xmpmeta xmlns:x="adobe:ns:meta/">&b;</x:xmpmeta>'
)


def bomb() -> bytes:
    return zlib.compress(bytes(64 << 20), 9)


def docx(custom: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(samples.get("docx")[1])) as archive:
        return samples.zipped(
            {**{name: archive.read(name) for name in archive.namelist()}, "docProps/custom.xml": custom}
        )


@pytest.mark.parametrize(
    ("suffix", "make"),
    [
        (".png", lambda: png(b"zTXt", b"AIGC\0\0" + bomb())),
        (".png", lambda: png(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + bomb())),
        (".jpg", lambda: jpeg(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + LAUGHS)),
        (".docx", lambda: docx(bytes(64 << 20))),
        (".docx", lambda: docx(LAUGHS)),
        (".md", lambda: b"---\nAIGC: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n---\n"),
        (".md", lambda: b"---\nAIGC: " + b"[" * 20_000 + b"\n---\n"),
    ],
)
def test_bombs_are_damage_and_not_absence(suffix: str, make: Callable[[], bytes]) -> None:
    data = make()
    tracemalloc.start()
    contents = both(suffix, data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert contents.found == () and len(contents.damaged) == 1
    assert peak < 12 << 20


@pytest.mark.parametrize(
    ("suffix", "data", "error"),
    [
        ("", b"", MediaUnsupported),
        (".xyz", b"\x7fELF", MediaUnsupported),
        (".docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), MediaEncrypted),
        (".docx", b"PK\3\4", MediaMalformed),
        (".png", samples.get("png plain")[1][:60], MediaMalformed),
        (".jpg", samples.get("jpeg plain")[1][:30], MediaMalformed),
        (".gif", samples.get("gif")[1][:-20], MediaMalformed),
        (".avif", samples.get("avif plain")[1][:200], MediaMalformed),
        (".tif", b"II*\0\xff\0\0\0", MediaMalformed),
        (".pdf", samples.get("pdf table")[1].replace(b"startxref", b"startxxxx"), MediaMalformed),
        (".html", "<html>".encode("utf-16"), MediaLayoutUnsupported),
        (".md", bytes(2 << 20), MediaTooLarge),
        (".gif", b"GIF89a" + bytes(7) + b"\x21\xfe\0" * 3000 + b";", MediaTooLarge),
    ],
)
def test_what_cannot_be_read_says_why(suffix: str, data: bytes, error: type[MediaError]) -> None:
    with pytest.raises(error):
        both(suffix, data)


def test_many_bombs_share_one_budget() -> None:
    one = b"AIGC\0\0" + zlib.compress(bytes(900 << 10), 9)
    packed = struct.pack(">I", len(one)) + b"zTXt" + one + struct.pack(">I", zlib.crc32(b"zTXt" + one))
    plain = samples.get("png plain")[1]
    contents = both(".png", plain[:33] + packed * 40 + plain[33:])
    assert contents.found == () and any("over its limit" in text for text in contents.damaged)


def test_a_million_values_are_not_all_reported() -> None:
    contents = both(".jpg", b"\xff\xd8" + b"\xff\xe1\0\x08AIGC{}" * 1900 + b"\xff\xd9")
    assert len(contents.found) == 256 and contents.damaged == ("1900 values, 256 looked at",)


@pytest.mark.parametrize("pages", [3, 40])
def test_pages_that_share_a_packet_are_bounded_by_its_sum(pages: int) -> None:
    packet, end = samples.FOREIGN_XMP.ljust(100_000), 8 + 18 * pages
    rows = (
        struct.pack("<HHHIII", 1, 700, 1, len(packet), end, 8 + 18 * (n + 1) if n < pages - 1 else 0)
        for n in range(pages)
    )
    data = b"II*\0\x08\0\0\0" + b"".join(rows) + packet
    if pages * len(packet) <= SMALL.structure_bytes:
        assert both(".tif", data) == Contents()
    else:
        with pytest.raises(MediaTooLarge):
            both(".tif", data)


@pytest.mark.parametrize("place", [2**63, 2**64 - 1])
def test_positions_that_no_file_has(place: int) -> None:
    data = samples.get("tiff big")[1]
    with pytest.raises(MediaMalformed):
        both(".tif", data[:8] + struct.pack("<Q", place) + data[16:])


def test_an_encrypted_pdf_is_refused() -> None:
    import pikepdf

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(samples.get("pdf table")[1])) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="o", user=""))
    with pytest.raises(MediaEncrypted):
        both(".pdf", out.getvalue())


def test_archives_that_two_programs_read_differently_are_refused() -> None:
    _, good = samples.get("docx")
    out = io.BytesIO(good)
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("_rels/.rels", b"<other/>")
    with pytest.raises(MediaMalformed, match="twice"):
        both(".docx", out.getvalue())
    shifted = good[:-6] + struct.pack("<I", struct.unpack("<I", good[-6:-2])[0] - 1) + good[-2:]
    with pytest.raises(MediaMalformed):
        both(".docx", shifted)


def test_a_write_never_holds_the_file_in_memory() -> None:
    plain = samples.get("png plain")[1]
    filler = struct.pack(">I", 24 << 20) + b"prVt" + bytes(24 << 20)
    data = plain[:33] + filler + struct.pack(">I", zlib.crc32(filler[4:])) + plain[33:]
    source, carrier = io.BytesIO(data), carrier_of(io.BytesIO(data))

    class Sink(io.RawIOBase):
        """Takes bytes and keeps none."""

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            return memoryview(data).nbytes  # type: ignore[arg-type]

    tracemalloc.start()
    carrier.write(source, Sink(), "v")  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 << 20


def _nested(*kinds: bytes, inner: bytes = b"") -> bytes:
    for kind in reversed(kinds):
        inner = box(kind, inner)
    return inner


FILM = samples.get("mp4 front")[1]
MANY = {
    "tracks": FILM[:28] + box(b"moov", box(b"trak", b"") * 8_000),
    "items": FILM[:28] + _nested(b"moov", b"udta", b"meta", inner=bytes(4) + box(b"ilst", box(b"\0\0\0\1", b"") * 8_000)),
    "tags": b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\x01" + b"\xff" * 7 + b"\xec\x80" * 120_000,
    "streams": b"".join(b"OggS\0\2" + bytes(8) + n.to_bytes(4, "little") + bytes(8) + b"\x01\x08OpusHead" for n in range(4_000)),
    "frames": b"ID3\3\0\0" + bytes([0, 5, 127, 127]) + (b"TXXX\0\0\0\1\0\0\0" * 10_000)[: (5 << 14) + (127 << 7) + 127] + b"\xff\xfb\x90\0",
}  # fmt: skip


@pytest.mark.parametrize("name", MANY)
def test_very_many_small_structures_cost_little(name: str) -> None:
    suffix = {"tags": ".mkv", "streams": ".ogg", "frames": ".mp3"}.get(name, ".mp4")
    carrier, limits = carrier_of(io.BytesIO(MANY[name]), suffix), Limits()
    tracemalloc.start()
    with contextlib.suppress(MediaError):
        carrier.read(io.BytesIO(MANY[name]), limits)
    with contextlib.suppress(MediaError):
        carrier.write(io.BytesIO(MANY[name]), io.BytesIO(), "v", limits)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 << 20
