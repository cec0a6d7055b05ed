"""What the codes of this room are called, Chinese and English: reasons, scopes of guardians' decisions, cases, states."""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec


class Name(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A code and what it is called."""

    code: str
    zh: str
    en: str


@cache
def _known() -> dict[str, Name]:
    source = resources.files("guiju.minors").joinpath("data", "names.yaml").read_bytes()
    return {name.code: name for name in msgspec.yaml.decode(source, type=tuple[Name, ...])}


def named(code: str) -> Name:
    """The name of a code, or of a path of codes such as ``limit.daily``; what nobody named is called by its code."""
    known = [_known().get(part) or Name(part, part, part) for part in code.split(".")]
    return Name(code, "：".join(name.zh for name in known), ": ".join(name.en for name in known))
