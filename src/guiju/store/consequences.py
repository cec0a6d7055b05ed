"""What follows from records, in the same transaction that stores them: accounts seen, violations, sanctions, cases.

Whether an account's violations are in a row is decided from the records themselves, so that several gateways agree.
The lock of the audit log makes gateways that judge violations at the same moment do so one after the other.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from guiju.accounts import AccountHistory, AccountPolicy, Proposal, advise, judge, rehearse
from guiju.accounts import Violation as Counted
from guiju.evidence.record import Verdict
from guiju.store import account_policy, authority_reports, case_opening, models, outbox, proposals, snapshot_version
from guiju.store.actor import Actor
from guiju.store.audit import append, one_at_a_time
from guiju.store.drafts import Draft
from guiju.store.models.evidence import SEQ_BITS
from guiju.store.moments import micros, moment
from guiju.store.sanctions import as_value

_SEEN = 65_536
_SEEN_AGAIN_US = 60_000_000
_STREAK = 64
_HISTORY = timedelta(days=90)
_DISGUISE = "guiju.disguise"
_PRIORITY = {"high": 80, "medium": 50, "low": 30}

_GATEWAY = Actor.system("gateway")


class Consequences:
    """Called by the evidence writer inside its transaction."""

    def __init__(self, on_sanction: Callable[[], None], policy: AccountPolicy | None = None) -> None:
        """``on_sanction`` is called after the commit of a transaction that imposed one."""
        self._policy = policy or account_policy.in_force()
        self._on_sanction = on_sanction
        self._seen: OrderedDict[str, int] = OrderedDict()  # microseconds
        self._reaches = case_opening.Reaches()

    def none(self, drafts: Sequence[Draft]) -> bool:
        """Whether nothing follows from these drafts: no violation, no case, no account that is new or not seen lately."""
        for draft in drafts:
            if draft.violation or draft.review:
                return False
            account = draft.exchange.account
            if account:
                before = self._seen.get(account)
                if before is None or draft.exchange.at - before >= _SEEN_AGAIN_US:
                    return False
        return True

    def __call__(self, batch: Sequence[tuple[int, Draft]]) -> None:
        """Draw the consequences of freshly stored records."""
        if any(draft.violation for _, draft in batch):
            with one_at_a_time():  # before any row is locked: judging and sanctioning never wait crosswise
                self._draw(batch)
        else:
            self._draw(batch)

    def _draw(self, batch: Sequence[tuple[int, Draft]]) -> None:
        seen = {e.account: e for e in (draft.exchange for _, draft in batch) if e.account}
        for account in sorted(
            seen
        ):  # in one order everywhere: gateways that meet the same accounts never wait crosswise
            self._see(account, seen[account].integration, seen[account].at)
        for number, draft in batch:
            exchange = draft.exchange
            if draft.violation and exchange.account:
                self._violation(number, draft)
            if draft.review:
                self._open_case(number, draft)

    def _see(self, account: str, integration: str, at: int) -> None:
        before = self._seen.get(account)
        if before is not None and at - before < _SEEN_AGAIN_US:
            return
        now = moment(at)
        row, created = models.Account.objects.get_or_create(
            pseudonym=account, defaults={"integration_id": integration, "first_seen": now, "last_seen": now}
        )
        if not created and row.last_seen < now:
            models.Account.objects.filter(pk=account).update(last_seen=now)
        transaction.on_commit(lambda: self._remember(account, at))

    def _remember(self, account: str, at: int) -> None:
        self._seen[account] = at
        self._seen.move_to_end(account)
        if len(self._seen) > _SEEN:
            self._seen.popitem(last=False)

    def _violation(self, number: int, draft: Draft) -> None:
        exchange = draft.exchange
        account = models.Account.objects.get(pk=exchange.account)
        at = moment(exchange.at)
        models.Violation.objects.create(
            account=account,
            record_id=number,
            at=at,
            risk=exchange.prompt.risk[:60],
            streak=_streak(exchange.account, number),
            severity=_severity(exchange.prompt),
            disguised=any(finding.risk.startswith(_DISGUISE) for finding in exchange.prompt.findings),
        )
        if proposals.exempt(account, exchange.at):
            return
        history = _history(account, at)
        proposals.rehearsed(account, rehearse(history, self._policy, exchange.at))
        proposal = judge(history, self._policy, exchange.at)
        if proposal is not None and proposal.delay_minutes:
            proposals.delay(_GATEWAY, account, proposal)
        elif proposal is not None:
            _impose(account, proposal)
            transaction.on_commit(self._on_sanction)
        elif (advised := advise(history, self._policy, exchange.at)) is not None:
            proposals.propose(_GATEWAY, account, advised)  # a step that only a second person may take
            self._open_case(number, draft)

    def _open_case(self, number: int, draft: Draft) -> None:
        exchange, at = draft.exchange, moment(draft.exchange.at)
        reach = self._reaches.of(exchange.integration, at)
        case_opening.open_case(number, exchange, at, reach=reach, prompt=draft.prompt, answer=draft.answer)


def _severity(verdict: Verdict) -> str:
    """The highest severity among the findings the prompt was stopped for."""
    found = [finding.severity for finding in verdict.findings if finding.risk == verdict.risk]
    return max(found, key=lambda severity: _PRIORITY.get(severity, 0), default="medium")


def _streak(account: str, number: int) -> int:
    """How many of the account's latest prompts violated, in a row, the one of record ``number`` included.

    Prompts of the same batch that come after it do not count yet. Its own time does not bound the others': a clock that
    was moved back, or runs behind that of another gateway, breaks no row.
    """
    end_of_chain = (number >> SEQ_BITS) + 1 << SEQ_BITS
    before = models.Record.objects.filter(account=account).exclude(id__gte=number, id__lt=end_of_chain)
    numbers = _in_order(before.order_by("-at", "-id").values_list("id", "at")[: _STREAK - 1])
    violating = set(models.Violation.objects.filter(record_id__in=numbers).values_list("record_id", flat=True))
    run = 1
    for other in reversed(numbers):
        if other not in violating:
            break
        run += 1
    return run


def _in_order(records: Iterable[tuple[int, datetime]]) -> list[int]:
    """Record numbers, oldest first: by time between chains, by number within one, where a clock moved back stands still."""
    reached: dict[int, datetime] = {}
    moments = []
    for number, at in sorted(records):
        chain = number >> SEQ_BITS
        reached[chain] = max(at, reached.get(chain, at))
        moments.append((reached[chain], number))
    return [number for _, number in sorted(moments)]


def _history(account: models.Account, at: datetime) -> AccountHistory:
    rows = models.Violation.objects.filter(account=account, at__gt=at - _HISTORY).order_by("id")
    violations = tuple(
        Counted(str(row.record_id), micros(row.at), row.risk, row.streak, row.severity, row.disguised) for row in rows
    )
    return AccountHistory(violations, tuple(as_value(row) for row in account.sanctions.order_by("id")))


def _impose(account: models.Account, proposal: Proposal) -> None:
    row = models.Sanction.objects.create(
        account=account,
        step=proposal.step.value,
        rule=proposal.rule,
        reason=proposal.reason_zh,
        records=[int(record) for record in proposal.records],
        starts_at=moment(proposal.starts),
        expires_at=moment(proposal.ends) if proposal.ends is not None else None,
    )
    detail = {"sanction": row.pk, "step": row.step, "rule": row.rule, "records": row.records}
    append(_GATEWAY, "account.impose", account, reason=proposal.reason_zh, detail=detail)
    outbox.sanctioned(row)
    authority_reports.follow(_GATEWAY, row)
    snapshot_version.bump()
