"""Reports of accounts to an authority: prepared, approved by a second person, sent; each with its document."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from guiju.console.access import ConsoleRequest, action, screen
from guiju.console.forms.handling import ReportForm
from guiju.console.paging import page_of
from guiju.errors import InvalidField
from guiju.store.models import Account, AuthorityReport
from guiju.store.permissions import Permission
from guiju.store.services import authority_reports


@screen(Permission.SEE_ACCOUNTS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """What waits for a second person or to be sent, with what is missing in each; and what became of earlier ones."""
    waiting = authority_reports.waiting().select_related("account__integration__service", "prepared_by")[:200]
    done = AuthorityReport.objects.select_related("account", "decided_by", "reported_by")
    context = {
        "open": [(row, authority_reports.draft(request.actor, row)) for row in waiting],
        "page": page_of(request, done.filter(state__in=("sent", "refused")).order_by("-decided_at", "-pk")),
    }
    return render(request, "console/handling/reports.html", context)


@action(Permission.IMPOSE_SANCTIONS)
def prepare(request: ConsoleRequest, pk: str) -> HttpResponse:
    """Prepare the report of an account; its recent violations are the evidence."""
    row, asked = get_object_or_404(Account, pk=pk), ReportForm(request.POST)
    if not asked.is_valid():
        name, errors = next(iter(asked.errors.items()))
        raise InvalidField(field=name, problem=errors[0])
    given, now = asked.cleaned_data, timezone.now()
    recent = row.violations.values_list("record_id", flat=True)[:100]
    authority_reports.prepare(request.actor, row, given["authority"], given["reason"], now, records=recent)
    messages.success(request, _("Prepared. A second person approves it before it is sent."))
    return HttpResponseRedirect(reverse("console:reports"))


@screen(Permission.SEE_ACCOUNTS)
def document(request: ConsoleRequest, pk: int, suffix: str) -> HttpResponse:
    """A report as a file: Markdown, or a page to print."""
    row = _row(pk)
    if suffix not in ("md", "html"):
        raise Http404
    made = authority_reports.draft(request.actor, row)
    text, sort = (made.html, "text/html") if suffix == "html" else (made.markdown, "text/markdown")
    headers = {"Content-Disposition": f'attachment; filename="account-report-{row.pk}.{suffix}"'}
    return HttpResponse(text, content_type=f"{sort}; charset=utf-8", headers=headers)


@action(Permission.CLOSE_ACCOUNTS)
def approve(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Approve a report that somebody else prepared."""
    given = {name: request.POST.get(name, "") for name in ("authority", "note")}
    authority_reports.approve(request.actor, _row(pk), given["authority"], given["note"], timezone.now())
    messages.success(request, _("Approved. Send it, then record its receipt here."))
    return HttpResponseRedirect(reverse("console:reports"))


@action(Permission.CLOSE_ACCOUNTS)
def refuse(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Do not report."""
    authority_reports.refuse(request.actor, _row(pk), request.POST.get("reason", ""), timezone.now())
    return HttpResponseRedirect(reverse("console:reports"))


@action(Permission.CLOSE_ACCOUNTS)
def sent(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Note that an approved report was sent."""
    authority_reports.sent(request.actor, _row(pk), request.POST.get("number", ""), timezone.now())
    messages.success(request, _("Noted."))
    return HttpResponseRedirect(reverse("console:reports"))


def _row(pk: int) -> AuthorityReport:
    return get_object_or_404(AuthorityReport.objects.select_related("account__integration__service"), pk=pk)
