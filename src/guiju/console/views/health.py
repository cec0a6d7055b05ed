"""System health: the running gateways, the data keys, texts whose retention has ended."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.db import connection
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from guiju.console.access import ConsoleRequest, action, screen
from guiju.console.figures import refusals_of
from guiju.store import gateways, snapshot_version
from guiju.store.evidence import rotate_data_key, sweep_retention
from guiju.store.evidence.retention import cutoff
from guiju.store.models import DataKey, RecordText
from guiju.store.permissions import Permission

DAYS = 7


@screen(Permission.MANAGE_USERS)
def health(request: ConsoleRequest) -> HttpResponse:
    """What runs, what waits for the administrator, and where things are kept."""
    now = timezone.now()
    due = cutoff(now)
    context = {
        "gateways": gateways.alive(now),
        "snapshot": snapshot_version.current(),
        "refusals": refusals_of(None, DAYS),
        "days": DAYS,
        "keys": DataKey.objects.order_by("-created_at")[:10],
        "due": due,
        "due_texts": RecordText.objects.filter(at__lt=due)[:100_001].count(),
        "database": connection.vendor,
        "settings": settings.GUIJU,
        "services": settings.GUIJU.services(),
    }
    return render(request, "console/health/health.html", context)


@action(Permission.SWEEP_RETENTION)
def sweep(request: ConsoleRequest) -> HttpResponse:
    """Delete the texts whose retention has ended."""
    done = sweep_retention(request.actor, timezone.now())
    messages.success(request, _("%(n)d texts deleted. Their records and hashes stay.") % {"n": done.texts})
    return HttpResponseRedirect(reverse("console:health"))


@action(Permission.ROTATE_DATA_KEYS)
def rotate(request: ConsoleRequest) -> HttpResponse:
    """Make a new data key for new texts."""
    row = rotate_data_key(request.actor)
    messages.success(request, _("New texts are encrypted under data key %(key)s.") % {"key": row.pk})
    return HttpResponseRedirect(reverse("console:health"))
