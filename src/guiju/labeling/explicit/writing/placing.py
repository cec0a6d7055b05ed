"""Putting words into plain text and Markdown: as a paragraph of their own, never inside a code block, exactly once."""

from __future__ import annotations

from guiju.labeling.fence import FenceTracker
from guiju.labeling.text import TextLabeller


def place(text: str, words: str, position: str, *, fences: bool = True) -> str:
    """``text`` with ``words`` as a paragraph at its ``start``, ``middle`` or ``end``.

    A text that bears the same words there already stays as it is. ``fences`` says whether code blocks are known.
    """
    if position == "middle":
        at = middle(text, fences=fences)
        return text if f"\n{words}\n" in text else f"{text[:at].rstrip()}\n\n{words}\n\n{text[at:].lstrip(chr(10))}"
    labeller = TextLabeller.build(words, position, "plain") if fences else None
    if labeller is not None:
        return labeller.apply(text)[0]
    if position == "start":
        return text if text.lstrip().startswith(words) else f"{words}\n\n{text}"
    return text if text.rstrip().endswith(words) else f"{text.rstrip(chr(10))}\n\n{words}\n"


def middle(text: str, *, fences: bool = True) -> int:
    """The break between paragraphs that is nearest to the middle and outside code; the end where there is none."""
    tracker, place, best = FenceTracker(), 0, len(text)
    for line in text.splitlines(keepends=True):
        if not line.strip() and place and not (fences and tracker.closing()):
            best = min(best, place, key=lambda at: abs(at - len(text) / 2))
        tracker.feed(line)
        place += len(line)
    return best
