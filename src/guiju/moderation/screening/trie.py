"""Tries as arrays: the form in which the compiled half walks them, and in which they can be mapped from a file.

Nodes lie in breadth-first order without their root: the children of a node are neighbours, by rising label. A filter of bits
over the first two or three labels tells for nearly every place of a text that no key begins there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

U8: TypeAlias = npt.NDArray[np.uint8]
U16: TypeAlias = npt.NDArray[np.uint16]
U32: TypeAlias = npt.NDArray[np.uint32]
#: No node, no value.
NOTHING = 0xFFFFFFFF
_FACTORS = ((0x9E3779B1, 0x85EBCA6B), (0xC2B2AE35, 0x27D4EB2F))
#: Bits of the filter for each different beginning, at least, and the limits of what one first label has.
_BITS_EACH, _LEAST, _MOST = 20, 1 << 5, 1 << 16


class Alphabet(msgspec.Struct, frozen=True):
    """The characters of the keys: number ``i + 1`` is ``characters[i]``; 0 is every other character."""

    characters: tuple[str, ...]
    numbers: dict[str, int]

    @classmethod
    def of(cls, characters: Sequence[str]) -> Alphabet:
        """An alphabet in the order given."""
        return cls(tuple(characters), {character: number for number, character in enumerate(characters, start=1)})

    def __len__(self) -> int:
        return len(self.characters) + 1

    def number(self, character: str) -> int:
        """The number of a character, 0 where no key has it."""
        return self.numbers.get(character, 0)

    def table(self) -> U16:
        """The number of each code point."""
        found = np.zeros(0x110000, np.uint16)
        found[[ord(character) for character in self.characters]] = np.arange(1, len(self), dtype=np.uint16)
        return found


class Trie(msgspec.Struct, frozen=True):
    """The arrays of a trie, as ``native/tables.h`` describes them."""

    first: U32
    label: U16
    flags: U8
    value: U32
    root: U32
    filter: U32

    def arrays(self) -> tuple[npt.NDArray[np.generic], ...]:
        """In the order in which they lie in a file."""
        return self.first, self.label, self.flags, self.value, self.root, self.filter


class Key(msgspec.Struct, frozen=True):
    """One key: its value, the flags of its end, and those of all its proper beginnings."""

    text: str
    value: int
    ends: int = 0
    lives: int = 0


def build(keys: Sequence[Key], alphabet: Alphabet, arity: int, solo: bool = False) -> Trie:
    """The trie of different, not empty keys.

    Args:
        arity: how many labels the filter looks at; shorter keys are not in it. ``solo``: those of one label are, with any second.
    """
    if not keys:
        return _empty(alphabet)
    texts = np.array([key.text for key in keys])
    width = texts.dtype.itemsize // 4
    rows = alphabet.table()[texts.view(np.uint32).reshape(-1, width)]
    order = np.argsort(rows.astype(">u2").view(f"S{2 * width}").ravel(), kind="stable")
    rows = rows[order]
    value = np.array([key.value for key in keys], np.uint32)[order]
    ends = np.array([key.ends for key in keys], np.uint8)[order]
    lives = np.array([key.lives for key in keys], np.uint8)[order]
    return _lay_out(
        rows, value, ends, lives, _filter(rows, np.count_nonzero(rows, axis=1), alphabet, arity, solo), alphabet
    )


def _lay_out(rows: U16, value: U32, ends: U8, lives: U8, bits: U32, alphabet: Alphabet) -> Trie:
    lengths = np.count_nonzero(rows, axis=1)
    shared = _shared(rows)
    labels, flags, values, firsts = [], [], [], []
    parents = np.zeros(0, np.int64)  # of the rows of the level above: their node
    offset = 0
    for depth in range(int(lengths.max())):
        here = np.flatnonzero(lengths > depth)
        new = shared[here] <= depth
        node = np.cumsum(new) - 1
        starts = here[new]
        labels.append(rows[starts, depth])
        ended = lengths[starts] == depth + 1  # a key sorts before those it is a beginning of
        values.append(np.where(ended, value[starts], NOTHING).astype(np.uint32))
        beyond = np.where(lengths[here] > depth + 1, lives[here], 0).astype(np.uint8)
        living = np.bitwise_or.reduceat(beyond, np.flatnonzero(new))
        flags.append(np.where(ended, ends[starts], 0).astype(np.uint8) | living)
        if depth:
            counts = np.bincount(parents[starts], minlength=len(labels[-2]))
            firsts.append(offset + np.concatenate(([0], np.cumsum(counts)[:-1])))
        parents = np.zeros(len(rows), np.int64)
        parents[here] = node
        offset += len(starts)
    firsts.append(np.full(len(labels[-1]) + 1, offset))
    root = np.full(len(alphabet), NOTHING, np.uint32)
    root[labels[0]] = np.arange(len(labels[0]), dtype=np.uint32)
    return Trie(
        first=np.concatenate(firsts).astype(np.uint32),
        label=np.concatenate(labels).astype(np.uint16),
        flags=np.concatenate(flags),
        value=np.concatenate(values),
        root=root,
        filter=bits,
    )


def _shared(rows: U16) -> npt.NDArray[np.int64]:
    """How many labels each row shares with the row before."""
    same = rows[1:] == rows[:-1]
    found = np.where(same.all(axis=1), rows.shape[1], np.argmin(same, axis=1))
    return np.concatenate(([-1], found))


def _filter(rows: U16, lengths: npt.NDArray[np.int64], alphabet: Alphabet, arity: int, solo: bool) -> U32:
    if rows.shape[1] < arity:
        rows = np.pad(rows, ((0, 0), (0, arity - rows.shape[1])))
    beginnings = np.unique(rows[lengths >= arity, :arity], axis=0).astype(np.uint32)
    if solo:  # a key of one letter may be followed by anything
        every = np.arange(len(alphabet), dtype=np.uint32)
        alone = [np.stack((np.full_like(every, first), every), axis=1) for first in rows[lengths == 1, 0]]
        beginnings = np.concatenate((beginnings, *alone))
    size = _LEAST
    while size < min(_MOST, _BITS_EACH * len(beginnings) / len(alphabet)):
        size *= 2
    found = np.zeros(len(alphabet) * size // 32, np.uint32)
    for factors in _FACTORS:  # two bits each
        mixed = np.zeros(len(beginnings), np.uint32)
        for column, factor in zip(beginnings.T[1:], factors, strict=False):
            mixed += column * np.uint32(factor)
        bits = mixed >> np.uint32(32 - (size.bit_length() - 1))
        places = beginnings[:, 0] * np.uint32(size // 32) + (bits >> np.uint32(5))
        np.bitwise_or.at(found, places, np.uint32(1) << (bits & np.uint32(31)))
    return found


def bloom(pairs: U16) -> U32:
    """A filter over pairs of labels, two bits each, for ``may_follow`` of ``native/tables.h``."""
    size = _LEAST
    while size < _BITS_EACH * len(pairs):
        size *= 2
    found = np.zeros(size // 32, np.uint32)
    first, second = pairs.astype(np.uint32).T
    for one, other in _FACTORS:
        bits = first * np.uint32(one) + second * np.uint32(other) >> np.uint32(32 - (size.bit_length() - 1))
        np.bitwise_or.at(found, bits >> np.uint32(5), np.uint32(1) << (bits & np.uint32(31)))
    return found


def _empty(alphabet: Alphabet) -> Trie:
    """A trie of one node that nothing leads to."""
    return Trie(
        first=np.ones(2, np.uint32),
        label=np.zeros(1, np.uint16),
        flags=np.zeros(1, np.uint8),
        value=np.full(1, NOTHING, np.uint32),
        root=np.full(len(alphabet), NOTHING, np.uint32),
        filter=np.zeros(len(alphabet) * _LEAST // 32, np.uint32),
    )
