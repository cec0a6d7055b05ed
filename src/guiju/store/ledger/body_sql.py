"""Looking into the bodies of records inside the database, the same on SQLite and PostgreSQL.

Bodies are canonical JSON kept as bytes. A body may hold ``\\u0000`` in a name a client sent; PostgreSQL's JSON functions
refuse such a document, and one record must not stop every report: there the escape is taken out first. Values come out
as JSON text and are decoded by the caller.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, IntegerField, TextField
from django.db.models.sql.compiler import SQLCompiler

_MARK = b'"failures":[{'.hex()
_TEXTLESS = b'"position":"","reason":"empty"}'.hex()
_NUL = rb"\u0000".hex()
_SQLITE_TEXT = "CAST(%(expressions)s AS TEXT)"
_POSTGRESQL_JSON = (
    f"(CASE WHEN position('\\x{_NUL}'::bytea in %(expressions)s) > 0 "
    r"THEN regexp_replace(convert_from(%(expressions)s, 'UTF8'), '(?<!\\)((?:\\\\)*)\\u0000', '\1', 'g') "
    "ELSE convert_from(%(expressions)s, 'UTF8') END)::json"
)


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


class HasNoText(_OnBody):
    """Whether the label is missing because the answer had no text, by the bytes of its entry, which no string can hold."""

    output_field = BooleanField()
    sqlite = f"(instr(%(expressions)s, x'{_TEXTLESS}') > 0)"
    postgresql = f"(position('\\x{_TEXTLESS}'::bytea in %(expressions)s) > 0)"


class Failures(_OnBody):
    """How many checks of ``direction`` (``prompt`` or ``answer``) failed."""

    output_field = IntegerField()
    sqlite = f"json_array_length({_SQLITE_TEXT}, '$.%(direction)s.failures')"
    postgresql = f"json_array_length({_POSTGRESQL_JSON} #> '{{%(direction)s,failures}}')"

    def __init__(self, direction: str) -> None:
        super().__init__(direction=direction)


class Upstream(_OnBody):
    """The model's name upstream, as a JSON string."""

    output_field = TextField()
    sqlite = f"json_quote(json_extract({_SQLITE_TEXT}, '$.upstream'))"
    postgresql = f"({_POSTGRESQL_JSON} #> '{{upstream}}')::text"


class PolicyName(_OnBody):
    """The version of the moderation policy it was judged by, as a JSON string; under an age band it ends with that."""

    output_field = TextField()
    sqlite = f"json_quote(json_extract({_SQLITE_TEXT}, '$.policy'))"
    postgresql = f"({_POSTGRESQL_JSON} #> '{{policy}}')::text"


class LabelText(_OnBody):
    """The implicit label exactly as sent, as a JSON string."""

    output_field = TextField()
    sqlite = f"json_quote(json_extract({_SQLITE_TEXT}, '$.label.implicit'))"
    postgresql = f"({_POSTGRESQL_JSON} #> '{{label,implicit}}')::text"
