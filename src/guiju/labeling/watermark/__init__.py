"""Invisible marks that bear the number of content (GB 45438-2025, 6.2 and Annex A, where they are encouraged)."""

from guiju.labeling.watermark.findings import Detection, Embedded, Foreign, Verdict
from guiju.labeling.watermark.keys import Finder, Secret
from guiju.labeling.watermark.marking import detect, embed
from guiju.labeling.watermark.number import issued_as, of_content

__all__ = [
    "Detection",
    "Embedded",
    "Finder",
    "Foreign",
    "Secret",
    "Verdict",
    "detect",
    "embed",
    "issued_as",
    "of_content",
]
