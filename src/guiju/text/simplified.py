"""Traditional → simplified Chinese, one character to one character.

The table is data (``data/simplified.tsv``), so that a verdict does not depend on which OpenCC is installed. It is made by
running every Han character alone through OpenCC's ``t2s`` conversion::

    python -m guiju.text.simplified        # writes the table again

Word-dependent conversions (乾坤 keeps 乾) are deliberately left out: the reader compares texts with word lists that went
through the same table, so a consistent table is worth more than a literary one.
"""

from __future__ import annotations

from pathlib import Path

TABLE = Path(__file__).parent / "data" / "simplified.tsv"
HAN_RANGES = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0x20000, 0x2EBE1), (0x30000, 0x323B0))


def load() -> dict[str, str]:
    """The table: traditional character → simplified character. Characters that stay as they are do not occur in it."""
    rows = (line.split("\t") for line in TABLE.read_text("utf-8").splitlines() if not line.startswith("#"))
    return {traditional: simplified for traditional, simplified in rows}


def derive() -> dict[str, str]:
    """The table as the installed OpenCC would make it now."""
    import opencc

    characters = [chr(code) for low, high in HAN_RANGES for code in range(low, high)]
    converted = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {a: b for a, b in zip(characters, converted, strict=True) if a != b and len(b) == 1}


def format_table(table: dict[str, str]) -> str:
    """The text of the data file: a comment line with its source, then one pair a line, ordered by code point."""
    head = "# traditional<TAB>simplified; source: OpenCC t2s, character by character (Apache-2.0)\n"
    return head + "".join(f"{a}\t{b}\n" for a, b in sorted(table.items()))


if __name__ == "__main__":
    TABLE.write_text(format_table(derive()), "utf-8")
