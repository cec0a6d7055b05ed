"""Reads a YAML file together with the line and column of everything in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from guiju import located
from guiju.errors import LawSchemaError, LawSyntaxError
from guiju.law.diagnostics import Faults, Place, nearest

_MERGE = "tag:yaml.org,2002:merge"

Path_ = tuple[str | int, ...]
T = TypeVar("T", bound=msgspec.Struct)


class Source:
    """One YAML file: its plain data and where each part of it stands.

    Attributes:
        name: the path shown in diagnostics.
        data: mappings, lists and scalars; ``None`` when the file is empty or unreadable (a fault was noted).
    """

    def __init__(self, name: str, text: str, faults: Faults) -> None:
        self.name = name
        self._lines = text.splitlines()
        self._faults = faults
        self._values: dict[Path_, tuple[int, int]] = {}
        self._keys: dict[Path_, tuple[int, int]] = {}
        self.data: Any = self._parse(text)

    @classmethod
    def read(cls, path: Path, root: Path, faults: Faults) -> Source:
        """The file at ``path``, named relative to ``root``."""
        return cls(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"), faults)

    def place(self, *path: str | int, key: bool = False) -> Place:
        """Where the value at ``path`` stands (its key, if asked); the nearest enclosing part when it is absent."""
        while path:
            found = (self._keys if key else self._values).get(path)
            if found:
                return self._place(*found)
            path, key = path[:-1], False
        return self._place(*self._values.get((), (0, 0)))

    def convert(self, path: Path_, kind: type[T]) -> T | None:
        """The part at ``path`` as a struct; notes a fault and answers ``None`` when it does not fit."""
        part: Any = self.data
        for step in path:
            part = part[step]
        try:
            return msgspec.convert(part, kind)
        except msgspec.ValidationError as error:
            self._misfit(path, kind, str(error))
            return None

    def items(self, kind: type[T], *path: str | int) -> list[tuple[T, Path_]]:
        """The list at ``path`` as structs, each with its own path; items that do not fit are noted and left out."""
        part: Any = self.data
        for step in path:
            part = part[step]
        if not isinstance(part, list):
            self._faults.add(LawSchemaError, self.place(*path), f"expected a list, got {type(part).__name__}")
            return []
        fitting = ((self.convert((*path, i), kind), (*path, i)) for i in range(len(part)))
        return [(item, where) for item, where in fitting if item is not None]

    # --- parsing

    def _parse(self, text: str) -> Any:
        loader = located.reader(text)
        try:
            node = loader.get_single_node()
            return None if node is None else self._walk(loader, node, ())
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            at = self._place(mark.line, mark.column) if mark else self._place(0, 0)
            self._faults.add(LawSyntaxError, at, getattr(error, "problem", None) or str(error))
            return None
        finally:
            loader.dispose()

    def _walk(self, loader: Any, node: yaml.Node, path: Path_) -> Any:
        self._values[path] = (node.start_mark.line, node.start_mark.column)
        if isinstance(node, yaml.SequenceNode):
            return [self._walk(loader, child, (*path, i)) for i, child in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(loader, node, path)
        return loader.construct_object(node)

    def _mapping(self, loader: Any, node: yaml.MappingNode, path: Path_) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            at = (key_node.start_mark.line, key_node.start_mark.column)
            if key_node.tag == _MERGE:
                self._faults.add(
                    LawSyntaxError, self._place(*at), "merge keys are not used here", "write the fields out"
                )
                continue
            key = loader.construct_object(key_node)
            if key in result:
                self._faults.add(LawSyntaxError, self._place(*at), f"key {key!r} appears twice", "remove one of them")
            self._keys[(*path, key)] = at
            result[key] = self._walk(loader, value_node, (*path, key))
        return result

    def _place(self, line: int, column: int) -> Place:
        text = self._lines[line] if line < len(self._lines) else ""
        return Place(self.name, line + 1, column + 1, text)

    # --- schema faults

    def _misfit(self, path: Path_, kind: type[msgspec.Struct], message: str) -> None:
        text, _, where = message.partition(" - at `$")
        inner = _steps(where.rstrip("`"))
        unknown = re.search(r"unknown field `(\w+)`", text)
        if unknown:
            place = self.place(*path, *inner, unknown[1], key=True)
            fields = _fields(kind, inner)
            self._faults.add(LawSchemaError, place, f"unknown field {unknown[1]!r}", nearest(unknown[1], fields))
            return
        missing = re.search(r"missing required field `(\w+)`", text)
        if missing:
            place = self.place(*path, *inner)
            self._faults.add(LawSchemaError, place, f"missing field {missing[1]!r}", f"add {missing[1]}: …")
            return
        self._faults.add(LawSchemaError, self.place(*path, *inner), text.replace("`", "'"))


def _steps(where: str) -> Path_:
    """``[3].clauses[0].article`` as path steps."""
    return tuple(int(i) if i else name for i, name in re.findall(r"\[(\d+)\]|\.(\w+)", where))


def _fields(kind: type[msgspec.Struct], inner: Path_) -> list[str]:
    """The field names of the struct at the top of ``kind``; none for nested ones, whose type is not resolved here."""
    return [] if inner else [f.encode_name for f in msgspec.structs.fields(kind)]
