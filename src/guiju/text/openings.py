"""What may be the beginning of a hidden text: from where on the end of a text must be held back until more is known.

``payloads`` says what a run hides once it has ended. Here the run is still growing: each function gets a text and where
the run at its end starts, and says from which character on it may become a payload, or None where nothing that follows can
make it one. Ordinary text is told apart as soon as it can be: what would decode to no UTF-8 or to control characters is no
beginning, which most words of Latin letters show within their first two or three.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Opening = Callable[[str, int], int | None]
"""Text and start of the run at its end → from where on it may become a payload, or None."""

_HEX = "[0-9A-Fa-f]"
#: What is still possible after so many characters stays possible: the run is held until it ends.
_ENOUGH = 48
_SIX = {
    letter: index for index, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
}
_SIX |= {"-": 62, "_": 63}
_FOUR = {digit: int(digit, 16) for digit in "0123456789abcdefABCDEF"}
_FIVE = {letter: index for index, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}
_ONE = {"0": 0, "1": 1}
#: Spaced bytes: a row of them that reaches the end of the text, and one that is a payload already.
_HEX_ROW = re.compile(f"(?<![0-9A-Za-z])(?:{_HEX}{{2}}[ ,:])*{_HEX}{{0,2}}\\Z")
_HEX_WHOLE = re.compile(f"(?<![0-9A-Za-z])(?:{_HEX}{{2}}[ ,:]){{5,}}{_HEX}{{2}}")
_BINARY_ROW = re.compile("(?<![0-9A-Za-z])(?:[01]{8}[ ,])*[01]{0,8}\\Z")
#: Bytes in a row, as eight binary digits or as decimal numbers.
SPACED_NUMBERS = re.compile(
    "(?<![0-9A-Za-z])(?:(?:[01]{8}[ ,]){5,}[01]{8}|(?:[0-9]{2,3}(?:, ?| )){5,}[0-9]{2,3}(?![0-9]))"
)
_DECIMAL_ROW = re.compile("(?<![0-9A-Za-z])(?:[0-9]{2,3}(?:, ?| ))*[0-9]{0,3}\\Z")
_PERCENT = re.compile(
    f"(?:%{_HEX}{{2}}[A-Za-z0-9._~+-]{{0,4}}){{3}}|(?:%{_HEX}{{2}}[A-Za-z0-9._~+-]{{0,4}}){{0,2}}(?:%{_HEX}?)?\\Z"
)
_ENTITY = re.compile("&(?:#|\\Z)")
_ESCAPE = re.compile(rf"\\(?:[uUx](?:\{{?{_HEX}|\{{?\Z)|\Z)|U(?:\+{_HEX}|\+?\Z)|0(?:[xX](?:{_HEX}|\Z)|\Z)")
_DOT_OR_DASH = "[.\u00b7\u2022\\-\u2212\u2013\u2014_]"
_MORSE = re.compile(
    f"{_DOT_OR_DASH}{{1,6}}(?:(?:[ /|]{{1,3}}{_DOT_OR_DASH}{{1,6}}){{3}}|(?:[ /|]{{1,3}}{_DOT_OR_DASH}{{1,6}})*[ /|]{{0,3}}\\Z)"
)
#: Characters of a percent-encoded run that may stand before its first escape.
LEAD = 16


def letters(text: str, start: int) -> int | None:
    """A run of letters and digits: Base64, Base32, hexadecimal or binary digits, from the last ``=`` on or from the one before."""
    for match in _SEGMENT.finditer(text, start):
        run = match.group()
        growing = match.end() == len(text)  # one that an "=" has ended is told with the whole run
        if (growing or len(run) >= _SHORTEST) and _may_hide(run):
            return match.start()
    return None


_SEGMENT = re.compile("[A-Za-z0-9+/_-]+")
_SHORTEST = 8


def _may_hide(run: str) -> bool:
    begun = run[:_ENOUGH]
    if begun[1:2] in ("x", "X") and begun[0] == "0":
        return _may_be_text(begun[2:], _FOUR, 4)
    return any(_may_be_text(begun, *way) for way in ((_SIX, 6), (_FOUR, 4), (_FIVE, 5), (_ONE, 1)))


def spaced_hex(text: str, start: int) -> int | None:
    """``e8 b5 8``."""
    return _spaced(text, start, _HEX_WHOLE, (_HEX_ROW, _may_be_hex))


def spaced_binary(text: str, start: int) -> int | None:
    """``11101000 1011``, ``232, 181, 1``."""
    return _spaced(text, start, SPACED_NUMBERS, (_BINARY_ROW, _may_be_binary), (_DECIMAL_ROW, _may_be_decimal))


def _spaced(
    text: str, start: int, whole: re.Pattern[str], *rows: tuple[re.Pattern[str], Callable[[str], bool]]
) -> int | None:
    """Where the first row of bytes begins that is a payload already, or one that may become it at the end of the text."""
    for found in whole.finditer(text, start):
        if any(may_be_text(found.group()) for _, may_be_text in rows):
            return found.start()
    begun = [
        last.start()
        for row, may_be_text in rows
        if (last := row.search(text, start)) and last.start() < len(text) and may_be_text(last.group())
    ]
    return min(begun, default=None)


def _may_be_hex(row: str) -> bool:
    return _may_be_text(_SPACES.sub("", row)[:_ENOUGH], _FOUR, 4)


def _may_be_binary(row: str) -> bool:
    return _may_be_text(_SPACES.sub("", row)[:_ENOUGH], _ONE, 1)


def _may_be_decimal(row: str) -> bool:
    """Of the last number more digits may come."""
    *numbers, _ = _BETWEEN.split(row)
    known = [int(number) for number in numbers[:_ENOUGH]]
    return all(number < 256 for number in known) and _may_be_text(bytes(known).hex(), _FOUR, 4)


_SPACES = re.compile("[ ,:]")
_BETWEEN = re.compile("[ ,]+")


def percent(text: str, start: int) -> int | None:
    """``%E8%B``; what stands before the first escape may belong to it."""
    found = _PERCENT.search(text, start)
    return None if found is None or found.start() == len(text) else max(start, found.start() - LEAD)


def entities(text: str, start: int) -> int | None:
    """``&#361``."""
    return _start(_ENTITY.search(text, start))


def escapes(text: str, start: int) -> int | None:
    r"""``\\u8d``."""
    return _start(_ESCAPE.search(text, start))


def morse(text: str, start: int) -> int | None:
    """``-.. ..``."""
    return _start(_MORSE.search(text, start))


def _start(found: re.Match[str] | None) -> int | None:
    return None if found is None else found.start()


#: Bytes UTF-8 text may begin a character with, and for some of them what must follow.
_FIRST = bytes(byte in (9, 10, 13) or 0x20 <= byte < 0x7F or 0xC2 <= byte < 0xF5 for byte in range(256))
_SECOND = {0xC2: (0xA0, 0xBF), 0xE0: (0xA0, 0xBF), 0xED: (0x80, 0x9F), 0xF0: (0x90, 0xBF), 0xF4: (0x80, 0x8F)}


def _may_be_text(run: str, values: dict[str, int], width: int) -> bool:
    """Whether characters that stand for so many bits each may begin readable UTF-8."""
    have = bits = left = 0
    low, high = 0x80, 0xBF
    for character in run:
        value = values.get(character)
        if value is None:
            return False
        have, bits = have << width | value, bits + width
        if bits < 8:
            continue
        bits -= 8
        byte, have = have >> bits, have & ((1 << bits) - 1)
        if left:
            if not low <= byte <= high:
                return False
            left, low, high = left - 1, 0x80, 0xBF
        elif not _FIRST[byte]:
            return False
        elif byte >= 0xC2:
            left = 1 if byte < 0xE0 else 2 if byte < 0xF0 else 3
            low, high = _SECOND.get(byte, (0x80, 0xBF))
    if not bits or len(run) >= _SHORTEST:  # a run that ends here is decoded without the bits left over
        return True
    least = have << 8 - bits
    most = least + (1 << 8 - bits) - 1
    return least <= high and low <= most if left else any(_FIRST[least : most + 1])
