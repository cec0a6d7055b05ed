"""Learning: the network of ``guiju.moderation.models.network`` in torch, and how it is fitted.

What keeps a small network from learning its sources by heart: half of all n-grams are dropped anew each time a text is
seen, labels are softened, rows with a meaning move slowly, and long texts are seen through a window.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from guiju.moderation.models.features import KINDS
from training.vectors import Start

Rows = NDArray[np.int32]
Targets = NDArray[np.float32]


@dataclass(frozen=True)
class Shape:
    """How big: rows of the table, its columns, units per character, hidden units."""

    buckets: int = 1 << 17
    width: int = 48
    lifted: int = 64
    hidden: int = 64


@dataclass(frozen=True)
class Course:
    """How it is learnt.

    Attributes:
        epochs, batch, rate: as usual; ``table_rate`` is the share of the rate at which the table moves.
        decay: weight decay of the layers. ``dropped``: share of n-grams left out each time; ``dropout``: of units.
        soft: how far labels are from 0 and 1. ``window``: characters seen of a longer text. ``seed``: of everything random.
    """

    epochs: int = 4
    batch: int = 256
    rate: float = 3e-3
    table_rate: float = 0.15
    decay: float = 0.1
    dropped: float = 0.5
    dropout: float = 0.3
    soft: float = 0.03
    window: int = 192
    seed: int = 0


class Trained(nn.Module):
    """The network while it learns; same arithmetic as at run time."""

    def __init__(self, shape: Shape, heads: int, dropout: float) -> None:
        super().__init__()
        self.shape = shape
        self.table = nn.EmbeddingBag(shape.buckets + 1, shape.width, mode="sum", padding_idx=shape.buckets)
        nn.init.normal_(self.table.weight, std=0.05)
        with torch.no_grad():
            self.table.weight[shape.buckets] = 0
        self.lift = nn.Linear(shape.width, shape.lifted)
        self.hidden = nn.Linear(2 * shape.lifted + shape.width, shape.hidden)
        self.out = nn.Linear(shape.hidden, heads)
        self.drop = nn.Dropout(dropout)

    def forward(self, rows: Tensor, lengths: Tensor) -> Tensor:
        """Logits (texts, heads) of texts whose characters follow one another in ``rows``."""
        sums = self.table(rows)
        lifted = torch.relu(self.lift(sums))
        pooled = torch.cat(
            [
                torch.segment_reduce(lifted, "max", lengths=lengths),
                torch.segment_reduce(lifted, "mean", lengths=lengths),
                torch.segment_reduce(sums, "mean", lengths=lengths),
            ],
            dim=1,
        )
        logits: Tensor = self.out(self.drop(torch.relu(self.hidden(self.drop(pooled)))))
        return logits


def fit(
    texts: Sequence[Rows],
    targets: Targets,
    known: Targets,
    weights: Targets,
    whole: NDArray[np.bool_],
    shape: Shape,
    course: Course,
    first: Start | None,
) -> Trained:
    """Fit a network.

    Args:
        texts: rows of each text. ``targets``: (texts, heads), 0 or 1. ``known``: how much each target counts, 0 for unknown.
        weights: (texts,). ``whole``: (texts,), which are never seen through a window, since what counts may stand anywhere.
        first: what the table starts from.
    """
    torch.manual_seed(course.seed)
    chance = np.random.default_rng(course.seed)
    model = Trained(shape, targets.shape[1], course.dropout)
    if first is not None:
        model.table.weight.data[first.rows] = torch.from_numpy(first.values)
    layers = [parameter for name, parameter in model.named_parameters() if not name.startswith("table")]
    slow = course.rate * course.table_rate
    optimiser = torch.optim.AdamW(
        [
            {"params": [model.table.weight], "lr": slow, "weight_decay": 0.0},
            {"params": layers, "lr": course.rate, "weight_decay": course.decay},
        ],
        fused=True,
    )
    steps = course.epochs * -(-len(texts) // course.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, [slow, course.rate], total_steps=steps, pct_start=0.1)
    wanted = torch.from_numpy((targets * (1 - 2 * course.soft) + course.soft).astype(np.float32))
    counts = torch.from_numpy((known * weights[:, None]).astype(np.float32))
    for _ in range(course.epochs):
        order = chance.permutation(len(texts))
        for begin in range(0, len(order), course.batch):
            picked = order[begin : begin + course.batch]
            rows, lengths = _batch([(texts[i], bool(whole[i])) for i in picked], shape.buckets, course, chance)
            errors = nn.functional.binary_cross_entropy_with_logits(
                model(rows, lengths), wanted[picked], weight=counts[picked], reduction="sum"
            )
            optimiser.zero_grad()
            (errors / len(picked)).backward()
            optimiser.step()
            schedule.step()
    return model.eval()


def logits(model: Trained, texts: Sequence[Rows], batch: int = 256) -> Targets:
    """Logits (texts, heads), nothing dropped."""
    found = []
    with torch.inference_mode():
        for begin in range(0, len(texts), batch):
            some = [_some(text, model.shape.buckets) for text in texts[begin : begin + batch]]
            rows = torch.from_numpy(np.concatenate(some).astype(np.int64))
            found.append(model(rows, torch.tensor([len(text) for text in some])).numpy())
    return np.concatenate(found)


def _batch(
    texts: list[tuple[Rows, bool]], buckets: int, course: Course, chance: np.random.Generator
) -> tuple[Tensor, Tensor]:
    seen = []
    for text, whole in texts:
        if len(text) > course.window and not whole and chance.random() < 0.8:
            begin = chance.integers(0, len(text) - course.window + 1)
            text = text[begin : begin + course.window]
        seen.append(_some(text[: 4 * course.window], buckets))
    rows = np.concatenate(seen)
    rows = np.where(chance.random(rows.shape, dtype=np.float32) < course.dropped, buckets, rows)
    return torch.from_numpy(rows.astype(np.int64)), torch.tensor([len(text) for text in seen])


def _some(text: Rows, buckets: int) -> Rows:
    return text if len(text) else np.full((1, KINDS), buckets, dtype=np.int32)
