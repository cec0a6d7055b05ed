"""Explicit labels (GB 45438-2025, chapter 5): put on pictures, sound, films and texts, and looked for in finished ones.

>>> from guiju.labeling import explicit
>>> explicit.label(Path("cat.png"), Path("cat-labelled.png"))
>>> explicit.check(Path("cat-labelled.png")).verdict
"""

from guiju.labeling.explicit.keeping import Kept
from guiju.labeling.explicit.making import Labelled, check, label
from guiju.labeling.explicit.mark import Form, Mark, Preset, Span, preset, presets
from guiju.labeling.explicit.medium import Made, Medium, medium_of, registered
from guiju.labeling.explicit.report import Box, Check, Report, Sighting
from guiju.labeling.verdict import Verdict

__all__ = [
    "Box",
    "Check",
    "Form",
    "Kept",
    "Labelled",
    "Made",
    "Mark",
    "Medium",
    "Preset",
    "Report",
    "Sighting",
    "Span",
    "Verdict",
    "check",
    "label",
    "medium_of",
    "preset",
    "presets",
    "registered",
]
