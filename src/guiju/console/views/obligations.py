"""Obligations: the list, and one with its clause, its reason, its figures, its records and its documents."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from guiju.console.access import ConsoleRequest, action, screen
from guiju.console.figures import last_days
from guiju.console.forms.obligations import DocumentForm, ThresholdForm
from guiju.console.language import pick
from guiju.console.paging import page_of
from guiju.console.standing import FigureLine, figure_line, service_of, statuses, threshold_words
from guiju.console.states import STATES
from guiju.console.words import explain
from guiju.errors import GuijuError
from guiju.law.book import Book
from guiju.law.registry import CHECKS
from guiju.law.schema import Clause, Instrument, SetBy, Threshold
from guiju.law.status import CheckRun as Run
from guiju.law.status import ObligationStatus, State
from guiju.store.models import CheckRun, Document, Service
from guiju.store.permissions import Permission
from guiju.store.services import documents, law


@screen(Permission.SEE_OBLIGATIONS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Every obligation and how it stands for one service."""
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "duty", "state", "service")}
    service = service_of(asked["service"])
    book = law.book()
    every = statuses(service) if service else ()
    context = {
        "page": page_of(request, sorted((one for one in every if _fits(one, asked)), key=_urgency)),
        "asked": asked,
        "filtered": any(asked[name] for name in ("q", "duty", "state")),
        "service": service,
        "services": Service.objects.all(),
        "duties": book.duties,
        "states": [(value, state.label) for value, state in STATES["duty"].items()],
        "counts": {value: sum(one.status.value == value for one in every) for value in STATES["duty"]},
    }
    return render(request, "console/obligations/list.html", context)


_URGENT_FIRST = (State.FAILING, State.DUE_SOON, State.UNPROVEN, State.UNKNOWN, State.PROVEN, State.NOT_APPLICABLE)


def _urgency(one: ObligationStatus) -> int:
    """What needs somebody first; within one state the order of the book."""
    return _URGENT_FIRST.index(one.status)


def _fits(one: ObligationStatus, asked: dict[str, str]) -> bool:
    words = asked["q"].lower()
    text = " ".join(
        (one.obligation.id, one.obligation.title_zh, one.obligation.title_en, one.obligation.text_zh)
    ).lower()
    return (
        (not words or words in text)
        and (not asked["duty"] or str(one.obligation.duty) == asked["duty"])
        and (not asked["state"] or one.status.value == asked["state"])
    )


@dataclass(frozen=True)
class ClauseLine:
    """Where an obligation comes from, and how sure that is."""

    clause: Clause
    instrument: Instrument
    confidence: str
    verified: bool


@dataclass(frozen=True)
class CheckLine:
    """A check as run: what it is called, how it measures, and its figures in words."""

    run: Run
    name: str
    doc: str
    figures: tuple[FigureLine, ...]


@dataclass(frozen=True)
class ThresholdLine:
    """A number the obligation turns on; ``form`` where it is the operator's to set."""

    threshold: Threshold
    words: str
    form: ThresholdForm | None


@screen(Permission.SEE_OBLIGATIONS)
def detail(request: ConsoleRequest, key: str) -> HttpResponse:
    """One obligation."""
    service = service_of(request.GET.get("service", ""))
    return _detail(request, key, service, DocumentForm(today=last_days(1)[0]))


def _detail(
    request: ConsoleRequest, key: str, service: Service | None, upload: DocumentForm, asked: ThresholdForm | None = None
) -> HttpResponse:
    book = law.book()
    obligation = book.obligation(key)
    one = next((s for s in statuses(service) if s.obligation.id == obligation.id), None) if service else None
    context = {
        "obligation": obligation,
        "one": one,
        "service": service,
        "services": Service.objects.all(),
        "duty": next(d for d in book.duties if d.number == obligation.duty),
        "clauses": [_clause(book, clause) for clause in obligation.clauses],
        "verified": book.verified(obligation),
        "actors": [a for a in book.vocabulary.actors if a.code in obligation.actors],
        "cadence": [c for c in book.vocabulary.cadences if c.code in obligation.cadence],
        "wanted": [e for e in book.vocabulary.evidence if e.code in obligation.evidence],
        "checks": [_check(book, run) for run in one.runs] if one else [],
        "planned": [pick(CHECKS[use.id]) for use in obligation.checks],
        "thresholds": [_threshold(book, t, asked) for t in obligation.thresholds],
        "documents": _documents(obligation.urn, service),
        "upload": upload,
        "history": CheckRun.objects.filter(obligation=obligation.urn, service=service)[:12],
        "campaigns": [c for c in book.campaigns if obligation.id in c.obligations],
        "fields": {f.name: f for f in book.form.fields},
    }
    failed = bool(upload.errors or (asked and asked.errors))
    return render(request, "console/obligations/detail.html", context, status=422 if failed else 200)


def _clause(book: Book, clause: Clause) -> ClauseLine:
    confidence = next(c for c in book.vocabulary.confidences if c.code == clause.confidence)
    return ClauseLine(clause, book.instrument(clause.instrument), pick(confidence), confidence.verified)


def _check(book: Book, run: Run) -> CheckLine:
    check = CHECKS[run.id]
    return CheckLine(run, pick(check), check.doc, tuple(figure_line(book, f) for f in run.result.figures))


def _threshold(book: Book, threshold: Threshold, asked: ThresholdForm | None) -> ThresholdLine:
    form = None
    if threshold.set_by is SetBy.OPERATOR:
        mine = asked is not None and asked.data.get("name") == threshold.name
        initial = {"name": threshold.name, "value": threshold.value, "owner": threshold.owner}
        form = asked if mine else ThresholdForm(initial=initial, auto_id=f"id_{threshold.name}_%s")
    return ThresholdLine(threshold, threshold_words(book, threshold), form)


def _documents(urn: str, service: Service | None) -> list[Document]:
    rows = Document.objects.filter(obligation=urn).select_related("service", "uploaded_by")
    return [row for row in rows if row.service is None or row.service == service]


@action(Permission.MANAGE_DOCUMENTS)
def upload(request: ConsoleRequest, key: str) -> HttpResponse:
    """Keep a document, or a further revision of one."""
    obligation = law.book().obligation(key)
    service = get_object_or_404(Service, pk=request.POST.get("service", ""))
    asked = DocumentForm(request.POST, request.FILES, today=last_days(1)[0])
    if asked.is_valid():
        fields = dict(asked.cleaned_data)
        file: UploadedFile[bytes] = fields.pop("file")
        try:
            row = documents.upload(
                request.actor, obligation.urn, service, file_name=file.name or "", stream=file, **fields
            )
        except GuijuError as error:
            field = str(error.params.get("field", ""))
            asked.add_error(field if field in asked.fields else None, explain(error))
        else:
            messages.success(request, _("Kept as revision %(n)d.") % {"n": row.revision})
            return _to(key, service)
    return _detail(request, key, service, asked)


@action(Permission.MANAGE_DOCUMENTS)
def withdraw(request: ConsoleRequest, key: str, document: int) -> HttpResponse:
    """Stop counting a document; the file stays."""
    row = get_object_or_404(Document, pk=document, obligation=law.book().obligation(key).urn)
    documents.withdraw(request.actor, row, request.POST.get("reason", ""))
    messages.success(request, _("The document no longer counts as proof."))
    return _to(key, row.service)


@screen(Permission.OPEN_DOCUMENTS)
def download(request: ConsoleRequest, key: str, document: int) -> FileResponse:
    """The file as it was uploaded, after its hash was compared. Never shown inside the page."""
    row = get_object_or_404(Document, pk=document, obligation=law.book().obligation(key).urn)
    file = documents.open_file(request.actor, row)
    return FileResponse(file, as_attachment=True, filename=row.file_name, content_type="application/octet-stream")


@action(Permission.SET_OPERATOR_VALUES)
def set_threshold(request: ConsoleRequest, key: str) -> HttpResponse:
    """Set a number that no rule fixes."""
    service = service_of(request.POST.get("service", ""))
    asked = ThresholdForm(request.POST)
    if asked.is_valid():
        fields = asked.cleaned_data
        try:
            law.set_operator_value(
                request.actor, key, asked.number(), fields["owner"], fields["reason"], name=fields["name"]
            )
        except GuijuError as error:
            asked.add_error(None, explain(error))
        else:
            messages.success(request, _("The number is set. It counts from the next measurement."))
            return _to(key, service)
    return _detail(request, key, service, DocumentForm(today=last_days(1)[0]), asked)


def _to(key: str, service: Service | None) -> HttpResponse:
    query = f"?service={service.pk}" if service else ""
    return HttpResponseRedirect(reverse("console:obligation", args=[key]) + query)
