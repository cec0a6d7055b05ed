"""Verifying the evidence, and the inspector's package."""

from __future__ import annotations

import shutil
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from guiju.console.access import ConsoleRequest, action, screen
from guiju.console.forms.proof import ExportForm
from guiju.console.language import short
from guiju.evidence import Report
from guiju.store.evidence import export as write_export
from guiju.store.evidence import verify as verify_all
from guiju.store.finished_days import start_of
from guiju.store.models import Chain, Record, Seal, Service, VerifyRun
from guiju.store.permissions import Permission, allowed

_LEFT_BEHIND = 24 * 3600
LARGE = 200_000
"""Above so many records a run takes minutes; the screen then recommends the command line."""


@screen(Permission.EXPORT_EVIDENCE)
def proof(request: ConsoleRequest) -> HttpResponse:
    """The state of the chain, what was verified and exported, and both to do now."""
    return _page(request, ExportForm(may_text=_may_text(request)))


def _page(request: ConsoleRequest, asked: ExportForm, report: Report | None = None, status: int = 200) -> HttpResponse:
    last = Record.objects.order_by("-id").first()
    context = {
        "form": asked,
        "report": report,
        "problems": [(p, p.message(short())) for p in report.problems] if report else [],
        "chains": Chain.objects.order_by("-id")[:10],
        "chain_count": Chain.objects.count(),
        "last": last,
        "seal": Seal.objects.order_by("-at").first(),
        "runs": VerifyRun.objects.all()[:15],
        "large": LARGE,
        "is_large": VerifyRun.objects.filter(records__gt=LARGE).exists(),
        "may_verify": allowed(request.actor, Permission.VERIFY_EVIDENCE),
    }
    return render(request, "console/proof/proof.html", context, status=status)


@action(Permission.VERIFY_EVIDENCE)
def verify(request: ConsoleRequest) -> HttpResponse:
    """Read every record, chain and seal once, now, and show what was found. Gateways go on writing meanwhile."""
    report = verify_all(request.actor, limit=50)
    return _page(request, ExportForm(may_text=_may_text(request)), report)


@action(Permission.EXPORT_EVIDENCE)
def export(request: ConsoleRequest) -> HttpResponseBase:
    """Write the package and hand it over; the file is removed when it has been sent."""
    asked = ExportForm(request.POST, may_text=_may_text(request))
    if not asked.is_valid():
        return _page(request, asked, status=422)
    data = asked.cleaned_data
    until = start_of(data["until"] + timedelta(days=1)) if data["until"] else None
    folder = tempfile.TemporaryDirectory(prefix="export-", dir=_exports())
    target = Path(folder.name) / f"guiju-evidence-{timezone.localtime():%Y%m%d-%H%M%S}.zip"
    try:
        write_export(
            request.actor,
            target,
            start_of(data["since"]) if data["since"] else None,
            until,
            data.get("with_text", False),
            purpose=data["purpose"],
            operator=Service.objects.exclude(provider_name="").values_list("provider_name", flat=True).first() or "",
        )
        answer = FileResponse(target.open("rb"), as_attachment=True, filename=target.name)
    except BaseException:
        folder.cleanup()
        raise
    answer._resource_closers.append(folder.cleanup)  # type: ignore[attr-defined]  # runs when the file was sent
    return answer


def _exports() -> Path:
    """Where packages are written: in the data directory, readable by its owner alone.

    What a process that was killed left there is removed after a day.
    """
    folder = Path(settings.GUIJU.home) / "exports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in folder.iterdir():
        if time.time() - left.stat().st_mtime > _LEFT_BEHIND:
            shutil.rmtree(left, ignore_errors=True)
    return folder


def _may_text(request: ConsoleRequest) -> bool:
    return allowed(request.actor, Permission.EXPORT_TEXT)
