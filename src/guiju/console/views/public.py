"""The public's own pages: send a complaint, a report, a claim or an appeal, and follow it. No account, no script needed."""

from __future__ import annotations

import hashlib
import time

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from guiju.complaints import FormTokens, Kind
from guiju.console.forms.complaints import AddForm, ProgressForm, PublicForm
from guiju.console.words import explain
from guiju.errors import FormRefused, GuijuError
from guiju.store import allowances
from guiju.store.actor import Actor
from guiju.store.complaint_rules import kinds
from guiju.store.services import complaints

PUBLIC = Actor.system("public page")


def tokens() -> FormTokens:
    """The tokens of this installation's forms."""
    key = hashlib.sha256(b"guiju public form\x00" + settings.SECRET_KEY.encode()).digest()
    return FormTokens(key, settings.GUIJU.complaints.soonest_s, settings.GUIJU.complaints.latest_s)


def start(request: HttpRequest) -> HttpResponse:
    """What may be sent in, and how soon each kind is answered."""
    _open(request)
    return render(request, "console/public/start.html", {"kinds": kinds().kinds})


@sensitive_post_parameters("text", "contact")
@never_cache
def send(request: HttpRequest, kind: str) -> HttpResponse:
    """The form of one kind, and the receipt once it was sent."""
    _open(request, "POST")
    found = kinds().kind(kind)
    if found is None:
        raise Http404
    if request.method == "POST":
        return _take(request, found)
    numbers = {"content_number": request.GET.get("content", "")[:64], "sanction": request.GET.get("sanction", "")[:40]}
    return render(request, "console/public/send.html", {"kind": found, "form": _fresh(found, numbers)})


def _take(request: HttpRequest, kind: Kind) -> HttpResponse:
    given = request.POST.copy()
    form = PublicForm(given, kind=kind, longest=settings.GUIJU.complaints.max_length)
    status = 422
    if form.is_valid():
        try:
            receipt = complaints.submit(PUBLIC, _submission(request, kind, form), timezone.now())
        except GuijuError as error:
            form.add_error(None, explain(error))
            status = error.status
        else:
            return render(request, "console/public/sent.html", {"kind": kind, "receipt": receipt}, status=201)
    given["token"] = tokens().make(int(time.time()))  # the next attempt is a form of its own
    return render(request, "console/public/send.html", {"kind": kind, "form": form}, status=status)


def _submission(request: HttpRequest, kind: Kind, form: PublicForm) -> complaints.Submission:
    """What was sent, once it was counted against its address.

    Raises:
        FormRefused, TooManyMessages.
    """
    given = form.cleaned_data
    if given["website"]:
        raise FormRefused(problem_zh="表单由程序填写", problem_en="a machine filled it in")
    digest = tokens().check(given["token"], int(time.time()))
    allowances.spend(request.META.get("REMOTE_ADDR", ""), timezone.now())
    return complaints.Submission(
        kind=kind.id,
        topic=given["topic"],
        text=given["text"],
        contact=given["contact"],
        service=given.get("service", ""),
        content_number=given["content_number"],
        sanction=given.get("sanction") or None,
        form=digest,
    )


@sensitive_post_parameters("secret")
@never_cache
def progress(request: HttpRequest) -> HttpResponse:
    """Where a complaint stands, for whoever has its receipt and secret."""
    _open(request, "POST")
    form = ProgressForm(request.POST or None, initial={"receipt": request.GET.get("receipt", "")[:40]})
    if request.method != "POST" or not form.is_valid():
        return render(request, "console/public/progress.html", {"form": form}, status=422 if form.errors else 200)
    try:
        allowances.spend(request.META.get("REMOTE_ADDR", ""), timezone.now())
        row = complaints.follow(form.cleaned_data["receipt"], form.cleaned_data["secret"])
    except GuijuError as error:
        form.add_error(None, explain(error))
        return render(request, "console/public/progress.html", {"form": form}, status=error.status)
    return _shown(request, row.receipt, form.cleaned_data["secret"])


@sensitive_post_parameters("secret", "text")
@never_cache
def add(request: HttpRequest) -> HttpResponse:
    """Its author adds something."""
    _open(request, "POST")
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    form = AddForm(request.POST)
    if not form.is_valid():
        return render(request, "console/public/progress.html", {"form": ProgressForm(request.POST)}, status=422)
    given, now = form.cleaned_data, timezone.now()
    allowances.spend(request.META.get("REMOTE_ADDR", ""), now)
    row = complaints.follow(given["receipt"], given["secret"])
    complaints.supplement(PUBLIC, row, given["text"], now)
    return _shown(request, row.receipt, given["secret"])


def _shown(request: HttpRequest, receipt: str, secret: str) -> HttpResponse:
    row = complaints.follow(receipt, secret)
    kind = kinds().kind(row.kind)
    context = {
        "row": row,
        "kind": kind,
        "topic": kind.topic(row.topic) if kind is not None else None,
        "words": complaints.progress(row),
        "appeal": getattr(row, "appeal", None),
        "form": AddForm(initial={"receipt": row.receipt, "secret": secret}),
    }
    return render(request, "console/public/follow.html", context)


def _fresh(kind: Kind, initial: dict[str, str]) -> PublicForm:
    token = tokens().make(int(time.time()))
    return PublicForm(kind=kind, longest=settings.GUIJU.complaints.max_length, initial={**initial, "token": token})


def _open(request: HttpRequest, *methods: str) -> None:
    """Raises Http404 where the settings keep the public pages shut, or the method has no meaning."""
    if not settings.GUIJU.complaints.open or request.method not in ("GET", "HEAD", *methods):
        raise Http404
