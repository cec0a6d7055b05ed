"""How the obligations of a service stand, as screens show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import Count, Max
from django.utils import timezone

from guiju.china import china_day
from guiju.console.charts import Share, shares
from guiju.console.language import pick
from guiju.console.states import state
from guiju.law.book import Book
from guiju.law.result import Figure
from guiju.law.schema import Threshold
from guiju.law.status import DutyStatus, ObligationStatus, State
from guiju.store.models import CheckRun, Document, OperatorValue, Service
from guiju.store.services import law

ORDER = (State.PROVEN, State.DUE_SOON, State.FAILING, State.UNPROVEN, State.UNKNOWN, State.NOT_APPLICABLE)
"""In which order states are listed and drawn."""


@dataclass(frozen=True)
class DutyCard:
    """One of the eight duties on the overview."""

    status: DutyStatus
    parts: tuple[Share, ...]

    @property
    def applicable(self) -> int:
        """Obligations that apply, or may."""
        return sum(n for s, n in self.status.counts.items() if s is not State.NOT_APPLICABLE)

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        """(state, its words, how many) for the states that occur."""
        return [
            (s.value, str(state("duty", s.value).label), self.status.count(s)) for s in ORDER if self.status.count(s)
        ]


def duty_card(one: DutyStatus) -> DutyCard:
    """The card of a duty: a bar of what applies, worst states visible at a glance."""
    drawn = [s for s in ORDER if s is not State.NOT_APPLICABLE]
    parts = [(str(state("duty", s.value).label), state("duty", s.value).tone, one.count(s)) for s in drawn]
    return DutyCard(one, shares(parts))


def statuses(service: Service) -> tuple[ObligationStatus, ...]:
    """The standing of every obligation now, by the newest measurements.

    Weighing all of them takes a tenth of a second, so the answer is kept until something it rests on has changed.
    """
    return _weighed(service.pk, china_day(timezone.now()), _version(service))


def _version(service: Service) -> tuple[object, ...]:
    """What a standing rests on besides the day: it is another one when any of this is."""
    runs = CheckRun.objects.filter(service=service).aggregate(Max("id"), Max("at"))
    proofs = Document.objects.aggregate(Count("id"), Max("uploaded_at"), Max("withdrawn_at"))
    values = OperatorValue.objects.aggregate(Count("id"), Max("set_at"))
    return (service.updated_at, *runs.values(), *proofs.values(), *values.values())


@lru_cache(maxsize=16)
def _weighed(slug: str, day: date, version: tuple[object, ...]) -> tuple[ObligationStatus, ...]:
    return tuple(law.status(Service.objects.get(pk=slug), timezone.now()))


@dataclass(frozen=True)
class FigureLine:
    """A measured number in words."""

    name: str
    value: str
    needed: str
    met: bool | None


def figure_line(book: Book, figure: Figure) -> FigureLine:
    """A figure with its name, its unit, and what it is held against."""
    bound = ""
    if figure.comparison is not None and figure.threshold is not None:
        bound = f"{SYMBOLS[figure.comparison.value]} {_number(figure.threshold)} {unit(book, figure.unit)}".strip()
    value = "—" if figure.value is None else f"{_number(figure.value)} {unit(book, figure.unit)}".strip()
    return FigureLine(pick(book.figure_name(figure.name)), value, bound, figure.met)


def threshold_words(book: Book, threshold: Threshold) -> str:
    """A threshold as ``≥ 95 %``; a dash where nobody has set it."""
    if threshold.value is None:
        return "—"
    return f"{SYMBOLS[threshold.comparison.value]} {_number(threshold.value)} {unit(book, threshold.unit)}".strip()


SYMBOLS = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "==": "="}
"""Comparisons as people write them."""


def unit(book: Book, code: str) -> str:
    """The words of a unit; counts need none."""
    if code == "count":
        return ""
    named = next((u for u in book.vocabulary.units if u.code == code), None)
    return pick(named) if named else code


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")


def service_of(slug: str) -> Service | None:
    """The service asked for, else the first one."""
    return Service.objects.filter(pk=slug).first() or Service.objects.first()
