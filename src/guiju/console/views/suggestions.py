"""What reviewers proposed from their decisions, and what became of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from guiju.console.access import ConsoleRequest, action, screen
from guiju.console.paging import page_of
from guiju.store.models import CaseProposal
from guiju.store.permissions import Permission
from guiju.store.services import case_proposals


@screen(Permission.SEE_CASES)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Proposals that wait, then the others, the newest first."""
    rows = CaseProposal.objects.select_related("word_list", "proposed_by", "decided_by")
    waiting = rows.filter(state=CaseProposal.State.PENDING).order_by("proposed_at", "pk")
    decided = rows.exclude(state=CaseProposal.State.PENDING).order_by("-decided_at", "-pk")
    context = {"waiting": waiting, "page": page_of(request, decided)}
    return render(request, "console/cases/suggestions.html", context)


@action(Permission.MANAGE_WORD_LISTS)
def approve(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Put one in force."""
    row = get_object_or_404(CaseProposal, pk=pk)
    case_proposals.approve(request.actor, row, request.POST.get("reason", ""), timezone.now())
    messages.success(request, _("Approved; gateways follow within a second."))
    return HttpResponseRedirect(reverse("console:suggestions"))


@action(Permission.MANAGE_WORD_LISTS)
def refuse(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Say why one is not taken over."""
    row = get_object_or_404(CaseProposal, pk=pk)
    case_proposals.refuse(request.actor, row, request.POST.get("reason", ""), timezone.now())
    messages.success(request, _("Refused."))
    return HttpResponseRedirect(reverse("console:suggestions"))
