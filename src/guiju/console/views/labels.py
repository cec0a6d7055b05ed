"""Labels: drop a file and see its labels drawn and explained; what was issued; copies released without the visible one."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from guiju.console import charts, labelled
from guiju.console.access import ConsoleRequest, action, form
from guiju.console.figures import labels_issued
from guiju.console.forms.labels import FileForm, ReleaseForm
from guiju.console.labelled import Examined
from guiju.console.words import explain
from guiju.errors import GuijuError
from guiju.releases.releasing import Given, Released
from guiju.releases.releasing import release as releasing
from guiju.releases.shelves import originals
from guiju.store.permissions import Permission

DAYS = 30


@form(Permission.TRY_CHECKS)
def labels(request: ConsoleRequest) -> HttpResponse:
    """The forms, what the file is, and the figures of the last days. Nothing of the file is kept."""
    asked = FileForm(request.POST or None, request.FILES or None)
    found = None
    if request.method == "POST" and asked.is_valid():
        found = labelled.examine(asked.cleaned_data["file"], asked.cleaned_data["declared"])
    return _page(request, asked, ReleaseForm(), found)


@action(Permission.RELEASE_COPIES)
def release(request: ConsoleRequest) -> HttpResponseBase:
    """Make the copy a user asked for and hand it over (标识办法 Art. 9); it is gone here when it was sent."""
    asked = ReleaseForm(request.POST, request.FILES)
    if not asked.is_valid():
        return _page(request, FileForm(), asked, status=422)
    folder = tempfile.TemporaryDirectory(prefix="guiju-", ignore_cleanup_errors=True)
    try:
        made = _released(request, asked, Path(folder.name))
        path, name = labelled.handed(made.copy, Path(folder.name))
        answer = FileResponse(path.open("rb"), as_attachment=True, filename=name)
    except GuijuError as error:
        folder.cleanup()
        asked.add_error(None, explain(error))
        return _page(request, FileForm(), asked, status=error.status)
    except BaseException:
        folder.cleanup()
        raise
    answer.headers["X-Guiju-Record"] = made.record
    answer._resource_closers.append(folder.cleanup)  # type: ignore[attr-defined]  # runs when the file was sent
    return answer


def _released(request: ConsoleRequest, asked: ReleaseForm, folder: Path) -> Released:
    data = asked.cleaned_data
    given = Given(
        content=data["content"].strip(),
        path=labelled.saved(data["file"], folder) if data["file"] else None,
        name=Path(str(data["file"].name)).name if data["file"] else "",
        integration=data["integration"].pk if data["integration"] else "",
    )
    return releasing(request.actor, asked.asked(), given, originals(settings.GUIJU), folder)


def _page(
    request: ConsoleRequest, asked: FileForm, wanted: ReleaseForm, found: Examined | None = None, status: int = 200
) -> HttpResponse:
    issued = labels_issued(DAYS)
    context = {
        "daily": charts.columns(issued.days, [charts.Series(_("Contents"), "info", issued.daily)]),
        "form": asked,
        "wanted": wanted,
        "found": found,
        "issued": issued.by_endpoint,
        "copies": labelled.copies(timezone.now()),
        "days": DAYS,
    }
    return render(request, "console/labels/labels.html", context, status=status)
