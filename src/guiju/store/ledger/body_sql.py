"""Looking into the bodies of records inside the database, the same on SQLite and PostgreSQL.

Bodies are canonical JSON kept as bytes. PostgreSQL reads them as ``json``, never ``jsonb``: a body may hold ``\\u0000``
in a name a client sent, which ``jsonb`` refuses, and one such record must not stop every report. Values come out as
JSON text and are decoded by the caller.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, IntegerField, TextField
from django.db.models.sql.compiler import SQLCompiler

_MARK = b'"failures":[{'.hex()


class _OnBody(Func):
    """A function of ``body`` with a statement per database."""

    sqlite = ""
    postgresql = ""

    def __init__(self, **extra: Any) -> None:
        super().__init__(F("body"), **extra)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """The statement for SQLite."""
        return self.as_sql(compiler, connection, template=self.sqlite, **context)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """The statement for PostgreSQL."""
        return self.as_sql(compiler, connection, template=self.postgresql, **context)


class HasFailures(_OnBody):
    """Whether any check failed, found by looking for bytes: cheap, and never wrong about "no"."""

    output_field = BooleanField()
    sqlite = f"(instr(%(expressions)s, x'{_MARK}') > 0)"
    postgresql = f"(position('\\x{_MARK}'::bytea in %(expressions)s) > 0)"


class Failures(_OnBody):
    """How many checks of ``direction`` (``prompt`` or ``answer``) failed."""

    output_field = IntegerField()
    sqlite = "json_array_length(CAST(%(expressions)s AS TEXT), '$.%(direction)s.failures')"
    postgresql = "json_array_length(convert_from(%(expressions)s, 'UTF8')::json #> '{%(direction)s,failures}')"

    def __init__(self, direction: str) -> None:
        super().__init__(direction=direction)


class Upstream(_OnBody):
    """The model's name upstream, as a JSON string."""

    output_field = TextField()
    sqlite = "json_quote(json_extract(CAST(%(expressions)s AS TEXT), '$.upstream'))"
    postgresql = "(convert_from(%(expressions)s, 'UTF8')::json #> '{upstream}')::text"


class LabelText(_OnBody):
    """The implicit label exactly as sent, as a JSON string."""

    output_field = TextField()
    sqlite = "json_quote(json_extract(CAST(%(expressions)s AS TEXT), '$.label.implicit'))"
    postgresql = "(convert_from(%(expressions)s, 'UTF8')::json #> '{label,implicit}')::text"
