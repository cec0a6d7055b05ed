"""From a normalised text to the rows of a model's table: hashed character n-grams, one column of hashes per kind.

Training and checking call the same function, so a model sees at run time exactly what it was trained on. Everything is
arithmetic over whole arrays: one text costs a few dozen numpy calls whatever its length. Substring hashes come from prefix
sums of a polynomial hash modulo 2**64, whose base is odd and therefore has an inverse: any substring costs one subtraction
and one multiplication.
"""

from __future__ import annotations

from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Codes: TypeAlias = NDArray[np.uint64]
Rows: TypeAlias = NDArray[np.int64]

#: Kinds of hashes per character: 1-, 2-, 3- and 4-grams, and one of longer reach (see ``rows``).
KINDS = 5
#: Characters hashed in one go; longer texts come in pieces that overlap by the longest n-gram.
PIECE = 1024
_OVERLAP = 4
#: Longest Latin word hashed as a word; what is longer is no word.
_WORD = 24

#: Characters that end a sentence, and the fewest characters of one.
_ENDS = "。！？!?；;"
_SENTENCE = 4

_BASE = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_SALT = np.arange(1, KINDS + 2, dtype=np.uint64) * np.uint64(0xBF58476D1CE4E5B9)
_OTHER, _LATIN, _SPACE, _HAN, _END = range(5)
_BMP = 0x10000


def _powers(base: int) -> Codes:
    values, power = [], 1
    for _ in range(PIECE + _WORD + 2):
        values.append(power)
        power = power * base % 2**64
    return np.array(values, dtype=np.uint64)


_POWER = _powers(int(_BASE))
_INVERSE = _powers(pow(int(_BASE), -1, 2**64))


@cache
def classes() -> NDArray[np.int8]:
    """The class of every character of the basic plane, shape (65536,); characters beyond it have that of the last."""
    table = np.full(_BMP, _HAN, dtype=np.int8)
    table[:0x2E80] = _OTHER
    table[0x2E80:0x3041] = _OTHER
    table[0xFE00:] = _OTHER
    for code in range(0x250):
        if chr(code).isalnum():
            table[code] = _LATIN
    table[[9, 11, 12, 13, 32, 0xA0, 0x3000]] = _SPACE
    table[[ord(character) for character in _ENDS]] = _END
    return table


def codes(text: str) -> tuple[Codes, NDArray[np.int8]]:
    """The characters that count, and their classes: digits as 0, spaces only between Latin words."""
    raw = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32)
    kind = classes()[np.minimum(raw, _BMP - 1)]
    space = kind == _SPACE
    if space.any():
        keep = ~space
        latin = kind == _LATIN
        keep[1:-1] |= space[1:-1] & latin[:-2] & (latin[2:] | space[2:])
        raw, kind = raw[keep], kind[keep]
    digit = (raw >= 48) & (raw <= 57)
    return np.where(digit, 48, raw).astype(np.uint64) + np.uint64(1), kind


def rows(text: str, buckets: int) -> Rows:
    """The row numbers of a text; see ``rows_and_sentences``."""
    return rows_and_sentences(text, buckets)[0]


def rows_and_sentences(text: str, buckets: int) -> tuple[Rows, NDArray[np.int64]]:
    """Row numbers of shape (characters, KINDS), and the characters at which sentences begin.

    Row numbers are below ``buckets`` (a power of two); ``buckets`` itself is no row. The columns are the n-grams of one to
    four characters that start at the character, and a fifth of longer reach: at the first letter of a Latin word the word
    itself (and in the fourth column the word with the next one), elsewhere the character with the next but one. What does
    not fit before the end of the text is no row.
    """
    values, kind = codes(text)
    pieces, begin, step = [], 0, PIECE - _OVERLAP
    while len(values) - begin > PIECE:
        pieces.append(_piece(values[begin : begin + PIECE], kind[begin : begin + PIECE], buckets)[:step])
        begin += step
    pieces.append(_piece(values[begin:], kind[begin:], buckets))  # the rest, to its end
    return np.concatenate(pieces), _sentences(kind)


def _sentences(kind: NDArray[np.int8]) -> NDArray[np.int64]:
    """Where sentences begin; fewer than four characters are none."""
    kept, last, size = [0], 0, len(kind)
    for begin in (np.flatnonzero(kind == _END) + 1).tolist():
        if begin - last >= _SENTENCE and size - begin >= _SENTENCE:
            kept.append(begin)
            last = begin
    return np.array(kept, dtype=np.int64)


def _piece(values: Codes, kind: NDArray[np.int8], buckets: int) -> Rows:
    size = len(values)
    shift = np.uint64(64 - buckets.bit_length() + 1)
    out = np.full((size, KINDS), buckets, dtype=np.int64)
    if not size:
        return out
    sums = np.empty(size + 1, dtype=np.uint64)
    sums[0] = 0
    np.cumsum(values * _POWER[:size], out=sums[1:])
    inverse = _INVERSE[:size]
    for n in range(1, min(4, size) + 1):
        grams = (sums[n:] - sums[:-n]) * inverse[: size - n + 1] + _SALT[n]
        out[: size - n + 1, n - 1] = (grams * _MIX) >> shift
    if size > 2:
        apart = values[:-2] + values[2:] * _BASE + _SALT[5]
        out[:-2, 4] = (apart * _MIX) >> shift
    if (kind == _LATIN).any():
        _words(sums, kind, shift, out)
    return out


def _words(sums: Codes, kind: NDArray[np.int8], shift: np.uint64, out: Rows) -> None:
    """Latin words in the fifth column of their first letter, pairs of words in the fourth."""
    latin = np.zeros(len(kind) + 2, dtype=np.int8)
    latin[1:-1] = kind == _LATIN
    edges = latin[1:] - latin[:-1]
    begin, end = (edges == 1).nonzero()[0], (edges == -1).nonzero()[0]
    whole = (sums[np.minimum(end, begin + _WORD)] - sums[begin]) * _INVERSE[begin] + _SALT[0]
    out[begin, 4] = (whole * _MIX) >> shift
    pairs = (whole[:-1] * _BASE + whole[1:]) * _MIX
    out[begin[:-1], 3] = pairs >> shift
