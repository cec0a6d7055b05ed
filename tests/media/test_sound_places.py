"""Every place in sounds and films that is seen in the wild is read, and gives way when a value is written where it belongs."""

from __future__ import annotations

import io
import struct
import zlib

import pytest

from guiju.media import LIMITS, Form, carrier_of, id3, riff, xmp
from guiju.media.boxes import box
from guiju.media.carriers.mp4 import XMP_UUID
from tests.media import samples
from tests.media.test_places import BARE, WRAPPED

NEW = '{"Label":"1","ContentProducer":"new"}'


def raw(name: str) -> bytes:
    return samples.get(name)[1]


def film(*, udta: bytes = b"", moov: bytes = b"", before: bytes = b"") -> bytes:
    """A film whose ``moov`` is its last box, with more in it."""
    data = raw("mp4 behind")
    at = data.index(b"moov") - 4
    inner = data[at + 8 :] + (box(b"udta", udta) if udta else b"") + moov
    return data[:at] + before + box(b"moov", inner)


def data_box(text: str, kind: int = 1) -> bytes:
    return box(b"data", struct.pack(">II", kind, 0) + text.encode())


def listed(*items: bytes, handler: bytes = b"mdir", keys: bytes = b"", short: bool = False) -> bytes:
    head = b"" if short else bytes(4)
    return box(b"meta", head + box(b"hdlr", bytes(8) + handler + bytes(13)) + keys + box(b"ilst", b"".join(items)))


def keyed(*names: bytes) -> bytes:
    return box(
        b"keys",
        struct.pack(">II", 0, len(names)) + b"".join(struct.pack(">I", 8 + len(n)) + b"mdta" + n for n in names),
    )


def tag(version: int, frames: bytes, flags: int = 0, padding: int = 0) -> bytes:
    body = frames + bytes(padding)
    return b"ID3" + bytes([version, 0, flags]) + id3._unsafe(len(body)) + body


def frame(kind: bytes, content: bytes, version: int = 3, flags: bytes = b"\0\0") -> bytes:
    if version == 2:
        return kind + len(content).to_bytes(3, "big") + content
    return kind + (struct.pack(">I", len(content)) if version == 3 else id3._unsafe(len(content))) + flags + content


USER = b"\3AIGC\0" + BARE.encode()
WIDE = b"\1" + "AIGC\0".encode("utf-16") + BARE.encode("utf-16")
UNSYNCHRONISED = frame(b"TXXX", WIDE).replace(b"\xff", b"\xff\0")
PACKED = struct.pack(">I", len(USER)) + zlib.compress(USER)
SYNCSAFE = id3._unsafe(len(USER)) + zlib.compress(USER)
MP3 = raw("mp3 untagged")


def ape(*items: tuple[str, str]) -> bytes:
    body = b"".join(struct.pack("<II", len(v.encode()), 0) + k.encode() + b"\0" + v.encode() for k, v in items)
    shared = struct.pack("<III", 2000, len(body) + 32, len(items))
    head, foot = (struct.pack("<I", 1 << 31 | bit) for bit in (1 << 29, 0))
    return b"APETAGEX" + shared + head + bytes(8) + body + b"APETAGEX" + shared + foot + bytes(8)


def wav(*chunks: bytes) -> bytes:
    data = raw("wav plain") + b"".join(chunks)
    return data[:4] + struct.pack("<I", len(data) - 8) + data[8:]


PACKET = xmp.write(None, BARE)

PLACES = [
    ("keys in moov", ".mp4", film(moov=listed(box(b"\0\0\0\1", data_box(BARE)), handler=b"mdta", keys=keyed(b"AIGC"))), "mp4/keys.moov", Form.TEXT, BARE),
    ("keys in moov as QuickTime has them", ".mov", film(moov=listed(box(b"\0\0\0\2", data_box(WRAPPED)), handler=b"mdta", keys=keyed(b"x", b"com.AIGC"), short=True)), "mp4/keys.moov", Form.TEXT, WRAPPED),
    ("freeform", ".m4a", film(udta=listed(box(b"----", box(b"mean", bytes(4) + b"com.apple.iTunes") + box(b"name", bytes(4) + b"AIGC") + data_box(BARE)))), "mp4/itunes", Form.TEXT, BARE),
    ("an item named so", ".mp4", film(udta=listed(box(b"AIGC", data_box(BARE)))), "mp4/list", Form.TEXT, BARE),
    ("an item without a key", ".mp4", film(udta=listed(box(b"\xa9cmt", data_box(f"AIGC{BARE}")))), "mp4/list", Form.EMBEDDED, BARE),
    ("a box of udta", ".mp4", film(udta=box(b"AIGC", BARE.encode())), "mp4/udta", Form.TEXT, BARE),
    ("a text of udta", ".mov", film(udta=box(b"\xa9cmt", struct.pack(">HH", len(WRAPPED.encode()), 0) + WRAPPED.encode()) + bytes(4)), "mp4/udta", Form.EMBEDDED, WRAPPED),
    ("XMP of udta", ".mov", film(udta=box(b"XMP_", PACKET)), "mp4/xmp", Form.ELEMENT, BARE),
    ("XMP of the file", ".mp4", film(before=box(b"uuid", XMP_UUID + PACKET)), "mp4/xmp", Form.ELEMENT, BARE),
    ("ID3v2.2", ".mp3", tag(2, frame(b"TXX", b"\0AIGC\0" + BARE.encode(), 2)) + MP3, "mp3/TXXX", Form.TEXT, BARE),
    ("ID3v2.3", ".mp3", tag(3, frame(b"TIT2", b"\0x") + frame(b"TXXX", WIDE), padding=40) + MP3, "mp3/TXXX", Form.TEXT, BARE),
    ("ID3v2.3 unsynchronised", ".mp3", tag(3, UNSYNCHRONISED, 0x80) + MP3, "mp3/TXXX", Form.TEXT, BARE),
    ("ID3v2.3 with an extended header", ".mp3", tag(3, struct.pack(">IHI", 6, 0, 0) + frame(b"TXXX", USER), 0x40) + MP3, "mp3/TXXX", Form.TEXT, BARE),
    ("ID3v2.3 packed", ".mp3", tag(3, frame(b"TXXX", PACKED, flags=b"\0\x80")) + MP3, "mp3/TXXX", Form.TEXT, BARE),
    ("ID3v2.4", ".mp3", tag(4, frame(b"TXXX", USER, 4)) + MP3, "mp3/TXXX", Form.TEXT, BARE),
    ("ID3v2.4 packed", ".mp3", tag(4, frame(b"TXXX", SYNCSAFE, 4, b"\0\x09")) + MP3, "mp3/TXXX", Form.TEXT, BARE),
    ("ID3v2.4 with sizes of iTunes", ".mp3", tag(4, frame(b"TXXX", USER + bytes(200)) + frame(b"TIT2", b"\0x", 4)) + MP3, "mp3/TXXX", Form.TEXT, BARE),
    ("ID3v2.4 unsynchronised", ".mp3", tag(4, frame(b"TXXX", WIDE.replace(b"\xff", b"\xff\0"), 4, b"\0\x02"), 0x80) + MP3, "mp3/TXXX", Form.TEXT, BARE),
    ("a comment", ".mp3", tag(3, frame(b"COMM", b"\0engx\0" + f"by AIGC: {WRAPPED} end".encode("gb18030"))) + MP3, "mp3/id3", Form.EMBEDDED, WRAPPED),
    ("a second tag", ".mp3", tag(3, frame(b"TIT2", b"\0x")) + tag(4, frame(b"TXXX", USER, 4)) + MP3, "mp3/TXXX", Form.TEXT, BARE),
    ("XMP of ID3", ".mp3", tag(3, frame(b"PRIV", b"XMP\0" + PACKET)) + MP3, "mp3/xmp", Form.ELEMENT, BARE),
    ("APE", ".mp3", MP3 + ape(("Title", "x"), ("AIGC", BARE)), "mp3/ape", Form.TEXT, BARE),
    ("APE before ID3v1", ".mp3", MP3 + ape(("aigc", BARE), ("Title", "x")) + b"TAG" + bytes(125), "mp3/ape", Form.TEXT, BARE),
    ("LIST/INFO of WAV", ".wav", wav(riff.packed(b"LIST", riff.write_info(b"INFO", BARE, LIMITS))), "wav/info", Form.TEXT, BARE),
    ("a text of LIST/INFO", ".wav", wav(riff.packed(b"LIST", b"INFO" + riff.packed(b"ICMT", f"AIGC{BARE}".encode()))), "wav/info.other", Form.EMBEDDED, BARE),
    ("ID3 in WAV", ".wav", wav(riff.packed(b"id3 ", tag(3, frame(b"TXXX", USER)))), "wav/TXXX", Form.TEXT, BARE),
    ("XMP in WAV", ".wav", wav(riff.packed(b"_PMX", PACKET)), "wav/xmp", Form.ELEMENT, BARE),
    ("ID3 before FLAC", ".flac", tag(3, frame(b"TXXX", USER)) + raw("flac plain"), "flac/TXXX", Form.TEXT, BARE),
]  # fmt: skip


@pytest.mark.parametrize(
    ("suffix", "data", "place", "form", "value"), [one[1:] for one in PLACES], ids=[one[0] for one in PLACES]
)
def test_places_in_sounds_and_films(suffix: str, data: bytes, place: str, form: Form, value: str) -> None:
    carrier = carrier_of(io.BytesIO(data), suffix)
    found = carrier.read(io.BytesIO(data))
    assert [(one.placement, one.form, one.value) for one in found.found] == [(place, form, value)]
    assert found.damaged == () and place in carrier.placements
    out = io.BytesIO()
    carrier.write(io.BytesIO(data), out, NEW)
    after = carrier.read(out)
    assert [(one.placement, one.value) for one in after.found] == [(carrier.placement, NEW)]
    assert "某公司".encode() not in out.getvalue()


def test_other_frames_and_items_stay(tmp_path: object) -> None:
    title, picture = frame(b"TIT2", b"\1\xff\xfeO\0"), frame(b"APIC", b"\0image/png\0\3\0" + bytes(range(256)))
    data = tag(3, title + frame(b"TXXX", USER) + picture) + MP3 + ape(("Title", "x"), ("AIGC", BARE), ("Artist", "y"))
    out = io.BytesIO()
    carrier_of(io.BytesIO(data), ".mp3").write(io.BytesIO(data), out, NEW)
    assert title in out.getvalue() and picture in out.getvalue()
    assert out.getvalue().endswith(ape(("Title", "x"), ("Artist", "y"))) and MP3 in out.getvalue()


def test_an_offset_that_does_not_fit_sends_moov_to_the_end() -> None:
    data = bytearray(raw("mp4 front"))
    at = data.index(b"stco") + 12
    struct.pack_into(">I", data, at, 0xFFFFFFF0)  # as in a film of 4 GiB
    out = io.BytesIO()
    carrier = carrier_of(io.BytesIO(data), ".mp4")
    carrier.write(io.BytesIO(data), out, NEW)
    after = out.getvalue()
    assert [one.value for one in carrier.read(out).found] == [NEW]
    start = data.index(b"mdat")
    assert after[start:].startswith(data[start:]) and after[data.index(b"moov") :].startswith(b"free")
    assert struct.pack(">I", 0xFFFFFFF0) in after[len(data) :]


def test_a_sound_of_more_than_4_gib_says_so_in_ds64(tmp_path: object) -> None:
    data = raw("wav large")
    out = io.BytesIO()
    carrier_of(io.BytesIO(data), ".wav").write(io.BytesIO(data), out, NEW)
    assert struct.unpack_from("<Q", out.getvalue(), 20)[0] == len(out.getvalue()) - 8


def test_a_streamed_sound_gets_its_label_before_the_samples() -> None:
    data = raw("wav streamed")
    out = io.BytesIO()
    carrier_of(io.BytesIO(data), ".wav").write(io.BytesIO(data), out, NEW)
    after = out.getvalue()
    assert after.index(b"AIGC") < after.index(b"data\xff\xff\xff\xff")
    assert after.endswith(data[data.index(b"data") :])


@pytest.mark.parametrize(("name", "mark"), [("mkv plain", b"\x1f\x43\xb6\x75"), ("webm plain", b"\x1f\x43\xb6\x75")])
def test_clusters_of_matroska_never_move(name: str, mark: bytes) -> None:
    before, out = raw(name), io.BytesIO()
    carrier_of(io.BytesIO(before)).write(io.BytesIO(before), out, NEW * 40)
    start = before.index(mark)
    assert out.getvalue()[start : start + 400] == before[start : start + 400]


def test_a_seek_head_without_room_gives_up_what_is_found_without_it() -> None:
    data = raw("mkv cues-in-front")
    start = data.index(b"\xec\x01", data.index(b"\x11\x4d\x9b\x74"))
    full, out = data[:start] + b"\xa0" + data[start + 1 :], io.BytesIO()  # what was a void must stay now
    carrier = carrier_of(io.BytesIO(full))
    carrier.write(io.BytesIO(full), out, NEW * 40)
    after = out.getvalue()
    assert [one.value for one in carrier.read(out).found] == [NEW * 40]
    assert after[start : start + 90] == full[start : start + 90]
    place = after.index(b"\x53\xab\x84\x12\x54\xc3\x67\x53\xac") + 9  # the entry for tags: width, position
    position = int.from_bytes(after[place + 1 : place + 1 + (after[place] & 0x7F)], "big")
    assert after[52 + position :].startswith(b"\x12\x54\xc3\x67")
