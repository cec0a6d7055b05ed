"""What a check may ask of the evidence: a protocol that ``store/ledger.py`` implements with SQL aggregates.

A ledger is a **view for one service**: everything it answers concerns that service only (the word lists, the chain and
the export drills are shared by the whole installation and answered for it). Every answer is a small frozen struct of
counts, dates and record ids; it never holds a user's text. Nothing here writes, and nothing reads a clock: the spans are
given by the caller as :class:`~guiju.law.period.Period` (half-open, time-zone aware).

``sample`` fields hold at most :data:`SAMPLE` record ids, **offending records first**, then the newest conforming ones:
they are what the console opens when somebody asks "show me".
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Protocol

import msgspec

from guiju.law.period import Period

SAMPLE = 20
"""The most record ids in any ``sample``."""


class ExchangeCounts(msgspec.Struct, frozen=True):
    """How many contents travelled in a span, and how many of them were really checked.

    Attributes:
        exchanges: exchange records written.
        prompts: exchanges whose prompt had any text to check.
        prompts_checked: of these, the ones where every check ran to its end (no failure in the decision).
        answers: exchanges in which the upstream gave an answer with text.
        answers_checked: of these, the ones where every check ran to its end.
        passed_unchecked: contents (prompts and answers each counted) that travelled on although a check of them failed.
        sample: record ids, not fully checked ones first.
    """

    exchanges: int
    prompts: int
    prompts_checked: int
    answers: int
    answers_checked: int
    passed_unchecked: int
    sample: tuple[str, ...] = ()


class ModelTraffic(msgspec.Struct, frozen=True):
    """An upstream model that answered in a span, by the name it is called upstream, and how many exchanges it answered."""

    model: str
    exchanges: int


class LabelCounts(msgspec.Struct, frozen=True):
    """Labels on the text answers that reached a client in a span.

    Attributes:
        delivered: answers of which any text reached the client (stand-in answers of a block are not generated: left out).
        explicit: of these, the ones with the label words in the text itself.
        declared: of these, the ones without words in the text, covered by the integration's recorded declaration of an
            interface label (GB 45438 5.6).
        implicit: answers that carried the seven-key label.
        read_back: of these, the ones whose label was parsed again after writing and found equal.
        numbered: how many different content numbers (ProduceID) those labels carry.
        producers: every different ContentProducer in them, sorted.
        sample: record ids, answers missing a label first.
    """

    delivered: int
    explicit: int
    declared: int
    implicit: int
    read_back: int
    numbered: int
    producers: tuple[str, ...] = ()
    sample: tuple[str, ...] = ()


class DisposalCounts(msgspec.Struct, frozen=True):
    """What became of content that was found illegal in a span (either direction).

    Attributes:
        found: exchanges in which the policy or a reviewer found a content that must not pass.
        stopped: of these, blocked, answered instead or masked before the user saw it.
        waiting: of these, not stopped but with a review case still open.
        kept: of these, with the record and its text still held (or the text already past its retention).
        sample: record ids, neither stopped nor waiting first, then not kept ones.
    """

    found: int
    stopped: int
    waiting: int
    kept: int
    sample: tuple[str, ...] = ()


class ReviewCounts(msgspec.Struct, frozen=True):
    """The human review queue over a span.

    Attributes:
        opened: cases opened in the span.
        decided: cases decided in the span.
        late: cases decided in the span later than the limit after opening, plus cases open at its end and older than it.
        open: cases open at the end of the span.
        reviewers: different people who decided a case in the span.
        needed: reviewers that the volume of the span needs at the pace of the span, rounded up; ``None`` where no pace is known.
        sample: record ids behind the cases, late ones first.
    """

    opened: int
    decided: int
    late: int
    open: int
    reviewers: int
    sample: tuple[str, ...] = ()
    needed: int | None = None


class ReportCounts(msgspec.Struct, frozen=True):
    """Reports of accounts to authorities: all that were prepared or settled in a span, or waited during it.

    Attributes:
        asked: prepared by a rule of the ladder or a person.
        sent: of these, sent by the end of the span. ``refused``: decided not to be sent, with a reason.
        waiting: neither. ``late``: settled later than the limit after being prepared, or waiting for longer.
        sample: record ids behind the late ones.
    """

    asked: int = 0
    sent: int = 0
    refused: int = 0
    waiting: int = 0
    late: int = 0
    sample: tuple[str, ...] = ()


class Retention(msgspec.Struct, frozen=True):
    """How long records have been kept.

    Attributes:
        first_written: the day (in China) of the first record ever written for the service; ``None`` before any traffic.
        oldest_kept: the day of the oldest record whose body is still held; ``None`` when there is none.
        deleted_early: records or texts deleted before they were the asked number of months old, over all time.
        deleted_due: records or texts deleted at or after that age, over all time.
        sample: ids of records deleted early, then the oldest records kept.
    """

    first_written: date | None
    oldest_kept: date | None
    deleted_early: int
    deleted_due: int
    sample: tuple[str, ...] = ()


class Verification(msgspec.Struct, frozen=True):
    """One run of ``evidence verify``: when it ended, records read, and how many problems it found."""

    at: datetime
    records: int
    problems: int


class ChainFacts(msgspec.Struct, frozen=True):
    """The state of the hash chain of the whole installation.

    Attributes:
        records: records in the chain.
        last_record: when the newest was written, ``None`` when there is none.
        last_seal: when the newest signed seal was made, ``None`` when there is none.
        unsealed: records after that seal.
        last_verification: the newest *complete* verification, ``None`` when there was none.
    """

    records: int
    last_record: datetime | None
    last_seal: datetime | None
    unsealed: int
    last_verification: Verification | None


class Drill(msgspec.Struct, frozen=True):
    """One export of evidence for an inspector, real or as a drill.

    Attributes:
        id: the export's id.
        at: when it ended.
        seconds: how long it took.
        records: records in the package.
        verified: whether the finished package was verified with its own instructions.
    """

    id: str
    at: datetime
    seconds: int
    records: int
    verified: bool


class IntegrationFacts(msgspec.Struct, frozen=True):
    """One line of the inventory of API integrations (底数) with its traffic in a span.

    Attributes:
        id, name: as the console shows them.
        status: ``applied``, ``approved``, ``suspended`` or ``retired``, at the end of the span.
        owner: who answers for it; empty when not filled in. ``purpose``: likewise.
        filing_number: the filing or registration number it declared; empty when none.
        filing_expires: the day that number lapses, ``None`` when it has no end.
        reviewed_on: the day of the last human review of this line, ``None`` when there was none.
        requests: exchanges recorded for it in the span.
        requests_while_unapproved: of these, the ones served while its status was not ``approved``.
    """

    id: str
    name: str
    status: str
    owner: str
    purpose: str
    filing_number: str
    filing_expires: date | None
    reviewed_on: date | None
    requests: int
    requests_while_unapproved: int


class CallerCounts(msgspec.Struct, frozen=True):
    """Calls that could not be tied to an approved integration in a span.

    Attributes:
        unattributed: exchanges served without an integration (must be 0).
        refused_unknown: calls refused because the key is unknown.
        refused_unapproved: calls refused because the integration is not approved, suspended, retired or lapsed.
    """

    unattributed: int
    refused_unknown: int
    refused_unapproved: int


class Turn(msgspec.Struct, frozen=True):
    """One exchange of one account: when, whether the user's own input counted as a violation, and its record id."""

    at: datetime
    violated: bool
    record: str


class Measure(msgspec.Struct, frozen=True):
    """One sanction imposed on an account.

    Attributes:
        at: when it began. ``until``: when it ended or will end; ``None`` while it has no end.
        kind: the ladder's word for it (``warn``, ``limit``, ``suspend``, ``close`` …).
        stops: whether the account is refused altogether while it lasts.
        reasoned: whether it states a reason and names the records it rests on.
    """

    at: datetime
    until: datetime | None
    kind: str
    stops: bool
    reasoned: bool


class AccountHistory(msgspec.Struct, frozen=True):
    """One account's turns in a span in order of time, and every measure in force at any moment of the span.

    ``account`` is the pseudonym; no raw identifier ever comes here.
    """

    account: str
    turns: tuple[Turn, ...]
    measures: tuple[Measure, ...]


class RiskCount(msgspec.Struct, frozen=True):
    """Different canonical words for one of the 31 risks (finer tags counted under their risk)."""

    risk: str
    entries: int


class LexiconFacts(msgspec.Struct, frozen=True):
    """The word lists in force.

    Attributes:
        version: the version in force; empty when there is no list.
        entries: different canonical words over all risks (spelling variants and allow-entries not counted).
        by_risk: the same per risk; risks without words may be left out.
        sourced: of ``entries``, the ones that state a source or criterion of entry.
        first_version_on: the day the first version came into force, ``None`` when there is none.
    """

    version: str
    entries: int
    by_risk: tuple[RiskCount, ...]
    sourced: int
    first_version_on: date | None


class LexiconChange(msgspec.Struct, frozen=True):
    """One change of the word lists that came into force: when, its version, and words added and removed."""

    at: datetime
    version: str
    added: int
    removed: int


class MinorsContent(msgspec.Struct, frozen=True):
    """What minors were served in a span.

    Attributes:
        bands, pools: age bands of the policy in force, and the dedicated pools they name.
        served: completed exchanges of minors' accounts. ``banded``: judged under the content of their band.
            ``pushed``: in which something went out that the band stops. ``pooled``: answered by the dedicated pool of
            their band. ``unpooled``: answered from elsewhere, as the settings say where a pool is not set.
        affecting: delivered answers, to anybody, that may affect minors. ``prompted``: with a reminder.
        capped: bands with a cap per purchase and per day. ``purchases``: minors' days with purchases.
            ``overspent``: those beyond a cap.
        marketing_open: bands in which the function ``marketing`` is not shut.
        delivered: delivered answers. ``inducing``: those that held their user back.
    """

    bands: int = 0
    pools: int = 0
    served: int = 0
    banded: int = 0
    pushed: int = 0
    pooled: int = 0
    unpooled: int = 0
    affecting: int = 0
    prompted: int = 0
    capped: int = 0
    purchases: int = 0
    overspent: int = 0
    marketing_open: int = 0
    delivered: int = 0
    inducing: int = 0
    sample: tuple[str, ...] = ()


class MinorsYear(msgspec.Struct, frozen=True):
    """A calendar year (in China) of minors on a service, and what became of its two documents.

    Attributes:
        accounts: minors' accounts with use in the year.
        published, audited: the day on which the public report was published and the audit reported, as somebody noted it
            with the place or receipt; ``None`` where nobody did.
        looks: how often staff read the text of a minor's exchange. ``unreasoned``: of these, without a reason on record.
    """

    year: int
    accounts: int = 0
    published: date | None = None
    audited: date | None = None
    looks: int = 0
    unreasoned: int = 0


class CareCounts(msgspec.Struct, frozen=True, kw_only=True):
    """The protection of minors and of the users of companions in a span.

    Attributes:
        minors: accounts held to an age band or in minors' mode, at the end of the span. ``suspected``: of these, for signs.
        denied: exchanges and questions denied. ``bypassed``: exchanges completed on a day after its time was used up and
            no guardian had decided anything since.
        personas_denied: virtual relatives and partners denied to minors. ``bands_open``: bands of the policy in force that
            do not block both.
        blocks: continuous uses of a companion. ``introduced``: of these, begun with the notice that it is an AI.
        long_blocks: of ``blocks``, longer than the asked time. ``unreminded``: of these, with a longer stretch unreminded.
        crises: cases of a crisis that were due in the span. ``crises_late``: of these, without a contact in time.
        exits: exits at request. ``retained``: answers to somebody taking leave that held him back and reached him.
        requests: requests for a copy or deletion of the chat that were due. ``requests_late``: of these, not done in time.
        sample: record ids, offending ones first.
    """

    minors: int = 0
    suspected: int = 0
    denied: int = 0
    bypassed: int = 0
    personas_denied: int = 0
    bands_open: int = 0
    blocks: int = 0
    introduced: int = 0
    long_blocks: int = 0
    unreminded: int = 0
    crises: int = 0
    crises_late: int = 0
    exits: int = 0
    retained: int = 0
    requests: int = 0
    requests_late: int = 0
    sample: tuple[str, ...] = ()


class AccountCounts(msgspec.Struct, frozen=True):
    """Accounts of the service: ever seen up to the end of a span, and seen in its last thirty days."""

    registered: int
    active: int


class ComplaintTopic(msgspec.Struct, frozen=True):
    """Something the public page takes messages about, and within how many working days it declares to answer."""

    id: str
    working_days: int


class ComplaintChannel(msgspec.Struct, frozen=True):
    """The public page for complaints: whether it is served, and what it takes."""

    open: bool
    topics: tuple[ComplaintTopic, ...]


class ComplaintCounts(msgspec.Struct, frozen=True):
    """Complaints received in a span.

    Attributes:
        received: all of them. ``in_time``: answered within their declared limit.
        late: answered after it, or waiting beyond it. The rest still waits within its limit.
    """

    received: int
    in_time: int
    late: int


class Ledger(Protocol):
    """The questions checks ask about one service. Implementations answer with aggregates, never row by row in Python."""

    def exchanges(self, period: Period) -> ExchangeCounts:
        """Contents and how many were checked."""

    def models(self, period: Period) -> tuple[ModelTraffic, ...]:
        """Upstream models that answered, busiest first."""

    def labels(self, period: Period) -> LabelCounts:
        """Labels on delivered text answers."""

    def disposals(self, period: Period) -> DisposalCounts:
        """What became of illegal content."""

    def reviews(self, period: Period, limit_hours: int) -> ReviewCounts:
        """The review queue; a case is late when undecided ``limit_hours`` after it was opened."""

    def retention(self, months: int) -> Retention:
        """How long records were kept; "early" means younger than ``months`` calendar months. Over all time."""

    def chain(self) -> ChainFacts:
        """The hash chain, its seals and its last verification. Over all time, the whole installation."""

    def drills(self, period: Period) -> tuple[Drill, ...]:
        """Evidence exports that ended in the span, oldest first; failed exports are left out."""

    def integrations(self, period: Period) -> tuple[IntegrationFacts, ...]:
        """Every integration of the service, retired ones included if they had traffic in the span."""

    def callers(self, period: Period) -> CallerCounts:
        """Calls without an approved integration."""

    def accounts(self, period: Period, at_least: int) -> Iterator[AccountHistory]:
        """Accounts with at least ``at_least`` violating turns in the span, one at a time (streamed, any order)."""

    def anonymous_violations(self, period: Period) -> int:
        """Violating exchanges in the span that named no account."""

    def reports(self, period: Period, limit_days: int) -> ReportCounts:
        """Reports of accounts to authorities; late after ``limit_days``."""

    def lexicon(self) -> LexiconFacts:
        """The word lists in force now."""

    def lexicon_changes(self, period: Period) -> tuple[LexiconChange, ...]:
        """Changes that came into force in the span, oldest first."""

    def care(self, period: Period, every_minutes: int) -> CareCounts:
        """Minors and companions; a use is long when it lasts longer than ``every_minutes``."""

    def minors_content(self, period: Period) -> MinorsContent:
        """What minors were served."""

    def minors_years(self, last: int, years: int) -> tuple[MinorsYear, ...]:
        """The calendar years up to and including ``last``, oldest first."""

    def account_counts(self, period: Period) -> AccountCounts:
        """How many accounts there are."""

    def complaint_channel(self) -> ComplaintChannel:
        """The public page for complaints, now. The whole installation."""

    def complaints(self, period: Period, topics: tuple[str, ...]) -> ComplaintCounts:
        """Complaints received in the span, about these topics; about any where none is named."""
