"""A candidate from the shipped weights and decided cases: only the last layer moves, and only as far as the cases pull it.

The table and the layers below stay as shipped, so that a candidate is made in seconds on numpy alone. What is learnt is, per
head, one weight for each hidden unit and a constant: a logistic regression whose prior is the shipped layer. How strongly the
prior holds is chosen on cases left out. Lines that ship with the project (``rehearsal``) stand beside the cases with what the
shipped model says of them, so that a run of decisions about one subject does not make the model forget the others.

What this cannot do: learn words the shipped table has no rows for, or a new risk. That takes the whole recipe
(``python -m training``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from guiju.moderation.models import features
from guiju.moderation.models.network import Weights

Values: TypeAlias = NDArray[np.float64]

#: Characters of a text that are learnt from, as in the recipe.
READ = 1500
#: How strongly the shipped layer holds, in examples; the last hardly lets it move.
PULLS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
_FOLDS = 4
_STEPS = 30
_FEWEST_OF_A_TAG = 8


class Lesson(msgspec.Struct, frozen=True):
    """One text to learn from.

    Attributes:
        text: normalised (``guiju.text.reading``). ``harmful``: whether it must not pass.
        tag: the head that is right about it, or wrongly spoke; empty where none in particular.
        weight: how much it counts. ``case``: whether people here decided it; else it ships with the project, and what is learnt
            of it is what the shipped model says.
    """

    text: str
    harmful: bool
    tag: str = ""
    weight: float = 1.0
    case: bool = True

    @property
    def part(self) -> float:
        """A number from 0 to 1 that depends on the text alone: by it texts are split the same way in every run."""
        return int(hashlib.sha256(self.text.encode("utf-8", "replace")).hexdigest()[:8], 16) / 0xFFFFFFFF


class Tuned(msgspec.Struct, frozen=True):
    """What came out: the weights, the pull that was chosen, and the tags whose heads moved besides the general one."""

    weights: Weights
    pull: float
    tags: tuple[str, ...]


class Observed(msgspec.Struct, frozen=True):
    """What the layers below the last make of texts.

    Attributes:
        general: (texts, h + 1), the hidden units of whole and strongest sentence in the general head's mix, and its constant.
        offset: (texts,), what the number of sentences adds. ``whole``: (texts, h + 1), hidden units of the whole and one.
    """

    general: Values
    offset: Values
    whole: Values


def tune(weights: Weights, heads: Sequence[str], lessons: Sequence[Lesson]) -> Tuned:
    """Move the last layer towards the lessons. The first head is the general one."""
    seen = observe(weights, [lesson.text for lesson in lessons])
    decided = np.array([lesson.case for lesson in lessons])
    harmful = np.array([lesson.harmful for lesson in lessons], dtype=np.float64)
    count = np.array([lesson.weight for lesson in lessons])
    start = np.append(weights.out[:, 0], weights.out_bias[0]).astype(np.float64)
    held = np.where(decided, harmful, _sigmoid(seen.general @ start + seen.offset))
    pull = _best_pull(seen, held, count, start, lessons)
    out, bias = weights.out.astype(np.float64), weights.out_bias.astype(np.float64)
    moved = fit(seen.general, seen.offset, held, count, start, pull)
    out[:, 0], bias[0] = moved[:-1], moved[-1]
    tags = []
    for place, head in enumerate(heads[1:], 1):
        rows = np.array([lesson.tag == head for lesson in lessons])
        judged = harmful[rows & decided]
        if min(judged.sum(), (1 - judged).sum()) < _FEWEST_OF_A_TAG:
            continue
        slope, shift = float(weights.slope[place]), float(weights.shift[place])
        start = np.append(out[:, place], bias[place])
        given = np.full(int(rows.sum()), shift)
        logits = seen.whole[rows] * slope
        held = np.where(decided[rows], harmful[rows], _sigmoid(logits @ start + given))
        moved = fit(logits, given, held, count[rows], start, pull)
        out[:, place], bias[place] = moved[:-1], moved[-1]
        tags.append(head)
    made = msgspec.structs.replace(weights, out=out.astype(np.float32), out_bias=bias.astype(np.float32))
    return Tuned(made, pull, tuple(tags))


def observe(weights: Weights, texts: Sequence[str]) -> Observed:
    """Run the layers below the last over texts."""
    whole, general, offset = [], [], []
    whole_counts, sentence_counts, many, always = (float(value) for value in weights.mix)
    for text in texts:
        rows, starts = features.rows_and_sentences(text[:READ], len(weights.table) - 1)
        if not len(rows):
            rows = np.full((1, features.KINDS), len(weights.table) - 1, dtype=np.int64)
        all_, each = _hidden(weights, rows, starts)
        strongest = each[int(np.argmax(each @ weights.out[:, 0]))]
        mixed = np.append(whole_counts * all_ + sentence_counts * strongest, whole_counts + sentence_counts)
        whole.append(np.append(all_, 1.0))
        general.append(mixed)
        offset.append(many * float(np.log(len(starts))) + always)
    return Observed(np.array(general, dtype=np.float64), np.array(offset), np.array(whole, dtype=np.float64))


def fit(seen: Values, offset: Values, held: Values, count: Values, towards: Values, pull: float) -> Values:
    """Coefficients of least weighted log loss by Newton's method, held back to ``towards`` as by ``pull`` examples.

    A unit is held in proportion to how much it says in these texts, so that the scale of a unit does not matter; a unit that
    is silent throughout stays where it is.
    """
    spread = (seen**2).mean(axis=0)
    ridge = pull * spread + 1e-6
    at = towards.astype(np.float64)
    for _ in range(_STEPS):
        chance = _sigmoid(seen @ at + offset)
        gradient = seen.T @ (count * (chance - held)) + ridge * (at - towards)
        curve = (seen * (count * np.maximum(chance * (1 - chance), 1e-6))[:, None]).T @ seen + np.diag(ridge)
        step = np.linalg.solve(curve, gradient)
        size = float(np.abs(step).max())
        at = at - step * min(1.0, 5.0 / size if size else 1.0)
        if size < 1e-6:
            break
    return at


def _best_pull(seen: Observed, held: Values, count: Values, start: Values, lessons: Sequence[Lesson]) -> float:
    """The pull under which cases that were left out are told best; all other lessons are learnt in every turn."""
    fold = np.array([int(lesson.part * 1000) % _FOLDS if lesson.case else -1 for lesson in lessons])
    losses = dict.fromkeys(PULLS, 0.0)
    for turn in range(_FOLDS):
        out = fold == turn
        if not out.any():
            continue
        for pull in PULLS:
            at = fit(seen.general[~out], seen.offset[~out], held[~out], count[~out], start, pull)
            chance = np.clip(_sigmoid(seen.general[out] @ at + seen.offset[out]), 1e-6, 1 - 1e-6)
            told = held[out] * np.log(chance) + (1 - held[out]) * np.log(1 - chance)
            losses[pull] -= float((count[out] * told).sum())
    return min(reversed(PULLS), key=lambda pull: round(losses[pull], 6))


def _hidden(weights: Weights, rows: features.Rows, starts: NDArray[np.int64]) -> tuple[Values, Values]:
    """Hidden units of a whole text (h,) and of each of its sentences (sentences, h)."""
    sums = np.zeros((len(rows), weights.table.shape[1]), dtype=np.float32)
    for kind in range(features.KINDS):
        sums += weights.table.take(rows[:, kind], axis=0)
    sums *= weights.scale
    lifted = np.maximum(sums @ weights.lift + weights.lift_bias, 0.0)
    sizes = np.diff(starts, append=len(rows))[:, None]
    whole = np.concatenate([lifted.max(axis=0), lifted.mean(axis=0), sums.mean(axis=0)])
    pooled = [
        np.maximum.reduceat(lifted, starts),
        np.add.reduceat(lifted, starts) / sizes,
        np.add.reduceat(sums, starts) / sizes,
    ]
    both = np.vstack([whole[None, :], np.concatenate(pooled, axis=1)]) if len(starts) > 1 else whole[None, :]
    units = np.maximum(both @ weights.hidden + weights.hidden_bias, 0.0).astype(np.float64)
    return units[0], units[1:] if len(starts) > 1 else units


def _sigmoid(values: Values) -> Values:
    chances: Values = 1.0 / (1.0 + np.exp(-np.clip(values, -60, 60)))
    return chances
