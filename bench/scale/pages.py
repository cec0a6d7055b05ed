"""What every list page costs the server: asked for as a browser asks, through all of Django, on the database of this process.

The time is that of the whole answer: middleware, session, queries, template. Beside it stand the process's own CPU, what
the database took, the number of queries, and the plan of the slowest one.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.http import urlencode

from bench.scale.exchanges import pseudonym
from guiju.store.evidence import Query, search
from guiju.store.models import (
    Account,
    AuditEntry,
    CareProfile,
    Case,
    Complaint,
    Integration,
    Record,
    Role,
    Service,
    User,
)

PLAIN = (
    "/obligations/", "/services/", "/labels/", "/proof/", "/integrations/", "/accounts/strikes/", "/accounts/proposals/",
    "/accounts/bulk/", "/accounts/reports/", "/cases/proposals/", "/desk/", "/minors/", "/incidents/", "/policies/", "/rumours/",
    "/words/", "/webhooks/", "/integrations/reconcile/",
)  # fmt: skip
"""Pages that need no question."""


@dataclass
class Seen:
    """The queries of one answer."""

    times: list[float] = field(default_factory=list)
    slowest: tuple[str, Any] = ("", None)

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.times.append(time.perf_counter() - began)
            if self.times[-1] == max(self.times):
                self.slowest = (sql, params)


def measure(rounds: int, only: str = "") -> list[dict[str, Any]]:
    """One line a page (with ``only`` in its name): milliseconds, queries, and the plan of its slowest query."""
    clients = {role: _signed_in(role) for role in (Role.COMPLIANCE, Role.AUDITOR)}
    lines = []
    for name, path in pages():
        if only not in name:
            continue
        role = Role.AUDITOR if path.startswith("/audit/") else Role.COMPLIANCE
        cache.clear()
        lines.append({"page": name, "path": path, **_line(clients[role], path, rounds)})
        print(f"{name}: {lines[-1]['median_ms']:.0f} ms", file=sys.stderr, flush=True)
    return lines


def pages() -> Iterator[tuple[str, str]]:
    """Every list with the questions people put to it, often and seldom."""
    now = timezone.now()
    by_traffic = list(Integration.objects.order_by("created_at", "pk").values_list("pk", flat=True))
    busy, quiet = by_traffic[0], by_traffic[-1]
    past = (now - timedelta(days=100)).strftime("%Y-%m-%d")
    cursor = search(Query(until=now - timedelta(days=90))).next or ""
    number = Record.objects.order_by("-id").values_list("content_number", flat=True)[5]
    asked: dict[str, dict[str, str]] = {
        "newest": {},
        "from the middle": {"cursor": cursor},
        "a busy account": {"account": pseudonym(0)},
        "an account": {"account": pseudonym(Account.objects.count() // 2)},
        "a busy integration": {"integration": busy},
        "a quiet integration": {"integration": quiet},
        "a service": {"service": str(Service.objects.order_by("pk")[1].pk)},
        "a frequent risk": {"risk": "A.4.f"},
        "a rare risk": {"risk": "A.1.d"},
        "a risk nobody has": {"risk": "A.1.a"},
        "one day": {"since": past, "until": past},
        "an account, one day": {"account": pseudonym(0), "since": past, "until": past},
        "flagged": {"flagged": "1"},
        "blocked": {"action": "block"},
        "a rare action": {"action": "unchecked"},
        "a quiet integration, blocked": {"integration": quiet, "action": "block"},
        "a quiet integration, a frequent risk": {"integration": quiet, "risk": "A.4.f"},
        "a busy integration, a risk, one day": {"integration": busy, "risk": "A.4.f", "since": past, "until": past},
        "content number": {"q": number},
    }
    yield "overview", "/"
    yield from ((f"records: {name}", f"/records/?{urlencode(query)}") for name, query in asked.items())
    yield "record", f"/records/{Record.objects.order_by('-id').values_list('pk', flat=True)[3]}/"
    accounts = {
        "newest": {}, "page 150": {"page": "150"}, "page 1000": {"page": "1000"}, "a busy integration": {"integration": busy},
        "a quiet integration": {"integration": quiet}, "pseudonym": {"q": pseudonym(77)[:6]}, "user name": {"user": "u-7"},
        "under sanction": {"state": "sanctioned"}, "violating": {"state": "violating"},
        "a quiet integration, violating": {"integration": quiet, "state": "violating"},
    }  # fmt: skip
    yield from ((f"accounts: {name}", f"/accounts/?{urlencode(query)}") for name, query in accounts.items())
    yield "account", f"/accounts/{pseudonym(0)}/"
    yield from ((f"cases: {tab}", f"/cases/?tab={tab}") for tab in ("open", "mine", "decided"))
    yield "cases: open, a risk", "/cases/?risk=A.1.h"
    yield "cases: decided, a risk", "/cases/?tab=decided&risk=A.1.h"
    yield "cases: decided, page 150", "/cases/?tab=decided&page=150"
    yield "case", f"/cases/{Case.objects.filter(status='open').values_list('pk', flat=True)[0]}/"
    yield from ((f"complaints: {tab}", f"/complaints/?tab={tab}") for tab in ("open", "mine", "answered", "closed"))
    yield "complaints: closed, a kind", "/complaints/?tab=closed&kind=complaint"
    entry = AuditEntry.objects.order_by("id")[1000]
    audit = {
        "newest": {}, "page 1000": {"page": "1000"}, "who": {"who": "审核员1"}, "nobody": {"who": "nobody"},
        "action": {"action": "evidence.read"}, "object": {"object": entry.object_id}, "one day": {"since": past, "until": past},
        "who, one day": {"who": "审核员7", "since": past, "until": past},
    }  # fmt: skip
    yield from ((f"audit: {name}", f"/audit/?{urlencode(query)}") for name, query in audit.items())
    yield from ((path.strip("/"), path) for path in PLAIN)
    yield "integration", f"/integrations/{busy}/"


def figures() -> dict[str, int]:
    """How many rows of what there are."""
    models = (Record, Account, Case, Complaint, AuditEntry, CareProfile, Integration)
    return {model.__name__: model._default_manager.count() for model in models}


def _signed_in(role: str) -> Client:
    user = User.objects.filter(username=f"bench-{role}").first()
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(
        user or User.objects.create(username=f"bench-{role}", role=role), "django.contrib.auth.backends.ModelBackend"
    )
    return client


def _line(client: Client, path: str, rounds: int) -> dict[str, Any]:
    with _queries() as first:
        first_ms, _ = _ask(client, path)
    walls, cpus, databases = [], [], []
    for _ in range(rounds):
        with _queries() as seen:
            wall, cpu = _ask(client, path)
        walls.append(wall)
        cpus.append(cpu)
        databases.append(sum(seen.times) * 1000)
    return {
        "first_ms": first_ms,
        "first_database_ms": sum(first.times) * 1000,
        "median_ms": statistics.median(walls),
        "least_ms": min(walls),
        "cpu_ms": statistics.median(cpus),
        "database_ms": statistics.median(databases),
        "queries": len(seen.times),
        "slowest_ms": max(seen.times, default=0) * 1000,
        "sql": seen.slowest[0],
        "plan": _plan(*seen.slowest),
    }


def _ask(client: Client, path: str) -> tuple[float, float]:
    began, cpu = time.perf_counter(), time.process_time()
    answer = client.get(path, follow=True)
    wall, used = time.perf_counter() - began, time.process_time() - cpu
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status_code}")
    return wall * 1000, used * 1000


@contextmanager
def _queries() -> Iterator[Seen]:
    seen = Seen()
    with connection.execute_wrapper(seen):
        yield seen


def _plan(sql: str, params: Any) -> str:
    """How the database goes about it: run once more with EXPLAIN."""
    if not sql.lstrip().upper().startswith(("SELECT", "WITH")):
        return ""
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute(
            ("EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN (ANALYZE, COSTS OFF, BUFFERS OFF) ") + sql, params
        )
        return "\n".join(str(row[-1]) for row in cursor.fetchall())
