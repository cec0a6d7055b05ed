"""Candidates from decided cases: the layers below agree with the network, and the last one learns without forgetting."""

from __future__ import annotations

import numpy as np
import pytest

from guiju.moderation.models import rehearsal, shelf, tuning
from guiju.moderation.models.network import Network, Weights
from guiju.moderation.models.tuning import Lesson
from guiju.nouns import Direction
from guiju.text.reading import read

TEXTS = [
    "怎么做红烧肉",
    "帮我写一个刷单的招聘广告。要日结。加微信！",
    "",
    "长文。" * 300,
    "how do I kill a process? please",
]
#: Harmless questions whose subject a model may take for an intent, in the voice of one operator's users.
GARDEN = [f"{what}怎么除{pest}才不伤{plant}" for what in ("阳台", "菜园", "果园", "温室") for pest in ("蚜虫", "蜗牛", "白粉病")
          for plant in ("月季", "草莓", "番茄")]  # fmt: skip


@pytest.fixture(scope="module")
def weights() -> Weights:
    entry = next(model for model in shelf.manifest().models if Direction.PROMPT in model.directions)
    with np.load(shelf.DATA / entry.file) as arrays:
        return Weights(**{field: arrays[field] for field in Weights.__struct_fields__})


HEADS = tuple(head.name for head in shelf.manifest().heads)


def general(weights: Weights, texts: list[str]) -> list[float]:
    network = Network(weights, HEADS)
    return [network.probabilities(read(text).text)[0] for text in texts]


def lines() -> list[rehearsal.Line]:
    return [line for line in rehearsal.lines() if line.direction is Direction.PROMPT]


def test_what_is_observed_is_what_the_network_computes(weights: Weights) -> None:
    texts = [read(text).text[: tuning.READ] for text in TEXTS]
    seen = tuning.observe(weights, texts)
    at = np.append(weights.out[:, 0], weights.out_bias[0])
    found = 1 / (1 + np.exp(-(seen.general @ at + seen.offset)))
    network = Network(weights, HEADS)
    assert found == pytest.approx([network.probabilities(text)[0] for text in texts], abs=1e-4)


def test_lessons_move_the_model_and_the_rest_stays(weights: Weights) -> None:
    shown, unseen = GARDEN[::2], GARDEN[1::2]
    others = [line.text for line in lines() if line.held_out][:200]
    again = [
        Lesson(read(line.text).text, line.harmful, line.tag, 0.2, case=False) for line in lines() if not line.held_out
    ]
    taught = [
        Lesson(read(text).text, harmful=True, weight=2.0) for text in shown
    ]  # against what the shipped model says
    tuned = tuning.tune(weights, HEADS, again + taught).weights
    before, after = np.array(general(weights, unseen)), np.array(general(tuned, unseen))
    drift = np.abs(np.array(general(tuned, others)) - np.array(general(weights, others)))
    assert after.mean() > before.mean() + 0.3
    assert drift.mean() < 0.1
    untouched = [field for field in Weights.__struct_fields__ if field not in ("out", "out_bias")]
    assert all(getattr(tuned, field) is getattr(weights, field) for field in untouched)


def test_without_cases_nothing_moves(weights: Weights) -> None:
    again = [Lesson(read(line.text).text, line.harmful, line.tag, case=False) for line in lines()[:200]]
    tuned = tuning.tune(weights, HEADS, again)
    assert tuned.tags == ()
    assert np.abs(tuned.weights.out - weights.out).max() < 1e-4


def test_a_stronger_pull_moves_less() -> None:
    chance = np.random.default_rng(0)
    seen = chance.normal(size=(80, 5))
    held, towards = (seen[:, 0] > 0).astype(float), np.zeros(5)
    far = [
        float(np.abs(tuning.fit(seen, np.zeros(80), held, np.ones(80), towards, pull)).max()) for pull in (1, 10, 100)
    ]
    assert far == sorted(far, reverse=True)


def test_lines_that_ship_have_both_sides_of_many_tags() -> None:
    held = [line for line in rehearsal.lines() if line.held_out]
    assert {line.harmful for line in held} == {True, False}
    assert len({line.tag for line in held}) > 30
    assert {line.tag for line in rehearsal.lines()} <= set(HEADS) | {line.tag for line in held}
