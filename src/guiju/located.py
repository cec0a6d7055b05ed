"""YAML whose mistakes know their place: read as a typed value, every fault as ``line:column: message``.

A path names a value the way msgspec does: ``$.rules[1].step``. A path that leads nowhere stands for the nearest value
above it that exists, so that a missing entry is told at the mapping it is missing from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec
import yaml
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from guiju.errors import GuijuError

T = TypeVar("T")
Fault = tuple[str, str]
"""A path and a message."""

DEEPEST = 60
"""So deep may a document be nested; what ships needs ten."""

_STEP = re.compile(r"\.([\w.-]+?)(?=[.\[]|$)|\[(\d+|\.\.\.)\]")


class NotYaml(Exception):
    """The text is no YAML; ``line`` and ``column`` count from 1."""

    def __init__(self, line: int, column: int, problem: str) -> None:
        super().__init__(f"{line}:{column}: YAML: {problem}")
        self.line, self.column, self.problem = line, column, problem


class _Bounded:
    """Refuses what is nested deeper than anybody writes, before it fills the stack."""

    _depth = 0

    def descend_resolver(self, parent: yaml.Node | None, _index: Any) -> None:
        """Into one more node; called for each that is composed."""
        self._depth += 1
        if self._depth > DEEPEST:
            mark = parent.start_mark if parent else None
            raise yaml.MarkedYAMLError(problem=f"nested more than {DEEPEST} deep", problem_mark=mark)

    def ascend_resolver(self) -> None:
        """Out of it again."""
        self._depth -= 1


class _Explaining(_Bounded, yaml.SafeLoader):
    """Pure Python: slow, and the one whose messages people understand."""


if yaml.__with_libyaml__:

    class _Quick(_Bounded, Composer, yaml.cyaml.CParser, SafeConstructor, Resolver):  # type: ignore[name-defined,misc]
        """Events from libyaml, ten times as fast; composed in Python, as libyaml's own composer fills the stack."""

        def __init__(self, source: str) -> None:
            yaml.cyaml.CParser.__init__(self, source)  # type: ignore[attr-defined]
            Composer.__init__(self)
            SafeConstructor.__init__(self)
            Resolver.__init__(self)


def reader(source: str) -> Any:
    """PyYAML's safe loader over a text that people wrote: ``get_single_node``, ``construct_document``; raises its errors.

    The nodes and their marks are those of ``yaml.SafeLoader``; only the words of a syntax error are libyaml's, where
    PyYAML was built with it.
    """
    return _Quick(source) if yaml.__with_libyaml__ else _Explaining(source)


def compose(source: str) -> yaml.Node | None:
    """The document as nodes that carry their marks; None where it is empty.

    Raises:
        NotYaml: at the first place that cannot be read.
    """
    return _composed(source)[1]


def _composed(source: str) -> tuple[Any, yaml.Node | None]:
    """The loader, which makes values of the nodes, and the root."""
    try:
        loader = reader(source)
        return loader, loader.get_single_node()
    except (yaml.YAMLError, UnicodeError):  # once more, for the better words
        try:
            loader = _Explaining(source)
            return loader, loader.get_single_node()
        except yaml.YAMLError as error:
            raise _unread(error) from error


def _unread(error: yaml.YAMLError) -> NotYaml:
    if not isinstance(error, yaml.MarkedYAMLError):
        return NotYaml(1, 1, str(error))
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return NotYaml(line, column, str(error.problem))


def typed(
    source: str, wanted: type[T], faults: Callable[[T], Iterable[Fault]], refusal: Callable[..., GuijuError]
) -> T:
    """The document as a ``wanted``, examined by ``faults`` for what types cannot say.

    Raises:
        GuijuError: what ``refusal(detail=…)`` makes, its detail holding one line for each mistake.
    """
    try:
        loader, root = _composed(source)
        value = msgspec.convert(None if root is None else loader.construct_document(root), wanted)
    except NotYaml as error:
        raise refusal(detail=str(error)) from error
    except yaml.YAMLError as error:  # composed, and yet no value: a tag nobody knows
        raise refusal(detail=str(_unread(error))) from error
    except ValueError as error:  # of the wrong type; or no date, such as 2026-13-01, and then without a path
        message, _, path = str(error).partition(" - at `")
        raise refusal(detail=at(root, path.rstrip("`"), message)) from error
    mistakes = [at(root, path, message) for path, message in faults(value)]
    if mistakes:
        raise refusal(detail="\n".join(mistakes))
    return value


def at(root: yaml.Node | None, path: str, message: str) -> str:
    """``line:column: message`` for the value that ``path`` leads to, or the nearest above it."""
    node = root
    for name, index in _STEP.findall(path.removeprefix("$")):
        child = _child(node, name, index)
        if child is None:
            break
        node = child
    if node is None:
        return f"1:1: {message}"
    return f"{node.start_mark.line + 1}:{node.start_mark.column + 1}: {message}"


def _child(node: yaml.Node | None, name: str, index: str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode) and name:
        return next((value for key, value in node.value if key.value == name), None)
    if isinstance(node, yaml.SequenceNode) and index.isdigit():
        return next(iter(node.value[int(index) :]), None)
    return None
