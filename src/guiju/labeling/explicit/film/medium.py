"""Films: words on the opening frame for at least two seconds, or throughout (GB 45438-2025, 5.4)."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from guiju.labeling.explicit.film import checking
from guiju.labeling.explicit.film.coding import CONTAINERS, relabel
from guiju.labeling.explicit.mark import CORNERS, DEFAULT, Mark, presets
from guiju.labeling.explicit.medium import Made, Medium, medium
from guiju.labeling.explicit.picture import marking
from guiju.labeling.explicit.report import Report, Sighting
from guiju.labeling.explicit.sound.coded import opened
from guiju.media import LIMITS, Limits


@medium
class Film(Medium):
    """MP4, MOV, MKV, WebM, FLV, AVI and TS through PyAV; sound and subtitles are copied packet by packet."""

    name = "film"
    suffixes = tuple(CONTAINERS)
    clause = "5.4"
    positions = CORNERS

    def sniff(self, head: bytes, suffix: str) -> bool:
        return suffix in self.suffixes

    def make(self, source: Path, target: BinaryIO, mark: Mark, limits: Limits = LIMITS) -> Made:
        with opened(source) as container:
            overlay, seconds, bearing = relabel(container, target, source.suffix.lower(), mark)
        layout = overlay.layout
        figures = {"ratio": round(layout.ratio, 4), "seconds": round(seconds, 3), "frames": float(bearing)}
        where = mark.position or presets().defaults.position
        sighting = Sighting("".join(layout.ink.lines), where, layout.words, start=0.0, end=round(seconds, 3))
        return Made(self.name, layout.id, (sighting,), figures)

    def check(self, path: Path, mark: Mark = DEFAULT, limits: Limits = LIMITS, picture: Path | None = None) -> Report:
        report, pixels = checking.judge(self.name, path)
        if picture is not None:
            marking.save(marking.marked(pixels, report), picture, path)
        return report
