"""Labels of AI-generated content: the explicit words in a text and the implicit seven keys (GB 45438-2025)."""

from guiju.labeling.implicit import Breach, Label, Reading, parse, verify
from guiju.labeling.provider_code import ProviderCode
from guiju.labeling.text import LabelStream, Placement, Position, TextLabeller
from guiju.labeling.words import Words, check_words, find_words, wording

__all__ = [
    "Breach",
    "Label",
    "LabelStream",
    "Placement",
    "Position",
    "ProviderCode",
    "Reading",
    "TextLabeller",
    "Words",
    "check_words",
    "find_words",
    "parse",
    "verify",
    "wording",
]
