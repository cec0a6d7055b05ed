"""The compiled network and the one on numpy: the same probabilities for every text."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from guiju import native
from guiju.moderation.models import features, shelf
from guiju.moderation.models.network import Network, Weights
from guiju.nouns import Direction

pytestmark = pytest.mark.skipif(native.module is None, reason=f"not built: {native.why_not}")

LETTERS = st.one_of(st.sampled_from("。！?；a1b Z' \n\u3000你好怎么办赌博"), st.characters())
LONG = st.builds(lambda piece, times: piece * times, st.text(LETTERS, min_size=1, max_size=60), st.integers(1, 200))


@cache
def pair(direction: Direction) -> tuple[Network, Network]:
    """The shipped network in C and on numpy."""
    told = shelf.manifest()
    entry = next(model for model in told.models if direction in model.directions)
    heads = tuple(head.name for head in told.heads)
    with np.load(shelf.DATA / entry.file) as arrays:
        weights = Weights(**{field: arrays[field] for field in Weights.__struct_fields__})
    return Network(weights, heads), Network(weights, heads, fast=False)


@pytest.mark.parametrize("direction", [Direction.PROMPT, Direction.ANSWER])
@given(text=st.one_of(st.text(LETTERS, max_size=80), LONG))
@settings(max_examples=120, deadline=None)
@example(text="")
@example(text=" ")
@example(text="一。" * 3000)
@example(text="word " * 900)
@example(text="长" * 4096 + "。短短短短")
@example(text="长" * 4090 + "。短短短短。短短短短短。")
@example(text="a\ud800b")
@example(text="0" * 2041)
@example(text="word" * 256)
def test_both_say_the_same(direction: Direction, text: str) -> None:
    fast, slow = pair(direction)
    assert np.allclose(fast.probabilities(text), slow.probabilities(text), rtol=0, atol=2e-5)


def test_arrays_that_do_not_fit_are_refused() -> None:
    assert native.module is not None
    ones = [np.ones(size, np.float32) for size in (2 * 3, 3, 3 * 4, 3 * 4, 2 * 4, 4, 4 * 5, 5, 5, 5, 4)]
    table = np.zeros((9, 2), np.int8)
    native.module.network(table, features.classes(), (2, 3, 4, 5), *ones)
    wrong = [
        (table[:8], features.classes(), (2, 3, 4, 5), *ones),
        (table, features.classes()[:-1], (2, 3, 4, 5), *ones),
        (table, features.classes(), (2, 3, 4, 300), *ones),
        (table, features.classes(), (2, 3, 4, 5), *ones[:-1], np.ones(5, np.float32)),
        (table, features.classes(), (2, 3, 4, 6), *ones),
    ]
    for arguments in wrong:
        with pytest.raises(ValueError):
            native.module.network(*arguments)
    with pytest.raises(ValueError):
        native.module.probabilities(object(), "text")
