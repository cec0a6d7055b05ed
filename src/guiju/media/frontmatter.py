"""The YAML front matter of a text: its bounds, and the span and value of one of its keys.

Scalars are taken as they are written: YAML would read ``0011…`` as an octal number.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import msgspec
import yaml

from guiju.errors import MediaLayoutUnsupported

LONGEST: Final = 32 << 10
"""The longest front matter that is parsed, in characters; YAML is slow, and aliases are refused."""

_DEPTH = 24
_BLOCK = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.S | re.M)


class FrontMatter(msgspec.Struct, frozen=True):
    """Where the YAML stands in the text, and the YAML itself."""

    start: int
    end: int
    yaml: str


class Entry(msgspec.Struct, frozen=True):
    """A key of a mapping: its lines in the YAML, and its value: a string, a list or a mapping of such."""

    start: int
    end: int
    value: object


def find(text: str) -> FrontMatter | None:
    """The front matter at the head of ``text``; None if there is none, or if it is no mapping."""
    match = _BLOCK.match(text[: LONGEST + 16])
    if match is None:
        return None
    root = _compose(match.group(1))
    if match.group(1).strip() and not isinstance(root, yaml.MappingNode):
        return None
    return FrontMatter(match.start(1), match.end(1), match.group(1))


def entries(source: str, key: str) -> list[Entry]:
    """Every occurrence of ``key`` (in any case) at the top of the mapping ``source``; empty if it is none.

    Raises:
        MediaLayoutUnsupported: the mapping is written in braces, so that no line can be exchanged.
    """
    root = _compose(source)
    if not isinstance(root, yaml.MappingNode):
        return []
    found = []
    pairs = list(root.value)
    for number, (name, value) in enumerate(pairs):
        if isinstance(name, yaml.ScalarNode) and name.value.upper() == key.upper():
            if root.flow_style:
                raise MediaLayoutUnsupported(what="YAML", detail="front matter in braces")
            last = number + 1 == len(pairs)
            end = len(source) if last else _line(source, pairs[number + 1][0].start_mark.index)
            found.append(Entry(_line(source, name.start_mark.index), end, plain(value)))
    return found


def plain(node: yaml.Node, depth: int = 0) -> object:
    """A node as strings, lists and dicts; the repeated and the deep are cut off."""
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    if depth > 8:
        return ""
    if isinstance(node, yaml.MappingNode):
        return {str(plain(key, 9)): plain(value, depth + 1) for key, value in node.value}
    return [plain(one, depth + 1) for one in node.value] if isinstance(node, yaml.SequenceNode) else ""


class _Loader(yaml.SafeLoader):
    """Composes nodes; an alias is an error, so that nothing can multiply, and so is deep nesting, which is slow."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent) or self._depth > _DEPTH:
            raise yaml.YAMLError("an alias, or nested too deep")
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


@lru_cache(maxsize=2)  # bounds, entries and the edit of one text each ask for it
def _compose(source: str) -> yaml.Node | None:
    try:
        return yaml.compose(source, _Loader) if len(source) <= LONGEST else None
    except (yaml.YAMLError, RecursionError, ValueError):
        return None


def _line(source: str, index: int) -> int:
    return source.rfind("\n", 0, index) + 1
