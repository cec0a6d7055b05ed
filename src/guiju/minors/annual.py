"""The two yearly documents about minors, from templates of fields: the public report and the audit of their information."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

from guiju.paper import Paper, Template, write

Kind = Literal["public", "audit"]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    confidence: str
    source_zh: str
    source_en: str
    documents: tuple[Template, ...]


@cache
def _file() -> _File:
    source = resources.files("guiju.minors").joinpath("data", "annual.yaml").read_bytes()
    return msgspec.yaml.decode(source, type=_File)


def template(kind: Kind) -> Template:
    """The fields of a document."""
    return next(one for one in _file().documents if one.id == kind)


def document(kind: Kind, values: Mapping[str, str]) -> Paper:
    """The document with ``values`` in its fields; what a person has to write is marked and listed."""
    return write(template(kind), values, f"{_file().source_zh} / {_file().source_en}")
