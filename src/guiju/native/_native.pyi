"""What the compiled module promises. Each function agrees with the Python one it stands for; tests hold them together."""

from collections.abc import Iterable

from _typeshed import ReadableBuffer

class _Network: ...
class _Pairs: ...

def network(
    table: ReadableBuffer,
    classes: ReadableBuffer,
    widths: tuple[int, int, int, int],
    lift: ReadableBuffer,
    lift_bias: ReadableBuffer,
    hidden_max: ReadableBuffer,
    hidden_mean: ReadableBuffer,
    hidden_sum: ReadableBuffer,
    hidden_bias: ReadableBuffer,
    out: ReadableBuffer,
    out_bias: ReadableBuffer,
    slope: ReadableBuffer,
    shift: ReadableBuffer,
    mix: ReadableBuffer,
    /,
) -> _Network:
    """A network made ready. ``table`` is int8 and is kept, not copied; ``classes`` are those of the 65,536 characters of the
    basic plane; ``widths`` are d, k, h and heads of ``guiju.moderation.models.network.Weights``; all else is float32.

    Raises:
        ValueError: sizes that do not fit one another.
    """

def probabilities(network: _Network, text: str, /) -> list[float]:
    """``guiju.moderation.models.network.Network.probabilities``: one calibrated probability for each head."""

def pairs(pairs: Iterable[str], /) -> _Pairs:
    """Strings of two characters, to be asked about with `may_share`.

    Raises:
        ValueError: a string that is longer or shorter.
    """

def may_share(pairs: _Pairs, text: str, least: int, /) -> bool:
    """Whether the text may hold one of the pairs at ``least`` places. Never false where it does; rarely true where it does not."""
