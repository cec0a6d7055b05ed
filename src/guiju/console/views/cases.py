"""The review queue: claim the next case, read, decide, and on to the one after."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import F, Q, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from guiju.console.access import ConsoleRequest, action, screen
from guiju.console.forms.cases import DecisionForm
from guiju.console.paging import page_of
from guiju.console.views.records import findings_of, show_text
from guiju.console.words import explain, risk_choices
from guiju.errors import GuijuError, LeaseLost
from guiju.store.evidence import story
from guiju.store.models import Case
from guiju.store.permissions import Permission, allowed
from guiju.store.services import accounts, cases

TABS = ("open", "mine", "decided")


@screen(Permission.SEE_CASES)
def listing(request: ConsoleRequest) -> HttpResponse:
    """The queue in the order it is worked off; what I hold; what was decided."""
    tab = request.GET.get("tab", "open")
    tab = tab if tab in TABS else "open"
    risk = request.GET.get("risk", "").strip()
    rows = _tab(request, tab)
    if risk:
        rows = rows.filter(Q(risk=risk) | Q(risk__startswith=f"{risk}/"))
    now = timezone.now()
    context = {
        "page": page_of(request, rows.select_related("record", "claimed_by", "decided_by")),
        "tab": tab,
        "risk": risk,
        "risks": risk_choices(),
        "now": now,
        "free": cases.queue(now).count(),
        "late": Case.objects.filter(status=Case.Status.OPEN, due_at__lt=now).count(),
        "mine": _tab(request, "mine").count(),
    }
    return render(request, "console/cases/list.html", context)


def _tab(request: ConsoleRequest, tab: str) -> QuerySet[Case]:
    if tab == "decided":
        return Case.objects.filter(status=Case.Status.DECIDED).order_by(F("decided_at").desc(nulls_last=True), "-pk")
    rows = Case.objects.filter(status=Case.Status.OPEN).order_by("-priority", "due_at", "pk")
    return rows.filter(claimed_by=request.user, claimed_until__gt=timezone.now()) if tab == "mine" else rows


@action(Permission.REVIEW_CASES)
def claim_next(request: ConsoleRequest) -> HttpResponse:
    """Take the most urgent free case."""
    return _next(request)


def _next(request: ConsoleRequest) -> HttpResponse:
    case = cases.claim_next(request.actor, timezone.now())
    if case is None:
        messages.success(request, _("The queue is empty. Well done."))
        return HttpResponseRedirect(reverse("console:cases"))
    return HttpResponseRedirect(reverse("console:case", args=[case.pk]))


@action(Permission.REVIEW_CASES)
def claim(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Take this case, or extend one's claim."""
    case = get_object_or_404(Case, pk=pk)
    if not cases.claim(request.actor, case, timezone.now()):
        messages.warning(request, _("Somebody else holds this case, or it is decided."))
    return HttpResponseRedirect(reverse("console:case", args=[pk]))


@action(Permission.REVIEW_CASES)
def release(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Give a case back."""
    cases.release(request.actor, get_object_or_404(Case, pk=pk))
    return HttpResponseRedirect(reverse("console:cases"))


@screen(Permission.SEE_CASES)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """One case: the desk of its holder, a summary for everybody else."""
    case = get_object_or_404(Case.objects.select_related("record", "claimed_by", "decided_by"), pk=pk)
    return _desk(request, case, _form(request, case, None))


def _form(request: ConsoleRequest, case: Case, data: object) -> DecisionForm:
    may_close = allowed(request.actor, Permission.CLOSE_ACCOUNTS)
    return DecisionForm(data, may_close=may_close, has_account=bool(case.record.account))


def _desk(request: ConsoleRequest, case: Case, form: DecisionForm, status: int = 200) -> HttpResponse:
    now = timezone.now()
    found = story(case.record)
    account = found.account
    held = case.claimed_until is not None and case.claimed_until > now
    context = {
        "case": case,
        "story": found,
        "body": found.body,
        "findings": findings_of(found.body),
        "form": form,
        "held": held,
        "mine": held and case.claimed_by_id == request.user.pk,
        "late": case.status == Case.Status.OPEN and case.due_at < now,
        "account": account,
        "active": accounts.active(account, now) if account else [],
        "violations": account.violations.all()[:8] if account else [],
        "earlier": Case.objects.filter(record__account=account.pk, status=Case.Status.DECIDED).order_by("-decided_at")[
            :5
        ]
        if account
        else [],
        "may_read": allowed(request.actor, Permission.READ_CASE_TEXT) and found.text_held,
    }
    return render(request, "console/cases/detail.html", context, status=status)


@action(Permission.READ_CASE_TEXT)
def text(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The text of a case; the case is the reason that is recorded."""
    case = get_object_or_404(Case.objects.select_related("record"), pk=pk)
    return show_text(request, case.record, _("Review of case %(n)d") % {"n": case.pk})


@action(Permission.REVIEW_CASES)
def decide(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Decide a case and take the next one."""
    case = get_object_or_404(Case.objects.select_related("record"), pk=pk)
    form = _form(request, case, request.POST)
    if not form.is_valid():
        return _desk(request, case, form, status=422)
    asked = form.cleaned_data
    try:
        cases.decide(
            request.actor,
            case,
            asked["verdict"],
            asked["note"],
            sanction_step=asked["sanction_step"] or None,
            now=timezone.now(),
        )
    except GuijuError as error:
        form.add_error("note" if error.code == "GJ-7007" else None, explain(error))
        return _desk(request, case, form, status=409 if isinstance(error, LeaseLost) else 422)
    messages.success(request, _("Case %(n)d is decided.") % {"n": case.pk})
    return _next(request) if "stay" not in request.POST else HttpResponseRedirect(reverse("console:case", args=[pk]))
