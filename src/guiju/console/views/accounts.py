"""Accounts: end users by their pseudonyms, their violations, and what was done about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from guiju.console.access import ConsoleRequest, action, screen
from guiju.console.forms.accounts import SanctionForm
from guiju.console.forms.handling import ExemptForm, ProposeForm, ReportForm
from guiju.console.paging import page_of
from guiju.console.words import explain
from guiju.errors import GuijuError
from guiju.store import account_policy, keys
from guiju.store.evidence import Query, search
from guiju.store.models import Account, Integration, Sanction, Violation
from guiju.store.permissions import Permission, allowed
from guiju.store.services import accounts
from guiju.store.strike_figures import tally

WINDOW = timedelta(days=30)
"""The span in which violations are counted on the list."""

FEW = 5_000
"""So many accounts are looked up by name; of more, the ones seen last are soon found among those seen last of all."""


@dataclass(frozen=True)
class AccountLine:
    """An account as the list shows it; ``recent`` counts the violations of the last thirty days."""

    row: Account
    sanctioned: bool
    recent: int


@screen(Permission.SEE_ACCOUNTS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Accounts, the last seen first; found by pseudonym, or by the name the caller gave."""
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "integration", "user", "state")}
    now = timezone.now()
    page = page_of(request, _filtered(asked, now), counted=_counted(asked, now))
    context = {
        "page": page,
        "lines": _lines(list(page), now),
        "asked": asked,
        "filtered": any(asked.values()),
        "integrations": Integration.objects.order_by("name").values_list("pk", "name"),
        "window": WINDOW.days,
    }
    return render(request, "console/accounts/list.html", context)


def _lines(rows: Sequence[Account], now: datetime) -> list[AccountLine]:
    """What the list shows of these accounts: looked up for one page, not for every account there is."""
    pseudonyms = [row.pk for row in rows]
    sanctioned = set(
        accounts.in_force(now).filter(account__in=pseudonyms).values_list("account_id", flat=True).order_by()
    )
    recent = Violation.objects.filter(account__in=pseudonyms, at__gte=now - WINDOW).order_by()
    counted = dict(recent.values_list("account_id").annotate(total=Count("pk")))
    return [AccountLine(row, row.pk in sanctioned, counted.get(row.pk, 0)) for row in rows]


def _filtered(asked: dict[str, str], now: datetime) -> QuerySet[Account]:
    rows = Account.objects.select_related("integration").filter(_conditions(asked))
    acted = _acted(asked["state"], now)
    if acted is not None:
        few = list(acted.order_by().values_list("account", flat=True).distinct()[: FEW + 1])
        rows = rows.filter(pk__in=few if len(few) <= FEW else acted.values("account"))
    return rows.order_by("-last_seen", "pk")


def _counted(asked: dict[str, str], now: datetime) -> QuerySet[Any]:
    """The same accounts, for counting: by what they did where that is asked, so that not every account is looked at."""
    acted = _acted(asked["state"], now)
    if acted is None:
        return Account.objects.filter(_conditions(asked))
    return acted.filter(_conditions(asked, "account__")).order_by().values("account").distinct()


def _acted(state: str, now: datetime) -> QuerySet[Sanction] | QuerySet[Violation] | None:
    """What makes an account be in this state."""
    if state == "sanctioned":
        return accounts.in_force(now)
    return Violation.objects.filter(at__gte=now - WINDOW) if state == "violating" else None


def _conditions(asked: dict[str, str], prefix: str = "") -> Q:
    """What an account must fulfil, its state apart; ``prefix`` leads to the account from another row."""
    found = Q()
    if asked["q"]:
        found &= Q(**{f"{prefix}pk__startswith": asked["q"]})
    if asked["integration"]:
        found &= Q(**{f"{prefix}integration": asked["integration"]})
    if asked["user"]:
        places = [asked["integration"]] if asked["integration"] else Integration.objects.values_list("pk", flat=True)
        hidden = keys.pseudonymiser()
        found &= Q(**{f"{prefix}pk__in": [hidden.pseudonym(place, asked["user"]) for place in places]})
    return found


@screen(Permission.SEE_ACCOUNTS)
def detail(request: ConsoleRequest, pk: str) -> HttpResponse:
    """One account."""
    row = get_object_or_404(Account.objects.select_related("integration"), pk=pk)
    return _detail(request, row, SanctionForm(may_close=_may_close(request)))


def _detail(request: ConsoleRequest, row: Account, form: SanctionForm, status: int = 200) -> HttpResponse:
    now = timezone.now()
    active = accounts.active(row, now)
    violations, seen = page_of(request, row.violations.all(), 20), tally(row, account_policy.in_force(), now)
    context = {
        "row": row,
        "form": form,
        "active": active,
        "active_ids": {sanction.pk for sanction in active},
        "sanctions": row.sanctions.select_related("imposed_by", "lifted_by").order_by("-starts_at")[:50],
        "violations": violations,
        "weighed": [(violation, seen.strikes.get(violation.record_id)) for violation in violations],
        "tally": seen,
        "steps": dict.fromkeys(sanction.step for sanction in active),
        "records": search(Query(account=row.pk), limit=10).records,
        "may_close": _may_close(request),
        "exemptions": row.exemptions.filter(ends_at__gt=now).select_related("granted_by"),
        "proposals": row.proposals.filter(state__in=("pending", "delayed")),
        "reports": row.reports.select_related("prepared_by"),
        "propose_form": ProposeForm(auto_id="propose_%s"),
        "exempt_form": ExemptForm(auto_id="exempt_%s"),
        "report_form": ReportForm(auto_id="report_%s"),
    }
    return render(request, "console/accounts/detail.html", context, status=status)


@action(Permission.IMPOSE_SANCTIONS)
def impose(request: ConsoleRequest, pk: str) -> HttpResponse:
    """Apply a step of the ladder; the violations of the last thirty days are its evidence."""
    row = get_object_or_404(Account, pk=pk)
    asked = SanctionForm(request.POST, may_close=_may_close(request))
    if asked.is_valid():
        recent = row.violations.filter(at__gte=timezone.now() - WINDOW).values_list("record_id", flat=True)[:100]
        step, reason = asked.cleaned_data["step"], asked.cleaned_data["reason"]
        try:
            accounts.impose(request.actor, row, step, reason, records=recent, expires_at=asked.expires_at())
        except GuijuError as error:
            asked.add_error(None, explain(error))
        else:
            messages.success(request, _("Done. Gateways enforce it within a second."))
            return HttpResponseRedirect(reverse("console:account", args=[pk]))
    return _detail(request, row, asked, status=422)


@action(Permission.LIFT_SANCTIONS)
def lift(request: ConsoleRequest, pk: str, sanction: int) -> HttpResponse:
    """End a sanction before its time."""
    row = get_object_or_404(Sanction, pk=sanction, account_id=pk)
    accounts.lift(request.actor, row, request.POST.get("reason", ""))
    messages.success(request, _("The sanction has been lifted. Gateways see it within a second."))
    return HttpResponseRedirect(reverse("console:account", args=[pk]))


def _may_close(request: ConsoleRequest) -> bool:
    return allowed(request.actor, Permission.CLOSE_ACCOUNTS)
