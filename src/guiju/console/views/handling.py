"""Handling accounts beyond a single sanction: proposals, exemptions, strikes, bulk actions."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from guiju.accounts import Rule
from guiju.console.access import ConsoleRequest, action, form, screen
from guiju.console.forms.handling import BulkForm, ExemptForm, ProposeForm
from guiju.console.histogram import histogram
from guiju.console.paging import page_of
from guiju.console.words import explain
from guiju.errors import GuijuError, InvalidField
from guiju.store import account_policy
from guiju.store.models import Account, BulkAction, Exemption, ProposedStep
from guiju.store.permissions import Permission
from guiju.store.services import bulk, proposals
from guiju.store.strike_figures import Spread, rehearsals, spread


@dataclass(frozen=True)
class RuleLine:
    """A rule of the account policy; ``reached``: how many accounts have its points now, where it counts points."""

    rule: Rule
    reached: int | None

    @property
    def asks(self) -> str:
        """Its condition in words."""
        rule = self.rule
        if rule.in_a_row is not None:
            return _("%(n)d in a row") % {"n": rule.in_a_row}
        if rule.in_a_day is not None:
            return _("%(n)d in a day") % {"n": rule.in_a_day}
        return _("%(n)d points within %(days)d days") % {"n": rule.points, "days": rule.days}


@screen(Permission.SEE_ACCOUNTS)
def strikes(request: ConsoleRequest) -> HttpResponse:
    """How strikes are spread, where the rules act, and what rules in the shadow would have done."""
    policy, now = account_policy.in_force(), timezone.now()
    found = spread(policy, now)
    context = {
        "policy": policy,
        "spread": found,
        "chart": histogram(found),
        "rules": [RuleLine(rule, _reached(rule, found)) for rule in policy.rules],
        "rehearsals": rehearsals(now),
    }
    return render(request, "console/handling/strikes.html", context)


def _reached(rule: Rule, found: Spread) -> int | None:
    return found.reached(rule.points) if rule.points is not None and rule.days == found.days else None


@screen(Permission.SEE_ACCOUNTS)
def waiting(request: ConsoleRequest) -> HttpResponse:
    """Steps that wait for a second person or their moment, and what became of earlier ones."""
    rows = ProposedStep.objects.select_related("account", "proposed_by", "decided_by")
    open_states = [ProposedStep.State.PENDING, ProposedStep.State.DELAYED]
    context = {
        "open": rows.filter(state__in=open_states).order_by("proposed_at")[:200],
        "page": page_of(request, rows.exclude(state__in=open_states)),
    }
    return render(request, "console/handling/proposals.html", context)


@action(Permission.IMPOSE_SANCTIONS)
def propose(request: ConsoleRequest, pk: str) -> HttpResponse:
    """Put a step before a second person."""
    row, asked = get_object_or_404(Account, pk=pk), ProposeForm(request.POST)
    given = _given(asked)
    recent = row.violations.values_list("record_id", flat=True)[:100]
    hours = int(given["hours"] or 0)
    proposals.propose(request.actor, row, given["step"], given["reason"], records=recent, hours=hours)
    messages.success(request, _("Proposed. A second person decides."))
    return HttpResponseRedirect(reverse("console:account", args=[pk]))


@action(Permission.IMPOSE_SANCTIONS)
def approve(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Take a proposed step."""
    proposals.approve(request.actor, get_object_or_404(ProposedStep, pk=pk), request.POST.get("reason", ""))
    messages.success(request, _("Done. Gateways enforce it within a second."))
    return HttpResponseRedirect(reverse("console:proposals"))


@action(Permission.IMPOSE_SANCTIONS)
def refuse(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Leave a proposed step untaken."""
    proposals.refuse(request.actor, get_object_or_404(ProposedStep, pk=pk), request.POST.get("reason", ""))
    return HttpResponseRedirect(reverse("console:proposals"))


@action(Permission.EXEMPT_ACCOUNTS)
def exempt(request: ConsoleRequest, pk: str) -> HttpResponse:
    """Let no automatic step bind an account for a while."""
    row, asked = get_object_or_404(Account, pk=pk), ExemptForm(request.POST)
    given = _given(asked)
    proposals.exempt(request.actor, row, given["reason"], asked.ends_at())
    messages.success(request, _("Exempted until then. Violations are still recorded."))
    return HttpResponseRedirect(reverse("console:account", args=[pk]))


@action(Permission.EXEMPT_ACCOUNTS)
def end_exemption(request: ConsoleRequest, pk: str, exemption: int) -> HttpResponse:
    """End an exemption before its time."""
    row = get_object_or_404(Exemption, pk=exemption, account_id=pk)
    proposals.end_exemption(request.actor, row, request.POST.get("reason", ""))
    return HttpResponseRedirect(reverse("console:account", args=[pk]))


@screen(Permission.SEE_ACCOUNTS)
def bulk_list(request: ConsoleRequest) -> HttpResponse:
    """Every bulk action, newest first."""
    rows = BulkAction.objects.select_related("created_by", "decided_by", "undone_by")
    context = {"page": page_of(request, rows), "policy": account_policy.in_force()}
    return render(request, "console/handling/bulk.html", context)


@form(Permission.IMPOSE_SANCTIONS)
def bulk_new(request: ConsoleRequest) -> HttpResponse:
    """A dry run first; with ``go`` the same list is applied, or put before a second person."""
    asked = BulkForm(request.POST or None, initial={"accounts": "\n".join(request.GET.getlist("account"))})
    seen, status = None, 200
    if request.method == "POST":
        status = 422
        if asked.is_valid():
            try:
                if "go" in request.POST:
                    return _go(request, asked)
                seen, status = (
                    bulk.preview(request.actor, asked.named(), asked.cleaned_data["step"], timezone.now()),
                    200,
                )
            except GuijuError as error:
                asked.add_error(None, explain(error))
                status = error.status
    return render(request, "console/handling/bulk_new.html", {"form": asked, "seen": seen}, status=status)


def _go(request: ConsoleRequest, asked: BulkForm) -> HttpResponse:
    given = asked.cleaned_data
    row = bulk.create(request.actor, asked.named(), given["step"], given["reason"], timezone.now(), hours=asked.span())
    if row.state == BulkAction.State.PENDING:
        messages.warning(request, _("A second person must approve it."))
    else:
        messages.success(request, _("Done. Gateways enforce it within a second."))
    return HttpResponseRedirect(reverse("console:bulk"))


@action(Permission.IMPOSE_SANCTIONS)
def bulk_approve(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Apply a bulk action that waits."""
    bulk.approve(request.actor, get_object_or_404(BulkAction, pk=pk), timezone.now())
    messages.success(request, _("Done. Gateways enforce it within a second."))
    return HttpResponseRedirect(reverse("console:bulk"))


@action(Permission.IMPOSE_SANCTIONS)
def bulk_refuse(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Leave a bulk action unapplied."""
    bulk.refuse(request.actor, get_object_or_404(BulkAction, pk=pk), request.POST.get("reason", ""), timezone.now())
    return HttpResponseRedirect(reverse("console:bulk"))


@action(Permission.LIFT_SANCTIONS)
def bulk_undo(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Lift everything a bulk action imposed."""
    row = get_object_or_404(BulkAction, pk=pk)
    lifted = bulk.undo(request.actor, row, request.POST.get("reason", ""), timezone.now())
    messages.success(request, _("%(n)d sanctions lifted.") % {"n": lifted})
    return HttpResponseRedirect(reverse("console:bulk"))


def _given(asked: ProposeForm | ExemptForm) -> dict[str, str]:
    """What a form was given.

    Raises:
        InvalidField: naming the first field that is wrong.
    """
    if not asked.is_valid():
        name, errors = next(iter(asked.errors.items()))
        raise InvalidField(field=name, problem=errors[0])
    return asked.cleaned_data
