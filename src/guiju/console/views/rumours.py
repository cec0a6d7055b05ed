"""The register of refuted claims: what counts, entries and files, and a text held against it."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from guiju.console.access import ConsoleRequest, action, form, screen
from guiju.console.forms.rumours import ClaimForm, RegisterFileForm, TryClaimForm
from guiju.console.paging import page_of
from guiju.console.words import explain
from guiju.errors import GuijuError
from guiju.moderation import rumour_file
from guiju.moderation.rumours import Likeness
from guiju.store.models import RefutedClaim
from guiju.store.permissions import Permission
from guiju.store.refuted_claims import as_value, in_force, repeated, today
from guiju.store.services import rumours


@screen(Permission.SEE_POLICIES)
def listing(request: ConsoleRequest) -> HttpResponse:
    """The entries, those in force first asked for, narrowed by words."""
    return _listing(request, RegisterFileForm())


@form(Permission.TRY_CHECKS)
def attempt(request: ConsoleRequest) -> HttpResponse:
    """Which claims a text repeats. The text travels in the body of a POST, so it stands in no log."""
    asked = TryClaimForm(request.POST or None)
    found: tuple[Likeness, ...] | None = None
    if request.method == "POST" and asked.is_valid():
        found = repeated(asked.cleaned_data["text"])
    return render(request, "console/rumours/try.html", {"form": asked, "found": found})


@form(Permission.MANAGE_RUMOURS)
def create(request: ConsoleRequest) -> HttpResponse:
    """Enter a claim."""
    asked = ClaimForm(request.POST or None)
    if request.method == "POST" and asked.is_valid():
        try:
            rumours.add(request.actor, **asked.cleaned_data)
        except GuijuError as error:
            asked.add_error("claim" if error.code == "GJ-7014" else None, explain(error))
        else:
            messages.success(request, _("The claim is in the register. Gateways follow within a second."))
            return HttpResponseRedirect(reverse("console:rumours"))
    return render(request, "console/rumours/edit.html", {"form": asked, "row": None})


@form(Permission.MANAGE_RUMOURS)
def edit(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Change an entry."""
    row = get_object_or_404(RefutedClaim, pk=pk)
    asked = ClaimForm.of(row, request.POST or None)
    if request.method == "POST" and asked.is_valid():
        try:
            rumours.edit(request.actor, row, **asked.cleaned_data)
        except GuijuError as error:
            asked.add_error("claim" if error.code == "GJ-7014" else None, explain(error))
        else:
            messages.success(request, _("The entry is changed. Gateways follow within a second."))
            return HttpResponseRedirect(reverse("console:rumours"))
    ended = row.expires is not None and row.expires < today()
    return render(request, "console/rumours/edit.html", {"form": asked, "row": row, "ended": ended})


@action(Permission.MANAGE_RUMOURS)
def expire(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Let an entry count no longer."""
    row = get_object_or_404(RefutedClaim, pk=pk)
    rumours.expire(request.actor, row, request.POST.get("reason", ""), today())
    messages.success(request, _("The entry no longer counts. Gateways follow within a second."))
    return HttpResponseRedirect(reverse("console:rumours"))


@action(Permission.MANAGE_RUMOURS)
def upload(request: ConsoleRequest) -> HttpResponse:
    """Take in a file of entries, all of it or nothing."""
    asked = RegisterFileForm(request.POST, request.FILES)
    if not asked.is_valid():
        return _listing(request, asked, status=422)
    file = asked.cleaned_data["file"]
    try:
        done = rumours.import_(request.actor, rumour_file.read(file.name, file.read()))
    except GuijuError as error:
        asked.add_error("file", explain(error))
        return _listing(request, asked, status=422)
    told = {"added": done.added, "changed": done.changed, "same": done.same}
    messages.success(request, _("%(added)d added, %(changed)d changed, %(same)d as before.") % told)
    return HttpResponseRedirect(reverse("console:rumours"))


@screen(Permission.SEE_POLICIES)
def download(request: ConsoleRequest, suffix: str) -> HttpResponse:
    """The whole register as a file, expired entries included."""
    name = f"refuted-claims.{suffix}"
    data = rumour_file.write(name, [as_value(row) for row in RefutedClaim.objects.order_by("pk")])
    kind = "application/json" if suffix == "json" else "text/csv; charset=utf-8"
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _listing(request: ConsoleRequest, asked: RegisterFileForm, status: int = 200) -> HttpResponse:
    rows = RefutedClaim.objects.select_related("added_by")
    wanted, ended = request.GET.get("q", "").strip(), request.GET.get("ended") == "1"
    if wanted:
        rows = rows.filter(Q(claim__icontains=wanted) | Q(refutation__icontains=wanted) | Q(source__icontains=wanted))
    rows = rows.filter(expires__lt=today()) if ended else rows.filter(Q(expires=None) | Q(expires__gte=today()))
    context = {
        "page": page_of(request, rows, 30),
        "q": wanted,
        "ended": ended,
        "form": asked,
        "count": len(in_force(today())),
    }
    return render(request, "console/rumours/list.html", context, status=status)
