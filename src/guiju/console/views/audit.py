"""The audit log: who did what to what, why, and when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from guiju.console.access import ConsoleRequest, action, screen
from guiju.console.paging import page_of
from guiju.store import audit
from guiju.store.distinct import values_of
from guiju.store.models import AuditEntry, User
from guiju.store.permissions import Permission


@screen(Permission.SEE_AUDIT)
def listing(request: ConsoleRequest) -> HttpResponse:
    """The log, newest first, filtered by who, what and when."""
    asked = {name: request.GET.get(name, "").strip() for name in ("who", "action", "object", "since", "until")}
    page = page_of(request, _entries(asked))
    context = {
        "page": page,
        "names": _names(page.object_list),
        "asked": asked,
        "actions": values_of(AuditEntry, "action"),
        "filtered": any(asked.values()),
    }
    return render(request, "console/audit/list.html", context)


@action(Permission.SEE_AUDIT)
def verify(request: ConsoleRequest) -> HttpResponse:
    """Recompute the chain of the log."""
    report = audit.verify()
    if report.ok:
        messages.success(
            request,
            _("The audit log is whole: %(n)d entries, head %(head)s.")
            % {"n": report.entries, "head": report.head[:16]},
        )
    else:
        messages.error(
            request,
            _("The audit log has been changed: entry %(n)d does not fit the one before it.")
            % {"n": report.broken or 0},
        )
    return HttpResponseRedirect(reverse("console:audit"))


def _names(entries: Iterable[AuditEntry]) -> dict[int, str]:
    """What the objects of these entries are called, by entry, where their number alone says little."""
    users = {entry.pk: entry.object_id for entry in entries if entry.object_type == "User"}
    known = {str(pk): name for pk, name in User.objects.filter(pk__in=users.values()).values_list("pk", "username")}
    return {entry: known[key] for entry, key in users.items() if key in known}


def _entries(asked: dict[str, str]) -> QuerySet[AuditEntry]:
    rows = AuditEntry.objects.all()
    if asked["who"]:
        known = [name for name in values_of(AuditEntry, "actor_name") if asked["who"].casefold() in name.casefold()]
        rows = rows.filter(actor_name__in=known)
    if asked["action"]:
        rows = rows.filter(action=asked["action"])
    if asked["object"]:
        rows = rows.filter(object_id=asked["object"])
    since, until = _day(asked["since"]), _day(asked["until"])
    if since:
        rows = rows.filter(at__gte=since)
    if until:
        rows = rows.filter(at__lt=until + timedelta(days=1))
    return rows.order_by("-at", "-id") if since or until else rows  # by the index that finds the span


def _day(text: str) -> datetime | None:
    """The start of a day typed into a date field; nonsense is no filter."""
    try:
        found = parse_date(text)
    except ValueError:
        return None
    return timezone.make_aware(datetime.combine(found, time())) if found else None
