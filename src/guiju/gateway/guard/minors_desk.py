"""``/guard/v1/accounts/{user}/…``: what callers tell and ask about one account under the protection of minors.

============================================  =====================================================================
``PUT  …/profile``                            age band or month of birth, minors' mode, reference of a contact
``GET  …/profile``                            what is known, the verdict now, time left, what guardians decided
``POST …/guardian``                           a guardian's consent, limit or exemption, with the hash of its proof
``POST …/guardian-link``                      a way in for the guardian; the address is given once
``POST …/requests``                           an appeal against minors' mode, a copy or the deletion of the chat
============================================  =====================================================================

``{user}`` is the caller's own name for its user, percent-encoded; only its pseudonym is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from urllib.parse import unquote

from django.db import connection
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from guiju.errors import FieldInvalid, NotServed
from guiju.gateway import admission
from guiju.gateway.guard.visit import Visit
from guiju.gateway.guard.way import Json, Way, text_of
from guiju.gateway.minors_words import told
from guiju.gateway.wire import Scope, parse
from guiju.minors import Use, decide
from guiju.store import care, care_notes
from guiju.store.actor import Actor
from guiju.store.models import Account, GuardianDecision
from guiju.store.moments import micros
from guiju.store.services import care_cases, guardians, minors

R = TypeVar("R")

PREFIX = "/guard/v1/accounts/"
_PROFILE = frozenset({"band", "born", "basis", "mode", "contact"})
_GUARDIAN = frozenset({"kind", "scope", "value", "names", "proof_sha256", "proof_note", "expires_at"})
_REQUEST = frozenset({"kind", "statement"})


class MinorsDesk(Way):
    name = "guard.minors"
    path = PREFIX

    async def answer(self, visit: Visit, body: bytes) -> Json:
        user, what = _place(visit.scope)
        visit.account = admission.account_of(visit.runtime, visit.caller, visit.scope, {"user": user})
        if not visit.account:
            raise FieldInvalid(field="user", problem="a user is required")
        act = _ACTS.get((visit.scope["method"], what))
        if act is None:
            raise NotServed(method=visit.scope["method"], path=visit.scope["path"][:100])
        request = parse(body) if body else {}
        return await _apart(lambda: act(visit, request))


def serves(scope: Scope) -> bool:
    """Whether this is a path of one account."""
    return scope["path"].startswith(PREFIX) and scope["method"] in ("GET", "PUT", "POST")


def _place(scope: Scope) -> tuple[str, str]:
    """The user and what is asked about him."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    user, _, what = raw.partition(b"?")[0].decode("latin-1").removeprefix(PREFIX).rpartition("/")
    return unquote(user).strip(), what


def _put_profile(visit: Visit, request: Json) -> Json:
    _known(request, _PROFILE)
    mode = request.get("mode")
    if not isinstance(mode, bool | None):
        raise FieldInvalid(field="mode", problem="true or false")
    minors.set_profile(
        _actor(visit),
        _account(visit),
        basis=text_of(request, "basis") or "stated",
        band=text_of(request, "band"),
        born=text_of(request, "born"),
        mode=mode,
        contact=text_of(request, "contact") if "contact" in request else None,
    )
    return _standing(visit)


def _get_profile(visit: Visit, request: Json) -> Json:
    return _standing(visit)


def _post_guardian(visit: Visit, request: Json) -> Json:
    _known(request, _GUARDIAN)
    value, names = request.get("value", 0), request.get("names", [])
    if not isinstance(value, int) or isinstance(value, bool):
        raise FieldInvalid(field="value", problem="a number")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise FieldInvalid(field="names", problem="a list of names")
    guardians.decide(
        _actor(visit),
        _account(visit),
        text_of(request, "kind", required=True),
        text_of(request, "scope", required=True),
        value=value,
        names=names,
        proof_sha256=text_of(request, "proof_sha256"),
        proof_note=text_of(request, "proof_note"),
        expires_at=_moment(text_of(request, "expires_at")),
    )
    return _standing(visit)


def _post_link(visit: Visit, request: Json) -> Json:
    link, token = guardians.issue_link(_actor(visit), _account(visit))
    return {"path": f"/guardian/{token}/", "expires_at": link.expires_at.isoformat()}


def _post_request(visit: Visit, request: Json) -> Json:
    _known(request, _REQUEST)
    kind, statement = text_of(request, "kind", required=True), text_of(request, "statement")
    case = care_cases.request(_actor(visit), _account(visit), kind, statement)
    return {"kind": case.kind, "number": case.pk, "state": case.state, "due_at": case.due_at.isoformat()}


_ACTS: dict[tuple[str, str], Callable[[Visit, Json], Json]] = {
    ("PUT", "profile"): _put_profile,
    ("GET", "profile"): _get_profile,
    ("POST", "guardian"): _post_guardian,
    ("POST", "guardian-link"): _post_link,
    ("POST", "requests"): _post_request,
}


def _standing(visit: Visit) -> Json:
    """What is known of the account, as it is stored now, and what it may do."""
    now, policy = timezone.now(), care.policy_in_force()
    profile = care.profile_of(visit.account)
    usage = care.usage_of(visit.account, now, policy).usage(micros(now), policy.counting)
    service = visit.snapshot.services[visit.caller.service]
    use = Use(companion=service.companion or visit.caller.purpose == "companion")
    decisions = GuardianDecision.objects.filter(account_id=visit.account, withdrawn_at=None)
    return {
        **told(decide(policy, profile, usage, micros(now), use), policy),
        "basis": profile.basis.value,
        "mode": profile.mode,
        "used_today_s": usage.today // 1_000_000,
        "guardian": [
            {"kind": row.kind, "scope": row.scope, "value": row.value, "names": row.names, "expires_at": _text(row)}
            for row in decisions
        ],
    }


def _text(row: GuardianDecision) -> str | None:
    return None if row.expires_at is None else row.expires_at.isoformat()


def _account(visit: Visit) -> Account:
    return care_notes.known(visit.account, visit.caller.id, timezone.now())


def _actor(visit: Visit) -> Actor:
    return Actor.system(f"integration {visit.caller.id}")


def _known(request: Json, members: frozenset[str]) -> None:
    if unknown := sorted(request.keys() - members):
        raise FieldInvalid(field=unknown[0][:60], problem="not a member of this request")


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise FieldInvalid(field="expires_at", problem="a time with its zone, such as 2027-01-01T00:00:00+08:00")
    return found


async def _apart(work: Callable[[], R]) -> R:
    """Do database work on a thread, and leave no connection behind on it."""

    def clean() -> R:
        try:
            return work()
        finally:
            connection.close()

    return await asyncio.to_thread(clean)
