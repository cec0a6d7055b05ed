"""What leaves and what destroys the mark in long answers: ``python -m bench.watermark_texts ANSWERS.jsonl [--most N]``.

Each line is an object with the text under ``--field``; those of 100 characters and more are marked, edited and read.
"""

from __future__ import annotations

import argparse
import html
import json
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

from bench.watermarks import SECRET
from guiju.labeling.watermark import of_content
from guiju.labeling.watermark.text import selectors

EDITS: dict[str, Callable[[str], str]] = {
    "none": lambda text: text,
    "NFC": lambda text: unicodedata.normalize("NFC", text),
    "NFKC": lambda text: unicodedata.normalize("NFKC", text),
    "through GB 18030": lambda text: text.encode("gb18030").decode("gb18030"),
    "through JSON": lambda text: json.loads(json.dumps(text)),
    "through HTML": lambda text: html.unescape(html.escape(text)),
    "in another text": lambda text: "有人写道：" + text + "（完）",
    "first 200 characters": lambda text: text[:200],
    "middle half": lambda text: text[len(text) // 4 : -(len(text) // 4)],
    "first sentence alone": lambda text: text.split("。")[0],
    "every 。 made .": lambda text: text.replace("。", "."),
    "through GBK, what it lacks left out": lambda text: text.encode("gbk", "ignore").decode("gbk"),
    "filter of combining characters (Mn)": lambda text: _without(text, "Mn"),
    "filter of format characters (Cf) alone": lambda text: _without(text, "Cf"),
    "typed again": lambda text: "".join(one for one in text if not 0xFE00 <= ord(one) <= 0xFE0F),
}


def _without(text: str, category: str) -> str:
    return "".join(one for one in text if unicodedata.category(one) != category)


def main(arguments: list[str]) -> int:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("answers", type=Path)
    parser.add_argument("--field", default="text")
    parser.add_argument("--most", type=int, default=500)
    given = parser.parse_args(arguments)
    texts = [json.loads(line)[given.field] for line in given.answers.read_text().splitlines()]
    texts = [text for text in texts if len(text) >= selectors.SHORTEST][: given.most]
    marked = []
    for place, text in enumerate(texts):
        number = SECRET.encipher(of_content(str(place)))
        marked.append((number, selectors.marked(text, SECRET.finder, number)))
    print(
        f"{len(texts)} answers, {sum(map(len, texts)) / len(texts):.0f} characters on average\n\n| | read |\n|---|---|"
    )
    for edit, change in EDITS.items():
        read = sum(selectors.found(change(text), SECRET.finder) == number for number, text in marked)
        print(f"| {edit} | {read} of {len(texts)} |")
    wrong = sum(selectors.found(text, SECRET.finder) is not None for text in texts)
    print(f"\nUnmarked texts in which a mark is found: {wrong} of {len(texts)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
