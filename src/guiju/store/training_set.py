"""Decided cases as texts to learn from. Accounts of minors and companion services are left out unless the desk's policy says
otherwise, and so is what two reviewers still judge apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

from guiju.errors import GuijuError
from guiju.evidence import Exchange, decode
from guiju.evidence.record import Verdict
from guiju.moderation.models import shelf
from guiju.moderation.models.tuning import READ, Lesson
from guiju.nouns import Direction, Part
from guiju.store import case_texts, desk_policy
from guiju.store.case_opening import is_minors
from guiju.store.desk_queue import still_blind
from guiju.store.models import Case
from guiju.store.snapshot import Snapshot
from guiju.text.reading import read

HELD_OUT = 0.25
"""Share of decided texts that no candidate learns from: they are what it is measured on."""
COUNTS = 2.0
"""What a decided text counts beside a line that ships."""
_UNHEARD = frozenset({"system", "developer", "assistant"})


class Decided(msgspec.Struct, frozen=True):
    """One decided text.

    Attributes:
        case: its number. ``text``: as the checks read it. ``risk``: of the case. ``tag``: the model's head for that risk.
        rules: what had fired, as ``detector:rule``. ``decided_at``: ISO.
    """

    case: int
    text: str
    direction: Direction
    harmful: bool
    risk: str
    tag: str
    rules: tuple[str, ...]
    decided_at: str

    @property
    def held_out(self) -> bool:
        """Whether no candidate learns from it; by its text alone, so that it is so in every run."""
        return self.lesson.part < HELD_OUT

    @property
    def lesson(self) -> Lesson:
        """What is learnt from it."""
        return Lesson(self.text[:READ], self.harmful, self.tag, COUNTS)


@dataclass(frozen=True)
class Gathered:
    """The texts, each once, and how many cases were left out for which reason."""

    texts: tuple[Decided, ...]
    left_out: dict[str, int]


def gather(snapshot: Snapshot) -> Gathered:
    """Every decided case whose text is held, oldest first. A text decided both ways is learnt from neither way."""
    rules = desk_policy.in_force().training
    judged = (Case.Verdict.VIOLATION, Case.Verdict.FINE)
    rows = Case.objects.filter(kind=Case.Kind.FIRST, status=Case.Status.DECIDED, verdict__in=judged)
    left: dict[str, int] = defaultdict(int)
    found: dict[tuple[Direction, str], Decided] = {}
    torn: set[tuple[Direction, str]] = set()
    for case in rows.exclude(still_blind()).select_related("record").order_by("decided_at", "pk").iterator(500):
        reason = _left_out(case, snapshot, minors=rules.minors, companions=rules.companions)
        decided = None if reason else _decided(case)
        if decided is None:
            left[reason or "no text"] += 1
            continue
        key = decided.direction, decided.text
        if key in found and found[key].harmful != decided.harmful:
            torn.add(key)
        found[key] = decided
    left["decided both ways"] += len(torn)
    return Gathered(tuple(one for key, one in found.items() if key not in torn), {k: n for k, n in left.items() if n})


def _left_out(case: Case, snapshot: Snapshot, *, minors: bool, companions: bool) -> str:
    if not minors and (case.minors or is_minors(case.record.account)):
        return "minors"
    service = snapshot.services.get(case.record.service)
    integration = snapshot.integrations.get(case.record.integration_id)
    companion = (service is not None and service.companion) or (
        integration is not None and integration.purpose == "companion"
    )
    return "companion service" if companion and not companions else ""


def _decided(case: Case) -> Decided | None:
    try:
        body = decode(bytes(case.record.body))
    except GuijuError:
        return None
    if not isinstance(body, Exchange):
        return None
    prompt, answer = case_texts.parts(case.record)
    of_answer = any(part.where == case.part for part in answer) if case.part else body.answer.action == "review"
    parts, verdict = (answer, body.answer) if of_answer else (prompt, body.prompt)
    text = read(_words(case, parts, verdict)[:READ]).text.strip()
    if not text or case.decided_at is None:
        return None
    fired = {f"{f.detector}:{f.rule}" for f in verdict.findings if f.risk == case.risk}
    return Decided(
        case=case.pk,
        text=text,
        direction=Direction.ANSWER if of_answer else Direction.PROMPT,
        harmful=case.verdict == Case.Verdict.VIOLATION,
        risk=case.risk,
        tag=_heads().get(case.risk, ""),
        rules=tuple(sorted(fired)),
        decided_at=case.decided_at.isoformat(),
    )


def _words(case: Case, parts: Iterable[Part], verdict: Verdict) -> str:
    """What was judged: the part of the case; else the parts in which its risk was found; else what was said last."""
    told = [part for part in parts if part.text.strip()]
    if case.part:
        return "\n".join(part.text for part in told if part.where == case.part)
    met = {finding.where for finding in verdict.findings if finding.risk == case.risk}
    hit = [part.text for part in told if part.where in met]
    if hit:
        return "\n".join(hit)
    heard = [part.text for part in told if part.role not in _UNHEARD] or [part.text for part in told]
    return heard[-1] if heard else ""


def _heads() -> dict[str, str]:
    return {head.risk: head.name for head in shelf.manifest().heads[1:]}


def lines(gathered: Gathered) -> Iterator[bytes]:
    """The texts as JSON lines."""
    for one in gathered.texts:
        yield msgspec.json.encode(one) + b"\n"
