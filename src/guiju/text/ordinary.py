"""Two characters that follow one another in ordinary Chinese words: what tells 菠菜 the vegetable from 博彩 by its sound.

The table is data (``data/ordinary.tsv``), made beforehand from the word frequencies of jieba's dictionary (MIT)::

    python -m guiju.text.ordinary dict.txt        # writes the table again; dict.txt comes with jieba

Every two neighbours inside a word of the dictionary count, so that the table also knows where words begin and end.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent / "data" / "ordinary.tsv"
#: How often the words of a pair must stand in the dictionary's corpus, all together.
_OFTEN = 20


@cache
def load() -> dict[str, str]:
    """First character → the characters that follow it in some word."""
    rows = (line.partition("\t") for line in TABLE.read_text("utf-8").splitlines() if not line.startswith("#"))
    return {first: seconds for first, _, seconds in rows}


def is_ordinary(pair: str) -> bool:
    """Whether two characters are neighbours in an ordinary word; false for anything else than two."""
    return len(pair) == 2 and pair[1] in load().get(pair[0], "")


def derive(lines: Iterable[str]) -> dict[str, str]:
    """The table from lines of word, frequency and tag."""
    counts: dict[str, int] = defaultdict(int)
    for line in lines:
        word, often, *_ = line.split(" ")
        for start in range(len(word) - 1):
            counts[word[start : start + 2]] += int(often)
    found: dict[str, str] = defaultdict(str)
    for pair, count in sorted(counts.items()):
        if count >= _OFTEN and all("\u4e00" <= character <= "\u9fff" for character in pair):
            found[pair[0]] += pair[1]
    return found


def format_table(table: dict[str, str]) -> str:
    """The text of the data file."""
    head = "# character<TAB>characters that follow it in ordinary words; source: jieba 0.42, dict.txt (MIT)\n"
    return head + "".join(f"{first}\t{seconds}\n" for first, seconds in sorted(table.items()))


if __name__ == "__main__":
    TABLE.write_text(format_table(derive(Path(sys.argv[1]).read_text("utf-8").splitlines())), "utf-8")
