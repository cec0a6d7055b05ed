"""Security incidents and drills: what is open and what is due, grading, the timeline, the reports to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from guiju.console.access import ConsoleRequest, action, form, screen
from guiju.console.forms.incidents import (
    FIGURES,
    AnswersForm,
    EndForm,
    EntryForm,
    GradeForm,
    OpeningForm,
    SentForm,
    when,
)
from guiju.console.paging import page_of
from guiju.console.words import explain
from guiju.errors import GuijuError, InvalidField
from guiju.incidents import grade, rules
from guiju.incidents.report import Kind, template
from guiju.incidents.rules import Criterion
from guiju.paper import Paper as Document
from guiju.store.models import Incident
from guiju.store.permissions import Permission
from guiju.store.services import incidents

F = TypeVar("F", bound=forms.Form)
TABS = ("open", "closed", "drills")
KINDS: tuple[Kind, ...] = ("first", "summary")


@dataclass(frozen=True)
class ClockLine:
    """A clock as the screens show it. ``state``: waiting, running, late, sent, sent_late."""

    standing: incidents.Standing
    state: str

    @classmethod
    def of(cls, row: Incident, now: datetime) -> list[ClockLine]:
        """Every clock of an incident at ``now``."""
        return [cls(one, _clock_state(one, now)) for one in incidents.standings(row)]


def _clock_state(one: incidents.Standing, now: datetime) -> str:
    if one.sent_at is not None:
        return "sent_late" if one.late(now) else "sent"
    if one.clock.due is None:
        return "waiting"
    return "late" if one.late(now) else "running"


@dataclass(frozen=True)
class CriterionLine:
    """A criterion of the annex beside what was counted; ``counted`` None for not yet."""

    criterion: Criterion
    fact: str | Promise
    counted: int | None
    met: bool


@dataclass(frozen=True)
class Paper:
    """One report of an incident: what it would say now, and its forms."""

    kind: Kind
    name: object
    draft: Document
    answers: AnswersForm
    sent: SentForm
    may_be_sent: bool


@screen(Permission.SEE_INCIDENTS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Incidents with their level and what is due when; drills apart."""
    tab, now = request.GET.get("tab", "open"), timezone.now()
    tab = tab if tab in TABS else "open"
    rows = Incident.objects.select_related("service").filter(drill=tab == "drills")
    if tab != "drills":
        closed = Incident.State.CLOSED
        rows = rows.filter(state=closed) if tab == "closed" else rows.exclude(state=closed)
    page = page_of(request, rows)
    context = {"page": page, "lines": [(row, ClockLine.of(row, now)) for row in page], "tab": tab}
    return render(request, "console/incidents/list.html", context)


@form(Permission.HANDLE_INCIDENTS)
def create(request: ConsoleRequest) -> HttpResponse:
    """Open an incident or a drill; it is graded at once by what is counted so far."""
    asked = OpeningForm(request.POST or None, initial={"drill": "drill" in request.GET})
    if request.method == "POST" and asked.is_valid():
        given = asked.cleaned_data
        opening = incidents.Opening(
            title=given["title"],
            facts=asked.facts(),
            known_at=given["known_at"],
            occurred_at=given["occurred_at"],
            service=given["service"],
            operator=asked.operated_by(),
            drill=given["drill"],
        )
        try:
            row = incidents.open_incident(request.actor, opening, timezone.now())
        except GuijuError as error:
            name = str(error.params.get("field", ""))
            asked.add_error(name if name in asked.fields else None, explain(error))
        else:
            return _back(request, row.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "console/incidents/new.html", {"form": asked}, status=status)


@screen(Permission.SEE_INCIDENTS)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """One incident: clocks, level with what decided it, timeline, reports."""
    row, now = get_object_or_404(Incident.objects.select_related("service"), pk=pk), timezone.now()
    facts = incidents.facts_of(row)
    graded = grade(facts)
    context = {
        "row": row,
        "clocks": ClockLine.of(row, now),
        "graded": graded,
        "level": rules().name(graded.level),
        "annex": [
            CriterionLine(one, FIGURES[one.fact], facts.of(one.fact), one in graded.met) for one in rules().criteria
        ],
        "reportable_from": rules().name(rules().reportable_from),
        "timeline": row.timeline.all(),
        "papers": [_paper(request, row, kind) for kind in KINDS] if graded.reportable or row.drill else [],
        "grade_form": GradeForm(initial={**_figures(row), "judged": row.judged}, prefix="grade"),
        "entry_form": EntryForm(prefix="entry"),
        "end_form": EndForm(prefix="end"),
    }
    return render(request, "console/incidents/detail.html", context)


def _figures(row: Incident) -> dict[str, int | None]:
    facts = incidents.facts_of(row)
    return {fact.value: facts.of(fact) for fact in FIGURES}


def _paper(request: ConsoleRequest, row: Incident, kind: Kind) -> Paper:
    return Paper(
        kind=kind,
        name=template(kind),
        draft=incidents.draft(request.actor, row, kind),
        answers=_answers(row, kind),
        sent=SentForm(prefix=f"sent-{kind}"),
        may_be_sent=row.state != Incident.State.CLOSED and (kind == "first" or row.ended_at is not None),
    )


def _answers(row: Incident, kind: Kind, data: object = None) -> AnswersForm:
    free = not any(one.clock.rule.id == kind and one.clock.rule.to_zh for one in incidents.standings(row))
    return AnswersForm(data, kind=kind, initial=row.answers, recipient=free, prefix=f"fill-{kind}")


@screen(Permission.SEE_INCIDENTS)
def document(request: ConsoleRequest, pk: int, kind: str, suffix: str) -> HttpResponse:
    """A report as a file: Markdown, or a page to print; what is missing is marked in it."""
    row = get_object_or_404(Incident, pk=pk)
    if kind not in KINDS or suffix not in ("md", "html"):
        raise Http404
    made = incidents.draft(request.actor, row, kind)
    text, sort = (made.html, "text/html") if suffix == "html" else (made.markdown, "text/markdown")
    name = f"incident-{row.pk}-{kind}.{suffix}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(text, content_type=f"{sort}; charset=utf-8", headers=headers)


@action(Permission.HANDLE_INCIDENTS)
def regrade(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Grade again by new figures."""
    asked = _valid(GradeForm(request.POST, prefix="grade"))
    incidents.regrade(request.actor, _row(pk), asked.facts(), asked.cleaned_data["reason"], timezone.now())
    return _back(request, pk, _("Graded."))


@action(Permission.HANDLE_INCIDENTS)
def note(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Add an entry to the timeline."""
    asked = _valid(EntryForm(request.POST, prefix="entry"))
    incidents.note(request.actor, _row(pk), asked.cleaned_data["text"], timezone.now(), when(asked))
    return _back(request, pk)


@action(Permission.HANDLE_INCIDENTS)
def fill(request: ConsoleRequest, pk: int, kind: str) -> HttpResponse:
    """Fill the fields of a report that only a person can fill."""
    row = _row(pk)
    asked = _valid(_answers(row, _kind(kind), request.POST))
    incidents.fill(request.actor, row, asked.cleaned_data)
    return _back(request, pk, _("Kept."))


@action(Permission.HANDLE_INCIDENTS)
def sent(request: ConsoleRequest, pk: int, kind: str) -> HttpResponse:
    """Record that a report was sent; the first time stops its clock."""
    asked = _valid(SentForm(request.POST, prefix=f"sent-{kind}"))
    receipt = asked.cleaned_data["receipt"]
    incidents.report_sent(request.actor, _row(pk), _kind(kind), receipt, timezone.now(), when(asked))
    return _back(request, pk, _("Noted."))


@action(Permission.HANDLE_INCIDENTS)
def end(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Handling ended; the days to the closing report run from here."""
    incidents.end(request.actor, _row(pk), timezone.now(), when(_valid(EndForm(request.POST, prefix="end"))))
    return _back(request, pk, _("The days to the closing report run from now on."))


@action(Permission.HANDLE_INCIDENTS)
def close(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Close an incident whose handling ended and whose reports were sent."""
    incidents.close(request.actor, _row(pk), request.POST.get("reason", ""), timezone.now())
    return _back(request, pk, _("Closed."))


def _row(pk: int) -> Incident:
    return get_object_or_404(Incident, pk=pk)


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise Http404
    return name


def _valid(asked: F) -> F:
    """The form, if it is in order.

    Raises:
        InvalidField: naming the first field that is wrong.
    """
    if not asked.is_valid():
        name, problems = next(iter(asked.errors.items()))
        raise InvalidField(field=name, problem=problems[0])
    return asked


def _back(request: ConsoleRequest, pk: int, words: str = "") -> HttpResponseRedirect:
    if words:
        messages.success(request, words)
    return HttpResponseRedirect(reverse("console:incident", args=[pk]))
