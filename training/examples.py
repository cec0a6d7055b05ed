"""Examples to learn from: the public data and the project's own lines, in one shape.

An example says for some heads whether they hold; of the heads it does not mention nothing is known, and nothing is learned.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from guiju.moderation.models.network import HARMFUL
from training.lines import Tag, Written

_PLAN = Path(__file__).parent / "public.yaml"

PROMPT, ANSWER = "prompt", "answer"
OWN = "guiju"
#: Share of the examples, chosen by their text, that no model learns from: for calibration and for the figures.
HELD_OUT = 0.12
#: The project's own lines are few and the only ones with twins.
_OWN_WEIGHT = 3.0


@dataclass(frozen=True)
class Example:
    """One text to learn from.

    Attributes:
        text: as written. ``direction``: ``prompt`` or ``answer``.
        labels: head → whether it holds; heads not named are unknown.
        source: the repository it comes from, ``guiju`` for the project's own lines.
        kind: the label of the source (``harmful``, ``ok_but_sensitive`` …), for reports.
        weight: how much it counts.
        topic: the source's own topic. ``kept_apart``: the source sets it aside for measuring.
    """

    text: str
    direction: str
    labels: dict[str, bool]
    source: str
    kind: str
    weight: float = 1.0
    topic: str = ""
    kept_apart: bool = False

    @property
    def harmful(self) -> bool:
        """Whether it must not pass."""
        return self.labels[HARMFUL]

    @property
    def part(self) -> float:
        """A number from 0 to 1 that depends on the text alone: by it texts are split the same way in every run."""
        return int(hashlib.sha256(self.text.encode("utf-8", "replace")).hexdigest()[:8], 16) / 0xFFFFFFFF


def held_out(example: Example) -> bool:
    """Whether no model learns from this example."""
    return example.kept_apart or example.part < HELD_OUT


def own(tags: Iterable[Tag]) -> Iterator[Example]:
    """The project's own lines. A harmful line says nothing about other tags; a harmless one denies them all."""
    tags = tuple(tags)
    heads = (HARMFUL, *(tag.name for tag in tags))
    for tag in tags:
        for line in tag.lines:
            yield _own(tag, line, heads)


def _own(tag: Tag, line: Written, heads: tuple[str, ...]) -> Example:
    harmful = line.side == "harmful"
    labels = {HARMFUL: True, tag.name: True} if harmful else dict.fromkeys(heads, False)
    direction = ANSWER if line.form == "answer" else PROMPT
    return Example(_with_context(line), direction, labels, OWN, f"{line.side} {line.form}", _OWN_WEIGHT, tag.name)


def _with_context(line: Written) -> str:
    return "\n".join(line.turns)


def public(folder: Path, heads: Iterable[str]) -> Iterator[Example]:
    """The public data, as ``public.yaml`` says how each row is to be read."""
    plan = yaml.safe_load(_PLAN.read_text("utf-8"))
    every = dict.fromkeys((HARMFUL, *heads), False)
    for entry in plan["files"]:
        for raw in (folder / entry["file"]).read_text("utf-8").splitlines():
            row = json.loads(raw)
            labels = entry["labels"].get(row["label"])
            if labels is None:
                continue
            topics = plan["topics"].get(str(row.get("subtopic") or "").strip(), []) if labels["harmful"] else []
            known = {HARMFUL: True} | dict.fromkeys((*labels.get("tags", ()), *topics), True)
            known = {head: held for head, held in known.items() if head in every}
            yield Example(
                row["text"],
                entry["direction"],
                known if labels["harmful"] else dict(every),
                row["source"],
                row["label"],
                labels.get("sources", {}).get(row["source"], labels.get("weight", 1.0)),
                str(row.get("subtopic") or row.get("topic") or row.get("method") or ""),
                row.get("split", "train") != "train",
            )


def licences() -> dict[str, str]:
    """The files of the public data, each with the licence its publishers gave."""
    found: dict[str, str] = yaml.safe_load(_PLAN.read_text("utf-8"))["licences"]
    return found


def weighted(examples: Iterable[Example], factor: float) -> list[Example]:
    """The same examples, counting ``factor`` times as much."""
    return [replace(example, weight=example.weight * factor) for example in examples]


def unique(examples: Iterable[Example]) -> list[Example]:
    """Without repetitions; a text under both sides keeps the first."""
    seen: dict[tuple[str, str], Example] = {}
    for example in examples:
        seen.setdefault((example.direction, example.text), example)
    return list(seen.values())
