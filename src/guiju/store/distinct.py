"""The different values of an indexed column, one index lookup a value, however many rows there are."""

from __future__ import annotations

from django.db import connection
from django.db.models import Model

_LOOSELY = """
    WITH RECURSIVE seen(value) AS (
        SELECT MIN({column}) FROM {table}
        UNION ALL
        SELECT (SELECT MIN({column}) FROM {table} WHERE {column} > seen.value) FROM seen WHERE seen.value IS NOT NULL
    )
    SELECT value FROM seen WHERE value IS NOT NULL
"""


def values_of(model: type[Model], field: str) -> list[str]:
    """Every value that ``field`` has in some row, in the database's order. The field leads an index of its table."""
    quote = connection.ops.quote_name
    column = quote(str(getattr(model._meta.get_field(field), "column", field)))
    with connection.cursor() as cursor:
        cursor.execute(_LOOSELY.format(column=column, table=quote(model._meta.db_table)))
        return [value for (value,) in cursor.fetchall()]
