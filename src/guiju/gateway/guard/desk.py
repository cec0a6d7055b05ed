"""``POST /guard/v1/complaints``, ``…/complaints/progress`` and ``/guard/v1/accounts``: the people's side for integrations.

An application takes complaints and appeals of its own users and hands them on; it reads where they stand; and it tells
what it knows of an account (real identity, abnormal registration). A suspended user may complain: sanctions do not bind
here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from django.db import close_old_connections
from django.utils import timezone

from guiju.errors import FieldInvalid
from guiju.gateway import admission
from guiju.gateway.guard.visit import Visit
from guiju.gateway.guard.way import Json, Way, text_of
from guiju.gateway.wire import parse
from guiju.store.actor import Actor
from guiju.store.models import Complaint
from guiju.store.services import account_facts, complaints

R = TypeVar("R")

_COMPLAINT = frozenset({"kind", "topic", "text", "contact", "content_number", "sanction", "user"})
_PROGRESS = frozenset({"receipt", "secret"})
_ACCOUNT = frozenset({"user", "identity", "registration"})


class Complaints(Way):
    """Takes a complaint, a report, a claim or an appeal in."""

    name = "guard.complaints"
    path = "/guard/v1/complaints"

    async def answer(self, visit: Visit, body: bytes) -> Json:
        request = _read(body, _COMPLAINT)
        sanction = request.get("sanction")
        if sanction is not None and type(sanction) not in (int, str):
            raise FieldInvalid(field="sanction", problem="the number of a sanction")
        sent = complaints.Submission(
            kind=text_of(request, "kind", required=True),
            topic=text_of(request, "topic", required=True),
            text=text_of(request, "text", required=True),
            contact=text_of(request, "contact"),
            content_number=text_of(request, "content_number")[:64],
            sanction=sanction,
            account=_account(visit, request),
            service=visit.caller.service,
            integration=visit.caller.id,
            via=Complaint.Via.API,
        )
        given = await _apart(lambda: complaints.submit(_actor(visit), sent, timezone.now()))
        return {"receipt": given.receipt, "secret": given.secret, "due_at": given.due_at.isoformat()}


class Progress(Way):
    """Where a complaint stands, for whoever has its receipt and secret."""

    name = "guard.progress"
    path = "/guard/v1/complaints/progress"

    async def answer(self, visit: Visit, body: bytes) -> Json:
        request = _read(body, _PROGRESS)
        receipt, secret = (text_of(request, name, required=True) for name in ("receipt", "secret"))
        return await _apart(lambda: _progress(receipt, secret))


class Accounts(Way):
    """What the operator's system knows of an account; the answer says how it stands here."""

    name = "guard.accounts"
    path = "/guard/v1/accounts"

    async def answer(self, visit: Visit, body: bytes) -> Json:
        request = _read(body, _ACCOUNT)
        identity, registration = text_of(request, "identity"), text_of(request, "registration")
        account = _account(visit, request)
        if not account:
            raise FieldInvalid(field="user", problem="a user is required")
        told = account_facts.Told(visit.caller.id, account, identity, registration)
        return await _apart(lambda: account_facts.tell(_actor(visit), told, timezone.now()).as_json())


def _progress(receipt: str, secret: str) -> Json:
    row = complaints.follow(receipt, secret)
    appeal = getattr(row, "appeal", None)
    return {
        "receipt": row.receipt,
        "kind": row.kind,
        "topic": row.topic,
        "state": row.state,
        "received_at": row.received_at.isoformat(),
        "due_at": row.due_at.isoformat(),
        "outcome": appeal.outcome if appeal is not None else "",
        "messages": [
            {"at": said.at.isoformat(), "author": said.author, "text": said.text} for said in complaints.progress(row)
        ],
    }


def _read(body: bytes, known: frozenset[str]) -> Json:
    """The request, if it has no member this version does not know."""
    request = parse(body)
    for name in request.keys() - known:
        raise FieldInvalid(field=name[:60], problem="not a member of this request")
    return request


def _account(visit: Visit, request: Json) -> str:
    return admission.account_of(visit.runtime, visit.caller, visit.scope, {"user": text_of(request, "user")})


def _actor(visit: Visit) -> Actor:
    return Actor.system(f"integration {visit.caller.id}")


async def _apart(work: Callable[[], R]) -> R:
    """Do database work on another thread than the loop's."""

    def clean() -> R:
        close_old_connections()
        try:
            return work()
        finally:
            close_old_connections()

    return await asyncio.to_thread(clean)
