"""Integrations: the inventory of applications that call (接口底数), their approval, keys and labels."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from guiju.console.access import ConsoleRequest, action, form, screen
from guiju.console.charts import traffic_chart
from guiju.console.figures import exchanges_by_day, exchanges_by_integration, refusals_of, tokens_of
from guiju.console.forms.integrations import IntegrationForm, KeyForm, RotateForm
from guiju.console.paging import page_of
from guiju.console.words import explain
from guiju.errors import GuijuError, InvalidField
from guiju.inventory import points
from guiju.store.models import AuditEntry, Integration, IntegrationKey, Service
from guiju.store.permissions import Permission, allowed
from guiju.store.services import integrations

Status = Integration.Status
DAYS = 14
"""Days of traffic shown on the screens of integrations."""


class KeyLine:
    """A key as the screen lists it."""

    def __init__(self, row: IntegrationKey, now: datetime) -> None:
        self.row = row
        self.usable = row.revoked_at is None and (row.expires_at is None or row.expires_at > now)


@screen(Permission.SEE_INTEGRATIONS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """The inventory."""
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "status", "service", "purpose")}
    page = page_of(request, _filtered(asked))
    context = {
        "page": page,
        "asked": asked,
        "filtered": any(asked.values()),
        "statuses": Status.choices,
        "purposes": Integration.Purpose.choices,
        "services": Service.objects.all(),
        "traffic": exchanges_by_integration(DAYS),
        "days": DAYS,
        "today": timezone.localdate(),
    }
    return render(request, "console/integrations/list.html", context)


def _filtered(asked: dict[str, str]) -> QuerySet[Integration]:
    usable = Q(keys__revoked_at=None) & (Q(keys__expires_at=None) | Q(keys__expires_at__gt=timezone.now()))
    rows = Integration.objects.select_related("service").annotate(usable_keys=Count("keys", filter=usable))
    if asked["q"]:
        words = asked["q"]
        rows = rows.filter(
            Q(name__icontains=words)
            | Q(owner__icontains=words)
            | Q(pk=words)
            | Q(keys__prefix=words[:16])
            | Q(filing_number__icontains=words)
        )
    for name in ("status", "service", "purpose"):
        if asked[name]:
            rows = rows.filter(**{name: asked[name]})
    return rows.order_by("name", "pk")


@screen(Permission.SEE_INTEGRATIONS)
def detail(request: ConsoleRequest, pk: str) -> HttpResponse:
    """One integration."""
    return _detail(request, get_object_or_404(Integration.objects.select_related("service"), pk=pk))


def _detail(request: ConsoleRequest, row: Integration, *, key: str = "") -> HttpResponse:
    now = timezone.now()
    days = exchanges_by_day(DAYS, integration=row.pk)
    context = {
        "row": row,
        "key": key,
        "address": f"{request.scheme}://{request.get_host()}/v1",
        "keys": [KeyLine(key, now) for key in row.keys.all()],
        "key_form": KeyForm(),
        "rotate_form": RotateForm(),
        "checklist": [(point, row.checklist[point.id]) for point in points() if point.id in row.checklist],
        "steps": _steps(request, row),
        "chart": traffic_chart(days, width=380),
        "exchanges": sum(day.exchanges for day in days),
        "tokens": tokens_of(row.pk, DAYS),
        "refusals": refusals_of(row.pk, DAYS),
        "days": DAYS,
        "entries": AuditEntry.objects.filter(object_type="Integration", object_id=row.pk)[:15],
        "today": timezone.localdate(),
    }
    return render(request, "console/integrations/detail.html", context)


def _steps(request: ConsoleRequest, row: Integration) -> list[str]:
    """The statuses this user may move the integration to."""
    found = []
    for target in integrations.TRANSITIONS[row.status]:
        needed = Permission.SUSPEND_INTEGRATIONS if target == Status.SUSPENDED else Permission.APPROVE_INTEGRATIONS
        if allowed(request.actor, needed) and allowed(request.actor, Permission.SUSPEND_INTEGRATIONS):
            found.append(target)
    return sorted(found)


@form(Permission.REGISTER_INTEGRATIONS)
def create(request: ConsoleRequest) -> HttpResponse:
    """Register an integration; its first key is in the answer to this one request and nowhere else."""
    asked = IntegrationForm(request.POST or None, may_approve=allowed(request.actor, Permission.APPROVE_INTEGRATIONS))
    if request.method == "POST" and asked.is_valid():
        try:
            row, key = integrations.create(request.actor, service=asked.cleaned_data["service"], **asked.values())
        except GuijuError as error:
            _blame(asked, error)
        else:
            return _detail(request, row, key=key)
    return render(request, "console/integrations/form.html", {"form": asked, "row": None})


@form(Permission.EDIT_INTEGRATIONS)
def edit(request: ConsoleRequest, pk: str) -> HttpResponse:
    """Change an integration; what was approved only by somebody who may approve."""
    row = get_object_or_404(Integration, pk=pk)
    may_approve = allowed(request.actor, Permission.APPROVE_INTEGRATIONS)
    asked = IntegrationForm(request.POST or None, integration=row, may_approve=may_approve)
    if request.method == "POST" and asked.is_valid():
        try:
            integrations.update(request.actor, row, **asked.values())
        except GuijuError as error:
            _blame(asked, error)
        else:
            return _done(request, row, _("Saved. Gateways see the change within a second."))
    return render(request, "console/integrations/form.html", {"form": asked, "row": row, "may_approve": may_approve})


@action(Permission.SUSPEND_INTEGRATIONS)
def set_status(request: ConsoleRequest, pk: str) -> HttpResponse:
    """Approve, suspend or retire."""
    row = get_object_or_404(Integration, pk=pk)
    integrations.set_status(request.actor, row, request.POST.get("status", ""), request.POST.get("reason", ""))
    return _done(request, row, _("The status has been changed. Gateways see it within a second."))


@action(Permission.MANAGE_KEYS)
def new_key(request: ConsoleRequest, pk: str) -> HttpResponse:
    """Issue a further key, shown once. The old ones stay valid until revoked, so that callers can change over."""
    row = get_object_or_404(Integration.objects.select_related("service"), pk=pk)
    asked = KeyForm(request.POST)
    if not asked.is_valid():
        messages.error(request, _("The date cannot be read."))
        return HttpResponseRedirect(reverse("console:integration", args=[pk]))
    last = asked.cleaned_data["expires_on"]
    end = timezone.make_aware(datetime.combine(last + timedelta(days=1), time())) if last else None
    return _detail(request, row, key=integrations.new_key(request.actor, row, end))


@action(Permission.MANAGE_KEYS)
def rotate_key(request: ConsoleRequest, pk: str) -> HttpResponse:
    """Issue a new key, shown once, and let the others end after the days given."""
    row = get_object_or_404(Integration.objects.select_related("service"), pk=pk)
    asked = RotateForm(request.POST)
    if not asked.is_valid():
        raise InvalidField(field="days", problem=asked.errors["days"][0])
    overlap = timedelta(days=asked.cleaned_data["days"])
    return _detail(request, row, key=integrations.rotate_key(request.actor, row, overlap, timezone.now()))


@action(Permission.MANAGE_KEYS)
def revoke_key(request: ConsoleRequest, pk: str, key: int) -> HttpResponse:
    """Make a key unusable."""
    row = get_object_or_404(IntegrationKey, pk=key, integration_id=pk)
    integrations.revoke_key(request.actor, row, request.POST.get("reason", ""))
    return _done(request, row.integration, _("The key no longer works."))


def _blame(asked: IntegrationForm, error: GuijuError) -> None:
    """Show an error at the field it is about."""
    field = str(error.params.get("field", ""))
    asked.add_error(field if field in asked.fields else None, explain(error))


def _done(request: ConsoleRequest, row: Integration, words: str) -> HttpResponse:
    messages.success(request, words)
    return HttpResponseRedirect(reverse("console:integration", args=[row.pk]))
