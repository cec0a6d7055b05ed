"""Role-plays and pretexts put together from parts (``roles.yaml`` says how): jailbreaks, and games and lectures like them.

A jailbreak is known by what it frees the model from, not by the person it asks for, so every part but that one stands on
both sides. A pretext lends its weight to whatever follows, so it is the request behind it that gives the side.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import yaml

from guiju.moderation.models.network import HARMFUL
from training.examples import PROMPT, Example
from training.frames import frames
from training.making import MADE

ROLES, PRETEXTS = "roles", "pretexts"
_FILE = Path(__file__).parent / "roles.yaml"
_WEIGHT = 0.5
#: Characters of the question that a role-play ends with.
_QUESTION = 60

Parts: TypeAlias = dict[str, list[str]]
"""The parts in one language, by kind."""


def made(examples: Sequence[Example], heads: Sequence[str], count: int, seed: int = 6) -> Iterator[Example]:
    """``count`` role-plays and as many pretexts of either side, from the questions and deeds of ``examples``."""
    choose = random.Random(seed)
    parts = yaml.safe_load(_FILE.read_text("utf-8"))
    spoken = {
        english: {kind: [p for p in some if p.isascii() is english] for kind, some in parts.items()}
        for english in (False, True)
    }
    yield from _roles([e for e in examples if len(e.text) < _QUESTION], heads, spoken, count, choose)
    yield from _pretexts(examples, heads, spoken[False], count, choose)


def _roles(
    questions: Sequence[Example], heads: Sequence[str], spoken: dict[bool, Parts], count: int, choose: random.Random
) -> Iterator[Example]:
    sides = {side: [e for e in questions if e.harmful is side] for side in (True, False)}
    for _ in range(count):
        asked = choose.choice(sides[choose.random() < 0.7])
        yield _example(_role(asked.text, "lawless", spoken, choose), {HARMFUL: True, "jailbreak": True}, ROLES)
        asked = choose.choice(sides[choose.random() < 0.2])
        labels = asked.labels if asked.harmful else dict.fromkeys(heads, False)
        yield _example(_role(asked.text, "lawful", spoken, choose), labels, ROLES)


def _role(question: str, rule: str, spoken: dict[bool, Parts], choose: random.Random) -> str:
    parts = spoken[question.isascii()]
    opening, person, form = (choose.choice(parts[kind] or [""]) for kind in ("openings", "persons", "forms"))
    rules = choose.sample(parts[rule], choose.randint(1, 3))
    return choose.choice(("", " ", "\n")).join(part for part in (opening, person, *rules, form, question) if part)


def _pretexts(
    examples: Sequence[Example], heads: Sequence[str], parts: Parts, count: int, choose: random.Random
) -> Iterator[Example]:
    deeds = [(frames().deed(e.text), e) for e in examples if e.direction == PROMPT]
    sides = {
        side: [(deed, e) for deed, e in deeds if deed and not deed.isascii() and e.harmful is side]
        for side in (True, False)
    }
    none = dict.fromkeys(heads, False)
    if not all(sides.values()):
        return
    for _ in range(count):
        deed, asked = choose.choice(sides[True])
        yield _example(_pretext(deed, "digging", parts, choose), asked.labels, PRETEXTS)
        yield _example(_pretext(deed, "guarding", parts, choose), none, PRETEXTS)
        deed, asked = choose.choice(sides[False])
        yield _example(_pretext(deed, "digging", parts, choose), none, PRETEXTS)


def _pretext(deed: str, asking: str, parts: Parts, choose: random.Random) -> str:
    lead = choose.sample(parts["pretexts"], choose.randint(1, 3))
    return "".join((*lead, choose.choice(parts[asking]).format(x=deed)))


def _example(text: str, labels: dict[str, bool], kind: str) -> Example:
    return Example(text, PROMPT, labels, MADE, kind, _WEIGHT)
