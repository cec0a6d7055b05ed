"""Values that stand inside another text: wrapped in a comment, glued behind the word ``AIGC``."""

from __future__ import annotations

import re
from json import JSONDecodeError, JSONDecoder

_STARTS = re.compile(r"AIGC\s{0,4}[:=]?\s{0,4}(?=\{)|(?=\{)")
_NAMES = ('"AIGC"', '"ContentProducer"')
_TRIES = 64
_DECODER = JSONDecoder()


def find(text: str, limit: int) -> tuple[int, int, str] | None:
    """The first JSON object in ``text`` that names AIGC or its producer: where it stands, from its word on, and itself.

    Only the first ``limit`` characters are looked at.
    """
    text = text[:limit]
    if "AIGC" not in text and _NAMES[1] not in text:
        return None
    place = 0
    for _ in range(_TRIES):
        match = _STARTS.search(text, place)
        if match is None:
            return None
        value = _object(text, match.end())
        if value and (match.group() or any(name in value for name in _NAMES)):
            return match.start(), match.end() + len(value), value
        place = match.end() + max(1, len(value))
    return None


def _object(text: str, start: int) -> str:
    try:
        _, end = _DECODER.raw_decode(text, start)
    except (JSONDecodeError, RecursionError, ValueError):
        return ""
    return text[start:end]
