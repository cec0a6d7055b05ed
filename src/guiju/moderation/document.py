"""Reading YAML the way a compiler reads source: every mistake with its line, its column and a hint, all in one go.

``parse`` gives the root ``Node``; each accessor checks one expectation, notes a ``Diagnostic`` where it fails and goes on
with a harmless value, so that a user sees all mistakes at once.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec
import yaml

from guiju import located


class Diagnostic(msgspec.Struct, frozen=True):
    """One mistake: where (counted from 1), what, and what to write instead."""

    line: int
    column: int
    message: str
    hint: str


def render(source: str, name: str, diagnostics: Collection[Diagnostic]) -> str:
    """The diagnostics as text, each with its source line and a mark under the place."""
    lines = source.splitlines()
    return "\n".join(_render_one(lines, name, d) for d in sorted(diagnostics, key=lambda d: (d.line, d.column)))


def _render_one(lines: list[str], name: str, d: Diagnostic) -> str:
    shown = lines[d.line - 1] if 0 < d.line <= len(lines) else ""
    gutter = f"{d.line:>5} | "
    mark = " " * (len(gutter) - 2) + "| " + " " * (d.column - 1) + "^"
    return f"{name}:{d.line}:{d.column}: {d.message}\n{gutter}{shown}\n{mark}\n      = {d.hint}"


class Node:
    """A value in the document that knows its place."""

    def __init__(self, node: yaml.Node, diagnostics: list[Diagnostic]) -> None:
        self._node = node
        self._diagnostics = diagnostics

    def wrong(self, message: str, hint: str) -> None:
        """Note a mistake at this value."""
        mark = self._node.start_mark
        self._diagnostics.append(Diagnostic(mark.line + 1, mark.column + 1, message, hint))

    def mapping(self, known: Collection[str] = ()) -> dict[str, Node]:
        """The entries of a mapping; keys outside ``known`` (where given) and repeated keys are mistakes."""
        if not isinstance(self._node, yaml.MappingNode):
            self.wrong("此处应为键值表 (a mapping is expected here)", "写成 key: value 的形式 (write key: value)")
            return {}
        entries: dict[str, Node] = {}
        for key_node, value in self._node.value:
            key = str(key_node.value)
            if key in entries:
                Node(key_node, self._diagnostics).wrong(f"重复的键 {key} (repeated key)", "删去其一 (remove one)")
            elif known and key not in known:
                Node(key_node, self._diagnostics).wrong(
                    f"未知的键 {key} (unknown key)", "可用 (known): " + ", ".join(known)
                )
            else:
                entries[key] = Node(value, self._diagnostics)
        return entries

    def require(self, entries: dict[str, Node], *keys: str) -> bool:
        """Whether all ``keys`` are among ``entries``; each missing one is a mistake at this value."""
        missing = [key for key in keys if key not in entries]
        for key in missing:
            self.wrong(f"缺少 {key} (missing {key})", f"补上 {key}: … (add {key}: …)")
        return not missing

    def sequence(self) -> list[Node]:
        """The items of a list."""
        if not isinstance(self._node, yaml.SequenceNode):
            self.wrong("此处应为列表 (a list is expected here)", "写成 [a, b] 或逐行以 - 开头 (write [a, b])")
            return []
        return [Node(item, self._diagnostics) for item in self._node.value]

    def text(self) -> str:
        """A piece of text."""
        if not isinstance(self._node, yaml.ScalarNode):
            self.wrong(
                "此处应为文字 (text is expected here)", "写成一行文字，必要时加引号 (write one line, quoted if needed)"
            )
            return ""
        return str(self._node.value)

    def items(self) -> list[Node]:
        """The items of a list, or this value alone where it is no list."""
        return self.sequence() if isinstance(self._node, yaml.SequenceNode) else [self]

    def texts(self) -> tuple[str, ...]:
        """One text or a list of texts."""
        return tuple(item.text() for item in self.items())

    def keyed(self) -> list[tuple[Node, Node]]:
        """The entries of a mapping as pairs of key and value, both knowing their place."""
        self.mapping()
        pairs = self._node.value if isinstance(self._node, yaml.MappingNode) else []
        return [(Node(key, self._diagnostics), Node(value, self._diagnostics)) for key, value in pairs]

    def choice(self, options: Collection[str], default: str) -> str:
        """One of ``options``."""
        value = self.text()
        if value in options:
            return value
        self.wrong(f"不能是 {value!r} (not one of the values)", "可用 (one of): " + ", ".join(options))
        return default

    def number(self, low: float, high: float) -> float:
        """A number between ``low`` and ``high``."""
        try:
            value = float(self.text())
        except ValueError:
            value = float("nan")
        if low <= value <= high:
            return value
        self.wrong(
            "数值不在范围内 (number out of range)", f"写 {low:g} 到 {high:g} 之间的数 (between {low:g} and {high:g})"
        )
        return low


def parse(source: str) -> tuple[Node | None, list[Diagnostic]]:
    """The root of a YAML document and the list that will collect its mistakes."""
    diagnostics: list[Diagnostic] = []
    try:
        root = located.compose(source)
    except located.NotYaml as error:
        message = f"不是合法的 YAML (not YAML): {error.problem}"
        hint = "检查缩进与引号，文件须为 UTF-8 文本 (check indentation and quotes; UTF-8 text)"
        diagnostics.append(Diagnostic(error.line, error.column, message, hint))
        return None, diagnostics
    if root is None:
        diagnostics.append(Diagnostic(1, 1, "文件为空 (empty document)", "参见随附的默认文件 (see the default file)"))
        return None, diagnostics
    return Node(root, diagnostics), diagnostics
