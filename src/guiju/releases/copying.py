"""The copy without the explicit label: the implicit one kept, or written where there is none."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from guiju.errors import AnswerChanged, GuijuError, StillLabelled
from guiju.evidence.record import Exchange, decode
from guiju.labeling import explicit, files
from guiju.labeling.implicit import Label, parse
from guiju.media import carrier_of
from guiju.nouns import Part
from guiju.releases.shelf import Shelf
from guiju.store.models import Record

WAYS = ("chat.completions", "completions", "responses")
"""Endpoints whose answers are texts that a user reads."""
_HARMLESS = ("", "pass", "label", "advise", "review", "unchecked")
_NO_PROSE = ("arguments", "refusal", "tool_calls")


class Copy(msgspec.Struct, frozen=True):
    """A copy ready to be given out: where it lies, the name it goes by, and the label in it."""

    path: Path
    name: str
    label: Label


def of_file(source: Path, name: str, folder: Path, label: Label) -> Copy:
    """A copy of a file as it is; ``label`` is for files that bear none.

    Raises:
        LabelError, MediaError: it cannot be read or labelled.
    """
    there = files.read(source).label
    if there is not None:
        return Copy(source, name, there)
    target = folder / f"copy{source.suffix}"
    files.write(source, target, label)
    return Copy(target, name, label)


def of_original(originals: Shelf, content: str, origin: Record | None, folder: Path, now: float) -> Copy | None:
    """A copy of what was kept as it was before the explicit label; None where it is not kept (any more).

    Args:
        origin: the record of its labelling, if there is one: it has the label of files whose format holds none.
    """
    path = originals.take(content, folder, now)
    if path is None:
        return None
    with path.open("rb") as file:
        carrier = carrier_of(file, path.suffix)
    label = files.read(path).label
    if label is None and carrier.beside and origin is not None and (given := label_of(origin)) is not None:
        label = files.write(path, path, given).label
    return None if label is None else Copy(path, f"{content}{path.suffix or carrier.suffixes[0]}", label)


def label_of(origin: Record) -> Label | None:
    """The label that was given out under a record's number."""
    body = decode(bytes(origin.body))
    return parse(body.label.implicit).label if isinstance(body, Exchange) and body.label.implicit else None


def of_text(answer: Exchange, parts: Sequence[Part], folder: Path, label: Label) -> Copy:
    """A copy of a text answer as Markdown, the label in its front matter.

    Raises:
        AnswerChanged: what went out was not what is held.
    """
    if answer.answer.action not in _HARMLESS:
        raise AnswerChanged(number=answer.id)
    texts = [part.text for part in parts if part.text and not any(word in part.where for word in _NO_PROSE)]
    source, target = folder / "text.md", folder / "copy.md"
    source.write_text("\n\n".join(texts) + "\n", encoding="utf-8")
    files.write(source, target, label)
    return Copy(target, f"{label.ProduceID}.md", label)


def bare(path: Path) -> None:
    """Do nothing for a file that shows no explicit label, or of which nobody can tell here.

    Raises:
        StillLabelled.
    """
    try:
        report = explicit.check(path)
    except GuijuError:  # of a kind without explicit labels, or the part that looks is not installed
        return
    if report.found:
        raise StillLabelled()


def about(copy: Copy) -> dict[str, str]:
    """What a record keeps of a copy."""
    with copy.path.open("rb") as file:
        return {"file.name": copy.name, "file.sha256": hashlib.file_digest(file, "sha256").hexdigest()}
