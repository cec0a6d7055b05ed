"""The review queue: claim the next case, read, decide, and on to the one after."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from guiju.console.access import ConsoleRequest, action, screen
from guiju.console.forms.cases import BesideForm, ClaimForm, CommentForm, DecisionForm, SplitForm, WordForm
from guiju.console.language import pick
from guiju.console.paging import page_of
from guiju.console.views.records import findings_of, show_text
from guiju.console.words import explain, risk_choices
from guiju.errors import ExposureReached, GuijuError, LeaseLost, TookPart
from guiju.store import case_context, case_texts, desk_exposure, desk_policy
from guiju.store.desk_queue import Wanted, hidden_from, in_order, not_theirs, queue, still_blind, took_part
from guiju.store.evidence import story
from guiju.store.models import Case, CaseProposal, Service
from guiju.store.permissions import Permission, allowed
from guiju.store.services import accounts, cases

TABS = ("open", "mine", "decided")
FILTERS = ("risk", "service", "due", "kind")


@screen(Permission.SEE_CASES)
def listing(request: ConsoleRequest) -> HttpResponse:
    """The queue in the order it is worked off; what I hold; what was decided."""
    tab = request.GET.get("tab", "open")
    tab = tab if tab in TABS else "open"
    now = timezone.now()
    asked = {name: request.GET.get(name, "").strip() for name in FILTERS}
    rows = Wanted(**asked).of(_tab(request, tab), now)
    reviews = allowed(request.actor, Permission.REVIEW_CASES)
    context = {
        "page": page_of(request, rows.select_related("record", "claimed_by", "decided_by")),
        "tab": tab,
        "asked": asked,
        "wanted": urlencode({name: value for name, value in asked.items() if value}),
        "risks": risk_choices(),
        "services": Service.objects.order_by("slug"),
        "kinds": Case.Kind.choices,
        "now": now,
        "free": queue(now).exclude(not_theirs(request.user)).count() if reviews else queue(now).count(),
        "late": Case.objects.filter(status=Case.Status.OPEN, due_at__lt=now).count(),
        "mine": _tab(request, "mine").count(),
        "proposed": CaseProposal.objects.filter(state=CaseProposal.State.PENDING).count(),
        "exposure": desk_exposure.of(request.user, now) if reviews else None,
        "blind": set(Case.objects.filter(still_blind()).values_list("pk", flat=True)),
    }
    return render(request, "console/cases/list.html", context)


def _tab(request: ConsoleRequest, tab: str) -> QuerySet[Case]:
    if tab == "decided":
        return Case.objects.filter(status=Case.Status.DECIDED).order_by("-decided_at", "-pk")
    rows = in_order(Case.objects.filter(status=Case.Status.OPEN), timezone.now())
    return rows.filter(claimed_by=request.user.pk, claimed_until__gt=timezone.now()) if tab == "mine" else rows


@action(Permission.REVIEW_CASES)
def claim_next(request: ConsoleRequest) -> HttpResponse:
    """Take the most urgent free case of those the queue is filtered to."""
    return _next(request)


def _next(request: ConsoleRequest) -> HttpResponse:
    asked = {name: request.POST.get(name, request.GET.get(name, "")).strip() for name in FILTERS}
    kept = urlencode({name: value for name, value in asked.items() if value})
    try:
        case = cases.claim_next(request.actor, timezone.now(), Wanted(**asked))
    except ExposureReached as error:
        messages.warning(request, explain(error))
        return HttpResponseRedirect(reverse("console:cases"))
    if case is None:
        messages.success(request, _("The queue is empty. Well done."))
        return HttpResponseRedirect(reverse("console:cases"))
    return HttpResponseRedirect(reverse("console:case", args=[case.pk]) + (f"?{kept}" if kept else ""))


@action(Permission.REVIEW_CASES)
def claim(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Take this case, or extend one's claim."""
    case = get_object_or_404(Case, pk=pk)
    try:
        if not cases.claim(request.actor, case, timezone.now()):
            messages.warning(request, _("Somebody else holds this case, or it is decided."))
    except (ExposureReached, TookPart) as error:
        messages.warning(request, explain(error))
    return HttpResponseRedirect(reverse("console:case", args=[pk]))


@action(Permission.REVIEW_CASES)
def release(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Give a case back."""
    cases.release(request.actor, get_object_or_404(Case, pk=pk))
    return HttpResponseRedirect(reverse("console:cases"))


@screen(Permission.SEE_CASES)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """One case: the desk of its holder, a summary for everybody else."""
    rows = Case.objects.select_related("record", "claimed_by", "decided_by", "about__decided_by")
    case = get_object_or_404(rows, pk=pk)
    return desk(request, case)


def form_of(request: ConsoleRequest, case: Case, data: object) -> DecisionForm:
    """The form a case is decided with."""
    may_close = allowed(request.actor, Permission.CLOSE_ACCOUNTS)
    reviews = case.kind != Case.Kind.FIRST
    return DecisionForm(data, may_close=may_close, has_account=bool(case.record.account), reviews=reviews)


def desk(request: ConsoleRequest, case: Case, status: int = 200, **forms: Any) -> HttpResponse:
    """The screen of a case; ``forms`` are those that were sent and are shown again."""
    now = timezone.now()
    found = story(case.record)
    held = case.claimed_until is not None and case.claimed_until > now
    mine = held and case.claimed_by_id == request.user.pk
    past = case_context.history(found.account, case, now) if found.account else None
    outline = case_texts.outline(case.record) if mine and case.kind == Case.Kind.FIRST and not case.part else []
    context = {
        "case": case,
        "story": found,
        "body": found.body,
        "findings": [row for row in findings_of(found.body) if case.part in ("", getattr(row[2], "where", ""))],
        "held": held,
        "mine": mine,
        "late": case.status == Case.Status.OPEN and case.due_at < now,
        "blind": case.kind == Case.Kind.SECOND,
        "hidden": hidden_from(request.user, case),
        "took_part": took_part(request.user, case),
        "account": found.account,
        "active": accounts.active(found.account, now) if found.account and case.kind != Case.Kind.SECOND else [],
        "past": past,
        "alike": case_context.alike(case),
        "pieces": case.later.filter(kind=Case.Kind.FIRST).order_by("pk"),
        "second": case.about.later.filter(kind=Case.Kind.SECOND).first() if case.about else None,
        "notes": case.notes.select_related("author"),
        "proposals": case.proposals.select_related("word_list", "proposed_by"),
        "deadline": next((pick(line) for line in desk_policy.in_force().deadlines if line.id == case.deadline), ""),
        "wanted": urlencode({name: request.GET[name] for name in FILTERS if request.GET.get(name)}),
        "may_read": allowed(request.actor, Permission.READ_CASE_TEXT) and found.text_held,
        "exposure": desk_exposure.of(request.user, now) if allowed(request.actor, Permission.REVIEW_CASES) else None,
        "outline": outline if len(outline) > 1 else [],
        "form": form_of(request, case, None),
        "comment_form": CommentForm(),
        "split_form": SplitForm(outline=outline),
        "word_form": WordForm(initial={"severity": case.severity}, prefix="word"),
        "claim_form": ClaimForm(prefix="claim"),
        "beside_form": BesideForm(others=past.others) if past and past.others else None,
        **forms,
    }
    return render(request, "console/cases/detail.html", context, status=status)


@action(Permission.READ_CASE_TEXT)
def text(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The text of a case; the case is the reason that is recorded."""
    case = get_object_or_404(Case.objects.select_related("record"), pk=pk)
    return show_text(request, case.record, _("Review of case %(n)d") % {"n": case.pk}, case.part)


@action(Permission.REVIEW_CASES)
def decide(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Decide a case and take the next one."""
    case = get_object_or_404(Case.objects.select_related("record"), pk=pk)
    form = form_of(request, case, request.POST)
    if not form.is_valid():
        return desk(request, case, 422, form=form)
    asked = form.cleaned_data
    step = asked.get("sanction_step") or None
    try:
        cases.decide(request.actor, case, asked["verdict"], asked["note"], sanction_step=step, now=timezone.now())
    except GuijuError as error:
        form.add_error("note" if error.code == "GJ-7007" else None, explain(error))
        return desk(request, case, 409 if isinstance(error, LeaseLost) else 422, form=form)
    messages.success(request, _("Case %(n)d is decided.") % {"n": case.pk})
    return _next(request) if "stay" not in request.POST else HttpResponseRedirect(reverse("console:case", args=[pk]))
