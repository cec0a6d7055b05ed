"""FLAC: the Vorbis comment ``AIGC`` (TC260-PG-202510A). Padding gives the room it takes; frames are never touched."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

import msgspec

from guiju.errors import MediaLayoutUnsupported, MediaMalformed
from guiju.media import comments, id3
from guiju.media.contents import Contents
from guiju.media.joined import joined
from guiju.media.limits import LIMITS, Limits
from guiju.media.registry import Carrier, carrier
from guiju.media.streams import Counter, copy_span, size_of, take_at

WHAT = "FLAC"
_PADDING, _COMMENTS = 1, 4
_EMPTY = b"\5\0\0\0guiju\0\0\0\0"


class Block(msgspec.Struct, frozen=True):
    """A metadata block: its type, where its data begin, their length."""

    kind: int
    place: int
    size: int


class _Sound(msgspec.Struct, frozen=True):
    """A file taken apart: an ID3 tag before it, its blocks, and where its frames begin."""

    tag: id3.Tag | None
    blocks: tuple[Block, ...]
    frames: int

    @property
    def comments(self) -> list[Block]:
        return [block for block in self.blocks if block.kind == _COMMENTS]


@carrier
class Flac(Carrier):
    """FLAC in its own container."""

    name = "flac"
    title = "FLAC"
    suffixes = (".flac",)
    placement = "flac/comment"
    placements = {
        "flac/comment": "Vorbis comment AIGC",
        "flac/comment.other": "the value inside another Vorbis comment",
        "flac/TXXX": "an ID3v2 tag before the file, TXXX with the description AIGC",
        "flac/id3": "the value inside another frame of such a tag",
        "flac/xmp": "XMP in such a tag, property TC260:AIGC",
    }
    source = "TC260-PG-202510A"

    def sniff(self, head: bytes, suffix: str) -> bool:
        return head[:4] == b"fLaC" or (head[:3] == b"ID3" and suffix in self.suffixes)

    def read(self, file: BinaryIO, limits: Limits = LIMITS) -> Contents:
        sound = _sound(file, limits)
        parts = [] if sound.tag is None else [id3.read(sound.tag, "flac", 0, limits)]
        for block in sound.comments:
            known = comments.parse(take_at(file, block.place, block.size, limits, WHAT), limits)
            parts.append(comments.read(known, "flac/comment", block.place - 4, limits))
        return joined(parts)

    def write(self, source: BinaryIO, target: BinaryIO, value: str, limits: Limits = LIMITS) -> None:
        sound, waiting = _sound(source, limits), [value]
        if sound.tag is not None:
            held = id3.read(sound.tag, "flac", 0, limits).found
            if held:
                target.write(id3.write(sound.tag, None, limits))
            else:
                copy_span(source, target, 0, sound.tag.size)
        blocks: list[tuple[int, bytes | Block]] = []
        for block in sound.blocks:
            if block.kind == _COMMENTS:
                known = comments.parse(take_at(source, block.place, block.size, limits, WHAT), limits)
                blocks.append((_COMMENTS, comments.write(known, waiting.pop() if waiting else None, limits)))
            else:
                blocks.append((block.kind, block))
        if waiting:
            new = comments.write(comments.parse(_EMPTY, limits), value, limits)
            blocks.insert(1, (_COMMENTS, new))
        target.write(b"fLaC")
        _put(source, target, _fitted(blocks, sound), limits)
        copy_span(source, target, sound.frames, size_of(source))

    def content(self, file: BinaryIO, limits: Limits = LIMITS) -> Iterable[tuple[int, int]]:
        """The stream information and the frames."""
        sound = _sound(file, limits)
        return [(sound.blocks[0].place, sound.blocks[0].place + sound.blocks[0].size), (sound.frames, size_of(file))]


def _sound(file: BinaryIO, limits: Limits) -> _Sound:
    tag = id3.parse(file, 0, limits)
    start = 0 if tag is None else tag.size
    if take_at(file, start, 4, limits, WHAT) != b"fLaC":
        raise MediaMalformed(what=WHAT, detail="no FLAC stream")
    counter, place, blocks, last = Counter(limits, WHAT), start + 4, list[Block](), False
    while not last:
        counter.step()
        head = take_at(file, place, 4, limits, WHAT)
        last, size = bool(head[0] & 0x80), int.from_bytes(head[1:], "big")
        blocks.append(Block(head[0] & 0x7F, place + 4, size))
        place += 4 + size
    if blocks[0].kind != 0 or place > size_of(file):
        raise MediaMalformed(what=WHAT, detail="no stream information, or the file ends too early")
    return _Sound(tag, tuple(blocks), place)


def _fitted(blocks: list[tuple[int, bytes | Block]], sound: _Sound) -> list[tuple[int, bytes | Block]]:
    """The blocks with the first padding resized so that the frames stay where they are, where it has the room."""
    old = sum(4 + block.size for block in sound.blocks)
    room = old - sum(4 + (len(one) if isinstance(one, bytes) else one.size) for _, one in blocks)
    for index, (kind, block) in enumerate(blocks):
        if kind == _PADDING and isinstance(block, Block) and 0 <= block.size + room < 1 << 24 and room:
            blocks[index] = (kind, bytes(block.size + room))
            break
    return blocks


def _put(source: BinaryIO, target: BinaryIO, blocks: list[tuple[int, bytes | Block]], limits: Limits) -> None:
    for index, (kind, block) in enumerate(blocks):
        size = len(block) if isinstance(block, bytes) else block.size
        if size >= 1 << 24:
            raise MediaLayoutUnsupported(what=WHAT, detail="a block of more than 16 MiB")
        target.write(bytes([kind | (0x80 if index == len(blocks) - 1 else 0)]) + size.to_bytes(3, "big"))
        if isinstance(block, bytes):
            target.write(block)
        else:
            copy_span(source, target, block.place, block.place + block.size)
