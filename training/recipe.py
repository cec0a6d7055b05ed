"""The recipe: which examples make which model, what is kept apart, and the files that come out."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from guiju.moderation.models import features
from guiju.moderation.models.network import HARMFUL, Network
from guiju.text.reading import read
from training import calibration, frames, learning, making, redteam, roles, vectors
from training.calibration import Calibration, Group, Values
from training.examples import ANSWER, OWN, PROMPT, Example, own, public, unique
from training.learning import Course, Shape, Trained
from training.lines import Tag
from training.vectors import Start

#: N-grams that get a first meaning.
MOST_NGRAMS = 200_000
#: Characters of a text that are learnt from.
_READ = 1500
#: Most rows per source and label; beyond it more of the same teaches little and takes long.
_CAPS = {
    ("649453932/Chinese-Text-Classification-Pytorch", "ok"): 5000,
    ("Toyhom/Chinese-medical-dialogue-data", "ok"): 2000,
    ("Toyhom/Chinese-medical-dialogue-data", "benign"): 2000,
    ("STAIR-BUPT/JailBench", "jailbreak"): 1500,
    ("JimmyMa99/TeleAntiFraud", "fraud"): 1500,
}


#: Sources whose prompts are also shown inside longer texts.
_BURIED = frozenset({OWN, "hiyouga/LLaMA-Factory", "whitzard-ai/jade-db", "OpenStellarTeam/ChineseSafetyQA"})
#: How much a head counts that an example leaves open: a harmful text of one tag is mostly none of another.
_LEFT_OPEN = 0.05
_NAMED = 0.3


@dataclass(frozen=True)
class Plan:
    """Everything to learn from, for both directions, and the heads in order."""

    heads: tuple[str, ...]
    examples: tuple[Example, ...]

    def of(self, direction: str) -> list[Example]:
        """The examples of one direction."""
        return [example for example in self.examples if example.direction == direction]


def plan(tags: Sequence[Tag], data: Path | None) -> Plan:
    """The project's own lines, and where a folder is given the public data and what ships in packages."""
    names = tuple(tag.name for tag in tags)
    heads = (HARMFUL, *names)
    rows = [*own(tags), *making.ordinary(heads), *making.adverts(heads, 6)]
    if data is not None:
        known = list(public(data, names))
        rows += [*known, *redteam.prompts(names), *making.said(known, 2500)]
    return Plan(heads, tuple(_capped(unique(rows))))


def _capped(examples: Iterable[Example]) -> Iterable[Example]:
    counts: dict[tuple[str, str, str], int] = defaultdict(int)
    for example in sorted(examples, key=lambda e: e.part):
        key = example.source, example.kind, example.direction
        counts[key] += 1
        if counts[key] <= _CAPS.get(key[:2], 1 << 30):
            yield example


def multiplied(examples: Sequence[Example], heads: Sequence[str], seed: int) -> list[Example]:
    """Prompts with what is made of them: their deeds in other frames, encoded, and buried in longer texts."""
    mine = [example for example in examples if example.source == OWN]
    return [
        *examples,
        *unique(frames.reframed(examples, 6, 6, seed)),
        *making.hidden(mine, heads, 700, seed + 1),
        *making.buried([e for e in examples if e.source in _BURIED], 1500, seed + 2),
        *roles.made(mine, heads, 500, seed + 3),
    ]


def rows_of(texts: Iterable[str], buckets: int) -> list[learning.Rows]:
    """What the network sees of each text, as at run time: read first, then hashed."""
    return [features.rows(read(text).text[:_READ], buckets).astype(np.int32) for text in texts]


def targets(examples: Sequence[Example], heads: Sequence[str]) -> tuple[learning.Targets, learning.Targets]:
    """Targets and how much each counts: a head a tagged example does not mention is mostly no, and counts little."""
    place = {head: index for index, head in enumerate(heads)}
    wanted = np.zeros((len(examples), len(heads)), dtype=np.float32)
    known = np.zeros_like(wanted)
    for row, example in enumerate(examples):
        if len(example.labels) > 1:
            known[row] = _LEFT_OPEN
        for head, held in example.labels.items():
            if head in place:
                wanted[row, place[head]] = held
                known[row, place[head]] = 1.0 if head == HARMFUL else _NAMED
    return wanted, known


def learn(
    examples: Sequence[Example], heads: Sequence[str], shape: Shape, course: Course, first: Start | None
) -> Trained:
    """Fit a network on these examples and the frames made of them."""
    more = (
        multiplied(examples, heads, course.seed)
        if examples[0].direction == PROMPT
        else unique([*examples, *making.openings(examples)])
    )
    wanted, known = targets(more, heads)
    weights = np.array([example.weight for example in more], dtype=np.float32)
    whole = np.array([example.source in (OWN, making.MADE) for example in more])
    rows = rows_of((e.text for e in more), shape.buckets)
    return learning.fit(rows, wanted, known, weights, whole, shape, course, first)


def calibrate(network: Network, examples: Sequence[Example], unseen: Sequence[Group]) -> tuple[Calibration, Values]:
    """From unseen texts: the calibration all tags share (each has few examples), and the mix of the general head.

    Args:
        network: the network as written, uncalibrated. ``examples``: held out of its learning.
        unseen: whole sources from models that never saw them. They stand for what will come, since texts of a known source
            are easier than those of the next one.
    """
    texts = [read(example.text).text[:_READ] for example in examples]
    wanted, known = targets(examples, network.heads)
    chances = np.clip(np.stack([network.probabilities(text) for text in texts]).astype(np.float64), 1e-6, 1 - 1e-6)
    found = np.log(chances / (1 - chances))
    tagged = known[:, 1:] == np.float32(_NAMED)
    held = wanted[:, 1:][tagged].astype(np.float64)
    tags = calibration.fit(found[:, 1:][tagged], held, np.ones_like(held))
    places: dict[tuple[str, str, bool], list[int]] = defaultdict(list)
    for place, example in enumerate(examples):
        places[example.source, example.kind, example.harmful].append(place)
    seen = np.array([network.general(text) for text in texts])
    groups = [Group(seen[some], harmful) for (_, _, harmful), some in places.items()]
    return tags, calibration.mixed([*groups, *unseen])


def longer(examples: Sequence[Example]) -> list[Example]:
    """Held-out prompts buried in other held-out texts, for the mix of the general head."""
    return list(making.buried([e for e in examples if e.source in _BURIED], 400, 9))


def meanings(examples: Sequence[Example], shape: Shape, most: int, cache: Path | None) -> Start:
    """What the table starts from; vectors already encoded are taken from ``cache``."""
    chosen = vectors.vocabulary((read(e.text).text for e in examples), most)
    if cache is not None and cache.exists():
        with np.load(cache) as kept:
            known = dict(zip(kept["grams"].tolist(), kept["vectors"], strict=True))
    else:
        known = {}
    missing = [gram for gram in chosen if gram not in known]
    if missing:
        known |= dict(zip(missing, vectors.encode(missing), strict=True))
        if cache is not None:
            cache.parent.mkdir(parents=True, exist_ok=True)
            np.savez(cache, grams=np.array(list(known)), vectors=np.stack(list(known.values())))
    return vectors.start(chosen, np.stack([known[gram] for gram in chosen]), shape.buckets, shape.width)


def shuffled(examples: Iterable[Example], seed: int) -> list[Example]:
    """In another order."""
    mixed = list(examples)
    random.Random(seed).shuffle(mixed)
    return mixed


#: What is learnt for each direction: prompts have far more to tell apart.
SHAPES = {PROMPT: Shape(), ANSWER: Shape(buckets=1 << 16, width=32, lifted=48, hidden=48)}
#: How it is learnt: there are few answers, so they are seen more often.
COURSES = {PROMPT: Course(), ANSWER: Course(epochs=14, rate=5e-3, dropped=0.4)}
