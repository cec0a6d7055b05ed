"""The inventory at work: checklists of approvals and recertifications, traffic held against it, the register, discovery."""

from __future__ import annotations

import io
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from guiju.console.access import ConsoleRequest, form, screen
from guiju.console.forms.integrations import LogForm
from guiju.console.words import explain
from guiju.errors import GuijuError
from guiju.inventory import Point, State, discover, look, points
from guiju.store.integration_register import register
from guiju.store.inventory import DAYS, reconcile
from guiju.store.models import Integration
from guiju.store.permissions import Permission
from guiju.store.services import integrations
from guiju.store.services.integrations import Looked


@dataclass(frozen=True)
class PointLine:
    """A point of the checklist as the screen shows it: what Guiju judged, and what was ticked."""

    point: Point
    state: State
    confirmed: bool
    accepted: bool
    before: str


@form(Permission.APPROVE_INTEGRATIONS)
def checklist(request: ConsoleRequest, pk: str) -> HttpResponse:
    """Go through the checklist to approve an integration, or to certify an approved one again."""
    row = get_object_or_404(Integration.objects.select_related("service"), pk=pk)
    again, problem, status = row.status == Integration.Status.APPROVED, "", 200
    looked = Looked(frozenset(request.POST.getlist("confirmed")), frozenset(request.POST.getlist("accepted")))
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        try:
            if again:
                integrations.mark_reviewed(request.actor, row, reason, looked)
            else:
                integrations.approve(request.actor, row, looked, reason)
        except GuijuError as error:
            problem, status = explain(error), error.status
        else:
            messages.success(request, _("The review has been recorded.") if again else _("Approved."))
            return HttpResponseRedirect(reverse("console:integration", args=[pk]))
    judged = look(integrations.form_of(row), timezone.localdate())
    lines = [
        PointLine(p, judged[p.id], p.id in looked.confirmed, p.id in looked.accepted, row.checklist.get(p.id, ""))
        for p in points()
    ]
    context = {
        "row": row,
        "again": again,
        "lines": lines,
        "problem": problem,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "console/integrations/checklist.html", context, status=status)


@screen(Permission.SEE_INTEGRATIONS)
def held(request: ConsoleRequest) -> HttpResponse:
    """Every integration against its traffic, and the callers nobody registered."""
    context = {"found": reconcile(timezone.now()), "days": DAYS, "log_form": LogForm()}
    return render(request, "console/integrations/reconcile.html", context)


@screen(Permission.SEE_INTEGRATIONS)
def register_file(request: ConsoleRequest) -> HttpResponse:
    """The register as CSV, as a regulator asks for it; no keys stand in it."""
    name = f"integrations-{timezone.localdate():%Y%m%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(register(timezone.now()), content_type="text/csv; charset=utf-8", headers=headers)


@screen(Permission.SEE_INTEGRATIONS, methods=("POST",))
def discovery(request: ConsoleRequest) -> HttpResponse:
    """AI services that an access log names. The log is read once and kept nowhere."""
    asked, log = LogForm(request.POST, request.FILES), None
    if asked.is_valid():
        given = asked.cleaned_data
        lines = io.TextIOWrapper(given["log"].file, "utf-8", errors="replace")
        log = discover(lines, [*given["own"], request.get_host().partition(":")[0]])[:500]
    context = {"found": reconcile(timezone.now()), "days": DAYS, "log_form": asked, "log": log}
    return render(request, "console/integrations/reconcile.html", context, status=200 if log is not None else 422)
