"""One call of a checking way: admission, the judgement of its texts, and a record of each judgement before it is told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import msgspec

from guiju.errors import EvidenceTimeout, FieldInvalid, GuijuError
from guiju.evidence.record import Exchange, LabelEntry, Outcome, Timings, new_id, verdicts
from guiju.gateway import admission, circumstances
from guiju.gateway.call import LARGE
from guiju.gateway.endpoints.endpoint import LONGEST_MODEL
from guiju.gateway.guard.cared import care_for, held_to
from guiju.gateway.guard.entry import Entry
from guiju.gateway.labels import AnswerLabels
from guiju.gateway.minors import violates
from guiju.gateway.minors_words import told
from guiju.gateway.runtime import Runtime
from guiju.gateway.texts import stored
from guiju.gateway.wire import Receive, Scope, address
from guiju.moderation.context import ANYWHERE, Context
from guiju.nouns import Action, Decision, Direction, Failure, Part
from guiju.store.snapshot import IntegrationView
from guiju.store.writer import Draft, Durable, now_us


class Judged(msgspec.Struct, frozen=True):
    """One content with its verdict, recorded.

    Attributes:
        record: the record's id, also the content number of a label.
        texts: the parts' texts as they may travel on: masked where the policy masks, unchanged otherwise.
        stand_in: the words that take the place of a stopped content; empty where it is not stopped.
        label: the seven-key label an answer was given, if one was asked for.
        context: the circumstances it was judged in.
        minors: the verdict about a minor's or companion's prompt as JSON; empty where it concerns nobody.
    """

    decision: Decision
    record: str
    texts: tuple[str, ...]
    stand_in: str = ""
    label: dict[str, str] = {}
    context: Context = ANYWHERE
    minors: dict[str, object] = {}


class Visit:
    """The state of one call.

    Attributes:
        integration: who calls, once admitted. ``account``: the pseudonym it calls for, empty where none is named.
        size: bytes of the body.
    """

    def __init__(self, runtime: Runtime, name: str, scope: Scope, receive: Receive) -> None:
        self.runtime = runtime
        self.name = name
        self.scope, self.receive = scope, receive
        self.snapshot = self._arrived = self._deciding = runtime.snapshot
        self.integration: IntegrationView | None = None
        self.account = ""
        self.model = ""
        self.size = 0
        self._counted = False

    async def admit(self, integration: IntegrationView) -> bytes:
        """Let the caller in and take its body.

        Raises:
            AccessError, RequestError, EvidenceUnavailable.
        """
        self.enter(integration)
        body = await self.runtime.intake.read(self.scope, self.receive)
        self.size = len(body)
        return body

    def enter(self, integration: IntegrationView) -> None:
        """Let the caller in, without its body.

        Raises:
            AccessError, GatewayBusy, EvidenceUnavailable.
        """
        runtime = self.runtime
        self.integration = integration
        admission.integration_gate(runtime, integration)
        admission.capacity(runtime)
        runtime.meter(integration.id).admit(integration.limits, time.time())
        runtime.in_flight += 1
        self._counted = True

    def leave(self) -> None:
        """The call is over, admitted or not."""
        self.runtime.intake.release(self.size)
        if self._counted:
            self.runtime.in_flight -= 1
            self.runtime.meter(self.caller.id).leave(0, time.time())

    def refused(self, error: GuijuError) -> None:
        """Count the call among those turned away."""
        integration = self.integration.id if self.integration is not None else ""
        self.runtime.refuse(error, integration, address(self.scope))

    @property
    def caller(self) -> IntegrationView:
        """The integration; only after admission."""
        assert self.integration is not None
        return self.integration

    def on_behalf_of(self, named: str, model: str = "") -> None:
        """Name the end user and the model this call is about.

        Raises:
            FieldInvalid: a name too long. AccountSuspended, AccountClosed, AccountLimited.
        """
        if len(model) > LONGEST_MODEL:
            raise FieldInvalid(field="model", problem=f"longer than {LONGEST_MODEL} characters")
        self.model = model
        user = {"user": named} if named else {}
        self.account = admission.account_of(self.runtime, self.caller, self.scope, user)
        admission.account_gate(self.runtime, self._arrived, self.account)
        self._deciding = self._arrived.deciding_for(self.account or new_id(now_us()))
        self.snapshot = held_to(self._deciding, self.scope, self.account, now_us())

    # --- judging -----------------------------------------------------------------------------------------------------

    async def judge(
        self, parts: Sequence[Part], direction: Direction, unread: Sequence[Failure] = (),
        *, kept: Sequence[Part] | None = None, label: bool = False, modality: str = "text",
    ) -> Judged:  # fmt: skip
        """Check one content and record the verdict.

        Args:
            unread: what of it no check could read.
            kept: the texts the record keeps, where an earlier record holds some of them; all of them otherwise.
            modality: what the texts are, ask for or were read from.
            label: an answer that may travel on gets its labels: the words in its last text, the seven keys beside.

        Raises:
            EvidenceError: the verdict could not be recorded and must not be told.
        """
        at, started = now_us(), time.perf_counter()
        context = self.circumstances(parts, modality)
        decision = await self._check(parts, direction, unread, context)
        number = new_id(at)
        care = care_for(self, self._deciding, at, number) if direction is Direction.PROMPT else None
        if care is not None:
            decision = care.judge(decision, parts)
            outcome = Outcome.BLOCKED if decision.action.stops else Outcome.COMPLETED
            decision = care.settle(decision, outcome) or decision
        texts = self._masked(parts, decision, direction, context)
        placed, keys = LabelEntry(), dict[str, str]()
        if label and direction is Direction.ANSWER and texts and not decision.action.stops:
            labels = AnswerLabels(self.snapshot.services[self.caller.service].provider, number, self.caller.labeller)
            texts = (*texts[:-1], labels.whole(texts[-1], structured=False))
            placed, keys = labels.entry(structured=False), labels.implicit
        spent = int((time.perf_counter() - started) * 1e6)
        await self.record(
            Entry(
                number=number,
                at=at,
                parts=parts if kept is None else kept,
                decision=decision,
                direction=direction,
                spent=spent,
                label=placed,
                context=context,
            )
        )
        stand_in, minors = self.stand_in(decision, number), dict[str, object]()
        if care is not None:
            stand_in = care.words or stand_in
            minors = told(care.verdict, self.snapshot.minors_policy)
        return Judged(decision, number, texts, stand_in, keys, context, minors)

    def circumstances(self, parts: Sequence[Part], modality: str = "text") -> Context:
        """The circumstances these texts are judged in.

        Raises:
            FieldInvalid: a header states an age band that does not exist.
        """
        at, asked = now_us(), self.snapshot.checker.policy.asks("band")
        band = circumstances.band_of(self.snapshot, self.account, self.scope, at) if asked else ""
        return circumstances.context_of(
            self.snapshot, self.caller, self.account, at, parts, band=band, modality=modality
        )

    def stand_in(self, decision: Decision, number: str) -> str:
        """The stand-in answer for a stopped content."""
        if not decision.action.stops:
            return ""
        return self.snapshot.checker.policy.stand_in(decision.risk, int(number[-2:], 16))

    async def record(self, entry: Entry) -> None:
        """Make one verdict durable.

        Raises:
            EvidenceUnavailable, EvidenceUnwritable, EvidenceTimeout.
        """
        await self.durable(self.submit(entry))

    async def durable(self, future: asyncio.Future[Durable]) -> None:
        """Wait until a record is on disk.

        Raises:
            EvidenceUnwritable, EvidenceTimeout.
        """
        try:
            async with asyncio.timeout(self.runtime.settings.evidence.wait_s):
                await future
        except TimeoutError:
            raise EvidenceTimeout() from None

    def submit(self, entry: Entry) -> asyncio.Future[Durable]:
        """Hand a verdict to the evidence writer without waiting for it.

        Raises:
            EvidenceUnavailable.
        """
        answered, decision, spent = entry.direction is Direction.ANSWER, entry.decision, entry.spent
        prompt, answer = verdicts(None, (decision,)) if answered else verdicts(decision)
        outcome = entry.outcome
        exchange = Exchange(
            account=self.account,
            answer=answer,
            at=entry.at,
            delivery="stream" if entry.streamed else "whole",
            endpoint=self.name,
            id=entry.number,
            integration=self.caller.id,
            label=entry.label,
            lexicon=self.snapshot.lexicon_version,
            model=self.model,
            outcome=outcome,
            policy=self.snapshot.policy_version,
            prompt=prompt,
            service=self.caller.service,
            timings=Timings(check_answer=spent if answered else 0, check_prompt=0 if answered else spent, total=spent),
            upstream=self.model,
        )
        self._count(outcome, decision, answered)
        self.runtime.compare(self.snapshot, entry.direction, decision, entry.context)
        texts = stored(entry.parts) if self.runtime.settings.evidence.keep_text else ""
        draft = Draft(
            exchange,
            "" if answered else texts,
            texts if answered else "",
            violation=not answered and violates(decision, self.snapshot.checker.policy, entry.context),
            review=decision.action is Action.REVIEW,
        )
        return self.runtime.writer.submit(draft, self.runtime.loop)

    async def _check(
        self, parts: Sequence[Part], direction: Direction, unread: Sequence[Failure], context: Context
    ) -> Decision:
        checker = self.snapshot.checker
        if sum(len(part.text) for part in parts) > LARGE:
            decision = await asyncio.to_thread(checker.check, parts, direction, context)
        else:
            decision = checker.check(parts, direction, context)
        if unread:
            failures = (*decision.failures, *unread)
            decision = checker.policy.decide(direction, decision.findings, failures, context, decision.score)
        second = self.runtime.second
        if second is None:
            return decision
        if direction is Direction.ANSWER:
            return await second.on_answer(checker, decision, parts, context)
        return await second.on_prompt(checker, decision, parts, direction, context)

    def _masked(
        self, parts: Sequence[Part], decision: Decision, direction: Direction, context: Context
    ) -> tuple[str, ...]:
        if not decision.findings:
            return tuple(part.text for part in parts)
        checker = self.snapshot.checker
        return tuple(checker.mask(part, decision.findings, direction, context) for part in parts)

    def _count(self, outcome: Outcome, decision: Decision, answered: bool) -> None:
        metrics = self.runtime.metrics
        metrics.exchanges[self.caller.id, self.name, outcome.value] += 1
        metrics.actions["answer" if answered else "prompt", decision.action.value] += 1
        for failure in decision.failures:
            metrics.failures[failure.detector, failure.error] += 1
