"""Exchange records: finding them, the whole story of one, and reading its text with a reason."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.http import urlencode

from guiju.console.access import ConsoleRequest, action, screen
from guiju.console.answers import is_htmx
from guiju.console.said import said
from guiju.console.states import STATES
from guiju.console.timeline import events
from guiju.console.words import risk_choices
from guiju.evidence import Exchange, decode
from guiju.labeling import parse
from guiju.store import desk_exposure
from guiju.store.desk_queue import hidden_from
from guiju.store.evidence import Query, find_record, read_text, search, story
from guiju.store.models import Case, Integration, Record, Service
from guiju.store.permissions import Permission, allowed

FIELDS = ("q", "integration", "service", "account", "risk", "action", "since", "until", "flagged")


@screen(Permission.SEARCH_EVIDENCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Search, newest first; pages are cut by key, so they hold still while records arrive."""
    asked = {name: request.GET.get(name, "").strip() for name in FIELDS}
    if asked["q"]:
        return HttpResponseRedirect(reverse("console:record", args=[find_record(asked["q"]).pk]))
    page = search(_query(asked), request.GET.get("cursor") or None, 50)
    names = dict(Integration.objects.values_list("pk", "name"))
    context = {
        "page": page,
        "asked": asked,
        "filtered": any(asked.values()),
        "names": names,
        "integrations": sorted(names.items(), key=lambda item: item[1]),
        "services": Service.objects.all(),
        "risks": risk_choices(),
        "actions": [(value, state.label) for value, state in STATES["action"].items()],
        "later": "?" + urlencode({**{k: v for k, v in asked.items() if v}, "cursor": page.next}) if page.next else "",
        "newest": "?" + urlencode({k: v for k, v in asked.items() if v}) if request.GET.get("cursor") else "",
    }
    return render(request, "console/records/list.html", context)


def _query(asked: dict[str, str]) -> Query:
    return Query(
        account=asked["account"],
        integration=asked["integration"],
        service=asked["service"],
        risk=asked["risk"],
        action=asked["action"],
        since=instant(asked["since"]),
        until=instant(asked["until"], end=True),
        flagged=True if asked["flagged"] else None,
    )


def instant(text: str, *, end: bool = False) -> datetime | None:
    """A typed date or time in the installation's zone; ``end`` reads a date as the end of that day. Nonsense is None."""
    try:
        moment, day = parse_datetime(text), parse_date(text)
    except ValueError:
        return None
    if moment is None and day is not None:
        moment = datetime.combine(day + timedelta(days=1) if end else day, time())
    return timezone.make_aware(moment) if moment is not None and timezone.is_naive(moment) else moment


@screen(Permission.SEARCH_EVIDENCE)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Everything about one record except its text."""
    found = story(find_record(str(pk)))
    body = found.body
    label = parse(body.label.implicit).label if isinstance(body, Exchange) and body.label.implicit else None
    context = {
        "story": found,
        "record": found.record,
        "body": body,
        "label": label,
        "raw": bytes(found.record.body).decode(),
        "events": events(found, hidden=found.case is not None and hidden_from(request.user, found.case)),
        "findings": findings_of(body),
        "may_read": may_read(request, found.record, found.case),
    }
    return render(request, "console/records/detail.html", context)


@screen(Permission.SEARCH_EVIDENCE)
def find(request: ConsoleRequest, key: str) -> HttpResponse:
    """Lead from a record's id or content number, as checks and labels name it, to its screen."""
    return HttpResponseRedirect(reverse("console:record", args=[find_record(key).pk]))


@action(Permission.READ_CASE_TEXT)
def text(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The text, after its reading was recorded with the reason given."""
    record = find_record(str(pk))
    return show_text(request, record, request.POST.get("reason", ""))


def show_text(request: ConsoleRequest, record: Record, reason: str, part: str = "") -> HttpResponse:
    """The text of ``record`` as a fragment (htmx) or a page; the look is recorded. ``part`` is the one that is decided."""
    texts = read_text(request.actor, record, reason)
    body = decode(bytes(record.body))
    prompt, answer = (body.prompt.findings, body.answer.findings) if isinstance(body, Exchange) else ((), ())
    parts = said(texts.prompt, "prompt", prompt) + said(texts.answer, "answer", answer)
    page = "console/records/text.html" if is_htmx(request) else "console/records/text_page.html"
    veil = desk_exposure.settings_of(request.user)
    return render(request, page, {"parts": parts, "record": record, "asked_part": part, "veil": veil})


def may_read(request: ConsoleRequest, record: Record, case: Case | None) -> bool:
    """Whether this user may read the text of this record."""
    needed = Permission.READ_ANY_TEXT if case is None else Permission.READ_CASE_TEXT
    return record.has_text and allowed(request.actor, needed)


def findings_of(body: object) -> list[tuple[str, int, object]]:
    """All findings as (direction, number within it, finding)."""
    if not isinstance(body, Exchange):
        return []
    both = (("prompt", body.prompt.findings), ("answer", body.answer.findings))
    return [(direction, n, finding) for direction, found in both for n, finding in enumerate(found, start=1)]
