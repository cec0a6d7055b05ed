"""Minors and companions: accounts under protection, what waits for a person, and the policy."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guiju.console import guardianship
from guiju.console.access import ConsoleRequest, action, form, screen
from guiju.console.forms.minors import PolicyForm, ProfileForm
from guiju.console.paging import page_of
from guiju.console.words import explain
from guiju.errors import GuijuError, MinorsPolicyInvalid
from guiju.minors import decide, policy_source
from guiju.minors.annual import Kind
from guiju.minors.calendar import day_of
from guiju.store import care, minors_documents, minors_pools, minors_years
from guiju.store.models import Account, CareCase, CareProfile, MinorsPolicyVersion, Service
from guiju.store.moments import micros
from guiju.store.permissions import Permission
from guiju.store.services import care_cases, guardians, minors

_DAYS = 14


@screen(Permission.SEE_ACCOUNTS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """What waits for a person, and the accounts under protection, the suspected first."""
    state = request.GET.get("state", "")
    context = {
        "cases": care_cases.under_way()[:50],
        "now": timezone.now(),
        "page": page_of(request, _profiles(state)),
        "state": state,
        "policy": care.policy_in_force(),
        "number": care.policy_number(),
        "years": _years(),
        "pools": minors_pools.of_services(timezone.now()),
    }
    return render(request, "console/minors/list.html", context)


@dataclass(frozen=True)
class YearlyDocument:
    """One document of one service and year: whether the year is over, and what was noted of it."""

    service: Service
    year: int
    kind: Kind
    name: str
    over: bool
    done: minors_years.Done | None

    @property
    def dialog(self) -> str:
        """The id of the dialog in which somebody notes it."""
        return f"ask-{self.kind}-{self.service.pk}-{self.year}"


def _years() -> list[YearlyDocument]:
    """The documents of this year and the last."""
    now = timezone.localdate().year
    kinds: tuple[tuple[Kind, str], ...] = (
        ("public", _("Public report against addiction")),
        ("audit", _("Audit of minors' information")),
    )
    found = []
    for service in Service.objects.all():
        noted = minors_years.done(service.pk)
        for year in (now, now - 1):
            found += [
                YearlyDocument(service, year, kind, name, year < now, noted.get((year, kind))) for kind, name in kinds
            ]
    return found


@action(Permission.MANAGE_MINORS)
def document_done(request: ConsoleRequest, year: int, service: str, kind: str) -> HttpResponse:
    """A yearly document was published or reported: somebody says where, or gives the receipt."""
    row = get_object_or_404(Service, pk=service)
    if kind not in ("public", "audit"):
        raise Http404
    done: Kind = "public" if kind == "public" else "audit"
    minors.note_yearly(request.actor, row, year, done, request.POST.get("reason", ""), timezone.localdate())
    messages.success(request, _("Kept."))
    return HttpResponseRedirect(reverse("console:minors"))


@screen(Permission.SEE_ACCOUNTS)
def document(request: ConsoleRequest, year: int, service: str, kind: str, suffix: str) -> HttpResponse:
    """A yearly document about minors, counted from what is stored, for a person to complete."""
    row = get_object_or_404(Service, pk=service)
    if kind not in ("public", "audit") or suffix not in ("md", "html") or not 2000 <= year <= timezone.localdate().year:
        raise Http404
    made = minors_documents.of(row, year, "public" if kind == "public" else "audit")
    text, sort = (made.html, "text/html") if suffix == "html" else (made.markdown, "text/markdown")
    headers = {"Content-Disposition": f'attachment; filename="minors-{row.pk}-{year}-{kind}.{suffix}"'}
    return HttpResponse(text, content_type=f"{sort}; charset=utf-8", headers=headers)


def _profiles(state: str) -> QuerySet[CareProfile]:
    bands = [band.id for band in care.policy_in_force().bands]
    rows = CareProfile.objects.select_related("account__integration")
    rows = rows.filter(Q(mode=True) | Q(band__in=bands) | ~Q(born=""))
    if state == "suspected":
        rows = rows.filter(basis="suspected")
    return rows.order_by("-updated_at", "pk")


@screen(Permission.SEE_ACCOUNTS)
def detail(request: ConsoleRequest, pk: str) -> HttpResponse:
    """One account: what is known, what it may do now, its use, what its guardian decided."""
    return _detail(request, get_object_or_404(Account.objects.select_related("integration"), pk=pk))


def _detail(request: ConsoleRequest, row: Account, asked: ProfileForm | None = None, token: str = "") -> HttpResponse:
    now, policy = timezone.now(), care.policy_in_force()
    at = micros(now)
    profile = care.profile_of(row.pk)
    usage = care.usage_of(row.pk, now, policy).usage(at, policy.counting)
    context = {
        "row": row,
        "profile": CareProfile.objects.filter(pk=row.pk).first(),
        "band": policy.band(profile.band_at(at, policy)),
        "verdict": decide(policy, profile, usage, at),
        "days": care.used_minutes(row.pk, day_of(at), _DAYS, policy),
        "decisions": guardianship.in_words(row.guardian_decisions.order_by("-starts_at")[:50]),
        "links": row.guardian_links.filter(revoked_at=None, expires_at__gt=now).count(),
        "cases": row.care_cases.order_by("-opened_at")[:20],
        "form": asked or _form(request, {"band": profile.band, "basis": "stated", "mode": profile.mode}),
        "address": request.build_absolute_uri(reverse("console:guardian", args=[token])) if token else "",
    }
    return render(request, "console/minors/detail.html", context, status=422 if asked else 200)


def _form(request: HttpRequest, initial: dict[str, object] | None = None) -> ProfileForm:
    english = (get_language() or "").startswith("en")
    data = request.POST if initial is None else None
    return ProfileForm(data, policy=care.policy_in_force(), english=english, initial=initial)


@action(Permission.MANAGE_MINORS)
def set_profile(request: ConsoleRequest, pk: str) -> HttpResponse:
    """State whose account it is."""
    row, asked = get_object_or_404(Account, pk=pk), _form(request)
    if asked.is_valid():
        given = asked.cleaned_data
        try:
            minors.set_profile(
                request.actor, row, basis=given["basis"], band=given["band"], mode=given["mode"], reason=given["reason"]
            )
        except GuijuError as error:
            asked.add_error(None, explain(error))
        else:
            messages.success(request, _("Done. Gateways enforce it within a second."))
            return HttpResponseRedirect(reverse("console:minor", args=[pk]))
    return _detail(request, row, asked)


@action(Permission.MANAGE_MINORS)
def clear(request: ConsoleRequest, pk: str) -> HttpResponse:
    """An appeal is upheld: the account belongs to a grown-up."""
    row = get_object_or_404(Account, pk=pk)
    minors.clear_suspicion(request.actor, row, request.POST.get("reason", ""))
    messages.success(request, _("The suspicion has been cleared."))
    return HttpResponseRedirect(reverse("console:minor", args=[pk]))


@action(Permission.MANAGE_MINORS)
def link(request: ConsoleRequest, pk: str) -> HttpResponse:
    """Make a way in for a guardian and show its address, once."""
    row = get_object_or_404(Account.objects.select_related("integration"), pk=pk)
    _row, token = guardians.issue_link(request.actor, row)
    return _detail(request, row, token=token)


@action(Permission.HANDLE_CARE)
def contacted(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The guardian or emergency contact was reached."""
    care_cases.contacted(request.actor, get_object_or_404(CareCase, pk=pk), request.POST.get("reason", ""))
    messages.success(request, _("Kept."))
    return HttpResponseRedirect(reverse("console:minors"))


@action(Permission.HANDLE_CARE)
def close(request: ConsoleRequest, pk: int) -> HttpResponse:
    """A case is done, or refused."""
    refused = request.POST.get("refused") == "yes"
    care_cases.close(request.actor, get_object_or_404(CareCase, pk=pk), request.POST.get("reason", ""), refused=refused)
    messages.success(request, _("Kept."))
    return HttpResponseRedirect(reverse("console:minors"))


@form(Permission.MANAGE_MINORS)
def policy(request: ConsoleRequest) -> HttpResponse:
    """The policy in force as YAML, and a new version of it; mistakes are told with line and column."""
    row = MinorsPolicyVersion.objects.first()
    source = row.source if row is not None else policy_source.shipped()
    asked = PolicyForm(request.POST or None, initial={"source": source})
    report = ""
    if request.method == "POST" and asked.is_valid():
        try:
            source = asked.cleaned_data["source"].replace("\r\n", "\n")
            made = minors.publish_policy(request.actor, source, asked.cleaned_data["note"])
        except MinorsPolicyInvalid as error:
            report = str(error.params.get("detail", ""))
        else:
            messages.success(request, _("Version %(n)d is in force.") % {"n": made.number})
            return HttpResponseRedirect(reverse("console:minors"))
    context = {"form": asked, "report": report, "versions": MinorsPolicyVersion.objects.all()[:20]}
    return render(request, "console/minors/policy.html", context, status=422 if report else 200)
