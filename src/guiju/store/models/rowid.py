"""A 64-bit primary key that SQLite keeps as the row's own address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    _BigInteger = models.BigIntegerField[int, int]
else:  # the generic form exists only for the type checker
    _BigInteger = models.BigIntegerField


class RowIdField(_BigInteger):
    """A bigint whose SQLite column is an ``INTEGER PRIMARY KEY``.

    Django's own choice there, ``bigint PRIMARY KEY``, costs a second index beside the table: one more page to write and
    to log for every record.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        """``integer`` on SQLite (64 bits there), ``bigint`` elsewhere."""
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)

    def rel_db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        """The same for columns that refer to it."""
        return self.db_type(connection)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "guiju.store.models.rowid.RowIdField", args, kwargs
