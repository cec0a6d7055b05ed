"""Minors and companions: what was denied, reminded of and heard, and the use it is measured against.

Uses are computed from the stored spans; per account and day there is one row, so a month of a large service is read in
pages, never at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby, pairwise

from django.db.models import Count, F, Q, QuerySet

from guiju.law.ledger import SAMPLE, AccountCounts, CareCounts
from guiju.law.period import Period
from guiju.minors import Span
from guiju.minors.calendar import DAY, MINUTE, SECOND, day_of, day_start
from guiju.minors.policy_source import KIN_AND_PARTNER
from guiju.minors.usage import merged
from guiju.store import care
from guiju.store.ledger.traffic import exchange_rows
from guiju.store.models import Account, CareCase, CareEvent, CareProfile, GuardianDecision, Record, Service, UsageDay
from guiju.store.moments import micros, moment

Kind = CareEvent.Kind
_ACTIVE = timedelta(days=30)


def counts(slug: str, period: Period, every_minutes: int, now: datetime) -> CareCounts:
    """The answer of the ledger."""
    policy = care.policy_in_force()
    events = CareEvent.objects.filter(service=slug, at__gte=period.start, at__lt=period.end)
    profiles = CareProfile.objects.filter(account__integration__service_id=slug)
    bands = [band.id for band in policy.bands]
    bypassed = _bypassed(slug, period)
    uses = _Uses(slug, period, every_minutes)
    crises = CareCase.objects.filter(service=slug, kind="crisis", due_at__gte=period.start, due_at__lt=period.end)
    late = Q(contacted_at=None, closed_at=None) | Q(contacted_at__gt=F("due_at"))
    late |= Q(contacted_at=None, closed_at__gt=F("due_at"))
    requests = CareCase.objects.filter(
        service=slug, kind__in=("copy", "delete"), due_at__gte=period.start, due_at__lt=min(period.end, now)
    )
    kept_back = events.filter(kind=Kind.RETENTION, weight__gt=0)
    by_kind = dict(events.values_list("kind").annotate(n=Count("record", distinct=True)).order_by())
    offending = [*bypassed, *uses.offending, *kept_back.values_list("record", flat=True)[:SAMPLE]]
    offending += [row.record for row in crises.filter(late)[:SAMPLE] if row.record]
    shown = [*offending, *events.filter(kind=Kind.DENIED).values_list("record", flat=True)[:SAMPLE]]
    return CareCounts(
        minors=profiles.filter(Q(mode=True) | Q(band__in=bands) | ~Q(born="")).count(),
        suspected=profiles.filter(basis="suspected", mode=True).count(),
        denied=by_kind.get(Kind.DENIED, 0),
        bypassed=len(bypassed),
        personas_denied=events.filter(kind=Kind.DENIED, code="persona").count(),
        bands_open=sum(not band.personas.blocked >= KIN_AND_PARTNER for band in policy.bands),
        blocks=uses.blocks,
        introduced=uses.introduced,
        long_blocks=uses.long,
        unreminded=uses.unreminded,
        crises=crises.filter(due_at__lt=now).count(),
        crises_late=crises.filter(late, due_at__lt=now).count(),
        exits=by_kind.get(Kind.EXIT, 0),
        retained=kept_back.values("record").distinct().count(),
        requests=requests.count(),
        requests_late=requests.filter(Q(closed_at=None) | Q(closed_at__gt=F("due_at"))).count(),
        sample=_records(shown),
    )


def account_counts(slug: str, period: Period) -> AccountCounts:
    """Accounts seen up to the end of the span, and of these in its last thirty days."""
    rows = Account.objects.filter(integration__service_id=slug, first_seen__lt=period.end)
    return AccountCounts(rows.count(), rows.filter(last_seen__gte=period.end - _ACTIVE).count())


def _bypassed(slug: str, period: Period) -> list[str]:
    """Content numbers of exchanges that were completed on a day after its time was used up."""
    denials = CareEvent.objects.filter(
        service=slug, kind=Kind.DENIED, code="daily", at__gte=period.start, at__lt=period.end
    ).exclude(account="")
    first: dict[tuple[str, int], datetime] = {}
    for account, at in denials.order_by("-at").values_list("account", "at"):
        first[account, day_start(micros(at))] = at
    found: list[str] = []
    for (account, start), at in sorted(first.items()):
        end = moment(start + DAY)
        decided = GuardianDecision.objects.filter(account_id=account).filter(
            Q(starts_at__gte=moment(start), starts_at__lt=end)
            | Q(withdrawn_at__gte=moment(start), withdrawn_at__lt=end)
        )
        if decided.exists():
            continue
        rows = exchange_rows(slug, period).filter(account=account, at__gt=at, at__lt=end, outcome="completed")
        rows = rows.exclude(endpoint__startswith="guard.")
        found += rows.order_by("at").values_list("content_number", flat=True)[:SAMPLE]
    return found


class _Uses:
    """Continuous uses of a companion service's accounts against the reminders that were given."""

    def __init__(self, slug: str, period: Period, every_minutes: int) -> None:
        self.blocks = self.introduced = self.long = self.unreminded = 0
        self.offending: list[str] = []
        policy = care.policy_in_force()
        self._pause = policy.counting.break_minutes * MINUTE
        self._step = policy.counting.step_seconds * SECOND
        self._every = every_minutes * MINUTE
        service = Service.objects.filter(slug=slug).first()
        functions = (service.profile or {}).get("functions") or () if service else ()
        roles = (service.profile or {}).get("roles") or () if service else ()
        accounts = Account.objects.filter(integration__service_id=slug)
        if "companion" not in functions and "anthropomorphic" not in roles:
            accounts = accounts.filter(integration__purpose="companion")
        given = self._given(slug, period)
        for account, spans in self._spans(accounts, period):
            self._count(account, spans, given.get(account, []))

    @staticmethod
    def _given(slug: str, period: Period) -> dict[str, list[tuple[int, str, str]]]:
        rows = CareEvent.objects.filter(
            service=slug, kind=Kind.REMINDED, code__in=("identity", "two_hours"),
            at__gte=period.start - timedelta(days=1), at__lt=period.end,
        )  # fmt: skip
        found: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
        for account, at, code, record in rows.order_by("at").values_list("account", "at", "code", "record"):
            found[account].append((micros(at), code, record))
        return found

    @staticmethod
    def _spans(accounts: QuerySet[Account], period: Period) -> Iterator[tuple[str, list[Span]]]:
        first, last = day_of(micros(period.start)), day_of(micros(period.end) - 1)
        rows = UsageDay.objects.filter(account__in=accounts.values("pk"), day__gte=first, day__lte=last).order_by(
            "account", "day"
        )
        pairs = rows.values_list("account", "spans").iterator(chunk_size=2000)
        for account, days in groupby(pairs, key=lambda pair: pair[0]):
            yield account, [Span(start, end) for _, spans in days for start, end in spans]

    def _count(self, account: str, spans: list[Span], given: list[tuple[int, str, str]]) -> None:
        for block in merged(spans, self._pause):
            if block.end - block.start < self._step:
                continue
            inside = [one for one in given if block.start <= one[0] <= block.end + SECOND]
            self.blocks += 1
            self.introduced += any(code == "identity" for _, code, _ in inside)
            if block.end - block.start <= self._every:
                continue
            self.long += 1
            marks = [block.start, *(at for at, code, _ in inside if code == "two_hours"), block.end]
            longest = max(b - a for a, b in pairwise(marks))
            if longest > self._every + self._pause:  # the first exchange after the interval brings the reminder
                self.unreminded += 1
                self.offending += [record for _, _, record in inside][:1]


def _records(numbers: list[str]) -> tuple[str, ...]:
    """Record ids behind content numbers, in their order."""
    wanted = list(dict.fromkeys(numbers))[:SAMPLE]
    known = dict(Record.objects.filter(content_number__in=wanted).values_list("content_number", "id"))
    return tuple(str(known[number]) for number in wanted if number in known)
