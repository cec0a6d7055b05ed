"""The yearly documents about minors with what was counted in them."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings

from guiju.minors.annual import Kind, document
from guiju.minors.names import named
from guiju.paper import Paper
from guiju.store import care, minors_years
from guiju.store.minors_report import YearReport, of_year
from guiju.store.models import Service


def of(service: Service, year: int, kind: Kind) -> Paper:
    """A document of one calendar year in China."""
    counted = of_year(service, year)
    values = {
        "operator_name": settings.GUIJU.notices.values.get("operator", ""),
        "service": counted.service,
        "year": str(year),
        "policy": f"{counted.policy}（{counted.policies}）",
        "accounts": "\n".join(f"{band}: {n}" for band, n in _bands(counted).items()),
        "suspicions": f"切换 switched {counted.suspected}；申诉成立 cleared {counted.cleared}",
        "denials": _lines(counted.denied),
        "reminders": _lines(counted.reminded),
        "use": f"{counted.days} 账号日 account-days，{counted.minutes} 分钟 minutes",
        "guardians": _lines({**counted.guardians, "withdrawn": counted.withdrawn}),
        "cases": _lines(
            {f"{kind}.{state}": n for kind, states in counted.cases.items() for state, n in states.items()}
        ),
        "companion": _lines({"exits": counted.exits, "retained": counted.retained, **counted.heard}),
        "access": str(len(minors_years.looks(service.pk, year))),
    }
    return document(kind, values)


def _bands(counted: YearReport) -> dict[str, int]:
    """Accounts by the names of their bands."""
    policy = care.policy_in_force()
    names = {band.id: f"{band.zh} {band.en}" for band in policy.bands}
    return {names.get(band, "未知 unknown"): n for band, n in counted.bands.items()}


def _lines(counts: Mapping[str, int]) -> str:
    """One count a line, each by its name."""
    return "\n".join(f"{name.zh} {name.en}: {n}" for code, n in counts.items() for name in (named(code),)) or "0"
