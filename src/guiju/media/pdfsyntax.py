"""Objects of PDF (ISO 32000-1, 7.3), parsed with bounds from bytes."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import msgspec

from guiju.errors import MediaMalformed, MediaTooLarge
from guiju.media.limits import Limits

WHAT: Final = "PDF"

_SPACE = re.compile(rb"(?:[\0\t\n\f\r ]|%[^\r\n]*)*+")
_REGULAR = re.compile(rb"[^\0\t\n\f\r ()<>\[\]{}/%]+")
_REFERENCE = re.compile(rb"(\d{1,10})[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+R(?![^\0\t\n\f\r ()<>\[\]{}/%])")
_NUMBER = re.compile(rb"[+-]?\d{1,20}")
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_ESCAPE = re.compile(rb"\\(\r\n|[0-7]{1,3}|.)", re.S)
_PARENTHESIS = re.compile(rb"\\.|[()]", re.S)
_HASH = re.compile(rb"#([0-9A-Fa-f]{2})")


class Name(str):
    """A name, without its slash."""


class Reference(NamedTuple):
    """An indirect reference: object and generation number."""

    number: int
    generation: int


class Dictionary(msgspec.Struct, frozen=True):
    """A dictionary: its values, and for every key the bytes of key and value as they stood."""

    values: dict[str, object]
    raw: dict[str, bytes]

    def get(self, key: str) -> object:
        """The value of ``key``; None where there is none."""
        return self.values.get(key)

    def rest(self, *without: str) -> bytes:
        """The bytes of all entries but some."""
        return b"".join(b"\n" + raw for key, raw in self.raw.items() if key not in without)


class Syntax:
    """Reads objects from ``data``, starting at ``place``; stands behind what it read."""

    def __init__(self, data: bytes, limits: Limits, place: int = 0) -> None:
        self.data, self.place = data, place
        self._limits, self._left = limits, limits.structures

    def value(self, depth: int = 0) -> object:
        """The next object: a Dictionary, list, Name, bytes (a string), Reference, int, or another word as Name.

        Raises:
            MediaMalformed: there is none. MediaTooLarge: it nests too deep or has too many parts.
        """
        self._left -= 1
        if self._left < 0 or depth > self._limits.depth * 4:
            raise MediaTooLarge(what=WHAT, limit=self._limits.structures)
        self._space()
        if self._starts(b"<<"):
            return self._dictionary(depth)
        if self._starts(b"["):
            return self._array(depth)
        if self._starts(b"/"):
            return self._name()
        if self._starts(b"("):
            return self._literal()
        if self._starts(b"<"):
            return self._hexadecimal()
        if (match := _REFERENCE.match(self.data, self.place)) is not None:
            self.place = match.end()
            return Reference(int(match.group(1)), int(match.group(2)))
        return self._word()

    def word(self) -> bytes:
        """The next run of regular characters.

        Raises:
            MediaMalformed: there is none.
        """
        self._space()
        match = _REGULAR.match(self.data, self.place)
        if match is None:
            raise _malformed("a word is missing")
        self.place = match.end()
        return match.group()

    def integer(self) -> int:
        """The next word, as a number that is not negative.

        Raises:
            MediaMalformed: it is none.
        """
        word = self.word()
        if not word.isdigit() or len(word) > 20:
            raise _malformed("a number is missing")
        return int(word)

    def _space(self) -> None:
        match = _SPACE.match(self.data, self.place)
        self.place = match.end() if match else self.place

    def _starts(self, token: bytes) -> bool:
        return self.data.startswith(token, self.place)

    def _word(self) -> object:
        word = self.word()
        return int(word) if _NUMBER.fullmatch(word) else Name(word.decode("latin-1"))

    def _dictionary(self, depth: int) -> Dictionary:
        self.place += 2
        values: dict[str, object] = {}
        raw: dict[str, bytes] = {}
        while True:
            self._space()
            if self._starts(b">>"):
                self.place += 2
                return Dictionary(values, raw)
            start = self.place
            if not self._starts(b"/"):
                raise _malformed("a dictionary without a key")
            key = self._name()
            values[key] = self.value(depth + 1)
            raw[key] = self.data[start : self.place]

    def _array(self, depth: int) -> list[object]:
        self.place += 1
        found: list[object] = []
        while True:
            self._space()
            if self._starts(b"]"):
                self.place += 1
                return found
            found.append(self.value(depth + 1))

    def _name(self) -> Name:
        match = _REGULAR.match(self.data, self.place + 1)
        raw = match.group() if match else b""
        self.place += 1 + len(raw)
        return Name(_HASH.sub(lambda hit: bytes([int(hit.group(1), 16)]), raw).decode("latin-1"))

    def _literal(self) -> bytes:
        start, depth, place = self.place + 1, 1, self.place + 1
        while depth:
            match = _PARENTHESIS.search(self.data, place)
            self._left -= 1
            if match is None or self._left < 0:
                raise _malformed("a string without an end")
            depth += {b"(": 1, b")": -1}.get(match.group(), 0)
            place = match.end()
        self.place = place
        return _ESCAPE.sub(_unescaped, self.data[start : place - 1])

    def _hexadecimal(self) -> bytes:
        end = self.data.find(b">", self.place)
        digits = bytes(byte for byte in self.data[self.place + 1 : end] if byte not in b"\0\t\n\f\r ")
        self.place = end + 1
        try:
            return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii")) if end >= 0 else _no_end()
        except ValueError:
            raise _malformed("a hexadecimal string of other characters") from None


def written(text: str) -> bytes:
    """``text`` as a string object: literal where it is ASCII, else UTF-16 with its mark."""
    if text.isascii():
        escaped = re.sub(rb"[\\()]", rb"\\\g<0>", text.encode("ascii")).replace(b"\r", b"\\r").replace(b"\n", b"\\n")
        return b"(" + escaped + b")"
    return b"<" + b"\xfe\xff".hex().encode() + text.encode("utf-16-be", "replace").hex().encode() + b">"


def _unescaped(match: re.Match[bytes]) -> bytes:
    said = match.group(1)
    if said[:1].isdigit() and said[0] < 0x38:
        return bytes([int(said, 8) & 255])
    return b"" if said in (b"\n", b"\r", b"\r\n") else _ESCAPES.get(said, said)


def _malformed(detail: str) -> MediaMalformed:
    return MediaMalformed(what=WHAT, detail=detail)


def _no_end() -> bytes:
    raise _malformed("a string without an end")
