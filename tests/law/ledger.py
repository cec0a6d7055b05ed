"""A ledger held in memory: every answer is a field that a test sets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import msgspec

from guiju.china import CHINA
from guiju.law.ledger import (
    AccountCounts,
    AccountHistory,
    CallerCounts,
    CareCounts,
    ChainFacts,
    ComplaintChannel,
    ComplaintCounts,
    ComplaintTopic,
    DisposalCounts,
    Drill,
    ExchangeCounts,
    IntegrationFacts,
    LabelCounts,
    Ledger,
    LexiconChange,
    LexiconFacts,
    MinorsContent,
    MinorsYear,
    ModelTraffic,
    ReportCounts,
    Retention,
    ReviewCounts,
)
from guiju.law.period import Period

ON = date(2026, 9, 30)
"""The day every test looks at."""


def at(days_ago: int, hour: int = 12) -> datetime:
    """A moment in China, whole days before :data:`ON`."""
    return datetime(ON.year, ON.month, ON.day, hour, tzinfo=CHINA) - timedelta(days=days_ago)


class FakeLedger(msgspec.Struct, frozen=True):
    """Empty unless told otherwise: a service without any traffic."""

    exchange_counts: ExchangeCounts = ExchangeCounts(0, 0, 0, 0, 0, 0)
    traffic: tuple[ModelTraffic, ...] = ()
    label_counts: LabelCounts = LabelCounts(0, 0, 0, 0, 0, 0)
    disposal_counts: DisposalCounts = DisposalCounts(0, 0, 0, 0)
    review_counts: ReviewCounts = ReviewCounts(0, 0, 0, 0, 0)
    kept: Retention = Retention(None, None, 0, 0)
    chain_facts: ChainFacts = ChainFacts(0, None, None, 0, None)
    exports: tuple[Drill, ...] = ()
    inventory: tuple[IntegrationFacts, ...] = ()
    caller_counts: CallerCounts = CallerCounts(0, 0, 0)
    histories: tuple[AccountHistory, ...] = ()
    unnamed: int = 0
    reported: ReportCounts = ReportCounts()
    words: LexiconFacts = LexiconFacts("", 0, (), 0, None)
    changes: tuple[LexiconChange, ...] = ()
    cared: CareCounts = CareCounts()
    content: MinorsContent = MinorsContent()
    years: tuple[MinorsYear, ...] = ()
    people: AccountCounts = AccountCounts(0, 0)

    channel: ComplaintChannel = ComplaintChannel(True, (ComplaintTopic("content", 5),))
    complained: dict[str, ComplaintCounts] = {}
    """by topic; those of any under the empty name"""

    def complaint_channel(self) -> ComplaintChannel:
        return self.channel

    def complaints(self, period: Period, topics: tuple[str, ...]) -> ComplaintCounts:
        return self.complained.get("".join(topics), ComplaintCounts(0, 0, 0))

    def exchanges(self, period: Period) -> ExchangeCounts:
        return self.exchange_counts

    def models(self, period: Period) -> tuple[ModelTraffic, ...]:
        return self.traffic

    def labels(self, period: Period) -> LabelCounts:
        return self.label_counts

    def disposals(self, period: Period) -> DisposalCounts:
        return self.disposal_counts

    def reviews(self, period: Period, limit_hours: int) -> ReviewCounts:
        return self.review_counts

    def retention(self, months: int) -> Retention:
        return self.kept

    def chain(self) -> ChainFacts:
        return self.chain_facts

    def drills(self, period: Period) -> tuple[Drill, ...]:
        return tuple(d for d in self.exports if period.start <= d.at < period.end)

    def integrations(self, period: Period) -> tuple[IntegrationFacts, ...]:
        return self.inventory

    def callers(self, period: Period) -> CallerCounts:
        return self.caller_counts

    def accounts(self, period: Period, at_least: int) -> Iterator[AccountHistory]:
        return (h for h in self.histories if sum(t.violated for t in h.turns) >= at_least)

    def anonymous_violations(self, period: Period) -> int:
        return self.unnamed

    def reports(self, period: Period, limit_days: int) -> ReportCounts:
        return self.reported

    def lexicon(self) -> LexiconFacts:
        return self.words

    def lexicon_changes(self, period: Period) -> tuple[LexiconChange, ...]:
        return tuple(c for c in self.changes if period.start <= c.at < period.end)

    def care(self, period: Period, every_minutes: int) -> CareCounts:
        return self.cared

    def minors_content(self, period: Period) -> MinorsContent:
        return self.content

    def minors_years(self, last: int, years: int) -> tuple[MinorsYear, ...]:
        known = {one.year: one for one in self.years}
        return tuple(known.get(year, MinorsYear(year)) for year in range(last - years + 1, last + 1))

    def account_counts(self, period: Period) -> AccountCounts:
        return self.people


_is_a_ledger: Ledger = FakeLedger()
