"""AMF0, the values of FLV's ``onMetaData``: walked with positions, so that a change touches nothing else."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

import msgspec

from guiju.errors import MediaMalformed, MediaTooLarge
from guiju.media.limits import Limits
from guiju.media.streams import Counter

NUMBER: Final = 0
_BOOLEAN, _STRING, _OBJECT, _NULL, _UNDEFINED, _REFERENCE, _ARRAY, _END, _LIST, _DATE, _LONG = (
    1,
    2,
    3,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    12,
)
_FIXED = {NUMBER: 8, _BOOLEAN: 1, _NULL: 0, _UNDEFINED: 0, _REFERENCE: 2, _DATE: 10}
_WHAT = "AMF"


class Value(msgspec.Struct, frozen=True):
    """A value: the path of names to it, its type, where it starts (with its name), where its content is, where it ends."""

    path: tuple[str, ...]
    kind: int
    start: int
    body: int
    end: int

    def text(self, data: bytes) -> bytes | None:
        """The bytes of a string; None for other types."""
        if self.kind not in (_STRING, _LONG):
            return None
        return data[self.body + (2 if self.kind == _STRING else 4) : self.end]


class Script(msgspec.Struct, frozen=True):
    """``onMetaData`` taken apart: every value in it, and where the list of its own ends."""

    values: tuple[Value, ...]
    end: int
    count_at: int


def parse(data: bytes, limits: Limits) -> Script | None:
    """Take the content of a script tag apart; None if it is not ``onMetaData`` with a list of named values.

    Raises:
        MediaMalformed: it ends too early. MediaTooLarge: it is over a limit.
    """
    walker = _Walker(data, limits)
    if data[:1] != bytes([_STRING]):
        return None
    end = walker.skip(0, (), 0)
    if data[3:end] != b"onMetaData" or data[end : end + 1] not in (bytes([_OBJECT]), bytes([_ARRAY])):
        return None
    head = 5 if data[end] == _ARRAY else 1
    stop = walker.named(end + head, (), 0)
    return Script(tuple(walker.values), stop - 3, end + 1 if head == 5 else -1)


def string(name: str, value: str) -> bytes:
    """A named string; a long one where it needs it."""
    raw = value.encode("utf-8", "replace")
    long = len(raw) > 0xFFFF
    head = struct.pack(">H", len(name)) + name.encode() + bytes([_LONG if long else _STRING])
    return head + struct.pack(">I" if long else ">H", len(raw)) + raw


def script(name: str, value: str) -> bytes:
    """The content of a whole ``onMetaData`` with one string in it."""
    return b"\2\0\x0aonMetaData" + bytes([_ARRAY]) + struct.pack(">I", 1) + string(name, value) + b"\0\0\x09"


class _Walker:
    """One pass over the values; positions are collected on the way."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self.data, self.values, self._limits = data, list[Value](), limits
        self._counter = Counter(limits, _WHAT)

    def named(self, place: int, path: tuple[str, ...], depth: int) -> int:
        """Walk pairs of name and value up to their end mark; where that ends."""
        for name, start, at in self._names(place):
            if not name and self.data[at : at + 1] == bytes([_END]):
                return at + 1
            end = self.skip(at, (*path, name), depth + 1)
            self.values.append(Value((*path, name), self.data[at], start, at + 1, end))
            self._next = end
        raise MediaMalformed(what=_WHAT, detail="a list without end")

    def _names(self, place: int) -> Iterator[tuple[str, int, int]]:
        self._next = place
        while self._next + 3 <= len(self.data):
            self._counter.step()
            start = self._next
            size = struct.unpack_from(">H", self.data, start)[0]
            yield self.data[start + 2 : start + 2 + size].decode("utf-8", "replace"), start, start + 2 + size

    def skip(self, place: int, path: tuple[str, ...], depth: int) -> int:
        """Where the value at ``place`` ends."""
        if depth > self._limits.depth:
            raise MediaTooLarge(what=_WHAT, limit=self._limits.depth)
        kind, body = (self.data[place] if place < len(self.data) else -1), place + 1
        if kind in _FIXED:
            end = body + _FIXED[kind]
        elif kind in (_STRING, _LONG):
            width = 2 if kind == _STRING else 4
            end = body + width + int.from_bytes(self.data[body : body + width], "big")
        elif kind in (_OBJECT, _ARRAY):
            end = self.named(body + (4 if kind == _ARRAY else 0), path, depth)
        elif kind == _LIST:
            end = self._list(body, path, depth)
        else:
            raise MediaMalformed(what=_WHAT, detail=f"a value of type {kind}")
        if end > len(self.data):
            raise MediaMalformed(what=_WHAT, detail="a value that ends too early")
        return end

    def _list(self, place: int, path: tuple[str, ...], depth: int) -> int:
        count, place = int.from_bytes(self.data[place : place + 4], "big"), place + 4
        for _ in range(count):
            self._counter.step()
            end = self.skip(place, path, depth + 1)
            self.values.append(Value((*path, ""), self.data[place], place, place + 1, end))
            place = end
        return place
