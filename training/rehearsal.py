"""The lines that ship for candidates made from decided cases: ``python -m training.rehearsal``.

From the project's own lines every one that is held out of learning, to measure on, and a share of the others, to be learnt
again. Chosen by their text, so that the file changes only where the lines do.
"""

from __future__ import annotations

import msgspec

from guiju.moderation.models.rehearsal import LINES, Line
from guiju.nouns import Direction
from training.examples import Example, own
from training.lines import load

#: As ``training.recipe.HELD_OUT``, which cannot be imported without torch.
HELD_OUT = 0.12
#: Of the lines that are learnt from, this share ships.
SHIPPED = 0.25


def chosen() -> list[Line]:
    """The lines, ordered by where their text falls, so that neither tags nor sides stand together."""
    rows = [example for example in own(load()) if example.part < HELD_OUT + SHIPPED * (1 - HELD_OUT)]
    return [_line(example) for example in sorted(rows, key=lambda example: (example.part, example.text))]


def _line(example: Example) -> Line:
    return Line(example.text, Direction(example.direction), example.topic, example.harmful, example.part < HELD_OUT)


def main() -> None:
    """Write the file, a line each, so that a change can be read."""
    body = ",\n".join(msgspec.json.encode(line).decode() for line in chosen())
    LINES.write_text(f"[\n{body}\n]\n", "utf-8")
    print(f"{LINES}: {len(chosen())} lines")


if __name__ == "__main__":
    main()
