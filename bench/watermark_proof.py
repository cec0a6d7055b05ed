"""Whether a mark of 64 bits is read without error after JPEG 50, halving and a crop of 10 %: by type of picture, with intervals.

``python -m bench.watermark_proof FOLDER … --json FILE [--every N] [--types TYPE …]`` measures on the pictures of
`bench.watermark_corpus`, keeps a line for each in FILE (what is there already is not measured again) and prints the table;
``--only-print`` prints what files hold. Several processes share the work by ``--types``, each with a file of its own.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable
from math import comb
from pathlib import Path
from typing import Any

from PIL import Image

from bench.watermark_corpus import LIMITS, Picture, pictures
from bench.watermarks import EDITS, SECRET, detect, psnr
from guiju.labeling.watermark import of_content
from guiju.labeling.watermark.image import marking, pixels

PROVED = ("JPEG 50", "resize 0.5", "crop 10 %")
Row = dict[str, Any]


def bounds(good: int, count: int, confidence: float = 0.95) -> tuple[float, float]:
    """The Clopper–Pearson interval of a share."""
    tail = (1 - confidence) / 2

    def at_least(share: float) -> float:
        return sum(comb(count, k) * share**k * (1 - share) ** (count - k) for k in range(good, count + 1))

    def at_most(share: float) -> float:
        return sum(comb(count, k) * share**k * (1 - share) ** (count - k) for k in range(good + 1))

    low = 0.0 if good == 0 else _where(lambda share: at_least(share) < tail)
    high = 1.0 if good == count else _where(lambda share: at_most(share) > tail)
    return low, high


def _where(below: Callable[[float], bool]) -> float:
    """Where something that is true from 0 on ceases to be."""
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) else (low, middle)
    return low


def measured(one: Picture, edits: Iterable[str]) -> Row:
    """One picture marked, edited and read."""
    number = of_content(f"{one.kind}@{one.name}.png")
    began = time.process_time()
    marked, _ = pixels.marked(one.image, SECRET, number, marking.PSNR)
    spent = time.process_time() - began
    row: Row = {
        "kind": one.kind, "name": one.name, "size": one.image.size, "psnr": round(psnr(marked, one.image), 2),
        "te": round(1e9 * spent / (one.image.width * one.image.height), 1),
    }  # fmt: skip
    for edit in edits:
        edited = EDITS[edit](marked)
        began = time.process_time()
        found, score = detect(edited)
        row[edit] = [found == number, score, round(time.process_time() - began, 3)]
    return row


def table(rows: list[Row]) -> None:
    """Print, for each type, how many were read after each edit, and the interval of the share."""
    edits = [name for name in rows[0] if name in EDITS]
    counted = [row for row in rows if row["kind"] not in LIMITS]
    kinds = [kind for kind in dict.fromkeys(row["kind"] for row in rows) if kind not in LIMITS]
    groups = [(kind, [row for row in rows if row["kind"] == kind]) for kind in kinds]
    groups.append(("**all of these**", counted))
    groups += [(kind, [row for row in rows if row["kind"] == kind]) for kind in LIMITS]
    print("| type | pictures | " + " | ".join(edits) + " | lowest, mean PSNR |\n|" + "---|" * (len(edits) + 3))
    for kind, group in groups:
        if not group:
            continue
        cells = []
        for edit in edits:
            good = sum(row[edit][0] for row in group)
            low, high = bounds(good, len(group))
            cells.append(f"{good} ({100 * low:.2f}–{100 * high:.2f} %)")
        change = [row["psnr"] for row in group]
        print(f"| {kind} | {len(group)} | {' | '.join(cells)} | {min(change)}, {sum(change) / len(change):.1f} |")
    reading = [row[edit][2] for row in counted for edit in edits]
    print(f"\nEmbedding {sum(row['te'] for row in counted) / len(counted):.0f} CPU ms a megapixel, reading "
          f"{1000 * sum(reading) / len(reading):.0f} CPU ms a picture.\n\nNot read:")  # fmt: skip
    for row in rows:
        if failed := [f"{edit} (score {row[edit][1]})" for edit in edits if not row[edit][0]]:
            print(f"- {row['kind']}: {row['name']}, {row['size'][0]}×{row['size'][1]}: {', '.join(failed)}")


def main(arguments: list[str]) -> int:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--json", type=Path, nargs="+", required=True)
    parser.add_argument("--every", type=int, default=1, help="one of so many pictures of each type")
    parser.add_argument("--types", nargs="*", default=[])
    parser.add_argument("--edits", nargs="*", default=list(PROVED), help="or 'all'")
    parser.add_argument("--only-print", action="store_true")
    given = parser.parse_args(arguments)
    Image.MAX_IMAGE_PIXELS = None
    rows = [json.loads(line) for file in given.json if file.exists() for line in file.read_text().splitlines()]
    if not given.only_print:
        done = {(row["kind"], row["name"]) for row in rows}
        edits = list(EDITS) if given.edits == ["all"] else given.edits
        with given.json[0].open("a") as kept:
            for one in pictures(given.folders, given.every, given.types):
                if (one.kind, one.name) not in done:
                    rows.append(measured(one, edits))
                    print(json.dumps(rows[-1]), file=kept, flush=True)
    table(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
