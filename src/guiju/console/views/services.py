"""Services and their profiles: what the operator states, and which obligations follow from it."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from guiju.console.access import ConsoleRequest, form, screen
from guiju.console.figures import last_days
from guiju.console.forms.services import ProfileForm, ServiceForm
from guiju.console.words import explain
from guiju.errors import GuijuError
from guiju.law.book import rules
from guiju.law.profile import Profile
from guiju.law.schema import Obligation
from guiju.store.models import Service
from guiju.store.permissions import Permission
from guiju.store.services import law, services


@screen(Permission.SEE_SERVICES)
def listing(request: ConsoleRequest) -> HttpResponse:
    """The services in the settings, and those that once were."""
    configured = {s.slug: s for s in settings.GUIJU.services()}
    context = {
        "services": [(row, configured.get(row.pk), _filled(row)) for row in Service.objects.all()],
        "fields": len(rules().form.fields),
    }
    return render(request, "console/services/list.html", context)


def _filled(row: Service) -> int:
    return sum(name in row.profile for name in (f.name for f in rules().form.fields))


@form(Permission.SEE_SERVICES)
def detail(request: ConsoleRequest, slug: str) -> HttpResponse:
    """One service: name and provider, what the profile states, which obligations apply."""
    row = get_object_or_404(Service, pk=slug)
    initial = {name: getattr(row, name) for name in ("name", "description", "provider_name", "provider_code")}
    asked = ServiceForm(request.POST or None, initial=initial)
    if request.method == "POST" and asked.is_valid():
        try:
            services.update(request.actor, row, **asked.cleaned_data)
        except GuijuError as error:
            if error.code == "GJ-7001":
                raise
            field = str(error.params.get("field", ""))
            asked.add_error(field if field in asked.fields else None, explain(error))
        else:
            messages.success(request, _("Saved. Gateways see the change within a second."))
            return HttpResponseRedirect(reverse("console:service", args=[slug]))
    context = {
        "row": row,
        "form": asked,
        "upstream": _upstream(slug),
        "binding": _binding(row),
        "stated": _filled(row),
        "fields": len(rules().form.fields),
    }
    return render(request, "console/services/detail.html", context)


def _upstream(slug: str) -> object:
    return next((s.upstream for s in settings.GUIJU.services() if s.slug == slug), None)


@dataclass(frozen=True)
class Change:
    """An obligation that binds differently than before; None is “the profile does not say yet”."""

    obligation: Obligation
    before: bool | None
    after: bool | None
    reason: object


@form(Permission.MANAGE_SERVICES)
def profile(request: ConsoleRequest, slug: str) -> HttpResponse:
    """The profile form; after saving it says which obligations now bind differently."""
    row = get_object_or_404(Service, pk=slug)
    asked = ProfileForm(rules().form, row.profile, request.POST or None)
    if request.method == "POST" and asked.is_valid():
        before = law.profile(row)
        try:
            saved = services.update(request.actor, row, profile=asked.profile())
        except GuijuError as error:
            asked.add_error(None, explain(error))
        else:
            changes = _changes(before, law.profile(saved))
            return render(request, "console/services/saved.html", {"row": saved, "changes": changes})
    status = 422 if asked.errors else 200
    return render(request, "console/services/profile.html", {"row": row, "form": asked}, status=status)


def _changes(before: Profile, after: Profile) -> list[Change]:
    book, today = law.book(), last_days(1)[0]
    found = []
    for obligation in book.obligations:
        old, new = book.applicability(obligation, before, today), book.applicability(obligation, after, today)
        if old.applies is not new.applies:
            found.append(Change(obligation, old.applies, new.applies, new))
    return found


def _binding(row: Service) -> dict[str, int]:
    """How many obligations apply, do not apply, or cannot be told yet."""
    book, today, facts = law.book(), last_days(1)[0], law.profile(row)
    answers = [book.applicability(o, facts, today).applies for o in book.obligations]
    return {"yes": answers.count(True), "no": answers.count(False), "unknown": answers.count(None)}
