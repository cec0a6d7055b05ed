"""``POST /guard/v1/usage``: heartbeats of an account's devices, purchases and questions, answered with the verdict.

A device says for how many seconds it was used since its last heartbeat, never when; a lost heartbeat is made up by the
next, a repeated one changes nothing. What is denied or reminded of is recorded before it is told.
"""

from __future__ import annotations

from typing import Any

from guiju.errors import FieldInvalid
from guiju.evidence.record import new_id
from guiju.gateway.guard.entry import Entry
from guiju.gateway.guard.visit import Visit
from guiju.gateway.guard.way import Json, Way, text_of
from guiju.gateway.minors import profile_of, risk_of
from guiju.gateway.minors_words import told
from guiju.gateway.wire import parse
from guiju.minors import Deny, Reason, Remind, Use, Verdict, decide, report, touch
from guiju.nouns import Action, Decision, Direction, Finding
from guiju.store.care_notes import Kind, Noted
from guiju.store.drafts import now_us

_KNOWN = frozenset({"user", "seconds", "features", "persona", "character", "link", "purchase"})
_MOST_FEN = 100_000_000


class Heartbeats(Way):
    name = "guard.usage"
    path = "/guard/v1/usage"

    async def answer(self, visit: Visit, body: bytes) -> Json:
        request = parse(body)
        if unknown := sorted(request.keys() - _KNOWN):
            raise FieldInvalid(field=unknown[0][:100], problem="not a member of this request")
        visit.on_behalf_of(text_of(request, "user"))
        if not visit.account:
            raise FieldInvalid(field="user", problem="the account is required")
        verdict = await self._decided(visit, request)
        return told(verdict, visit.snapshot.minors_policy)

    async def _decided(self, visit: Visit, request: Json) -> Verdict:
        now, book = now_us(), visit.runtime.care
        policy, account = visit.snapshot.minors_policy, visit.account
        profile = profile_of(visit.scope, visit.snapshot, account)
        purchase, fen = _purchase(request)
        if purchase and book.bought(account, purchase):
            fen = 0  # told again of what was counted: no second purchase
        verdict = decide(policy, profile, book.usage(account, now, policy), now, _use(visit, request, fen))
        if isinstance(verdict, Deny | Remind):
            await self._record(visit, verdict, now)
        given = verdict.notices if isinstance(verdict, Deny) else verdict.reasons
        for reason in given:
            book.remind(account, reason.code, now, policy)
        if not isinstance(verdict, Deny):
            seconds = _whole(request, "seconds", policy.counting.longest_minutes * 60)
            counting = policy.counting
            span = report(now, seconds, counting) if "seconds" in request else touch(now, counting)
            book.use(account, span, policy)
            if purchase and fen:
                book.buy(account, purchase, now, fen, policy)
        return verdict

    async def _record(self, visit: Visit, verdict: Deny | Remind, now: int) -> None:
        number, denied = new_id(now), isinstance(verdict, Deny)
        notices: tuple[Reason, ...] = verdict.notices if isinstance(verdict, Deny) else ()
        findings = tuple(
            Finding(risk_of(reason), "minors", reason.code, 1.0, severity="low")
            for reason in (*verdict.reasons, *notices)
        )
        action = Action.BLOCK if denied else Action.PASS
        decision = Decision(action, findings, risk=findings[0].risk if denied else "")
        entry = Entry(number=number, at=now, parts=(), decision=decision, direction=Direction.PROMPT)
        await visit.record(entry)
        kinds = [(Kind.DENIED if denied else Kind.REMINDED, r) for r in verdict.reasons]
        for kind, reason in (*kinds, *((Kind.REMINDED, notice) for notice in notices)):
            caller = visit.caller
            visit.runtime.care.note(
                Noted(now, caller.service, caller.id, visit.account, kind, reason.code, number, verdict.band)
            )


def _use(visit: Visit, request: Json, fen: int) -> Use:
    service = visit.snapshot.services[visit.caller.service]
    features = request.get("features", [])
    if not isinstance(features, list) or not all(isinstance(name, str) for name in features):
        raise FieldInvalid(field="features", problem="a list of names")
    link = request.get("link", False)
    if not isinstance(link, bool):
        raise FieldInvalid(field="link", problem="true or false")
    return Use(
        companion=service.companion or visit.caller.purpose == "companion",
        features=frozenset(features),
        persona=text_of(request, "persona"),
        character=text_of(request, "character"),
        link=link,
        fen=fen,
    )


def _purchase(request: Json) -> tuple[str, int]:
    purchase: Any = request.get("purchase")
    if purchase is None:
        return "", 0
    if not isinstance(purchase, dict):
        raise FieldInvalid(field="purchase", problem="an object with id and fen")
    name = text_of(purchase, "id", required=True)
    if len(name) > 100:
        raise FieldInvalid(field="purchase.id", problem="longer than 100 characters")
    fen = _whole(purchase, "fen", _MOST_FEN)
    if not fen:
        raise FieldInvalid(field="purchase.fen", problem="a number from 1 up")
    return name, fen


def _whole(request: Json, field: str, most: int) -> int:
    value = request.get(field, 0)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise FieldInvalid(field=field, problem="a number from 0 up")
    return min(value, most)
