"""The review desk in figures, and each reviewer's own settings."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from guiju.china import china_day
from guiju.console import charts
from guiju.console.access import ConsoleRequest, form, screen
from guiju.console.forms.cases import DeskSettingsForm
from guiju.console.words import explain
from guiju.errors import GuijuError
from guiju.law.book import rules
from guiju.store import desk_exposure, desk_figures, desk_policy
from guiju.store.finished_days import start_of
from guiju.store.models import CheckRun, ModelCandidate
from guiju.store.permissions import Permission
from guiju.store.services import desk_settings

SPANS = (7, 30, 90)
DUTY = "SVC-02"


@screen(Permission.SEE_CASES)
def figures(request: ConsoleRequest) -> HttpResponse:
    """Backlog, age, times, overturned decisions, agreement, precision of rules, people against volume."""
    asked = request.GET.get("days", "")
    span = int(asked) if asked.isdigit() and int(asked) in SPANS else SPANS[1]
    now = timezone.now()
    since = start_of(china_day(now) - timedelta(days=span - 1))
    backlog, daily = desk_figures.backlog(now), desk_figures.days(since, now)
    times = desk_figures.times(since, now)
    context = {
        "span": span,
        "spans": SPANS,
        "now": now,
        "backlog": backlog,
        "ages": charts.shares(_ages(backlog)),
        "times": times,
        "opened": charts.columns(daily.days, [charts.Series(_("Opened"), "info", daily.opened)]),
        "decided": charts.columns(daily.days, _decided(daily)),
        "overturned": desk_figures.overturned(since, now),
        "agreed": desk_figures.agreed(since, now),
        "precision": desk_figures.precision(since, now),
        "staff": desk_figures.staff(since, now, times),
        "policy": desk_policy.in_force(),
        "duty": rules().obligation(DUTY),
        "run": CheckRun.objects.filter(obligation=rules().obligation(DUTY).urn).order_by("-at").first(),
        "model": ModelCandidate.objects.filter(state=ModelCandidate.State.LIVE).first(),
    }
    return render(request, "console/cases/figures.html", context)


@form(Permission.REVIEW_CASES)
def own(request: ConsoleRequest) -> HttpResponse:
    """How one wants to be shown texts and pictures, and one's own limits."""
    limits, now = desk_policy.in_force().exposure, timezone.now()
    most = {"most_cases": limits.severe_cases, "most_minutes": limits.break_after_minutes}
    kept = desk_exposure.settings_of(request.user)
    initial = {name: getattr(kept, name) for name in DeskSettingsForm.base_fields}
    filled = DeskSettingsForm(request.POST or None, initial=initial, **most)
    status = 200
    if request.method == "POST":
        status = 422
        if filled.is_valid():
            try:
                desk_settings.keep(request.actor, **filled.cleaned_data)
            except GuijuError as error:
                filled.add_error(None, explain(error))
            else:
                messages.success(request, _("Your settings are kept."))
                return HttpResponseRedirect(reverse("console:desk_settings"))
    context = {"form": filled, "exposure": desk_exposure.of(request.user, now), "limits": limits}
    return render(request, "console/cases/settings.html", context, status=status)


def _ages(backlog: desk_figures.Backlog) -> list[tuple[str, str, int]]:
    names = (_("under 1 hour"), _("1 to 4 hours"), _("4 to 24 hours"), _("over 24 hours"))
    return list(zip(names, ("good", "info", "warn", "bad"), backlog.ages, strict=True))


def _decided(daily: desk_figures.Days) -> list[charts.Series]:
    in_time = [all_ - late for all_, late in zip(daily.decided, daily.late, strict=True)]
    return [charts.Series(_("In time"), "good", in_time), charts.Series(_("Late"), "bad", daily.late)]
