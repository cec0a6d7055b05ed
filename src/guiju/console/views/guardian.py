"""The guardian's own page: see the use, set stricter limits, take back what was allowed. No account; the address is the key."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from guiju.console import guardianship
from guiju.console.forms.minors import LimitForm
from guiju.console.words import explain
from guiju.errors import GuijuError
from guiju.minors import Use, decide
from guiju.minors.calendar import day_of
from guiju.store import care, snapshot_loader
from guiju.store.actor import Actor
from guiju.store.models import Account, GuardianDecision
from guiju.store.moments import micros
from guiju.store.services import guardians

GUARDIAN = Actor.system("guardian page")
_DAYS = 7


@never_cache
def page(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind one guardian's link. The address leaves with no click to elsewhere: only Guiju itself gets a referrer.

    Without any referrer browsers would send ``Origin: null`` with a form, which is refused as forged.

    Raises:
        GuardianLinkInvalid.
    """
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(("GET", "HEAD", "POST"))
    account = guardians.enter(token, timezone.now())
    form = LimitForm(request.POST if request.POST.get("act") == "limit" else None)
    if request.method == "POST" and _done(request, account, form):
        return HttpResponseRedirect(reverse("console:guardian", args=[token]))
    response = _page(request, account, form)
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def _done(request: HttpRequest, account: Account, form: LimitForm) -> bool:
    """Whether what the guardian asked for was done; otherwise the form says why not."""
    try:
        if request.POST.get("act") == "withdraw":
            own = GuardianDecision.objects.filter(account=account, withdrawn_at=None)
            number = request.POST.get("decision", "")
            guardians.withdraw(GUARDIAN, get_object_or_404(own, pk=int(number) if number.isdecimal() else 0))
            return True
        if not form.is_valid():
            return False
        scope, value, names = form.decision()
        guardians.decide(GUARDIAN, account, "limit", scope, value=value, names=names)
    except GuijuError as error:
        form.add_error(None, explain(error))
        return False
    except ValidationError as error:
        form.add_error("value", error)
        return False
    return True


def _standing(account: Account, now: datetime) -> QuerySet[GuardianDecision]:
    """What binds or will bind: neither withdrawn nor expired."""
    rows = account.guardian_decisions.filter(Q(expires_at=None) | Q(expires_at__gt=now), withdrawn_at=None)
    return rows.order_by("kind", "scope")


def _page(request: HttpRequest, account: Account, form: LimitForm) -> HttpResponse:
    now, policy = timezone.now(), care.policy_in_force()
    at, profile = micros(now), care.profile_of(account.pk)
    usage = care.usage_of(account.pk, now, policy).usage(at, policy.counting)
    verdict = decide(policy, profile, usage, at, Use(companion=snapshot_loader.is_companion(account.integration)))
    context = {
        "service": account.integration.service.name,
        "band": policy.band(profile.band_at(at, policy)),
        "verdict": verdict,
        "unconsented": any(reason.code == "consent" for reason in verdict.reasons),
        "left": None if verdict.remaining is None else verdict.remaining // 60_000_000,
        "days": care.used_minutes(account.pk, day_of(at), _DAYS, policy),
        "happened": guardianship.happened(account, now),
        "decisions": guardianship.in_words(_standing(account, now)),
        "form": form,
    }
    return render(request, "console/guardian/page.html", context, status=422 if form.errors else 200)
