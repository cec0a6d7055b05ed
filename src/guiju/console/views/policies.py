"""Policies: versions, an editor with a compiler's diagnostics, differences, publishing and rolling back."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from guiju.console.access import ConsoleRequest, action, form, screen
from guiju.console.answers import is_htmx
from guiju.console.diff import difference
from guiju.console.forms.policies import BacktestForm, PolicyForm, PublishForm, TrialForm
from guiju.console.paging import page_of
from guiju.errors import InvalidField, PolicySourceError
from guiju.moderation import policy_source
from guiju.store import policy_words
from guiju.store.backtest import backtest as judge_again
from guiju.store.models import PolicyVersion
from guiju.store.permissions import Permission
from guiju.store.services import policies


@screen(Permission.SEE_POLICIES)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Every version, newest first."""
    rows = PolicyVersion.objects.select_related("created_by")
    live = policies.live()
    earlier = rows.filter(state=PolicyVersion.State.RETIRED)
    if live is not None and live.published_at is not None:
        earlier = earlier.filter(published_at__lt=live.published_at)
    context = {"page": page_of(request, rows, 20), "live": live, "can_roll_back": earlier.exists()}
    return render(request, "console/policies/list.html", context)


@screen(Permission.SEE_POLICIES)
def detail(request: ConsoleRequest, number: int) -> HttpResponse:
    """One version: its text, and how it differs from another."""
    row = get_object_or_404(PolicyVersion.objects.select_related("created_by"), number=number)
    others = PolicyVersion.objects.exclude(pk=row.pk).order_by("-number")
    asked = request.GET.get("with", "")
    other = others.filter(number=int(asked)).first() if asked.isdigit() else None
    if other is None:
        waiting = row.state in (PolicyVersion.State.DRAFT, PolicyVersion.State.SHADOW, PolicyVersion.State.PARTIAL)
        other = policies.live() if waiting else others.filter(number__lt=row.number).first()
    try:
        policy, mistake = policy_words.accepted(row.source), ""
    except PolicySourceError as error:
        policy, mistake = None, str(error.params.get("report", ""))
    context = {
        "row": row,
        "policy": policy,
        "mistake": mistake,
        "others": others[:50],
        "other": other,
        "lines": difference(other.source, row.source) if other else [],
        "publish_form": PublishForm(),
        "trial_form": TrialForm(initial={"share": row.share}),
        "comparisons": row.comparisons.all(),
        "backtest_form": BacktestForm(),
    }
    return render(request, "console/policies/detail.html", context)


@form(Permission.MANAGE_POLICIES)
def draft(request: ConsoleRequest) -> HttpResponse:
    """Write a new version, starting from an existing one."""
    start = (
        get_object_or_404(PolicyVersion, number=request.GET["from"])
        if request.GET.get("from", "").isdigit()
        else policies.live()
    )
    source = start.source if start else policy_source.DEFAULT.read_text("utf-8")
    asked = PolicyForm(request.POST or None, initial={"source": source})
    report = ""
    if request.method == "POST" and asked.is_valid():
        try:
            row = policies.create_draft(request.actor, asked.cleaned_data["source"], asked.cleaned_data["note"])
        except PolicySourceError as error:
            report = str(error.params.get("report", ""))
        else:
            messages.success(
                request, _("Kept as draft %(n)d. It is not in force until it is published.") % {"n": row.number}
            )
            return HttpResponseRedirect(reverse("console:policy", args=[row.number]))
    context = {"form": asked, "start": start, "report": report}
    return render(request, "console/policies/edit.html", context, status=422 if report else 200)


@action(Permission.MANAGE_POLICIES)
def check(request: ConsoleRequest) -> HttpResponse:
    """What the compiler says about the text in the editor, as a fragment."""
    try:
        policy, report = policy_words.read(request.POST.get("source", "").replace("\r\n", "\n")), ""
    except PolicySourceError as error:
        policy, report = None, str(error.params.get("report", ""))
    page = "console/policies/report.html" if is_htmx(request) else "console/policies/report_page.html"
    return render(request, page, {"policy": policy, "report": report})


@action(Permission.MANAGE_POLICIES)
def publish(request: ConsoleRequest, number: int) -> HttpResponse:
    """Put a version in force."""
    asked = PublishForm(request.POST)
    if not asked.is_valid():
        raise InvalidField(field="hours", problem=asked.errors["hours"][0])
    row = policies.publish(request.actor, get_object_or_404(PolicyVersion, number=number), asked.until(timezone.now()))
    messages.success(
        request, _("Version %(n)d is in force. Gateways decide by it within a second.") % {"n": row.number}
    )
    return HttpResponseRedirect(reverse("console:policies"))


@action(Permission.MANAGE_POLICIES)
def start_trial(request: ConsoleRequest, number: int) -> HttpResponse:
    """Let a version decide beside the live one."""
    asked = TrialForm(request.POST)
    if not asked.is_valid():
        raise InvalidField(field="share", problem=asked.errors["share"][0])
    row = get_object_or_404(PolicyVersion, number=number)
    row = policies.start_trial(request.actor, row, asked.cleaned_data["share"])
    messages.success(request, _("Version %(n)d is on trial.") % {"n": row.number})
    return HttpResponseRedirect(reverse("console:policy", args=[row.number]))


@action(Permission.MANAGE_POLICIES)
def end_trial(request: ConsoleRequest, number: int) -> HttpResponse:
    """Make a version on trial a draft again."""
    row = policies.end_trial(request.actor, get_object_or_404(PolicyVersion, number=number))
    messages.success(request, _("The trial of version %(n)d has ended.") % {"n": row.number})
    return HttpResponseRedirect(reverse("console:policy", args=[row.number]))


@screen(Permission.SEE_POLICIES)
def backtest(request: ConsoleRequest, number: int) -> HttpResponse:
    """What a version would have decided over recorded exchanges."""
    row = get_object_or_404(PolicyVersion, number=number)
    asked = BacktestForm(request.GET or None)
    found = None
    if asked.is_valid():
        now = timezone.now()
        found = judge_again(policy_words.accepted(row.source), now - timedelta(days=asked.cleaned_data["days"]), now)
    return render(request, "console/policies/backtest.html", {"row": row, "form": asked, "found": found})


@action(Permission.MANAGE_POLICIES)
def roll_back(request: ConsoleRequest) -> HttpResponse:
    """Go back to the version that was in force before."""
    row = policies.rollback(request.actor)
    messages.success(request, _("Version %(n)d is in force again.") % {"n": row.number})
    return HttpResponseRedirect(reverse("console:policies"))
