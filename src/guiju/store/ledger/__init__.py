"""The ledger of checks: what `guiju.law.ledger.Ledger` asks, answered by the database with aggregates.

One module per group of questions; each is a function of the service and the span. Answers are kept for the life of the
ledger, since several checks ask the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property

from guiju.law import ledger as law
from guiju.law.period import Period
from guiju.store import minors_years
from guiju.store.ledger import callers, care, complaints, conduct, content, keeping, lexicon, reports, traffic
from guiju.store.models import Service


class DatabaseLedger:
    """The ledger of one service at one moment (``now``); make a new one for the next measurement."""

    def __init__(self, service: Service, now: datetime) -> None:
        self._slug, self._now = service.slug, now
        self._labels: dict[Period, law.LabelCounts] = {}
        self._content: dict[Period, law.MinorsContent] = {}
        self._care: dict[tuple[Period, int], law.CareCounts] = {}

    def exchanges(self, period: Period) -> law.ExchangeCounts:
        """Contents and how many were checked."""
        return traffic.exchanges(self._slug, period)

    def models(self, period: Period) -> tuple[law.ModelTraffic, ...]:
        """Upstream models that answered, busiest first."""
        return traffic.models(self._slug, period)

    def labels(self, period: Period) -> law.LabelCounts:
        """Labels on delivered text answers."""
        if period not in self._labels:
            self._labels[period] = traffic.labels(self._slug, period)
        return self._labels[period]

    def disposals(self, period: Period) -> law.DisposalCounts:
        """What became of illegal content."""
        return conduct.disposals(self._slug, period, self._now)

    def reviews(self, period: Period, limit_hours: int) -> law.ReviewCounts:
        """The review queue."""
        return conduct.reviews(self._slug, period, limit_hours)

    def retention(self, months: int) -> law.Retention:
        """How long records and texts were kept."""
        return keeping.retention(self._slug, months, self._now)

    def chain(self) -> law.ChainFacts:
        """The evidence of the whole installation."""
        return keeping.chain()

    def drills(self, period: Period) -> tuple[law.Drill, ...]:
        """Evidence exports that ended in the span."""
        return keeping.drills(period)

    def integrations(self, period: Period) -> tuple[law.IntegrationFacts, ...]:
        """The inventory with its traffic."""
        return callers.integrations(self._slug, period)

    def callers(self, period: Period) -> law.CallerCounts:
        """Calls without an approved integration."""
        return callers.callers(self._slug, period)

    def accounts(self, period: Period, at_least: int) -> Iterator[law.AccountHistory]:
        """Accounts with violations, one at a time."""
        return conduct.accounts(self._slug, period, at_least)

    def anonymous_violations(self, period: Period) -> int:
        """Stopped prompts that named no account."""
        return conduct.anonymous_violations(self._slug, period)

    def reports(self, period: Period, limit_days: int) -> law.ReportCounts:
        """Accounts reported to authorities."""
        return reports.reports(self._slug, period, limit_days)

    def complaint_channel(self) -> law.ComplaintChannel:
        """The public page for complaints."""
        return complaints.channel()

    def complaints(self, period: Period, topics: tuple[str, ...]) -> law.ComplaintCounts:
        """Complaints and their declared limits."""
        return complaints.counts(self._slug, period, topics, self._now)

    def lexicon(self) -> law.LexiconFacts:
        """The word lists in force now."""
        return self._lexicon

    def lexicon_changes(self, period: Period) -> tuple[law.LexiconChange, ...]:
        """Changes of the word lists that came into force in the span."""
        return lexicon.changes(period)

    def care(self, period: Period, every_minutes: int) -> law.CareCounts:
        """Minors and companions."""
        if (period, every_minutes) not in self._care:
            self._care[period, every_minutes] = care.counts(self._slug, period, every_minutes, self._now)
        return self._care[period, every_minutes]

    def minors_content(self, period: Period) -> law.MinorsContent:
        """What minors were served."""
        if period not in self._content:
            self._content[period] = content.counts(self._slug, period)
        return self._content[period]

    def minors_years(self, last: int, years: int) -> tuple[law.MinorsYear, ...]:
        """Calendar years of minors and their documents."""
        return minors_years.years(self._slug, last, years)

    def account_counts(self, period: Period) -> law.AccountCounts:
        """How many accounts there are."""
        return care.account_counts(self._slug, period)

    @cached_property
    def _lexicon(self) -> law.LexiconFacts:
        return lexicon.facts()
