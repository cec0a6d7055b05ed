"""ZIP archives member by member: reading with bounds, and writing copies in which all other members stay byte for byte.

Archives that are larger than 4 GiB, encrypted, or that contradict themselves are refused: an office document is none of
these, and what two programs read differently must not pass a check.
"""

from __future__ import annotations

import struct
import zlib
from typing import BinaryIO, Final

import msgspec

from guiju.errors import MediaEncrypted, MediaLayoutUnsupported, MediaMalformed, MediaTooLarge
from guiju.media import c2pa
from guiju.media.contents import C2pa
from guiju.media.limits import Limits
from guiju.media.streams import copy_span, size_of, take, take_at
from guiju.media.unpacking import Unpacker

WHAT: Final = "ZIP"

_END, _CENTRAL, _LOCAL = b"PK\5\6", b"PK\1\2", b"PK\3\4"
_STORED, _DEFLATED = 0, 8
_MANIFEST = "META-INF/content_credential.c2pa"
_FREE = 1 << 20  # what any member may become, whatever its ratio
_STAMP = 0x0021_0000  # 1980-01-01: writing the same twice gives the same bytes


class Member(msgspec.Struct, frozen=True):
    """A member as the central directory has it; ``record`` is its whole entry there."""

    name: str
    method: int
    packed: int
    size: int
    offset: int
    record: bytes


class Archive:
    """An archive opened. Members are known by name; a name that stands there twice is an error.

    Raises:
        MediaMalformed, MediaTooLarge, MediaEncrypted, MediaLayoutUnsupported: it cannot be used.
    """

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._file, self._limits, self._unpacker = file, limits, Unpacker(limits, WHAT)
        self.end, count, size, self._start = self._tail()
        self.members = {one.name: one for one in self._central(count, size)}
        if len(self.members) != count:
            raise MediaMalformed(what=WHAT, detail="a name that stands there twice")

    def read(self, name: str) -> bytes | None:
        """What a member holds, unpacked; None if there is none of this name.

        Raises:
            MediaTooLarge: it becomes larger than its packed size justifies.
        """
        member = self.members.get(name)
        if member is None:
            return None
        if member.size > _FREE and member.size > self._limits.ratio * max(1, member.packed):
            raise MediaTooLarge(what=f"{WHAT} ratio", limit=self._limits.ratio)
        self._file.seek(self._data_place(member))
        data = take(self._file, member.packed, self._limits, WHAT)
        if member.method == _DEFLATED:
            data = self._unpacker.inflated(data, raw=True)
        elif member.method != _STORED:
            raise MediaLayoutUnsupported(what=WHAT, detail=f"packing method {member.method}")
        if len(data) != member.size or zlib.crc32(data) != struct.unpack_from("<I", member.record, 16)[0]:
            raise MediaMalformed(what=WHAT, detail="a member that is not what its entry says")
        return data

    def manifest(self, carrier: str) -> C2pa | None:
        """The C2PA manifest store of the archive, if there is one.

        Raises:
            MediaMalformed, MediaTooLarge: as :meth:`read`.
        """
        store = self.read(_MANIFEST)
        return None if store is None else c2pa.describe(store, f"{carrier}/{_MANIFEST}")

    def write(self, target: BinaryIO, changed: dict[str, bytes]) -> None:
        """Copy the archive with some members changed, in their places, or added at the end."""
        central = []
        for member in sorted(self.members.values(), key=lambda one: one.offset):
            place = target.tell()
            if member.name in changed:
                central.append(_written(target, member.name, changed[member.name], member.method))
            else:
                end = self._data_place(member) + member.packed
                copy_span(self._file, target, member.offset, self._behind(member, end))
                central.append(member.record[:42] + struct.pack("<I", place) + member.record[46:])
        packed = any(member.method == _DEFLATED for member in self.members.values())  # C2PA signs none that is
        method = _DEFLATED if packed else _STORED
        central += [_written(target, name, data, method) for name, data in changed.items() if name not in self.members]
        place, entries = target.tell(), b"".join(central)
        if place + len(entries) >= 0xFFFFFFFF or len(central) >= 0xFFFF:
            raise MediaLayoutUnsupported(what=WHAT, detail="larger than 4 GiB")
        counts = struct.pack("<HHHHII", 0, 0, len(central), len(central), len(entries), place)
        comment = take_at(self._file, self.end + 20, size_of(self._file) - self.end - 20, self._limits, WHAT)
        target.write(entries + _END + counts + comment)

    def _tail(self) -> tuple[int, int, int, int]:
        """Place of the end record; number, size and place of the central directory."""
        total = size_of(self._file)
        span = min(total, 22 + 0xFFFF)
        tail = take_at(self._file, total - span, span, self._limits, WHAT)
        at = tail.rfind(_END)
        if at < 0 or at + 22 > len(tail):
            raise MediaMalformed(what=WHAT, detail="no end record")
        disk, first, here, count, size, start = struct.unpack_from("<HHHHII", tail, at + 4)
        if 0xFFFF in (disk, first, here, count) or 0xFFFFFFFF in (size, start):
            raise MediaLayoutUnsupported(what=WHAT, detail="ZIP64")
        end = total - span + at
        if disk or first or here != count or start + size != end:
            raise MediaMalformed(what=WHAT, detail="a central directory that is not where the end record says")
        return end, count, size, start

    def _central(self, count: int, size: int) -> list[Member]:
        if count > self._limits.structures:
            raise MediaTooLarge(what=WHAT, limit=self._limits.structures)
        data, place, found = take_at(self._file, self._start, size, self._limits, WHAT), 0, []
        for _ in range(count):
            if data[place : place + 4] != _CENTRAL or place + 46 > len(data):
                raise MediaMalformed(what=WHAT, detail="an entry that is none")
            flags, method = struct.unpack_from("<HH", data, place + 8)
            packed, unpacked, name, extra, comment = struct.unpack_from("<IIHHH", data, place + 20)
            offset, end = struct.unpack_from("<I", data, place + 42)[0], place + 46 + name + extra + comment
            if flags & 1:
                raise MediaEncrypted(what=WHAT)
            if 0xFFFFFFFF in (packed, unpacked, offset):
                raise MediaLayoutUnsupported(what=WHAT, detail="ZIP64")
            text = data[place + 46 : place + 46 + name].decode("utf-8" if flags & 0x800 else "cp437", "replace")
            found.append(Member(text, method, packed, unpacked, offset, data[place:end]))
            place = end
        return found

    def _data_place(self, member: Member) -> int:
        head = take_at(self._file, member.offset, 30, self._limits, WHAT)
        if head[:4] != _LOCAL:
            raise MediaMalformed(what=WHAT, detail="a member that is not where its entry says")
        name, extra = struct.unpack_from("<HH", head, 26)
        place: int = member.offset + 30 + name + extra
        if place + member.packed > self._start:
            raise MediaMalformed(what=WHAT, detail="a member that reaches into the central directory")
        return place

    def _behind(self, member: Member, end: int) -> int:
        """Where a member ends: behind its data, or behind the descriptor that follows them."""
        flags = struct.unpack_from("<H", member.record, 8)[0]
        if not flags & 8:
            return end
        signed = take_at(self._file, end, 4, self._limits, WHAT) == b"PK\7\x08"
        return min(end + (16 if signed else 12), self._start)


def _written(target: BinaryIO, name: str, data: bytes, method: int) -> bytes:
    """Write a member and return its entry for the central directory."""
    place, raw = target.tell(), name.encode("utf-8")
    engine = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = engine.compress(data) + engine.flush() if method == _DEFLATED else data
    flags = 0 if name.isascii() else 0x800
    shared = struct.pack("<HHHIIII", 20, flags, method, _STAMP, zlib.crc32(data), len(packed), len(data))
    target.write(_LOCAL + shared + struct.pack("<HH", len(raw), 0) + raw + packed)
    rest = struct.pack("<HHHHHII", len(raw), 0, 0, 0, 0, 0, place)
    return _CENTRAL + struct.pack("<H", 20) + shared + rest + raw
