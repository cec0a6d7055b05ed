"""Letters written for others of the alphabet: shifted (Caesar, of which ROT13 is one) or mirrored (Atbash).

Such a cipher has no sign of its own, so it is undone only where what comes out is a listed word or syllables of pinyin.
"""

from __future__ import annotations

import string

import msgspec

_LETTERS = string.ascii_lowercase


class Turn(msgspec.Struct, frozen=True):
    """One way of exchanging letters.

    Attributes:
        kind: ``rot13``, ``caesar`` or ``atbash``. ``table``: letter → letter, for ``str.translate``.
    """

    kind: str
    table: dict[int, int]


def _shifted(by: int) -> Turn:
    return Turn("rot13" if by == 13 else "caesar", str.maketrans(_LETTERS, _LETTERS[by:] + _LETTERS[:by]))


#: All of them, the usual one first. The shifts are every one there is, so that the way back of each is among them.
TURNS = (
    _shifted(13),
    *(_shifted(by) for by in range(1, 26) if by != 13),
    Turn("atbash", str.maketrans(_LETTERS, _LETTERS[::-1])),
)
