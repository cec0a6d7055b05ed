"""A small text network on numpy: hashed n-grams, one hidden layer per character, pooled, then one logit per head.

Per character the rows of its n-grams are summed (``features.rows``) and go through one layer; the text is the maximum and
the mean of that over its characters, so that one bad request in a long harmless story stays visible, and the mean of the
sums themselves. A hidden layer and a linear one follow. All weights are float32 but the table, which is int8 with one scale
per column.
"""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from guiju import native
from guiju.errors import ModelDamaged
from guiju.moderation.models import features

if TYPE_CHECKING:
    from guiju.native._native import _Network as Compiled

Vector: TypeAlias = NDArray[np.float32]
Matrix: TypeAlias = NDArray[np.float32]

#: The head that says whether a text must not pass, whatever the reason.
HARMFUL = "harmful"
#: Characters pooled in one go, so that memory does not grow with the text.
_STRETCH = 4096
#: Characters multiplied in one go. BLAS spreads larger products over threads, which costs more than such a product takes.
_BLOCK = 64


class Weights(msgspec.Struct, frozen=True):
    """The arrays of a network. ``d`` columns in the table, ``k`` per character, ``h`` hidden, one logit per head.

    Attributes:
        table: int8, (buckets + 1, d); the last row is zero. ``scale``: (d,).
        lift, lift_bias: (d, k) and (k,). ``hidden``, ``hidden_bias``: (2 k + d, h) and (h,).
        out, out_bias: (h, heads) and (heads,).
        slope, shift: (heads,) each; a logit ``x`` becomes the calibrated probability ``sigmoid(slope x + shift)``.
        mix: (4,), for the general head in place of slope and shift: what the whole, the strongest sentence, the logarithm of
            the number of sentences, and one count.
    """

    table: NDArray[np.int8]
    scale: Vector
    lift: Matrix
    lift_bias: Vector
    hidden: Matrix
    hidden_bias: Vector
    out: Matrix
    out_bias: Vector
    slope: Vector
    shift: Vector
    mix: Vector


class Network:
    """A loaded network. Immutable, shared by threads. Runs in ``guiju.native`` where that is built, otherwise on numpy.

    Attributes:
        heads: names of the heads, in the order of the probabilities.
        compiled: the network in ``guiju.native``; None where it runs on numpy.
    """

    def __init__(self, weights: Weights, heads: tuple[str, ...], *, fast: bool = True) -> None:
        """``fast``: use the compiled module if there is one."""
        self.heads = heads
        self._buckets = len(weights.table) - 1
        self._table = weights.table
        self._scale = weights.scale
        self._lift = weights.lift * weights.scale[:, None]
        self._lift_bias = weights.lift_bias
        wide = weights.lift.shape[1]
        self._hidden_max = weights.hidden[:wide]
        self._hidden_mean = weights.hidden[wide : 2 * wide]
        self._hidden_sum = weights.hidden[2 * wide :] * weights.scale[:, None]
        self._hidden_bias = weights.hidden_bias
        self._out, self._out_bias = weights.out, weights.out_bias
        self._slope, self._shift = weights.slope, weights.shift
        self._mix = weights.mix.tolist()
        self.compiled = self._compiled(weights) if fast else None
        self._run = None if self.compiled is None else partial(native.module.probabilities, self.compiled)

    @classmethod
    def load(cls, path: Path, sha256: str, heads: tuple[str, ...]) -> Network:
        """Read the weights.

        Raises:
            ModelDamaged: the file is missing, is not the one the manifest names, or lacks an array.
        """
        try:
            data = path.read_bytes()
            if hashlib.sha256(data).hexdigest() != sha256:
                raise ModelDamaged(name=path.name)
            with np.load(path, allow_pickle=False) as arrays:
                weights = Weights(**{field: arrays[field] for field in Weights.__struct_fields__})
        except (OSError, KeyError, ValueError) as problem:
            raise ModelDamaged(name=path.name) from problem
        return cls(weights, heads)

    def _compiled(self, weights: Weights) -> Compiled | None:
        if native.module is None:
            return None
        layers = (self._lift, self._lift_bias, self._hidden_max, self._hidden_mean, self._hidden_sum, self._hidden_bias)
        ends = (self._out, self._out_bias, self._slope, self._shift, weights.mix)
        (d, k), (h, heads) = weights.lift.shape, weights.out.shape
        arrays = [np.ascontiguousarray(array, dtype=np.float32).data for array in (*layers, *ends)]
        return native.module.network(
            np.ascontiguousarray(weights.table).data, features.classes().data, (d, k, h, heads), *arrays
        )

    def probabilities(self, text: str) -> list[float]:
        """The calibrated probability of each head for a normalised text; an empty text has them too.

        The general head also listens to each sentence alone: one bad request in a long harmless story is no more than a
        whisper in the whole.
        """
        if self._run is not None:
            return self._run(text)
        rows, starts = features.rows_and_sentences(text, self._buckets)
        if not len(rows):
            rows = np.full((1, features.KINDS), self._buckets, dtype=np.int64)
        found = self._judge(rows[:_STRETCH], starts[starts < _STRETCH])
        for begin in range(_STRETCH, len(rows), _STRETCH):
            inside = starts[(starts > begin) & (starts < begin + _STRETCH)] - begin
            found = np.maximum(found, self._judge(rows[begin : begin + _STRETCH], np.append(0, inside)))
        chances: list[float] = np.reciprocal(1.0 + np.exp(-found)).tolist()
        return chances

    def general(self, text: str) -> tuple[float, float, float]:
        """What the general head is made of: its raw logit for the whole, that of the strongest sentence, and the
        logarithm of the number of sentences. For calibration."""
        rows, starts = features.rows_and_sentences(text, self._buckets)
        if not len(rows):
            rows = np.full((1, features.KINDS), self._buckets, dtype=np.int64)
        lifted, sums = self._lifted(rows)
        whole = self._logits(lifted.max(axis=0), lifted.mean(axis=0), sums.mean(axis=0))
        return float(whole[0]), self._strongest(lifted, sums, starts, float(whole[0])), float(np.log(len(starts)))

    def _judge(self, rows: features.Rows, starts: NDArray[np.int64]) -> Vector:
        """Calibrated logits of a stretch."""
        lifted, sums = self._lifted(rows)
        each = np.float32(1.0 / len(lifted))
        raw = self._logits(np.maximum.reduce(lifted), np.add.reduce(lifted) * each, np.add.reduce(sums) * each)
        strongest = self._strongest(lifted, sums, starts, float(raw[0]))
        found: Vector = raw * self._slope + self._shift
        whole, sentence, many, always = self._mix
        found[0] = whole * raw[0] + sentence * strongest + many * np.log(len(starts)) + always
        return found

    def _strongest(self, lifted: Matrix, sums: Matrix, starts: NDArray[np.int64], whole: float) -> float:
        """The highest general logit of any sentence; that of the whole where there is but one."""
        if len(starts) < 2:
            return whole
        sizes = np.diff(starts, append=len(lifted))[:, None].astype(np.float32)
        top = np.maximum.reduceat(lifted, starts)
        mean = np.add.reduceat(lifted, starts) / sizes
        plain = np.add.reduceat(sums, starts) / sizes
        each: Matrix = self._logits(top, mean.astype(np.float32), plain.astype(np.float32))
        return float(each[:, 0].max())

    def _logits(self, top: Matrix, mean: Matrix, plain: Matrix) -> Matrix:
        """Raw logits from the pooled characters of one text or of several sentences."""
        mixed = top @ self._hidden_max + mean @ self._hidden_mean + plain @ self._hidden_sum + self._hidden_bias
        logits: Matrix = np.maximum(mixed, 0.0) @ self._out + self._out_bias
        return logits

    def meaning(self, text: str) -> Vector:
        """The direction, of length one, of a normalised text in the space of the table; zero for an empty text."""
        rows = features.rows(text[:_STRETCH], self._buckets)
        sums: Vector = self._table.take(rows.ravel(), axis=0).sum(axis=0, dtype=np.int32) * self._scale
        length = float(np.sqrt(sums @ sums))
        return sums / np.float32(length) if length else sums

    def _lifted(self, rows: features.Rows) -> tuple[Matrix, Matrix]:
        """Per character the lifted sum of its rows, and the sum itself."""
        table, size = self._table, len(rows)
        blocks = -(-size // _BLOCK)
        padded = np.zeros((blocks * _BLOCK, table.shape[1]), dtype=np.float32)
        sums = padded[:size]
        for kind in range(features.KINDS):
            sums += table.take(rows[:, kind], axis=0)
        lifted = (padded.reshape(blocks, _BLOCK, -1) @ self._lift).reshape(blocks * _BLOCK, -1)[:size]
        lifted += self._lift_bias
        np.maximum(lifted, 0.0, out=lifted)
        return lifted, sums
