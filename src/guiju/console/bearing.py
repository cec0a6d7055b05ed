"""Which obligations a finding bears on."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from guiju.law.book import rules
from guiju.law.schema import Obligation
from guiju.moderation.policy import under

_FILE = Path(__file__).parent / "data" / "risk_obligations.yaml"


class Bearing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the file: a risk, with everything under it, and the ids of the obligations."""

    risk: str
    obligations: tuple[str, ...]


@cache
def bearings() -> tuple[Bearing, ...]:
    """The lines of the file, the most particular risk first."""
    found = msgspec.yaml.decode(_FILE.read_bytes(), type=tuple[Bearing, ...])
    return tuple(sorted(found, key=lambda line: -len(line.risk)))


def obligations_of(risk: str) -> list[Obligation]:
    """The obligations that findings of this risk bear on."""
    line = next((line for line in bearings() if under(risk, line.risk)), None)
    return [rules().obligation(key) for key in line.obligations] if line else []
