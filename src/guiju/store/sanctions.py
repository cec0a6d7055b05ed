"""Stored sanctions as the ladder takes them."""

from __future__ import annotations

from guiju.accounts import Sanction, Step
from guiju.store import models
from guiju.store.moments import micros


def as_value(row: models.Sanction) -> Sanction:
    """A stored sanction as a value of the accounts room."""
    return Sanction(
        step=Step(row.step),
        rule=row.rule,
        starts=micros(row.starts_at),
        ends=micros(row.expires_at) if row.expires_at is not None else None,
        lifted=micros(row.lifted_at) if row.lifted_at is not None else None,
        records=tuple(str(record) for record in row.records),
    )
