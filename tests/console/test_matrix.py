"""Role × screen: every address of the console, asked for by every role and by nobody, answers as the matrix says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from guiju.console.addresses import urlpatterns
from guiju.store.models import Role
from guiju.store.permissions import MATRIX

from .conftest import World

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

PUBLIC = {"public", "public_send", "public_progress", "public_add"}
OPEN = {"static", "sign_in", "sign_out", "language", "theme", "guardian", *PUBLIC}
"""Addresses that need nobody to be signed in."""

ROUTES: dict[str, URLPattern] = {str(route.name): route for route in urlpatterns}

POSTED: dict[str, dict[str, str]] = {
    "minor_profile": {"basis": "stated", "band": "8_12"},
    "user_role": {"role": "compliance"},
    "run_checks": {"service": "chat"},
    "case_decide": {"verdict": "fine"},
    "case_comment": {"text": "请看第二轮"},
    "case_word": {"word-word_list": "ours", "word-word": "代办", "word-severity": "low", "word-reason": "常见"},
    "desk_settings": {"blur": "on"},
    "account_propose": {"step": "close"},
    "account_exempt": {"days": "3"},
    "account_report": {"authority": "网信办", "reason": "屡犯"},
    "complaint_reply": {"text": "已处理"},
    "complaint_note": {"note-text": "转技术"},
    "complaint_decide": {"outcome": "granted", "answer": "已恢复"},
    "labels_release": {"user": "u-1", "recipient": "本人", "terms": "1", "purpose": "打印"},
    "incident_grade": {"grade-reason": "核数"},
    "incident_note": {"entry-text": "断开接口"},
    "incident_sent": {"sent-first-receipt": "回执 1"},
    "document_upload": {"service": "chat"},
    "obligation_threshold": {"service": "chat"},
    "integration_rotate": {"days": "7"},
    "integration_status": {"status": "suspended"},
    "policy_trial": {"share": "0"},
    "word_list_live": {"version": ""},
}
"""What some actions need besides a reason to get past their own checks."""


def address(name: str, world: World) -> str:
    """The address of a route with the world's own keys in it."""
    key = world.integration.keys.get().pk
    values: dict[str, dict[str, object]] = {
        "integration": {"pk": world.integration.pk, "key": key},
        "user": {"pk": world.person.pk},
        "record": {"pk": world.record.pk, "key": world.record.content_number},
        "case": {"pk": world.case.pk},
        "suggestion": {"pk": world.suggestion.pk},
        "complaint": {"pk": world.appealed.pk if name == "complaint_decide" else world.complaint.pk},
        "proposal": {"pk": world.proposal.pk},
        "bulk": {"pk": world.bulk.pk},
        "webhook": {"pk": world.delivery.pk if name == "webhook_retry" else world.delivery.webhook.pk},
        "report": {"pk": world.report.pk, "suffix": "html"},
        "incident": {"pk": world.incident.pk, "kind": "first", "suffix": "html"},
        "minor": {"pk": world.account.pk},
        "care": {"pk": world.crisis.pk},
        "account": {"pk": world.account.pk, "exemption": world.exemption.pk, "sanction": world.sanction.pk},
        "obligation": {"key": "GOV-01"},
        "document": {"key": "GOV-01", "document": world.document.pk},
        "service": {"slug": "chat"},
        "policy": {"number": world.draft.number},
        "rumour": {"pk": world.rumour.pk},
        "word": {"slug": "ours", "number": 1},
    }
    values["minors"] = {"year": timezone.localdate().year, "service": "chat", "kind": "public", "suffix": "html"}
    known = values.get(name.split("_")[0], {})
    wanted = ROUTES[name].pattern.converters
    return reverse(f"console:{name}", kwargs={k: known[k] for k in wanted})


def ask(client: Client, name: str, world: World) -> int:
    """The status of one request, everything it changed taken back."""
    view = ROUTES[name].callback
    with transaction.atomic():
        if "GET" in view.methods:
            answer = client.get(address(name, world))
        else:
            answer = client.post(address(name, world), {"reason": "核对", **POSTED.get(name, {})})
        for close in answer._resource_closers:  # files; answer.close() would close the database as well
            close()
        transaction.set_rollback(True)
    return answer.status_code


def test_every_address_carries_a_permission() -> None:
    assert {name for name, route in ROUTES.items() if not hasattr(route.callback, "permission")} == OPEN


@pytest.mark.parametrize("role", Role.values)
def test_role_by_screen(role: str, world: World, browser: Callable[[str], Client]) -> None:
    client = browser(role)
    wrong = {}
    for name, route in ROUTES.items():
        if name in OPEN:
            continue
        status = ask(client, name, world)
        may = route.callback.permission in MATRIX[role]
        if (status == 403) is may or status >= 500 or status in (404, 405):
            wrong[name] = status
    assert wrong == {}


def test_nobody_sees_anything(world: World) -> None:
    wrong = {}
    for name in ROUTES.keys() - OPEN:
        client = Client()
        with transaction.atomic():
            view = ROUTES[name].callback
            answer = client.get(address(name, world)) if "GET" in view.methods else client.post(address(name, world))
            if answer.status_code != 302 or not answer.headers["Location"].startswith("/sign-in/"):
                wrong[name] = answer.status_code
    assert wrong == {}


@pytest.mark.parametrize("role", Role.values)
def test_the_menu_leads_only_where_the_role_may_go(role: str, world: World, browser: Callable[[str], Client]) -> None:
    client = browser(role)
    menu = client.get("/").context["menu"]
    entries = [entry for group in menu for entry in group.entries]
    assert entries
    assert {entry.noun: client.get(entry.address).status_code for entry in entries} == {e.noun: 200 for e in entries}
