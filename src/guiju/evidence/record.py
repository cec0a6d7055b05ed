"""The bodies of evidence records, and the one way they become bytes.

A body is canonical JSON: UTF-8, keys sorted by code point, no spaces, only objects, arrays, integers and strings. The
structs below declare their fields alphabetically, so the encoder emits canonical bytes without sorting; a test holds
both to ``json.dumps(sort_keys=True)``. A body holds no user text: what was asked and answered appears only as
commitments (see :mod:`guiju.evidence.vault`).

Times are integer microseconds since the Unix epoch, UTC. Durations are microseconds. Scores are per mille (0–1000).
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Literal

import msgspec

from guiju.errors import RecordUnreadable
from guiju.evidence.entropy import Entropy
from guiju.nouns import Decision

_RANDOM = Entropy(10)

SCHEMA = 1
"""The version of the body format that this module writes."""


class Outcome(enum.StrEnum):
    """How an exchange ended, seen from the gateway."""

    COMPLETED = "completed"
    """The model's answer reached its end, possibly masked or labelled."""
    BLOCKED = "blocked"
    """A decision stopped the prompt or the answer; the client got a stand-in answer or an error."""
    UNCHECKED = "unchecked"
    """A check failed or timed out and the policy let the content pass."""
    REFUSED = "refused"
    """Turned away before any model was asked: key, quota, account, malformed request."""
    UPSTREAM_ERROR = "upstream_error"
    """The model refused, stalled or broke off."""
    CLIENT_LEFT = "client_left"
    """The client closed the connection before the end."""
    INTERRUPTED = "interrupted"
    """Guiju itself stopped or failed before the end."""


class RecordedFinding(msgspec.Struct, frozen=True, gc=False):
    """A :class:`guiju.nouns.Finding` as evidence keeps it; ``score`` in per mille, ``spans`` in code points."""

    detector: str
    risk: str
    rule: str
    score: int
    severity: str = "medium"
    spans: tuple[tuple[int, int], ...] = ()
    where: str = ""


class RecordedFailure(msgspec.Struct, frozen=True, gc=False):
    """A check that did not run to its end; ``error`` is a code, never text of the user."""

    detector: str
    error: str
    risks: tuple[str, ...] = ()


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """What was decided about one direction. ``action`` is ``""`` where nothing was there to check."""

    action: str = ""
    failures: tuple[RecordedFailure, ...] = ()
    findings: tuple[RecordedFinding, ...] = ()
    risk: str = ""
    score: int = 0

    @classmethod
    def of(cls, decision: Decision) -> Verdict:
        """The verdict that records ``decision``; the policy version belongs to the record, not to each verdict."""
        findings = decision.findings
        failures = decision.failures
        return cls(
            action=decision.action.value,
            failures=tuple([RecordedFailure(f.detector, f.error, f.risks) for f in failures]) if failures else (),
            findings=tuple(
                [
                    RecordedFinding(f.detector, f.risk, f.rule, per_mille(f.score), f.severity, f.spans, f.where)
                    for f in findings
                ]
            )
            if findings
            else (),
            risk=decision.risk,
            score=per_mille(decision.score),
        )


class Commitments(msgspec.Struct, frozen=True, gc=False):
    """``SHA-256(salt ‖ text)`` in hex for each encrypted text; ``""`` where no text was kept."""

    answer: str = ""
    prompt: str = ""


class LabelEntry(msgspec.Struct, frozen=True, gc=False):
    """The label an answer carried (GB 45438 ch. 5 and Annex E).

    Attributes:
        content: the content number (``ProduceID``).
        explicit: id of the explicit wording; ``""`` if no words were placed.
        implicit: the seven-key label exactly as the client got it, compact JSON; ``""`` if none was sent.
        position: ``start``, ``end``, ``content`` (drawn or spoken in a file), ``interface`` (the integration's declared interface
            label, 5.6) or ``""``.
        reason: why the words are not where the integration's setting puts them; ``""`` otherwise.
    """

    content: str = ""
    explicit: str = ""
    implicit: str = ""
    position: str = ""
    reason: str = ""


class Tokens(msgspec.Struct, frozen=True, gc=False):
    """Token counts as the model reported them; 0 where it reported none."""

    completion: int = 0
    prompt: int = 0
    total: int = 0


class Timings(msgspec.Struct, frozen=True, gc=False):
    """Durations in microseconds from the arrival of the request; 0 where the phase did not happen."""

    check_answer: int = 0
    check_prompt: int = 0
    first_token: int = 0
    total: int = 0
    upstream: int = 0


class Exchange(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One exchange: one request through the gateway and what became of it.

    Attributes:
        id: from :func:`new_id`. ``at``: arrival of the request.
        account: pseudonym of the end user, ``""`` if none was named.
        delivery: ``whole`` or ``stream``. ``status``: the HTTP status sent.
        error: Guiju's error code where one was sent.
        lexicon, policy: versions of the word lists and the policy that judged.
        model: as the client asked; ``upstream``: as sent to the model's server.
    """

    account: str = ""
    answer: Verdict = Verdict()
    at: int
    commitments: Commitments = Commitments()
    delivery: Literal["whole", "stream"] = "whole"
    endpoint: str
    error: str = ""
    id: str
    integration: str
    kind: Literal["exchange"] = "exchange"
    label: LabelEntry = LabelEntry()
    lexicon: str = ""
    model: str = ""
    outcome: Outcome
    policy: str = ""
    prompt: Verdict = Verdict()
    schema: int = SCHEMA
    service: str = ""
    status: int = 200
    timings: Timings = Timings()
    tokens: Tokens = Tokens()
    upstream: str = ""


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something a person or Guiju itself did that evidence must show: a look at a text, a sanction, an export.

    ``details`` holds identifiers and codes only; its keys must not include ``id``. ``subject`` names what was acted
    on, as ``noun:identifier``.
    """

    action: str
    actor: str
    at: int
    details: dict[str, str] = {}
    id: str
    kind: Literal["event"] = "event"
    reason: str = ""
    schema: int = SCHEMA
    subject: str = ""

    def __post_init__(self) -> None:
        if "id" in self.details:
            raise ValueError("details of an event must not use the key 'id': it would shadow the record's own")


class ChainHead(msgspec.Struct, frozen=True, gc=False):
    """The place a chain had reached: its latest sequence number and hash (hex)."""

    chain: str
    hash: str
    seq: int


class Genesis(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The first record of a chain (sequence 0): it commits to the heads of the chains known before it."""

    at: int
    chain: str
    heads: tuple[ChainHead, ...] = ()
    id: str
    kind: Literal["genesis"] = "genesis"
    schema: int = SCHEMA
    writer: str = ""


Body = Exchange | Event | Genesis

_ENCODER = msgspec.json.Encoder(order="deterministic")  # struct fields as declared, mapping keys sorted


class _Kind(msgspec.Struct, gc=False):
    kind: str


_KIND = msgspec.json.Decoder(_Kind)
_DECODERS: dict[str, msgspec.json.Decoder[Exchange] | msgspec.json.Decoder[Event] | msgspec.json.Decoder[Genesis]] = {
    "exchange": msgspec.json.Decoder(Exchange),
    "event": msgspec.json.Decoder(Event),
    "genesis": msgspec.json.Decoder(Genesis),
}


def encode(body: Body) -> bytes:
    """The canonical bytes of a body. A lone surrogate in a string, which UTF-8 cannot carry, raises UnicodeError."""
    return _ENCODER.encode(body)


def decode(body: bytes) -> Body:
    """The struct behind canonical bytes; fields of later versions are ignored.

    Raises:
        RecordUnreadable: the bytes are no JSON object of a known kind.
    """
    try:
        kind = _KIND.decode(body).kind
        decoder = _DECODERS.get(kind)
        if decoder is None:
            raise RecordUnreadable(detail=f"kind {kind!r}")
        return decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise RecordUnreadable(detail=str(error)) from error


def per_mille(score: float) -> int:
    """A score of 0–1 as an integer of 0–1000."""
    return int(score * 1000 + 0.5)


def new_id(at: int) -> str:
    """A fresh identifier for a record or chain: 32 lower-case hex digits that sort by time.

    The first 12 are the milliseconds of ``at`` (microseconds UTC), the other 20 are random.
    """
    return f"{at // 1000 & 0xFFFFFFFFFFFF:012x}{_RANDOM.take().hex()}"


def verdicts(prompt: Decision | None, answers: Sequence[Decision] = ()) -> tuple[Verdict, Verdict]:
    """The prompt's verdict and the one verdict of all answer decisions (the strictest action, all findings)."""
    first = Verdict.of(prompt) if prompt is not None else Verdict()
    if not answers:
        return first, Verdict()
    if len(answers) == 1:
        return first, Verdict.of(answers[0])
    worst = max(answers, key=lambda d: (d.action.stops, d.action.rank, d.score))
    if not worst.action.stops:
        worst = next((d for d in answers if d.action.rank < 0), worst)  # unchecked outranks what did not stop
    merged = Decision(
        action=worst.action,
        findings=tuple(f for d in answers for f in d.findings),
        failures=tuple(f for d in answers for f in d.failures),
        score=max(d.score for d in answers),
        risk=worst.risk,
    )
    return first, Verdict.of(merged)
