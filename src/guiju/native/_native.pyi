"""What the compiled module promises. Each function agrees with the Python one it stands for; tests hold them together."""

from collections.abc import Iterable

from _typeshed import ReadableBuffer

class _Network: ...
class _Pairs: ...

def network(
    table: ReadableBuffer, classes: ReadableBuffer, widths: tuple[int, int, int, int], /, *layers: ReadableBuffer
) -> _Network:
    """A network made ready.

    Args:
        table: int8, (buckets + 1, d); kept, not copied. ``classes``: those of the 65,536 characters of the basic plane.
        widths: d, k, h and heads of ``guiju.moderation.models.network.Weights``.
        layers: float32, eleven of them: lift and its bias, the hidden layer over the maximum, the mean and the sums, its
            bias, out and its bias, slope, shift, mix.

    Raises:
        ValueError: sizes that do not fit one another.
    """

def probabilities(network: _Network, text: str, /) -> list[float]:
    """``guiju.moderation.models.network.Network.probabilities``: one calibrated probability for each head."""

def pairs(pairs: Iterable[str], /) -> _Pairs:
    """Strings of two characters, to be asked about with `may_share` and `places`.

    Raises:
        ValueError: a string that is longer or shorter.
    """

def may_share(pairs: _Pairs, text: str, least: int, /) -> bool:
    """Whether the text may hold one of the pairs at ``least`` places. Never false where it does; rarely true where it does not."""

def places(pairs: _Pairs, text: str, /) -> list[int]:
    """Where in the text one of the pairs may begin, in order. Every place where one does is there; few others are."""

class _Tables: ...

def tables(block: ReadableBuffer, /) -> _Tables:
    """The tables of ``guiju.moderation.screening.tables``, checked throughout and kept, not copied.

    Raises:
        ValueError: they are of another version, or damaged.
    """

def screen(tables: _Tables, text: str, normal: bool, /) -> int:
    """Whom to ask about a whole text, as bits of ``guiju.moderation.screening.screen``; ``normal``: it was read already."""

def window(tables: _Tables, window: str, /) -> tuple[int, int, int, int, int, int, int, int]:
    """What is undecided at the end of a window: ``guiju.moderation.screening.screen.Undecided``."""

def words(tables: _Tables, text: str, /) -> list[tuple[int, int, int]] | None:
    """The words that may stand in a whole normalised text as it is written: start, end and number of each.

    All that the detector ``words`` finds there without reading repeats or signs are among them, few others are: some whose
    gaps show that they are none. None where the text has characters beyond the tables.
    """

def sounds(tables: _Tables, text: str, /) -> tuple[bool, list[tuple[int, tuple[int, ...], tuple[int, ...]]]] | None:
    """The sounds of the detector ``sounds`` that may stand in a whole normalised text: number, starts and ends of the syllables.

    Before them, whether no letters in it spell syllables. None where the text has emoji, or characters beyond the tables.
    """

def hides(text: str, /) -> bool:
    """Whether ``guiju.text.payloads.payloads`` may find anything in a text."""

def follow(state: bytearray, piece: str, /) -> int:
    """The next piece of a stream for ``guiju.text.payloads.PayloadReader``.

    ``state`` holds native 64-bit numbers, how many characters were seen and where the run of each of the seven kinds begins
    (-1: none is open), then in 32 bits two counts for each kind, what its end looks like, and the last character; it is left
    alone where the answer is -1: a run may hold something, or has grown too long. Else twice the place where the first open
    run begins (the end where none is), and one more where ``guiju.text.openings`` may hold one of them back.

    Raises:
        ValueError: a state of another size.
    """

def glance(network: _Network, pairs: _Pairs, text: str, normal: str, shared: int, fewest: int, /) -> float | None:
    """The general probability of a whole text that holds nothing; None where anything may be found, and everybody must look.

    Nothing is: `hides` of the text, `may_share` of its normalised characters at ``shared`` places. None also where fewer than
    ``fewest`` Chinese characters stand near the beginning: whether the text says enough to be judged is then Python's to say.
    """
