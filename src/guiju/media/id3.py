"""ID3v2.2, 2.3 and 2.4: user texts read and written, every other frame byte for byte.

The guide for sound (TC260-PG-202510A) puts the value into ``TXXX`` with the description ``AIGC``.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

import msgspec

from guiju.errors import MediaError, MediaLayoutUnsupported, MediaMalformed
from guiju.media import c2pa, embedded, xmp
from guiju.media.contents import Contents, Form, Found
from guiju.media.joined import joined
from guiju.media.limits import Limits
from guiju.media.streams import Counter, take_at, to_text
from guiju.media.unpacking import Unpacker

WHAT: Final = "ID3"
_ID = re.compile(rb"[A-Z0-9]{3,4}")
_UNSYNCHRONISED, _EXTENDED, _FOOTER = 0x80, 0x40, 0x10
_PADDING = 512
_ENCODINGS = {1: "utf-16", 2: "utf-16-be", 3: "utf-8"}
_C2PA = (b"application/x-c2pa-manifest-store", b"application/c2pa")


class Frame(msgspec.Struct, frozen=True):
    """One frame: its name, its bytes as they stand in the tag, and its content unpacked (empty where that fails)."""

    kind: bytes
    raw: bytes
    content: bytes


class Tag(msgspec.Struct, frozen=True):
    """A tag: its version (2, 3, 4), the flags that stay, its frames, and the bytes it takes in the file."""

    version: int
    flags: int
    frames: tuple[Frame, ...]
    size: int


def parse(file: BinaryIO, offset: int, limits: Limits) -> Tag | None:
    """The tag at ``offset``; None if there is none.

    Raises:
        MediaMalformed: it is cut short, or of a version nobody knows. MediaTooLarge: it is over a limit.
    """
    file.seek(offset)
    head = file.read(10)
    if len(head) < 10 or head[:3] != b"ID3" or max(head[6:10]) > 0x7F:
        return None
    version, flags, size = head[3], head[5], _syncsafe(head[6:10])
    if version not in (2, 3, 4):
        raise MediaMalformed(what=WHAT, detail=f"version 2.{version}")
    body = take_at(file, offset + 10, size, limits, WHAT)
    footer = 10 if version == 4 and flags & _FOOTER else 0
    if version < 4 and flags & _UNSYNCHRONISED:
        body, flags = body.replace(b"\xff\0", b"\xff"), flags & ~_UNSYNCHRONISED
    if version == 2 and flags & _EXTENDED:
        raise MediaLayoutUnsupported(what=WHAT, detail="a packed tag")
    start = _extended(body, version) if flags & _EXTENDED else 0
    frames = tuple(_frames(body, start, version, bool(flags & _UNSYNCHRONISED), limits))
    return Tag(version, flags & ~(_EXTENDED | _FOOTER), frames, 10 + size + footer)


def read(tag: Tag, placement: str, offset: int, limits: Limits) -> Contents:
    """What a tag holds; ``placement`` is the name of the carrier."""
    return joined([_read(frame, placement, offset, limits) for frame in tag.frames])


def write(tag: Tag | None, value: str | None, limits: Limits) -> bytes:
    """The whole tag (a new one of version 2.3 for None) with ``value`` in its one ``TXXX:AIGC``; None leaves none in it.

    A tag that has room keeps its length.
    """
    tag = tag or Tag(3, 0, (), 0)
    new, placed = list[bytes](), value is None
    for frame in tag.frames:
        if not _read(frame, "", 0, limits).found:
            new.append(frame.raw)
        elif not placed and value is not None and _is_ours(frame):
            new.append(_user_text(tag.version, value))
            placed = True
        else:
            new.append(_without(frame, tag.version, limits))
    if not placed and value is not None:
        new.append(_user_text(tag.version, value))
    body = b"".join(new)
    body = body.ljust(tag.size - 10 if len(body) <= tag.size - 10 else len(body) + _PADDING, b"\0")
    if len(body) >= 1 << 28:
        raise MediaLayoutUnsupported(what=WHAT, detail="a tag of more than 256 MiB")
    return b"ID3" + bytes([tag.version, 0, tag.flags]) + _unsafe(len(body)) + body


def _frames(body: bytes, place: int, version: int, unsynchronised: bool, limits: Limits) -> Iterator[Frame]:
    counter, head, unpacker = Counter(limits, WHAT), 6 if version == 2 else 10, Unpacker(limits, WHAT)
    while place + head <= len(body):
        kind = body[place : place + (3 if version == 2 else 4)]
        if not _ID.fullmatch(kind):
            return  # padding
        counter.step()
        size = _frame_size(body, place, version)
        end = place + head + size
        if end > len(body):
            raise MediaMalformed(what=WHAT, detail="a frame that ends behind its tag")
        content = body[place + head : end]
        if version > 2:
            flags = body[place + 9]
            content = _unpacked(content, version, flags, unsynchronised, unpacker)
        yield Frame(kind, body[place:end], content)
        place = end


def _frame_size(body: bytes, place: int, version: int) -> int:
    """The size of a frame; old iTunes wrote those of version 2.4 as plain numbers."""
    if version == 2:
        return int.from_bytes(body[place + 3 : place + 6], "big")
    plain = int.from_bytes(body[place + 4 : place + 8], "big")
    if version == 3 or plain < 0x80:
        return plain
    safe = _syncsafe(body[place + 4 : place + 8])
    if max(body[place + 4 : place + 8]) > 0x7F:
        return plain
    return plain if not _follows(body, place + 10 + safe) and _follows(body, place + 10 + plain) else safe


def _follows(body: bytes, place: int) -> bool:
    """Whether a frame, padding, or the end is at ``place``."""
    kind = body[place : place + 4]
    return place <= len(body) and (not kind.strip(b"\0") or _ID.fullmatch(kind) is not None)


def _unpacked(content: bytes, version: int, flags: int, unsynchronised: bool, unpacker: Unpacker) -> bytes:
    """What a frame holds; empty if it is encrypted or damaged."""
    packed, encrypted, grouped = (0x80, 0x40, 0x20) if version == 3 else (0x08, 0x04, 0x40)
    if flags & encrypted:
        return b""
    skip = (1 if flags & grouped else 0) + (4 if flags & (packed if version == 3 else 0x01) else 0)
    content = content[skip:]
    if version == 4 and (unsynchronised or flags & 0x02):
        content = content.replace(b"\xff\0", b"\xff")
    if flags & packed:
        try:
            return unpacker.inflated(content)
        except MediaError:
            return b""
    return content


def _extended(body: bytes, version: int) -> int:
    """How many bytes the extended header takes: it holds a checksum and restrictions, which do not survive a change."""
    if len(body) < 4:
        raise MediaMalformed(what=WHAT, detail="an extended header that is cut short")
    return 4 + int.from_bytes(body[:4], "big") if version == 3 else max(6, _syncsafe(body[:4]))


def _text_of(frame: Frame) -> tuple[str, str]:
    """Description and text of a frame: the description is empty for frames that have none."""
    content = frame.content
    if not content or not frame.kind.startswith((b"T", b"COM", b"USLT", b"ULT")):
        return "", ""
    encoding, body = _ENCODINGS.get(content[0], ""), content[1:]
    if frame.kind.startswith((b"COM", b"U")):
        body = body[3:]  # the language
    if not encoding:
        first, _, rest = body.partition(b"\0")
        parts = [to_text(first), to_text(rest)]
    else:
        text = body[: len(body) & ~1 if "16" in encoding else len(body)].decode(encoding, "replace")
        head, _, tail = text.partition("\0")
        parts = [head.lstrip("\ufeff"), tail.lstrip("\ufeff").rstrip("\0")]
    return (parts[0], parts[1]) if frame.kind.startswith((b"TX", b"COM", b"U")) else ("", parts[0])


def _is_ours(frame: Frame) -> bool:
    return frame.kind in (b"TXXX", b"TXX") and _text_of(frame)[0].strip().upper() == "AIGC"


def _read(frame: Frame, placement: str, offset: int, limits: Limits) -> Contents:
    if frame.kind == b"PRIV" and frame.content.startswith(b"XMP\0"):
        return xmp.read(frame.content[4:], f"{placement}/xmp", offset, limits)
    if frame.kind in (b"GEOB", b"GEO"):
        kind, _, _ = frame.content[1:].partition(b"\0")
        at = frame.content.find(b"jumb")
        if kind in _C2PA and at >= 4:
            return Contents(c2pa=c2pa.describe(frame.content[at - 4 :], f"{placement}/GEOB"))
        return Contents()
    if len(frame.content) > 4 * limits.value_bytes:
        return Contents(damaged=(f"{placement}/TXXX: a value is too long",)) if _is_ours(frame) else Contents()
    _, text = _text_of(frame)
    if _is_ours(frame):
        return Contents((Found(f"{placement}/TXXX", text, Form.TEXT, offset),))
    hit = embedded.find(text, limits.value_bytes)
    return Contents(() if hit is None else (Found(f"{placement}/id3", hit[2], Form.EMBEDDED, offset),))


def _without(frame: Frame, version: int, limits: Limits) -> bytes:
    """A frame without the value in it; nothing is left of one that is the value, or that cannot be edited."""
    if frame.kind == b"PRIV" and frame.content in frame.raw:
        return frame.raw.replace(
            frame.content, b"XMP\0" + xmp.write(frame.content[4:], None).ljust(len(frame.content) - 4)
        )
    hit = None if _is_ours(frame) else embedded.find(_text_of(frame)[1], limits.value_bytes)
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "latin-1") if hit else ():
        with_it = hit[2].encode(encoding, "replace") if hit else b""
        if with_it in frame.raw:
            word = "AIGC".encode(encoding)
            return frame.raw.replace(with_it, _blank(with_it, encoding)).replace(word, _blank(word, encoding))
    return b""


def _blank(data: bytes, encoding: str) -> bytes:
    space = " ".encode(encoding)
    return space * (len(data) // len(space))


def _user_text(version: int, value: str) -> bytes:
    """A frame ``TXXX:AIGC``: plain where the value is ASCII, else in the encoding of the version."""
    if value.isascii():
        content = b"\0AIGC\0" + value.encode()
    elif version == 4:
        content = b"\3AIGC\0" + value.encode("utf-8", "replace")
    else:
        content = b"\1" + "AIGC\0".encode("utf-16") + value.encode("utf-16", "replace")
    if version == 2:
        return b"TXX" + len(content).to_bytes(3, "big") + content
    size = _unsafe(len(content)) if version == 4 else struct.pack(">I", len(content))
    return b"TXXX" + size + b"\0\0" + content


def _syncsafe(data: bytes) -> int:
    return sum((byte & 0x7F) << 7 * place for place, byte in enumerate(reversed(data)))


def _unsafe(number: int) -> bytes:
    return bytes(number >> 7 * place & 0x7F for place in (3, 2, 1, 0))
