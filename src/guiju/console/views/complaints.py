"""The desk of complaints and appeals: claim, read, answer, decide, conclude, reopen."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from guiju.console.access import ConsoleRequest, action, screen
from guiju.console.forms.complaints import AppealForm, NoteForm, ReplyForm
from guiju.console.paging import page_of
from guiju.errors import InvalidField, NotFound
from guiju.store.complaint_figures import figures
from guiju.store.complaint_rules import kinds
from guiju.store.evidence import find_record
from guiju.store.models import Complaint, Record
from guiju.store.permissions import Permission, allowed
from guiju.store.services import appeals, complaint_retention, complaints

TABS = ("open", "mine", "answered", "closed")
WINDOW = timedelta(days=30)


@screen(Permission.SEE_COMPLAINTS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """What waits, in the order of its time limits; and how the declared limits were kept."""
    tab, kind, now = request.GET.get("tab", "open"), request.GET.get("kind", ""), timezone.now()
    tab = tab if tab in TABS else "open"
    rows = _tab(request, tab)
    if kind:
        rows = rows.filter(kind=kind)
    context = {
        "page": page_of(request, rows.select_related("claimed_by", "service", "appeal")),
        "tab": tab,
        "kind": kind,
        "kinds": kinds().kinds,
        "now": now,
        "figures": [(kept, kinds().kind(kept.kind)) for kept in figures(now - WINDOW, now)],
        "pressing": complaints.pressing(request.user, now),
        "window": WINDOW.days,
        "precision": appeals.precision()[:20],
    }
    return render(request, "console/complaints/list.html", context)


def _tab(request: ConsoleRequest, tab: str) -> QuerySet[Complaint]:
    if tab == "open":
        return complaints.queue()
    if tab == "mine":
        rows = Complaint.objects.exclude(state=Complaint.State.CLOSED).order_by("due_at")
        return rows.filter(claimed_by=request.user, claimed_until__gt=timezone.now())
    return Complaint.objects.filter(state=tab).order_by("-received_at")


@screen(Permission.SEE_COMPLAINTS)
def detail(request: ConsoleRequest, pk: str) -> HttpResponse:
    """One complaint without its words; they are read with a click that is recorded."""
    return _detail(request, _row(pk))


def _row(pk: str) -> Complaint:
    return get_object_or_404(Complaint.objects.select_related("claimed_by", "service", "account", "integration"), pk=pk)


def _detail(request: ConsoleRequest, row: Complaint, opened: complaints.File | None = None) -> HttpResponse:
    now, kind = timezone.now(), kinds().kind(row.kind)
    appeal = getattr(row, "appeal", None)
    held = row.claimed_until is not None and row.claimed_until > now and row.state != Complaint.State.CLOSED
    context = {
        "row": row,
        "kind": kind,
        "topic": kind.topic(row.topic) if kind is not None else None,
        "opened": opened,
        "kept_until": complaint_retention.ends(row),
        "messages_count": row.messages.count(),
        "held": held,
        "mine": held and row.claimed_by_id == request.user.pk,
        "late": row.answered_at is None and row.due_at < now,
        "appeal": appeal,
        "may_decide": appeal is not None
        and allowed(request.actor, Permission.DECIDE_APPEALS)
        and appeals.may_decide(request.user, appeal),
        "record": _about(row),
        "reply_form": ReplyForm(),
        "note_form": NoteForm(prefix="note"),
        "appeal_form": AppealForm(auto_id="appeal_%s"),
    }
    return render(request, "console/complaints/detail.html", context)


def _about(row: Complaint) -> Record | None:
    """The record it names, if there is one: what people type is not always a number."""
    try:
        return find_record(row.content_number) if row.content_number else None
    except NotFound:
        return None


@action(Permission.HANDLE_COMPLAINTS)
def claim(request: ConsoleRequest, pk: str) -> HttpResponse:
    """Take a complaint, or extend one's claim."""
    if not complaints.claim(request.actor, _row(pk), timezone.now()):
        messages.warning(request, _("Somebody else holds this complaint, or it is concluded."))
    return _back(pk)


@action(Permission.HANDLE_COMPLAINTS)
def release(request: ConsoleRequest, pk: str) -> HttpResponse:
    """Give a complaint back."""
    complaints.release(request.actor, _row(pk))
    return HttpResponseRedirect(reverse("console:complaints"))


@action(Permission.READ_COMPLAINTS)
def read(request: ConsoleRequest, pk: str) -> HttpResponse:
    """The words of a complaint; the look is recorded."""
    row = _row(pk)
    return _detail(request, row, complaints.read(request.actor, row))


@action(Permission.HANDLE_COMPLAINTS)
def reply(request: ConsoleRequest, pk: str) -> HttpResponse:
    """Answer a complaint."""
    form = ReplyForm(request.POST)
    if not form.is_valid():
        raise InvalidField(field="text", problem=form.errors["text"][0])
    given = form.cleaned_data
    complaints.reply(request.actor, _row(pk), given["text"], timezone.now(), conclude=given["conclude"])
    messages.success(request, _("Answered. Its author reads it on the progress page."))
    return _back(pk)


@action(Permission.HANDLE_COMPLAINTS)
def note(request: ConsoleRequest, pk: str) -> HttpResponse:
    """Write a note among the desk."""
    complaints.note(request.actor, _row(pk), request.POST.get("note-text", ""), timezone.now())
    return _back(pk)


@action(Permission.HANDLE_COMPLAINTS)
def close(request: ConsoleRequest, pk: str) -> HttpResponse:
    """Conclude a complaint."""
    complaints.close(request.actor, _row(pk), request.POST.get("reason", ""), timezone.now())
    messages.success(request, _("Concluded."))
    return _back(pk)


@action(Permission.HANDLE_COMPLAINTS)
def reopen(request: ConsoleRequest, pk: str) -> HttpResponse:
    """Open a concluded complaint again."""
    complaints.reopen(request.actor, _row(pk), request.POST.get("reason", ""), timezone.now())
    messages.success(request, _("It is open again, with a new time limit."))
    return _back(pk)


@action(Permission.DECIDE_APPEALS)
def decide(request: ConsoleRequest, pk: str) -> HttpResponse:
    """Decide an appeal and answer it."""
    row = _row(pk)
    appeal = getattr(row, "appeal", None)
    if appeal is None:
        raise InvalidField(field="appeal", problem="this is no appeal")
    given = {name: request.POST.get(name, "") for name in ("outcome", "reason", "answer")}
    appeals.decide(request.actor, appeal, given["outcome"], given["reason"], given["answer"], timezone.now())
    messages.success(request, _("Decided. Gateways see what was lifted within a second."))
    return _back(pk)


def _back(pk: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("console:complaint", args=[pk]))
