"""The overview: the eight duties, the traffic of the last days, and what waits for somebody."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from guiju.console import figures
from guiju.console.access import ConsoleRequest, action, screen
from guiju.console.answers import back
from guiju.console.charts import traffic_chart
from guiju.console.standing import duty_card, service_of, statuses
from guiju.law.status import ObligationStatus, State, by_campaign, by_duty
from guiju.store import gateways
from guiju.store.models import Case, CheckRun, Integration, Sanction, Seal, Service, VerifyRun
from guiju.store.permissions import Permission
from guiju.store.services import accounts, law

DAYS = 14
"""Days on the charts."""


@screen(Permission.SEE_OVERVIEW)
def overview(request: ConsoleRequest) -> HttpResponse:
    """Where everybody starts."""
    now = timezone.now()
    service = service_of(request.GET.get("service", ""))
    every = statuses(service) if service else ()
    book = law.book()
    days = figures.exchanges_by_day(DAYS, service=service.pk if service else "")
    context = {
        "service": service,
        "services": Service.objects.all(),
        "duties": [duty_card(one) for one in by_duty(book, every)] if every else [],
        "campaigns": by_campaign(book, every) if every else [],
        "totals": {state.value: sum(one.status is state for one in every) for state in State},
        "soon": _soon(every),
        "measured": CheckRun.objects.filter(service=service).order_by("-at").values_list("at", flat=True).first(),
        "chart": traffic_chart(days),
        "days": DAYS,
        "today": days[-1],
        "risks": _bars(figures.risks_found(DAYS)),
        "refusals": figures.refusals_of(None, DAYS)[:6],
        "pauses": accounts.in_force(now).filter(step__in=[Sanction.Step.SUSPEND, Sanction.Step.CLOSE]).count(),
        "sanctions": accounts.in_force(now).count(),
        "late_cases": Case.objects.filter(status=Case.Status.OPEN, due_at__lt=now).count(),
        "applications": Integration.objects.filter(status=Integration.Status.APPLIED).count(),
        "verified": VerifyRun.objects.filter(kind="verify").first(),
        "sealed": Seal.objects.order_by("-at").first(),
        "gateways": gateways.alive(now),
        "open_cases": figures.open_cases(),
    }
    return render(request, "console/overview/overview.html", context)


def _soon(every: Sequence[ObligationStatus]) -> list[ObligationStatus]:
    """What needs somebody first: failing, then what ends soonest."""
    failing = [one for one in every if one.status is State.FAILING]
    ending = sorted(
        (one for one in every if one.status is State.DUE_SOON), key=lambda one: str(one.validity and one.validity.until)
    )
    return [*failing, *ending][:10]


def _bars(counted: list[tuple[str, int]]) -> list[tuple[str, int, float]]:
    """(risk, count, width in per cent of the longest)."""
    longest = max((count for _risk, count in counted), default=1)
    return [(risk, count, round(100 * count / longest, 1)) for risk, count in counted]


@action(Permission.RUN_CHECKS)
def run_checks(request: ConsoleRequest) -> HttpResponse:
    """Measure every obligation of a service now."""
    service = get_object_or_404(Service, pk=request.POST.get("service", ""))
    every = law.run_checks(request.actor, service, timezone.now())
    proven = sum(one.status in (State.PROVEN, State.DUE_SOON) for one in every)
    failing = sum(one.status is State.FAILING for one in every)
    messages.success(
        request, _("Measured: %(proven)d proven, %(failing)d failing.") % {"proven": proven, "failing": failing}
    )
    return HttpResponseRedirect(back(request, f"{reverse('console:overview')}?service={service.pk}"))
