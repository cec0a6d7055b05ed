"""Labels: drop a file and see its labels drawn and explained; what was issued; copies released without the visible one."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from guiju.console import labelled
from guiju.console.access import ConsoleRequest, form
from guiju.console.figures import labels_by_endpoint
from guiju.console.forms.labels import FileForm
from guiju.store.permissions import Permission

DAYS = 30


@form(Permission.TRY_CHECKS)
def labels(request: ConsoleRequest) -> HttpResponse:
    """The form, what the file is, and the figures of the last days. Nothing of the file is kept."""
    asked = FileForm(request.POST or None, request.FILES or None)
    found = None
    if request.method == "POST" and asked.is_valid():
        found = labelled.examine(asked.cleaned_data["file"], asked.cleaned_data["declared"])
    context = {
        "form": asked,
        "found": found,
        "issued": labels_by_endpoint(DAYS),
        "copies": labelled.copies(timezone.now()),
        "days": DAYS,
    }
    return render(request, "console/labels/labels.html", context)
