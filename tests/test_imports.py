"""Arrows only point down (docs/design/0001-rooms-and-borders.md), and the core is pure: held over the source itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "guiju"

WORDS = {"nouns", "errors", "located", "paper", "china"}
"""What every room may import."""

CORE: dict[str, set[str]] = {
    "native": set(),
    "text": {"native"},
    "media": set(),
    "moderation": {"text", "native"},
    "law": set(),
    "accounts": set(),
    "desk": set(),
    "domains": {"native"},
    "incidents": set(),
    "inventory": set(),
    "minors": {"text"},
    "complaints": set(),
    "labeling": {"media"},
    "evidence": set(),
    "identity": set(),
    "proxies": set(),
}
"""Core rooms, and the rooms each may import besides itself and the words."""

SETTINGS = {"settings", "keyfiles", "django_settings"}
STORE = {*CORE, *SETTINGS}
SHELLS: dict[str, set[str]] = {
    "webhooks": {*STORE, "store"},
    "upkeep": {*STORE, "store", "webhooks", "releases"},
    "releases": {*STORE, "store"},
    "gateway": {*STORE, "store", "releases"},
    "console": {*STORE, "store", "releases"},
    "cli": {*STORE, "store", "gateway", "console", "releases"},
}
"""Shells, and what each may import: everything below."""

SERVER = "gateway/server.py"
STARTED_BY_SERVER = ("guiju.console.asgi", "guiju.upkeep")
"""The one module that starts the others beside the gateway, and all it may know of them."""

ALLOWED: dict[str, set[str]] = {
    **CORE,
    "store": STORE,
    **SHELLS,
    "nouns": set(),
    "errors": set(),
    "located": set(),
    "paper": set(),
    "china": set(),
    "keyfiles": set(),
    "settings": {"proxies"},
    "django_settings": {"settings", "keyfiles"},
}

NETWORK = {
    "socket",
    "ssl",
    "http",
    "urllib.request",
    "aiohttp",
    "httpx",
    "requests",
    "asyncio",
    "selectors",
    "subprocess",
}
FRAMEWORKS = {"django", "uvicorn", "typer", "rich", "pydantic", "pydantic_settings"}
CLOCKS = {
    "time.time", "time.time_ns", "time.localtime", "time.gmtime", "datetime.now", "datetime.utcnow", "datetime.today",
    "date.today", "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.date.today", "datetime.datetime.today",
}  # fmt: skip
"""Clocks that tell the time of day. Measuring how long something takes is not among them: budgets need that."""


def modules() -> list[Path]:
    return sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)


def room_of(path: Path) -> str:
    first = path.relative_to(SOURCE).parts[0]
    return first.removesuffix(".py")


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported, whether at the top or inside a function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: relative import"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def dotted(node: ast.expr) -> str:
    """``a.b.c`` for an attribute chain, empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (left := dotted(node.value)):
        return f"{left}.{node.attr}"
    return ""


def crossings(path: Path, tree: ast.AST) -> Iterator[str]:
    """Imports of other rooms that the borders do not allow."""
    room = room_of(path)
    where = path.relative_to(SOURCE).as_posix()
    for line, name in imported(tree):
        parts = name.split(".")
        if parts[0] != "guiju" or len(parts) < 2:
            continue
        other = parts[1]
        if other in {room, "__version__", *WORDS, *ALLOWED.get(room, set())}:
            continue
        if where == SERVER and name.startswith(STARTED_BY_SERVER):
            continue
        yield f"{where}:{line} imports {name}"


def impurities(path: Path, tree: ast.AST) -> Iterator[str]:
    """Frameworks, network and wall clocks in a core room."""
    where = path.relative_to(SOURCE).as_posix()
    for line, name in imported(tree):
        for banned in NETWORK | FRAMEWORKS:
            if name == banned or name.startswith(banned + "."):
                yield f"{where}:{line} imports {name}"
        if name in CLOCKS:
            yield f"{where}:{line} imports the clock {name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and dotted(node.func) in CLOCKS:
            yield f"{where}:{node.lineno} reads the clock: {dotted(node.func)}()"


def parsed(path: Path) -> ast.AST:
    return ast.parse(path.read_text("utf-8"), str(path))


def test_every_room_has_its_borders_written_down() -> None:
    rooms = {room_of(path) for path in modules()} - {"__init__", "__main__"}
    assert rooms <= set(ALLOWED), f"rooms without borders: {sorted(rooms - set(ALLOWED))}"


def test_imports_only_point_down() -> None:
    assert [crossing for path in modules() for crossing in crossings(path, parsed(path))] == []


def test_the_core_knows_no_framework_no_network_and_no_clock() -> None:
    core = [path for path in modules() if room_of(path) in CORE]
    assert len(core) > 30
    assert [impurity for path in core for impurity in impurities(path, parsed(path))] == []


def test_no_shell_writes_rows_itself() -> None:
    """Rows are written by `guiju.store` alone; shells call its functions."""
    writes = {"save", "delete", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "create_user"}
    found = [
        f"{path.relative_to(SOURCE)}:{node.lineno} calls .{node.func.attr}()"
        for path in modules()
        if room_of(path) in SHELLS
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in writes
    ]
    assert found == []


@pytest.mark.parametrize(
    ("source", "finder", "expected"),
    [
        ("from guiju.store import keys", crossings, 1),
        ("def f():\n    import guiju.gateway.app", crossings, 1),
        ("from guiju.nouns import Part", crossings, 0),
        ("from guiju.text.reading import read", crossings, 0),
        ("import asyncio", impurities, 1),
        ("from django.db import models", impurities, 1),
        ("import time\ntime.time()", impurities, 1),
        ("import time\ntime.perf_counter()", impurities, 0),
        ("from datetime import datetime\nx = datetime.now()", impurities, 1),
        ("from time import time", impurities, 1),
    ],
)
def test_the_finders_find(source: str, finder: object, expected: int) -> None:
    assert callable(finder)
    assert len(list(finder(SOURCE / "moderation" / "made_up.py", ast.parse(source)))) == expected
