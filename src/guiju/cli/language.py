"""Chinese or English: what ``--lang`` says, else what the locale says, else English."""

from __future__ import annotations

import os
from typing import Literal

Language = Literal["zh", "en"]

_chosen: Language | None = None


def choose(language: Language | None) -> None:
    """Fix the language for the rest of the process; None goes back to the locale."""
    global _chosen
    _chosen = language


def current() -> Language:
    """The language messages are shown in."""
    return _chosen or _of_locale()


def say(zh: str, en: str) -> str:
    """The one of two wordings that is in the current language."""
    return zh if current() == "zh" else en


def _of_locale() -> Language:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):  # the order in which the C library looks
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
