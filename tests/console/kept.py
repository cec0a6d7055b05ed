"""What a test starts from, made once and put back from memory: rows, files and the objects that stand for them.

Making it goes through the services, their checks and their hashes, a third of a second each time; putting it back is a
few inserts. It is made anew after a minute, so that what is "now" in it stays now, and wherever a test stored anything
before asking for it.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from django.conf import settings
from django.db import connection, transaction

T = TypeVar("T")
Rows = dict[str, list[tuple[object, ...]]]
FRESH_S = 60.0


@dataclass(frozen=True)
class _Made(Generic[T]):
    at: float
    before: Rows
    added: Rows
    files: dict[str, bytes]
    value: T


class Kept(Generic[T]):
    """One such start.

    Args:
        make: stores it and returns its objects.
        shared: what in them is not copied.
    """

    def __init__(self, make: Callable[[], T], shared: Callable[[T], tuple[object, ...]]) -> None:
        self._make, self._shared = make, shared
        self._made: _Made[T] | None = None

    def put(self) -> T:
        """Its objects, with its rows in the database of this moment."""
        before, made = _rows(), self._made
        if made is None or time.monotonic() - made.at > FRESH_S:
            self._made = made = self._new(before)
        elif made.before != before:
            return self._make()
        else:
            _insert(made.added)
            _write(made.files)
        return self._copied(made.value)

    def _new(self, before: Rows) -> _Made[T]:
        value = self._make()
        after = _rows()
        added = {name: [row for row in rows if row not in before[name]] for name, rows in after.items()}
        return _Made(time.monotonic(), before, added, _files(), self._copied(value))

    def _copied(self, value: T) -> T:
        return copy.deepcopy(value, {id(one): one for one in self._shared(value)})


def _rows() -> Rows:
    with connection.cursor() as cursor:
        names = [name for name in connection.introspection.table_names(cursor) if name != "django_migrations"]
        found: Rows = {}
        for name in names:
            cursor.execute(f'SELECT * FROM "{name}"')
            found[name] = cursor.fetchall()
        return found


def _insert(added: Rows) -> None:
    """With the numbers they had: PostgreSQL's sequences stay ahead of them, as no rollback takes a sequence back."""
    with transaction.atomic(), connection.cursor() as cursor:
        for name, rows in added.items():
            if rows:
                places = ", ".join(["%s"] * len(rows[0]))
                cursor.executemany(f'INSERT INTO "{name}" VALUES ({places})', rows)


def _files() -> dict[str, bytes]:
    root = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def _write(files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = Path(settings.MEDIA_ROOT) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
