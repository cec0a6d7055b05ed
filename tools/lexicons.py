"""``python -m tools.lexicons``: writes the generated part of the shipped word lists again.

The templates lie in ``tools/lexicon_templates/``: per list groups of ``templates`` with ``{slots}`` and the words that go
into each. Every combination becomes one entry whose source names the template file; entries written by hand in the same
CSV stay as they are and come first. A word that an earlier entry reads like is left out.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import yaml

from guiju.moderation import lexicon_csv, starter
from guiju.moderation.lexicon import MAX_WORD, Entry
from guiju.text.reading import read
from guiju.text.squeeze import squeeze

TEMPLATES = Path(__file__).parent / "lexicon_templates"
LISTS = starter.DATA / "lexicons"
SOURCE = "generated from tools/lexicon_templates/"
ADDED = "2026-11-22"
_SLOT = re.compile(r"\{(\w+)\}")


class Group(msgspec.Struct, frozen=True):
    """Templates with one risk, severity and reason, and the words of their slots."""

    risk: str
    severity: str
    reason: str
    templates: tuple[str, ...]
    slots: dict[str, tuple[str, ...]]


class TemplateFile(msgspec.Struct, frozen=True):
    """One file: the list it is for, and its groups."""

    list: str
    groups: tuple[Group, ...]


def combinations(group: Group) -> Iterator[str]:
    """Every word of a group."""
    for template in group.templates:
        names = _SLOT.findall(template)
        for choice in itertools.product(*(group.slots[name] for name in names)):
            yield template.format(**dict(zip(names, choice, strict=True)))


def generated(file: TemplateFile, name: str) -> Iterator[Entry]:
    """The entries of a file, as they come."""
    for group in file.groups:
        for word in combinations(group):
            yield Entry(
                word,
                group.risk,
                group.severity,
                list=file.list,
                reason=group.reason,
                source=SOURCE + name,
                owner="Guiju",
                added=ADDED,
            )


def main() -> None:
    """Write all lists."""
    for path in sorted(TEMPLATES.glob("*.yaml")):
        file = msgspec.convert(yaml.safe_load(path.read_text("utf-8")), TemplateFile)
        target = LISTS / f"{file.list}.csv"
        before = lexicon_csv.parse(target.read_text("utf-8"), file.list) if target.exists() else ()
        kept = [entry for entry in before if not entry.source.startswith(SOURCE)]
        known = {squeeze(read(entry.word).text) for entry in kept}
        for entry in generated(file, path.name):
            letters = squeeze(read(entry.word).text)
            if letters not in known and len(letters) <= MAX_WORD:
                known.add(letters)
                kept.append(entry)
        target.write_text(lexicon_csv.format_csv(kept, lexicon_csv.SHIPPED), "utf-8")
        print(
            f"{file.list}: {len(kept)} entries, {len(kept) - len([e for e in kept if not e.source.startswith(SOURCE)])} generated"
        )


if __name__ == "__main__":
    main()
