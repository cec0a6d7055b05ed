"""The register of integrations as a regulator asks for it: a CSV in Chinese, with moments of China's time and no keys."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from functools import cache
from importlib import resources

import msgspec
from django.utils.translation import override

from guiju.china import CHINA
from guiju.store.inventory import DAYS, Line, reconcile
from guiju.store.models import Integration

_NAMED = frozenset({"purpose", "minors", "status"})
"""Columns that hold one of a few choices, told by its name."""


class Column(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A column by its code, with its heading."""

    code: str
    zh: str
    en: str

    @property
    def heading(self) -> str:
        """Both languages, so that whoever reads either finds the column."""
        return f"{self.zh} {self.en}"


@cache
def columns() -> tuple[Column, ...]:
    """The columns in their order."""
    source = resources.files("guiju.store").joinpath("data", "register.yaml").read_bytes()
    return msgspec.yaml.decode(source, type=tuple[Column, ...])


def register(now: datetime, days: int = DAYS) -> str:
    """The register as CSV, with a mark by which spreadsheets know UTF-8. No keys stand in it."""
    lines = {line.id: line for line in reconcile(now, days).lines}
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(column.heading for column in columns())
    with override("zh-hans"):
        for row in Integration.objects.select_related("service").order_by("name", "id"):
            writer.writerow(_cell(_value(row, lines[row.pk], column.code)) for column in columns())
    return "\ufeff" + out.getvalue()


def _value(row: Integration, line: Line, code: str) -> object:
    match code:
        case "service":
            return str(row.service)
        case "models_allowed":
            return " ".join(row.models_allowed)
        case "calls" | "last_call":
            return getattr(line, code)
        case "remarks":
            return "; ".join(remark.zh for remark in line.remarks)
    return getattr(row, f"get_{code}_display")() if code in _NAMED else getattr(row, code)


def _cell(value: object) -> str:
    """A value as text that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    text = f"{value.astimezone(CHINA):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
