"""Steps that an account policy asks for and a gateway does not take at once: put before a second person, or delayed."""

from __future__ import annotations

import random
from datetime import timedelta

from guiju.accounts import Proposal
from guiju.china import china_day
from guiju.store import outbox
from guiju.store.actor import Actor
from guiju.store.audit import append
from guiju.store.models import Account, Exemption, ProposedStep, ShadowStep
from guiju.store.moments import moment

_RANDOM = random.SystemRandom()


def exempt(account: Account, at: int) -> bool:
    """Whether no automatic step binds the account at this moment (µs)."""
    now = moment(at)
    return Exemption.objects.filter(account=account, starts_at__lte=now, ends_at__gt=now).exists()


def propose(by: Actor, account: Account, proposal: Proposal) -> ProposedStep | None:
    """Put a step before a second person, unless the same waits already; inside the caller's transaction."""
    return _keep(by, account, proposal, ProposedStep.State.PENDING)


def delay(by: Actor, account: Account, proposal: Proposal) -> ProposedStep | None:
    """Let a step take effect at a random moment within the minutes that its rule names, unless it waits already."""
    return _keep(by, account, proposal, ProposedStep.State.DELAYED)


def rehearsed(account: Account, proposals: tuple[Proposal, ...]) -> None:
    """Count what rules in the shadow would have done, once a day per account and rule."""
    for proposal in proposals:
        at = moment(proposal.starts)
        ShadowStep.objects.get_or_create(
            account=account,
            rule=proposal.rule,
            day=china_day(at),
            defaults={"step": proposal.step.value, "at": at, "points": len(proposal.records)},
        )


def _keep(by: Actor, account: Account, proposal: Proposal, state: str) -> ProposedStep | None:
    waiting = [ProposedStep.State.PENDING, ProposedStep.State.DELAYED]
    if ProposedStep.objects.filter(account=account, rule=proposal.rule, state__in=waiting).exists():
        return None
    starts = moment(proposal.starts)
    seconds = _RANDOM.randrange(proposal.delay_minutes * 60 + 1) if state == ProposedStep.State.DELAYED else 0
    hours = 0 if proposal.ends is None else (proposal.ends - proposal.starts) // 3_600_000_000
    row = ProposedStep.objects.create(
        account=account,
        step=proposal.step.value,
        rule=proposal.rule,
        reason=proposal.reason_zh,
        records=[int(record) for record in proposal.records],
        hours=hours,
        state=state,
        proposed_at=starts,
        apply_at=starts + timedelta(seconds=seconds) if state == ProposedStep.State.DELAYED else None,
    )
    detail = {"step": row.step, "rule": row.rule, "records": row.records, "state": state}
    append(by, "account.propose", account, reason=row.reason, detail=detail)
    if state == ProposedStep.State.PENDING:
        facts = {"account": account.pk, "step": row.step, "rule": row.rule, "proposal": row.pk}
        outbox.announce("account.proposed", facts, starts)
    return row
