"""How often unmarked pictures look marked: scores of the pilot over many secrets, beside the bound that is promised.

``python -m bench.watermark_false FOLDER … [--every N] [--secrets K]``: each unmarked picture is searched with K patterns of K
secrets, at all sizes, places and both mirrorings, the best place made exact as a detection does. A detection compares 32
patterns, so that its false alarms are at most 32 times as frequent. The bound: `guiju.labeling.watermark.rates`.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image

from bench.watermark_corpus import pictures
from bench.watermark_proof import bounds
from guiju.labeling.watermark import Secret, rates
from guiju.labeling.watermark.image import finding, layout, reading
from guiju.labeling.watermark.image.finding import Pose, Spectrum, canvas, whitened
from guiju.labeling.watermark.keys import Finder

LEVELS = (3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0)
_COUNTED = 20
"""Of so many searches one counts how many of all its scores exceed each level."""


class Tally:
    """What was seen over all searches."""

    def __init__(self) -> None:
        self.searches, self.scores = 0, 0
        self.above = np.zeros(len(LEVELS))
        self.best: list[float] = []
        self.exact: list[float] = []
        self.limit = math.inf

    def add(self, spectrum: Spectrum, finder: Finder) -> None:
        """Search one picture with pattern 0 of one secret, as `finding.search` does with all."""
        sizes = finding.sides(spectrum.side)
        across, down = layout.ACROSS[layout.PILOT], layout.DOWN[layout.PILOT]
        found = Pose(0, 1, 1)
        for mirrored in (False, True):
            read = spectrum.at(across / sizes[:, None], (-down if mirrored else down) / sizes[:, None])
            read = np.conj(read) if mirrored else read
            norm = np.sqrt((np.abs(read) ** 2).sum(1)) + 1e-9
            plane = np.zeros((len(sizes), finding.GRID, finding.GRID // 2 + 1), np.complex64)
            product = read * np.conj(layout.pilot(finder, 0))
            plane[:, down % finding.GRID, across] = product
            upright = across == 0
            plane[:, -down[upright] % finding.GRID, 0] = np.conj(product[:, upright])
            scores = np.fft.irfft2(plane, s=(finding.GRID, finding.GRID)).reshape(len(sizes), -1)
            scores *= (finding.GRID**2 / 2) / norm[:, None]
            row, column = divmod(int(scores.argmax()), scores.shape[1])
            if scores[row, column] > found.score:
                below, right = divmod(column, finding.GRID)
                found = Pose(0, sizes[row], sizes[row], right / finding.GRID, below / finding.GRID, 0.0, mirrored,
                             float(scores[row, column]))  # fmt: skip
            if self.searches % _COUNTED == 0:
                self.scores += scores.size
                self.above += [np.count_nonzero(scores > level) for level in LEVELS]
        self.searches += 1
        self.best.append(found.score)
        if self.searches % _COUNTED == 0:
            self.exact.append(reading.refined(spectrum, finder, found).score - found.score)
        self.limit = min(self.limit, rates.threshold(finding.hypotheses(spectrum, (0.0,))))
        # a detection's own threshold is higher still: it counts every pose that may be tried to make the place exact


def main(arguments: list[str]) -> int:
    """Search, and print what was seen beside the bound."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--every", type=int, default=8)
    parser.add_argument("--secrets", type=int, default=1000)
    given = parser.parse_args(arguments)
    Image.MAX_IMAGE_PIXELS = None
    tally, count, began = Tally(), 0, time.process_time()
    for one in pictures(given.folders, given.every):
        spectrum = Spectrum(whitened(canvas(one.image.convert("L")))[0])
        for number in range(given.secrets):
            tally.add(spectrum, Secret.derive(count.to_bytes(16, "big") + number.to_bytes(16, "big")).finder)
        count += 1
        if count % 5 == 0:
            told(tally, count, time.process_time() - began)
    told(tally, count, time.process_time() - began)
    return 0


def told(tally: Tally, pictures_: int, spent: float) -> None:
    """Print what was seen so far."""
    best = np.array(tally.best)
    alarms = int((best > tally.limit).sum())
    print(f"\n{tally.searches} searches, {pictures_} pictures, {spent:.0f} CPU s; best score {best.max():.2f}, threshold "
          f"{tally.limit:.2f}: {alarms} alarms (at most {bounds(alarms, tally.searches)[1]:.1e} at 95 % confidence). "
          f"Making the place exact added {np.mean(tally.exact):.2f}, at most {np.max(tally.exact):.2f}.")  # fmt: skip
    print("\n| score above | share of all scores | bound exp(−t²/2) |\n|---|---|---|")
    for level, above in zip(LEVELS, tally.above, strict=True):
        print(f"| {level} | {above / tally.scores:.1e} | {math.exp(-(level**2) / 2):.1e} |")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
