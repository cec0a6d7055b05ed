"""The error-correcting code of all marks: 64 bits and a CRC-32 in 384 signs, read back from soft values.

A tail-biting convolutional code of rate 1/4 with 256 states (free distance 24), decoded by the Viterbi algorithm around
the circle. The check sum makes errors known: a word read out of noise passes with a probability of 2⁻³².
"""

from __future__ import annotations

import zlib
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

PAYLOAD: Final = 64
CHECK: Final = 32
BITS: Final = PAYLOAD + CHECK
RATE: Final = 4
SIGNS: Final = BITS * RATE
"""Signs of one code word."""

_MEMORY: Final = 8
_STATES: Final = 1 << _MEMORY
_GENERATORS: Final = (0o463, 0o535, 0o733, 0o745)
_TURNS: Final = 3
"""Times the decoder goes around: the first and the last settle its ends."""

Floats = npt.NDArray[np.float32]


def encode(payload: int) -> Floats:
    """The :data:`SIGNS` signs (+1 for 0, −1 for 1) of a payload of 64 bits.

    Raises:
        ValueError: it has more.
    """
    if not 0 <= payload < 1 << PAYLOAD:
        raise ValueError("a payload has 64 bits")
    return _signs_of(_with_check(payload))


def decode(values: npt.NDArray[np.floating]) -> int | None:
    """The payload in :data:`SIGNS` soft values (sign: the bit; size: how sure), or None if none passes its check.

    Only ratios of the values count. Values without any spread hold nothing.
    """
    soft = np.asarray(values, np.float64).reshape(BITS, RATE)
    scale = float(np.abs(soft).mean())
    if not np.isfinite(scale) or scale == 0.0:
        return None
    bits = _viterbi(soft / scale)
    word = int("".join(map(str, bits.tolist())), 2)
    payload = word >> CHECK
    return payload if _with_check(payload) == word else None


def rival(values: npt.NDArray[np.floating], payload: int, begin: int) -> Floats:
    """The signs of the word, of those that pass through one state with the word of ``payload``, that fits ``values`` best.

    It is that of ``payload`` itself where no other fits better. Who puts a mark in asks for the others, to be told apart.

    Args:
        begin: the bit before which both are in the same state.
    """
    bits = np.array([_with_check(payload) >> (BITS - 1 - place) & 1 for place in range(BITS)])
    state = int("".join(map(str, np.roll(bits, -begin)[-_MEMORY:])), 2)
    metric = np.full(_STATES, -np.inf)
    metric[state] = 0.0
    soft = np.roll(np.asarray(values, np.float64).reshape(BITS, RATE), -begin, 0)
    found = np.roll(_walk(soft, metric, BITS, state), begin)
    return _signs_of(int("".join(map(str, found)), 2))


def agreement(values: npt.NDArray[np.floating], payload: int) -> float:
    """The share of the signs of ``values`` that are those of ``payload``: 1.0 is an undamaged mark, 0.5 is noise."""
    return float(np.mean((values > 0) == (encode(payload) > 0)))


def _with_check(payload: int) -> int:
    # The check sum is inverted so that the word of zeros, which silence decodes to, is not a valid one.
    return payload << CHECK | (zlib.crc32(payload.to_bytes(8, "big")) ^ 0x5A5A5A5A)


def _signs_of(word: int) -> Floats:
    bits = [word >> (BITS - 1 - place) & 1 for place in range(BITS)]
    state = 0
    for bit in bits[-_MEMORY:]:  # the state at the beginning is that at the end: the word bites its tail
        state = (state << 1 | bit) & (_STATES - 1)
    out = np.empty((BITS, RATE), np.float32)
    for place, bit in enumerate(bits):
        register = state << 1 | bit
        out[place] = [1.0 - 2.0 * ((register & generator).bit_count() & 1) for generator in _GENERATORS]
        state = register & (_STATES - 1)
    return out.reshape(-1)


@cache
def _trellis() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """For each new state and the bit that fell out of the old one: the four signs sent, and the old state."""
    new = np.arange(_STATES)
    old = np.stack([new >> 1, new >> 1 | _STATES >> 1])
    register = np.stack([new, new | _STATES])
    parity = [
        [[(int(one) & generator).bit_count() & 1 for generator in _GENERATORS] for one in row] for row in register
    ]
    return 1.0 - 2.0 * np.array(parity, np.float64), old


def _viterbi(soft: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """The bits of the best word: around the circle several times, of which the middle is taken."""
    return _walk(soft, np.zeros(_STATES), BITS * _TURNS)[BITS : 2 * BITS]


def _walk(
    soft: npt.NDArray[np.float64], metric: npt.NDArray[np.float64], steps: int, last: int | None = None
) -> npt.NDArray[np.int64]:
    """The bits of the best way through so many steps; ``last``: the state in which it ends, None for any.

    Args:
        metric: how good it is to begin in each state.
    """
    signs, old = _trellis()
    gains = np.einsum("bsr,tr->tbs", signs, soft)
    survivors = np.empty((steps, _STATES), np.bool_)
    half = _STATES // 2
    for step in range(steps):
        gain = gains[step % BITS]
        # new state s comes from s >> 1 or from that plus 128: each old metric serves two new states
        low = np.repeat(metric[:half], 2) + gain[0]
        high = np.repeat(metric[half:], 2) + gain[1]
        survivors[step] = high > low
        metric = np.maximum(low, high)
    state = int(metric.argmax()) if last is None else last
    bits = np.empty(steps, np.int64)
    for step in range(steps - 1, -1, -1):
        bits[step] = state & 1
        state = int(old[int(survivors[step, state]), state])
    return bits
