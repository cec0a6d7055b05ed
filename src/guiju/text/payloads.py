"""Texts hidden in other writing: Base64, hexadecimal, percent-encoding, entities, escapes, Morse, columns.

A *payload* is a run of characters that decodes to readable text. Everything is bounded: a run counts for at most
``LONGEST`` characters, a text for at most ``MOST`` payloads, and whoever reads the decoded text again stops at ``DEEPEST``.

Each kind has an alphabet; its payloads lie inside the maximal runs of that alphabet, which is what makes a stream read
like the whole: a run is judged when it has ended. ``PayloadReader.held`` says from where on a run that looks like the
beginning of a payload has not ended yet.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator

import msgspec

from guiju import native
from guiju.text import decoding, openings

#: Longest run that is decoded, most payloads of one text, deepest nesting.
LONGEST, MOST, DEEPEST = 4096, 32, 3
#: What the compiled half knows of the runs of a stream: see ``follow`` in ``native/_native.pyi``.
_RUNS = struct.Struct("=8q22I")
#: What stands in its place once Python has read a piece: counts that leave everything open, and openings that stay open.
_MANY = (0xFFFF,) * 14 + (1 << 12, 6 << 8, 6 << 8, 1, 1, 1, 1)
#: Lines up to which a text may be written in columns.
_COLUMN_LINES = 48


class Payload(msgspec.Struct, frozen=True):
    """A hidden text.

    Attributes:
        kind: how it is hidden. ``start``, ``end``: where it lies in the text around it. ``text``: what it says.
        lead: how many characters of it stand for themselves, at its beginning: po%74 has two.
    """

    kind: str
    start: int
    end: int
    text: str
    lead: int = 0

    def place(self, start: int) -> tuple[int, int]:
        """The range of the text around it for something that begins at ``start`` of what it says."""
        return self.start + min(start, self.lead), self.end


class _Kind(msgspec.Struct, frozen=True):
    """One way of hiding.

    Attributes:
        alphabet: a maximal run of it may hold payloads. ``run``: one payload, what stands for itself before it as ``lead``.
        opening: from where on a run that goes on may become one.
        gate: found quickly in every text with such a payload.
        decode: kind and text of a run, or None where it hides nothing readable.
    """

    alphabet: re.Pattern[str]
    run: re.Pattern[str]
    opening: openings.Opening
    gate: re.Pattern[str]
    decode: Callable[[str], tuple[str, str] | None]


_HEX = "[0-9A-Fa-f]"
#: What every encoding has: seven characters of ASCII in a row, or dots and dashes of other shapes.
_ENCODED = re.compile("[!-~][ -~]{6}|[\u00b7\u2022\u2212\u2013\u2014] ?[\u00b7\u2022\u2212\u2013\u2014.\\-/ |]")
#: Columns are written in Chinese characters, with a Latin letter or digit among them.
_HAN_LINE = "[A-Za-z0-9]{0,3}[\u3400-\u9fff\u3000][A-Za-z0-9\u3400-\u9fff\u3000]{0,15}"
_LINE = re.compile(_HAN_LINE)
_COLUMNS = re.compile(f"(?:^|\n){_HAN_LINE}[ \t\r]*\n{_HAN_LINE}[ \t\r]*(?:\n|\\Z)")
_ESCAPE = (
    rf"\\u{_HEX}{{4}}|\\u\{{{_HEX}{{1,6}}\}}|\\U{_HEX}{{8}}|\\x{_HEX}{{2}}|U\+{_HEX}{{4,5}}"
    rf"|0[xX]{_HEX}{{4,5}}(?!{_HEX})|0[xX]{_HEX}{{2}}(?!{_HEX})"
)
_DOT_OR_DASH = "[.\u00b7\u2022\\-\u2212\u2013\u2014_]"
_KINDS = (
    _Kind(
        re.compile("[A-Za-z0-9+/_=-]+"),
        re.compile("[A-Za-z0-9+/_-]{8,}={0,6}"),
        openings.letters,
        re.compile("[A-Za-z0-9+/_-]{8}"),
        decoding.letters,
    ),
    _Kind(
        re.compile("[0-9A-Fa-f ,:]+"),
        re.compile(f"(?<![0-9A-Za-z])(?:{_HEX}{{2}}[ ,:]){{5,}}{_HEX}{{2}}"),
        openings.spaced_hex,
        re.compile(f"{_HEX}{_HEX}[ ,:]{_HEX}{_HEX}[ ,:]{_HEX}{_HEX}[ ,:]"),
        decoding.spaced_hex,
    ),
    _Kind(
        re.compile("[0-9 ,]+"),
        openings.SPACED_NUMBERS,
        openings.spaced_binary,
        re.compile("[01]{8}[ ,][01]{8}[ ,]|[0-9]{2}(?:, ?| )[0-9]{2,3}(?:, ?| )[0-9]{2,3}(?:, ?| )"),
        decoding.spaced_binary,
    ),
    _Kind(
        re.compile("[A-Za-z0-9%._~+-]+"),
        re.compile(f"(?P<lead>[A-Za-z0-9._~+-]{{0,{openings.LEAD}}})(?:%{_HEX}{{2}}[A-Za-z0-9._~+-]{{0,4}}){{3,}}"),
        openings.percent,
        re.compile(f"%{_HEX}"),
        decoding.percent,
    ),
    _Kind(
        re.compile("[&#0-9A-Fa-fxX;]+"),
        re.compile(f"(?:&#(?:[0-9]{{2,7}}|[xX]{_HEX}{{2,6}});?){{2,}}"),
        openings.entities,
        re.compile("&#[0-9xX]"),
        decoding.entities,
    ),
    _Kind(
        re.compile(r"[\\uxXU+{}0-9A-Fa-f ,]+"),
        re.compile(f"(?:(?:{_ESCAPE})[ ,]{{0,2}})+(?:{_ESCAPE})"),
        openings.escapes,
        re.compile(rf"[\\U][uUx+]\{{?{_HEX}|0[xX]{_HEX}"),
        decoding.escapes,
    ),
    _Kind(
        re.compile(f"(?:{_DOT_OR_DASH}|[ /|])+"),
        re.compile(f"{_DOT_OR_DASH}{{1,6}}(?:[ /|]{{1,3}}{_DOT_OR_DASH}{{1,6}}){{3,}}"),
        openings.morse,
        re.compile(f"{_DOT_OR_DASH}[ /|]+{_DOT_OR_DASH}"),
        decoding.morse,
    ),
)


def payloads(text: str) -> tuple[Payload, ...]:
    """Everything hidden in a whole text, in order. Text that hides nothing costs a few scans."""
    if native.module is not None and not native.module.hides(text):
        return ()
    found: list[Payload] = []
    if _ENCODED.search(text) is not None:
        short = len(text) <= LONGEST
        for kind in _KINDS:
            if kind.gate.search(text) is None:
                continue
            if short:  # no run can be too long, so the payloads of all runs are those of the text
                found += _in_run(kind, text, 0, len(text), 0)
            else:
                for run in kind.alphabet.finditer(text):
                    found += _in_run(kind, text, run.start(), run.end(), 0)
    if _COLUMNS.search(text) is not None:
        found += columns(text)
    return tuple(sorted(found, key=_place)[:MOST]) if found else ()


class PayloadReader:
    """Finds payloads in a text that arrives in pieces: the same ones, each when its run has ended."""

    __slots__ = ("_base", "_begun", "_found", "_lines", "_long", "_pending", "_runs", "_skipping", "_text")

    def __init__(self) -> None:
        self._text = ""
        self._base = 0  # where the kept text starts in the whole
        self._pending = [0] * len(_KINDS)  # per kind: up to where all runs have been judged
        self._skipping = [False] * len(_KINDS)  # per kind: in the rest of a run that was too long
        self._lines = _Lines()
        self._found = 0
        self._runs = bytearray(_RUNS.pack(0, *[-1] * 7, *[0] * 22))  # what the compiled half knows of open runs
        self._long = False  # whether the rest of a run that was too long is being skipped
        self._begun = False  # whether one of them may be the beginning of a payload

    def feed(self, piece: str, final: bool = False) -> list[Payload]:
        """The payloads that ended with this piece; with ``final`` those that the end of the text ends, too."""
        if native.module is None or final or self._long:
            return self._read(piece, final)
        told = native.module.follow(self._runs, piece)
        if told < 0:
            return self._read(piece, final)
        self._text += piece
        self._begun = told & 1 == 1
        before = (told >> 1) - 1
        if before > self._base:
            self._text = self._text[before - self._base :]
            self._base = before
        return self._keep(self._lines.feed(piece, final))

    def _read(self, piece: str, final: bool) -> list[Payload]:
        """The whole work on a piece."""
        if native.module is not None:
            seen, *starts = _RUNS.unpack(self._runs)[:8]
            self._pending = [seen if start < 0 else start for start in starts]
        self._text += piece
        size = self._base + len(self._text)
        found: list[Payload] = []
        for index, kind in enumerate(_KINDS):
            found += self._judge(index, kind, size, final)
        found += self._lines.feed(piece, final)
        self._forget()
        if native.module is not None:
            starts = [start if start < size else -1 for start in self._pending]
            self._long = any(self._skipping)
            self._runs[:] = _RUNS.pack(size, *starts, *_MANY, ord(self._text[-1]) if self._text else 0)
            self._begun = True
        return self._keep(found)

    def _keep(self, found: list[Payload]) -> list[Payload]:
        """Of the payloads found now those that count."""
        if not found:
            return found
        found.sort(key=_place)
        kept = found[: max(0, MOST - self._found)]
        self._found += len(kept)
        return kept

    def _judge(self, index: int, kind: _Kind, size: int, final: bool) -> Iterator[Payload]:
        """The payloads of one kind in the runs that have ended, or grown too long to wait for."""
        begin = self._pending[index] - self._base
        self._pending[index] = size
        if self._skipping[index]:
            rest = kind.alphabet.match(self._text, begin)
            if rest is not None and rest.end() == len(self._text):
                return
            begin = begin if rest is None else rest.end()
            self._skipping[index] = False
        for run in kind.alphabet.finditer(self._text, begin):
            open_ended = run.end() == len(self._text) and not final
            if open_ended and run.end() - run.start() <= LONGEST:
                self._pending[index] = run.start() + self._base
            else:
                yield from _in_run(kind, self._text, run.start(), run.end(), self._base)
                self._skipping[index] = open_ended

    @property
    def held(self) -> int | None:
        """From where on the text is a run that looks like the beginning of a payload and has not ended; None for nowhere.

        A run longer than ``LONGEST`` is judged by its beginning and not waited for.
        """
        if native.module is not None:
            if not self._begun:
                return None
            seen, *starts = _RUNS.unpack(self._runs)[:8]
            self._pending = [seen if start < 0 else start for start in starts]
        size = self._base + len(self._text)
        begun = [
            kind.opening(self._text, start - self._base)
            for kind, start in zip(_KINDS, self._pending, strict=True)
            if start < size
        ]
        first = min((start for start in begun if start is not None), default=None)
        return None if first is None else self._base + first

    def _forget(self) -> None:
        """Keep what runs that have not ended need, and the character before."""
        before = min(self._pending) - 1
        if before > self._base:
            self._text = self._text[before - self._base :]
            self._base = before


_LONG_LINE = 256
"""Characters of a line that are kept while it lasts; a line of columns is far shorter."""


class _Lines:
    """Collects short lines, which may be columns."""

    __slots__ = ("_block", "_end_of_block", "_gone", "_line", "_place", "_start")

    def __init__(self) -> None:
        self._block: list[str] = []
        self._line = ""
        self._gone = 0  # characters of the present line that are no longer kept: it is too long for a column
        self._start = self._place = self._end_of_block = 0

    def feed(self, piece: str, final: bool) -> list[Payload]:
        found: list[Payload] = []
        if "\n" in piece:
            *ended, self._line = (self._line + piece).split("\n")
            for line in ended:
                found += self._end(line)
        else:
            self._line += piece
        if len(self._line) > _LONG_LINE:
            self._gone += len(self._line) - _LONG_LINE
            self._line = self._line[:_LONG_LINE]
        if final:
            found += self._end(self._line)
            found += self._close()
        return found

    def _end(self, line: str) -> list[Payload]:
        """One line has ended. A longer one closes the columns; a shorter one may end them, or begin others, or both."""
        start = self._place
        size = len(line) + self._gone
        self._place += size + 1
        self._gone = 0
        line = line.rstrip(" \t\r")
        width = len(line) if size <= _LONG_LINE and _LINE.fullmatch(line) else 0
        found: list[Payload] = []
        if self._block and 0 < width < len(self._block[0]):
            self._block.append(line)
            self._end_of_block = start + width
        if self._block and (width != len(self._block[0]) or len(self._block) == _COLUMN_LINES):
            found += self._close()
        if width:
            if not self._block:
                self._start = start
            self._block.append(line)
            self._end_of_block = start + width
        return found

    def _close(self) -> list[Payload]:
        block, self._block = self._block, []
        text = _columns_of(block)
        return [Payload("vertical", self._start, self._end_of_block, text)] if text else []


def columns(text: str) -> list[Payload]:
    """Blocks of short lines, read column by column, from the left and from the right."""
    return _Lines().feed(text, True)


def _columns_of(lines: list[str]) -> str:
    """The columns from the left and from the right; a first or last line may have belonged to the text around."""
    blocks = [lines] if len(lines) < 3 else [lines, lines[1:], lines[:-1]]
    return "\n".join(reading for block in blocks for reading in _columns(block)) if len(lines) > 1 else ""


def _columns(lines: list[str]) -> list[str]:
    width = max(map(len, lines))
    read = ["".join(line[i] for line in lines if i < len(line)) for i in range(width)]
    return ["".join(read)] if width == 1 else ["".join(read), "".join(reversed(read))]


def _in_run(kind: _Kind, text: str, start: int, end: int, base: int) -> Iterator[Payload]:
    for match in kind.run.finditer(text, start, min(end, start + LONGEST)):
        hidden = kind.decode(match.group())
        if hidden is not None:
            lead = match.end("lead") - match.start() if match.re.groups else 0
            yield Payload(hidden[0], base + match.start(), base + match.end(), hidden[1], lead)


def _place(payload: Payload) -> tuple[int, int, str]:
    return payload.start, payload.end, payload.kind
