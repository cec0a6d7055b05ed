"""The care for one exchange: may this account ask now, what must it be told, what did it say of itself.

``attend`` gives None for everybody whom it does not concern. For the others the exchange asks: the verdict on the prompt
(``judge``), whether an answer holds its user back (``holds_back``), what to add to it (``closing``), and at the end what
goes into the record (``settle``). A crisis outweighs everything: nobody who speaks of dying is told that it is bedtime.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote

import msgspec

from guiju.errors import CareDenied, FieldInvalid, PromptBlocked
from guiju.evidence.record import Outcome
from guiju.gateway.minors_words import MARK, aloud, told, told_header
from guiju.gateway.wire import Header, Scope, header
from guiju.minors import ADULT, Basis, Deny, Profile, Reason, Remind, Usage, Use, decide, touch
from guiju.minors import companion as companions
from guiju.minors import signals as signs
from guiju.minors.companion import Heard, Hearing
from guiju.moderation.context import Context
from guiju.moderation.policy import Policy
from guiju.nouns import Action, Decision, Direction, Finding, Part
from guiju.store import account_policy
from guiju.store.care_notes import Kind, Noted, StatedAge
from guiju.store.snapshot import IntegrationView, Snapshot

if TYPE_CHECKING:
    from guiju.gateway.runtime import Runtime

BAND, MODE = b"x-guiju-age-band", b"x-guiju-minors-mode"
PERSONA, CHARACTER, FEATURES = b"x-guiju-persona", b"x-guiju-character", b"x-guiju-features"
_STATING = (BAND, MODE)
_ON = frozenset({b"on", b"true", b"1"})
_COMPANION = frozenset({"identity", "two_hours", "dependence"})
_DELIVERED = frozenset({Outcome.COMPLETED, Outcome.UNCHECKED})


class Occasion(Protocol):
    """What the care for an account looks at: an exchange, or a prompt that is only checked.

    Attributes:
        snapshot: replaced by the band's stricter one. ``account``: its pseudonym, empty where none is named.
        at: when the prompt came, microseconds. ``number``: of its record.
    """

    snapshot: Snapshot
    integration: IntegrationView
    account: str
    at: int
    number: str

    @property
    def runtime(self) -> Runtime:
        """Where use is counted."""

    @property
    def scope(self) -> Scope:
        """The request, for what its headers state."""


def attend(call: Occasion) -> Care | None:
    """The care for this exchange; None where it concerns nobody: no minor, no companion, nothing stated.

    Raises:
        FieldInvalid: a header states an age band that does not exist.
    """
    snapshot, integration = call.snapshot, call.integration
    service = snapshot.services[integration.service]
    companion = service.companion or integration.purpose == "companion"
    watched = companion or service.watched
    if not watched and call.account not in snapshot.minors and not _stated(call.scope):
        return None
    profile = profile_of(call.scope, snapshot, call.account)
    known = snapshot.minors.get(call.account, _UNKNOWN)
    if call.account and profile != known and (known is not _UNKNOWN or profile.band != ADULT or profile.mode):
        call.runtime.care.state(StatedAge(call.account, integration.id, profile.band, profile.mode, call.at))
    held = profile.band_at(call.at, snapshot.minors_policy)
    call.snapshot = held_to_band(snapshot, held)
    return Care(call, profile, companion=companion, watched=watched, band=held)


def held_to_band(snapshot: Snapshot, held: str) -> Snapshot:
    """The snapshot under the stricter moderation policy of the band with this id; itself where there is none."""
    band = snapshot.minors_policy.band(held)
    if band is None or not band.content.stops:
        return snapshot
    return snapshot.under(_stricter(snapshot.checker.policy, band.id, band.content.stops))


def profile_of(scope: Scope, snapshot: Snapshot, account: str) -> Profile:
    """What is known of the account, with what the caller states in headers where nothing better founded is known.

    Raises:
        FieldInvalid: no such age band.
    """
    known = snapshot.minors.get(account, _UNKNOWN)
    band = header(scope, BAND).decode("latin-1").strip()
    if band and band != ADULT and snapshot.minors_policy.band(band) is None:
        raise FieldInvalid(field="X-Guiju-Age-Band", problem=f"no such age band: {band[:20]}")
    if header(scope, MODE).strip().lower() in _ON and not known.mode:
        known = msgspec.structs.replace(known, mode=True)
    unsure = known.basis is Basis.SUSPECTED and band == ADULT
    if band and band != known.band and known.basis.rank <= Basis.STATED.rank and not unsure:
        known = msgspec.structs.replace(known, band=band, basis=Basis.STATED)
    return known


def use_of(scope: Scope, *, companion: bool) -> Use:
    """What the caller says is used, in headers; a character's name is percent-encoded UTF-8."""
    features = header(scope, FEATURES).decode("latin-1")
    return Use(
        companion=companion,
        persona=header(scope, PERSONA).decode("latin-1").strip(),
        character=unquote(header(scope, CHARACTER).decode("latin-1")).strip(),
        features=frozenset(name.strip() for name in features.split(",") if name.strip()),
    )


def stricter(policy: Policy, band: str, stops: frozenset[Action]) -> Policy:
    """The moderation policy for a band of age: what would pass with these actions is answered otherwise instead."""
    rules = tuple(
        msgspec.structs.replace(rule, action=Action.ANSWER_INSTEAD) if rule.action in stops else rule
        for rule in policy.rules
    )
    return msgspec.structs.replace(policy, rules=rules, digest=f"{policy.digest}+{band}")


def violates(decision: Decision, policy: Policy, context: Context) -> bool:
    """Whether a prompt counts against its author by the account policy. What only the content of a band stops does not:
    being a child is no violation.

    Args:
        policy: what the prompt was judged by.
    """
    if not decision.findings or not account_policy.in_force().counts(decision):  # as nearly always: nothing was found
        return False
    plain = _plain.get(policy.version)
    if plain is None:
        return True
    return plain.decide(Direction.PROMPT, decision.findings, decision.failures, context, decision.score).action.stops


_plain: dict[str, Policy] = {}
"""By the version of a band's policy, the one it was made from."""
_made: dict[tuple[str, str], tuple[Policy, frozenset[Action], Policy]] = {}


def _stricter(policy: Policy, band: str, stops: frozenset[Action]) -> Policy:
    """The same, made once per policy and band."""
    made = _made.get((policy.version, band))
    if made is None or made[0] is not policy or made[1] != stops:
        if len(_made) > 64:  # versions long gone
            _made.clear()
            _plain.clear()
        made = _made[policy.version, band] = policy, stops, stricter(policy, band, stops)
        _plain[made[2].version] = policy
    return made[2]


class Care:
    """The care for one exchange.

    Attributes:
        band: id of the age band that holds, ``adult``, or empty where the age is not known.
        verdict: whether the account may use the service now.
        words: what a stopped prompt is answered with; empty where the moderation's own stand-in serves.
        findings: what goes into the record's verdict on the prompt.
    """

    __slots__ = (
        "_call",
        "_companion",
        "_events",
        "_hearing",
        "_pool",
        "_profile",
        "_watched",
        "band",
        "findings",
        "verdict",
        "words",
    )

    def __init__(self, call: Occasion, profile: Profile, *, companion: bool, watched: bool, band: str) -> None:
        self.band = band
        self._call, self._profile = call, profile
        self._companion, self._watched = companion, watched
        policy = call.snapshot.minors_policy
        usage = Usage(began=call.at, reminded={"identity": call.at})  # without a name the label alone speaks
        if call.account:
            usage = call.runtime.care.usage(call.account, call.at, policy)
        self.verdict = decide(policy, profile, usage, call.at, use_of(call.scope, companion=companion))
        self.words = ""
        self.findings: list[Finding] = []
        self._events: list[tuple[Kind, str, int]] = []
        self._hearing = Hearing()
        self._pool: tuple[str, str | None] | None = None

    # --- the prompt --------------------------------------------------------------------------------------------------

    def judge(self, decision: Decision, parts: Sequence[Part]) -> Decision:
        """The verdict on the prompt with the care for its author in it."""
        said = next((part.text for part in reversed(parts) if part.role == "user"), "")
        self._look_for_signs(said)
        if self._companion:
            self._hearing = companions.rules().hear(said)
        if self._hearing.exit:
            self._find("guiju.companion.exit", "exit", Kind.EXIT)
            return self._instead(decision, "guiju.companion.exit", companions.rules().text("exit"))
        for sign in self._hearing.signs:
            self._find(f"guiju.companion.{sign.kind.value}", sign.id, Kind.HEARD)
        if self._hearing.gravest is Heard.CRISIS:
            return self._instead(decision, "guiju.companion.crisis", companions.rules().text("crisis"))
        if isinstance(self.verdict, Deny) and not decision.action.stops:
            for reason in self.verdict.reasons:
                self._find(risk_of(reason), reason.code, Kind.DENIED)
            for notice in self.verdict.notices:
                self._find(risk_of(notice), notice.code, Kind.REMINDED)
            return self._instead(decision, risk_of(self.verdict.reasons[0]), aloud(self.verdict))
        return decision

    def refusal(self) -> CareDenied | PromptBlocked | None:
        """The stop as an error, for integrations that want errors; None for comfort and farewells, always said in words."""
        verdict = self.verdict
        if self._hearing.exit or self._hearing.gravest is Heard.CRISIS:
            return None
        if not self.words or not isinstance(verdict, Deny):
            return PromptBlocked()
        reasons = (*verdict.reasons, *verdict.notices)
        return CareDenied(reason="".join(r.zh for r in reasons), reason_en=" ".join(r.en for r in reasons))

    def _look_for_signs(self, said: str) -> None:
        call, policy = self._call, self._call.snapshot.minors_policy
        certain = self._profile.basis in (Basis.GUARDIAN, Basis.VERIFIED)
        if not (self._watched and call.account) or certain or policy.band(self._profile.band_at(call.at, policy)):
            return
        for sign in signs.rules().seen(said, call.at, policy):
            self._find("guiju.minors.signal", sign.id, Kind.SIGNAL, sign.weight)

    def _instead(self, decision: Decision, risk: str, words: str) -> Decision:
        self.words = words
        if decision.action.stops:
            return decision
        return msgspec.structs.replace(decision, action=Action.ANSWER_INSTEAD, risk=risk)

    def sent_to(self, wanted: str, answering: str | None = None) -> None:
        """Which pool the band is to be answered from, and which one answers: empty for the service's own model, None where
        nothing may. It is recorded with the exchange and told in its header.
        """
        self._pool = wanted, answering

    # --- the answer --------------------------------------------------------------------------------------------------

    def holds_back(self, texts: Sequence[str], *, said: bool = False) -> bool:
        """Whether an answer holds back a user who takes leave (Order 21 Art. 19); ``said``: it went out already."""
        if not (self._companion and self._hearing.leaving):
            return False
        found = {id for text in texts for id in companions.rules().retention(text)}
        for id in sorted(found):
            self._find("guiju.companion.retention", id, Kind.RETENTION, int(said))
        return bool(found)

    @staticmethod
    def farewell() -> str:
        """What is said instead of such an answer."""
        return companions.rules().text("farewell")

    def closing(self, answer: str) -> str:
        """The lines that Guiju adds to an answer, each with its mark; empty where there is nothing to say."""
        lines = [f"{reason.zh} {reason.en}" for reason in self._reminders()]
        kind = self._hearing.gravest
        if kind is Heard.DISTRESS or kind is Heard.DEPENDENCE:
            lines.append(companions.rules().text("comfort" if kind is Heard.DISTRESS else "dependence"))
        if self.holds_back([answer], said=True):
            lines.append(companions.rules().text("corrected"))
        return "".join(f"\n\n{MARK}{line}" for line in lines)

    def field(self) -> dict[str, object] | None:
        """The reminders as the ``guiju`` object of a whole answer; None where there are none."""
        if not self._reminders():
            return None
        return told(self.verdict, self._call.snapshot.minors_policy)

    def headers(self) -> list[Header]:
        """``X-Guiju-Minors``: verdict, codes, band, content pool, seconds left today, and which pool answered."""
        value = told_header(self.verdict, self._call.snapshot.minors_policy)
        if self._pool is not None and self._pool[1] is not None:
            value += f"; answered_by={self._pool[1] or 'service'}".encode("ascii", "replace")
        return [(b"x-guiju-minors", value)]

    def _reminders(self) -> tuple[Reason, ...]:
        return self.verdict.reasons if isinstance(self.verdict, Remind) else ()

    # --- the record --------------------------------------------------------------------------------------------------

    def settle(self, decision: Decision | None, outcome: Outcome) -> Decision | None:
        """Count the use, keep what happened, and give back the prompt's verdict with every enforcement in it."""
        call, book = self._call, self._call.runtime.care
        policy = call.snapshot.minors_policy
        stopped = decision is not None and decision.action.stops
        given: tuple[Reason, ...] = ()
        if outcome in _DELIVERED and not stopped:
            given = self._reminders()
            for reason in given:
                self._find(risk_of(reason), reason.code, Kind.REMINDED)
        elif isinstance(self.verdict, Deny):
            given = self.verdict.notices
        if call.account:
            for reason in given:
                book.remind(call.account, reason.code, call.at, policy)
            if not isinstance(self.verdict, Deny):
                book.use(call.account, touch(call.at, policy.counting), policy)
        service, band = call.integration.service, self.verdict.band
        for kind, code, weight in self._events:
            book.note(Noted(call.at, service, call.integration.id, call.account, kind, code, call.number, band, weight))
        if self._pool is not None:
            self.findings.append(_of_pool(*self._pool))
        if decision is None or not self.findings:
            return decision
        return msgspec.structs.replace(decision, findings=(*decision.findings, *self.findings))

    def _find(self, risk: str, rule: str, kind: Kind, weight: int = 0) -> None:
        if not any(f.risk == risk and f.rule == rule for f in self.findings):
            self.findings.append(Finding(risk, "minors", rule, 1.0, severity="low"))
            self._events.append((kind, rule, weight))


_UNKNOWN = Profile()


def _of_pool(wanted: str, answering: str | None) -> Finding:
    """Where an exchange went, for its record: into the band's pool, elsewhere as the settings say, or nowhere."""
    if answering == wanted:
        return Finding("guiju.minors.pool", "minors", wanted, 1.0, severity="low")
    if answering is None:
        return Finding("guiju.minors.pool_missing", "minors", wanted, 1.0, severity="low")
    return Finding("guiju.minors.pool_instead", "minors", f"{wanted}>{answering or 'service'}", 1.0, severity="low")


def _stated(scope: Scope) -> bool:
    for name, _ in scope["headers"]:  # noqa: SIM110 - on every request: a generator costs three times as much
        if name in _STATING:
            return True
    return False


def risk_of(reason: Reason) -> str:
    """The tag under which a reason stands in records."""
    return f"guiju.companion.{reason.code}" if reason.code in _COMPANION else f"guiju.minors.{reason.code}"
