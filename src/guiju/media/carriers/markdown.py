"""Markdown: a mapping ``AIGC`` in the YAML front matter (TC260-PG-20258A, 6.5); read also from a fenced block at the end.

A text has one label for all of it, so a text is read whole: it is bounded like any structure.
"""

from __future__ import annotations

import json
import re
from typing import BinaryIO

import msgspec

from guiju.errors import MediaLayoutUnsupported
from guiju.media import embedded, frontmatter
from guiju.media.contents import Contents, Form, Found
from guiju.media.joined import joined
from guiju.media.limits import LIMITS, Limits
from guiju.media.registry import Carrier, carrier
from guiju.media.streams import size_of, take_at

_LAST = 64 << 10
_FENCE = re.compile(r"^(`{3,}|~{3,})[^\n`]*\n((?:(?!\1).*\n){0,200}?)\1[ \t]*\s*\Z", re.M)


@carrier
class Markdown(Carrier):
    """Markdown in UTF-8."""

    name = "markdown"
    title = "Markdown"
    suffixes = (".md", ".markdown", ".mdown", ".mkd")
    placement = "markdown/frontmatter"
    placements = {
        "markdown/frontmatter": "YAML front matter, mapping AIGC with the seven keys",
        "markdown/fence": "a fenced block at the end that names AIGC",
    }
    source = "TC260-PG-20258A 6.5"
    by_name = True

    def sniff(self, head: bytes, suffix: str) -> bool:
        return suffix in self.suffixes

    def read(self, file: BinaryIO, limits: Limits = LIMITS) -> Contents:
        text = _text(file, limits)
        found = [Found("markdown/frontmatter", *_value(one.value)) for one in _entries(text)]
        if (fence := _fence(text)) is not None:
            found.append(Found("markdown/fence", fence[2], Form.EMBEDDED))
        damaged = () if found or not _hides(text) else ("markdown/frontmatter: no YAML that can be read",)
        return joined([Contents(tuple(found), damaged=damaged)])

    def write(self, source: BinaryIO, target: BinaryIO, value: str, limits: Limits = LIMITS) -> None:
        text = _text(source, limits)
        if _hides(text) and not _entries(text):
            raise MediaLayoutUnsupported(what="Markdown", detail="front matter that cannot be read")
        if (fence := _fence(text)) is not None:
            text = text[: fence[0]] + text[fence[1] :]
        line = "\r\n" if "\r\n" in text[:4096] else "\n"
        target.write(_labelled(text, _mapping(value).replace("\n", line), line).encode("utf-8", "surrogateescape"))


def _text(file: BinaryIO, limits: Limits) -> str:
    return take_at(file, 0, size_of(file), limits, "Markdown").decode("utf-8", "surrogateescape")


def _entries(text: str) -> list[frontmatter.Entry]:
    matter = frontmatter.find(text)
    return [] if matter is None else frontmatter.entries(matter.yaml, "AIGC")


def _value(value: object) -> tuple[str, Form]:
    """A string as it is; a mapping as compact JSON."""
    if isinstance(value, str):
        return value, Form.TEXT
    return msgspec.json.encode(value).decode(), Form.MAPPING


def _hides(text: str) -> bool:
    """Whether the text begins like front matter with the key, whatever comes of parsing it."""
    return text.lstrip("\ufeff").startswith("---") and re.search(r"^AIGC\s*:", text[:4096], re.M) is not None


def _fence(text: str) -> tuple[int, int, str] | None:
    """A fenced block at the end of the text that holds a value: its span and the value."""
    if "AIGC" not in (tail := text[-_LAST:]):
        return None
    base = len(text) - len(tail)
    starts = [found.start() for found in re.finditer(r"^(?:```|~~~)", tail, re.M)][-2:-1]
    match = _FENCE.match(tail, starts[0]) if starts else None
    if match is None:
        return None
    body = match.group(2)
    if (hit := embedded.find(body, _LAST)) is not None:
        return base + match.start(), base + match.end(), hit[2]
    found = frontmatter.entries(body.strip().removeprefix("---").removesuffix("---"), "AIGC")
    return (base + match.start(), base + match.end(), _value(found[0].value)[0]) if found else None


def _labelled(text: str, mapping: str, line: str) -> str:
    matter = frontmatter.find(text)
    if matter is None:
        mark = "\ufeff" if text.startswith("\ufeff") else ""
        return f"{mark}---{line}{mapping}---{line}{text.removeprefix(mark)}"
    head = matter.yaml
    known = frontmatter.entries(head, "AIGC")
    place = known[0].start if known else len(head)
    for one in reversed(known):
        head = head[: one.start] + head[one.end :]
    before = head[:place] + (line if head[:place] and not head[:place].endswith("\n") else "")
    return text[: matter.start] + before + mapping + head[place:] + text[matter.end :]


def _mapping(value: str) -> str:
    """The value as YAML: a mapping of double-quoted strings for a JSON object, else one quoted string."""
    try:
        known = json.loads(value)
    except ValueError:
        known = None
    if not isinstance(known, dict):
        return f"AIGC: {json.dumps(value)}\n"
    rows = (f"  {json.dumps(str(key))[1:-1]}: {json.dumps(one)}\n" for key, one in known.items())
    return "AIGC:\n" + "".join(rows)
