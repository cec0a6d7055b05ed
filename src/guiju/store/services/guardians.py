"""What guardians decide for an account, and their way in: a link whose token is shown once and kept as a hash."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from guiju.errors import GuardianLinkInvalid, InvalidField, InvalidTransition
from guiju.minors.profile import SCOPES, RuleKind
from guiju.minors.terms import window
from guiju.store import snapshot_version
from guiju.store.actor import Actor
from guiju.store.acts import act, reasoned
from guiju.store.audit import append
from guiju.store.models import Account, CareProfile, GuardianDecision, GuardianLink
from guiju.store.permissions import Permission
from guiju.store.validation import clean, fresh

LINK_LASTS = timedelta(days=180)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MOST_NAMES = 50


@act(Permission.MANAGE_MINORS)
def decide(
    actor: Actor,
    account: Account,
    kind: str,
    scope: str,
    *,
    value: int = 0,
    names: Iterable[str] = (),
    proof_sha256: str = "",
    proof_note: str = "",
    expires_at: datetime | None = None,
) -> GuardianDecision:
    """Record a guardian's consent, limit or exemption; it binds within a second.

    A limit that the same guardian set on the same thing before is withdrawn: the newest counts.

    Args:
        proof_sha256: SHA-256 of the proof in hex; a consent and an exemption need one.

    Raises:
        InvalidField: an unknown kind or scope, no proof, a window that is none, an expiry in the past.
    """
    now = timezone.now()
    chosen = _checked(kind, scope, list(names), proof_sha256, value)
    if expires_at is not None and expires_at <= now:
        raise InvalidField(field="expires_at", problem="must lie in the future")
    CareProfile.objects.get_or_create(account=account, defaults={"updated_at": now})
    same = GuardianDecision.objects.filter(account=account, kind=kind, scope=scope, withdrawn_at=None)
    same.update(withdrawn_at=now, withdrawn_by=f"{actor.name} (replaced)"[:200])
    row = GuardianDecision(
        account=account,
        kind=kind,
        scope=scope,
        value=value,
        names=chosen,
        proof_sha256=proof_sha256,
        proof_note=proof_note.strip(),
        recorded_by=actor.name,
        starts_at=now,
        expires_at=expires_at,
    )
    clean(row)
    row.save(force_insert=True)
    detail = {"kind": kind, "scope": scope, "value": value, "names": chosen, "proof": proof_sha256, "until": expires_at}
    append(actor, "guardian.decide", account, detail=detail)
    snapshot_version.bump()
    return row


@act(Permission.MANAGE_MINORS)
def withdraw(actor: Actor, decision: GuardianDecision) -> GuardianDecision:
    """Take a decision back; it stops binding within a second and stays on record.

    Raises:
        InvalidTransition: it was withdrawn before.
    """
    row = fresh(decision)
    if row.withdrawn_at is not None:
        raise InvalidTransition(what_zh="监护人决定", what_en="decision", state="withdrawn", target="withdrawn")
    row.withdrawn_at, row.withdrawn_by = timezone.now(), actor.name
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    detail = {"decision": row.pk, "kind": row.kind, "scope": row.scope}
    append(actor, "guardian.withdraw", row.account, detail=detail)
    snapshot_version.bump()
    return row


@act(Permission.MANAGE_MINORS)
def issue_link(actor: Actor, account: Account) -> tuple[GuardianLink, str]:
    """A new way in for a guardian, with its token, which is shown only now."""
    token, now = secrets.token_urlsafe(32), timezone.now()
    row = GuardianLink.objects.create(
        account=account, digest=_digest(token), created_at=now, expires_at=now + LINK_LASTS
    )
    append(actor, "guardian.link", account, detail={"link": row.pk, "until": row.expires_at})
    return row, token


@act(Permission.MANAGE_MINORS)
def revoke_links(actor: Actor, account: Account, reason: str) -> int:
    """Close every way in to an account. How many were open.

    Raises:
        ReasonMissing.
    """
    because = reasoned(reason)
    closed = GuardianLink.objects.filter(account=account, revoked_at=None).update(revoked_at=timezone.now())
    append(actor, "guardian.revoke", account, reason=because, detail={"links": closed})
    return closed


def enter(token: str, now: datetime) -> Account:
    """The account that a guardian's token opens.

    Raises:
        GuardianLinkInvalid: there is no such link, it was revoked, or it has expired.
    """
    row = GuardianLink.objects.select_related("account").filter(digest=_digest(token), revoked_at=None).first()
    if row is None or row.expires_at <= now:
        raise GuardianLinkInvalid()
    GuardianLink.objects.filter(pk=row.pk).update(used_at=now)
    return row.account


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _checked(kind: str, scope: str, names: list[str], proof: str, value: int) -> list[str]:
    if kind not in set(RuleKind) or scope not in SCOPES[RuleKind(kind)]:
        raise InvalidField(field="scope", problem="no such decision of a guardian")
    if proof and not _SHA256.fullmatch(proof):
        raise InvalidField(field="proof_sha256", problem="64 hexadecimal digits, lower case")
    if kind != RuleKind.LIMIT and not proof:
        raise InvalidField(field="proof_sha256", problem="a consent or exemption needs its proof")
    chosen = sorted({name.strip() for name in names if name.strip()})
    if len(chosen) > _MOST_NAMES or any(len(name) > 100 for name in chosen):
        raise InvalidField(field="names", problem=f"at most {_MOST_NAMES} names of 100 characters")
    if scope == "curfew" and kind == RuleKind.LIMIT and not (chosen and all(window(name) for name in chosen)):
        raise InvalidField(field="names", problem="windows such as 21:00-06:30")
    if scope in ("features", "characters") and not chosen:
        raise InvalidField(field="names", problem="at least one name")
    if not 0 <= value <= 10_000_000:
        raise InvalidField(field="value", problem="a number from 0 up")
    return chosen
