"""Receipt numbers that can be read out over a telephone, and the secrets that go with them."""

from __future__ import annotations

import secrets
from datetime import date

_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0/O, 1/I/L: what people confuse."""


def new_receipt(day: date) -> str:
    """``GJ-20261122-7KQ2MX``: the day it came, and six random letters."""
    return f"GJ-{day:%Y%m%d}-{_random(6)}"


def new_secret() -> str:
    """Twelve random letters in groups of four (59 bits)."""
    letters = _random(12)
    return "-".join(letters[i : i + 4] for i in (0, 4, 8))


def tidy(text: str) -> str:
    """A receipt or a secret as it was given out, from what somebody typed: capitals, no blanks, dashes where they belong."""
    letters = "".join(c for c in text.upper() if c.isalnum())
    if letters.startswith("GJ") and len(letters) == 16:
        return f"{letters[:2]}-{letters[2:10]}-{letters[10:]}"
    if len(letters) == 12:
        return "-".join(letters[i : i + 4] for i in (0, 4, 8))
    return text.strip()


def _random(count: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(count))
