"""Leaving sources out: what a model that never saw a source makes of it. Every small classifier falls here first.

Each fold leaves out one source of harmful prompts together with both sources of harmless ones that sound dangerous, and
everything made of them, and what stands in the same words in another source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training import learning, recipe
from training.calibration import Group
from training.examples import PROMPT, Example, held_out
from training.learning import Course, Shape
from training.recipe import Plan
from training.vectors import Start

SENSITIVE = ("OpenStellarTeam/ChineseSafetyQA", "X-PLUG/CValues")
LEFT_OUT: tuple[tuple[str, ...], ...] = (
    ("whitzard-ai/jade-db",),
    ("thu-coai/AISafetyLab",),
    ("STAIR-BUPT/JailBench",),
    ("JailbreakBench/artifacts", "sherdencooper/GPTFuzz", "aggiejiang/SWSR", "JimmyMa99/TeleAntiFraud"),
)
_DIALOGUES = {"JimmyMa99/TeleAntiFraud"}
#: Kinds whose texts are mostly of one sentence.
_SINGLE = ("harmful", "ok_but_sensitive", "offensive", "ok")
#: Of sources as large as this only a part is learnt from in a fold that is not about them: folds need not take long.
_MANY = 8000
#: Two texts are the same where more than this share of the pieces of one, this long each, stands in the other.
_SAME, _PIECE = 0.4, 12


@dataclass(frozen=True)
class Scored:
    """Texts no model of the fold saw: source, kind, side and general logit of each."""

    sources: NDArray[np.str_]
    kinds: NDArray[np.str_]
    harmful: NDArray[np.bool_]
    logits: learning.Targets

    def of(self, *sources: str, harmful: bool, kind: str = "") -> learning.Targets:
        """The logits of one side of some sources, of one kind where given."""
        picked = np.isin(self.sources, sources) & (self.harmful == harmful)
        if kind:
            picked &= self.kinds == kind
        found: learning.Targets = self.logits[picked]
        return found

    def write(self, path: Path) -> None:
        """Keep for later."""
        np.savez(path, sources=self.sources, kinds=self.kinds, harmful=self.harmful, logits=self.logits)

    @classmethod
    def read(cls, path: Path) -> Scored:
        """What ``write`` kept."""
        with np.load(path, allow_pickle=False) as kept:
            return cls(kept["sources"], kept["kinds"], kept["harmful"], kept["logits"])


def run(plan: Plan, first: Start | None, shape: Shape, course: Course, left_out: Sequence[str]) -> Scored:
    """Learn without some sources, and score them and whatever else is held out."""
    away = {*left_out, *SENSITIVE}
    prompts = plan.of(PROMPT)
    unseen = [e for e in prompts if e.source in away or held_out(e)]
    seen = [e for e in prompts if e.source not in away and not held_out(e)]
    seen = _thinned(apart(seen, (e.text for e in prompts if e.source in left_out)))
    model = recipe.learn(seen, plan.heads, shape, course, first)
    rows = recipe.rows_of((e.text for e in unseen), shape.buckets)
    return Scored(
        np.array([e.source for e in unseen]),
        np.array([e.kind for e in unseen]),
        np.array([e.harmful for e in unseen]),
        learning.logits(model, rows)[:, 0],
    )


def apart(examples: Sequence[Example], others: Iterable[str]) -> list[Example]:
    """Without harmful texts that mostly stand in ``others``: the same jailbreak goes round in many collections."""
    known = {piece for text in others for piece in _pieces(text, 1)}

    def is_there(text: str) -> bool:
        pieces = _pieces(text, 3)
        return sum(piece in known for piece in pieces) > _SAME * len(pieces)

    return [e for e in examples if not e.harmful or not is_there(e.text)]


def _pieces(text: str, step: int) -> list[str]:
    """Pieces of a text, letters and signs alone, from every ``step``-th place."""
    written = "".join(text.lower().split())
    return [written[i : i + _PIECE] for i in range(0, len(written) - _PIECE + 1, step)]


def _thinned(examples: list[Example]) -> list[Example]:
    counts: dict[str, int] = {}
    kept = []
    for example in sorted(examples, key=lambda e: e.part):
        counts[example.source] = counts.get(example.source, 0) + 1
        if counts[example.source] <= _MANY:
            kept.append(example)
    return kept


def groups(left_out: Sequence[str], scored: Scored) -> list[Group]:
    """What a fold has to say about sources a model never saw. Its texts count as one sentence, so long kinds stay out."""
    found = []
    for source in sorted({*left_out, *SENSITIVE} - _DIALOGUES):
        for harmful in (True, False):
            for kind in _SINGLE:
                logits = scored.of(source, harmful=harmful, kind=kind).astype(np.float64)
                if len(logits):
                    found.append(Group(np.stack([logits, logits, np.zeros_like(logits)], axis=1), harmful))
    return found


def kept(plan: Plan, folder: Path, cache: Path | None) -> Iterator[tuple[tuple[str, ...], Scored]]:
    """Every fold, from ``folder`` where it is there; what is missing is learnt, some minutes each."""
    folder.mkdir(parents=True, exist_ok=True)
    first = None
    for number, left_out in enumerate(LEFT_OUT):
        path = folder / f"{number}.npz"
        if not path.exists():
            shape = recipe.SHAPES[PROMPT]
            first = first or recipe.meanings(plan.of(PROMPT), shape, recipe.MOST_NGRAMS, cache)
            run(plan, first, shape, Course(), left_out).write(path)
        yield left_out, Scored.read(path)
