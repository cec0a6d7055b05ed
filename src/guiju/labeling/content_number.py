"""Content numbers: the ``ProduceID`` of what this service generates."""

from __future__ import annotations

import os


def new() -> str:
    """A fresh number: 128 random bits as 32 hex digits.

    It goes out with every answer, so it says nothing: not when, for whom, in what order or how many. What it stands
    for is found through the evidence, where it names the record.
    """
    return os.urandom(16).hex()
