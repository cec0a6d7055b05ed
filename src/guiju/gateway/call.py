"""One call on its way through the gateway, from admission to its record."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import cached_property

from guiju.errors import AccessError, DocumentUnread, EvidenceTimeout, FilmUnknown, GuijuError, UpstreamError
from guiju.evidence.record import Exchange, LabelEntry, Outcome, Timings, Tokens, new_id, verdicts
from guiju.evidence.vault import Sealed
from guiju.gateway import admission, circumstances, minors
from guiju.gateway.endpoints import Endpoint, Json
from guiju.gateway.labels import AnswerLabels
from guiju.gateway.multipart import Upload, sent
from guiju.gateway.pools import Served
from guiju.gateway.runtime import Runtime
from guiju.gateway.special_care import SpecialCare
from guiju.gateway.texts import Slot, stored, unread_documents
from guiju.gateway.wire import Header, Receive, Scope, Send, header, parse
from guiju.moderation import masking
from guiju.moderation.context import ANYWHERE, Context
from guiju.nouns import Action, Decision, Direction, Failure, Part
from guiju.store.drafts import Draft, Durable, now_us
from guiju.store.snapshot import IntegrationView

LARGE = 50_000
"""Characters of prompt above which its check, and its encryption, leave the event loop for a thread."""


class Call:
    """The state of one request.

    Attributes:
        size: bytes of the request's body. ``uploads``: the files of the form it came as, None for JSON.
        number: names the exchange everywhere: record, content number of the label, ``X-Guiju-Record``.
        model: the model that the caller asked for. ``pool``: the minors' pool that answers; empty for the service's own.
        context: the circumstances the policy may ask about.
        asked: the texts of the request, as the caller wrote them.
        decision: the verdict on the prompt, once there is one. ``answers``: those on what the model said.
        said: what the model said, as it said it.
        values: what tokens stand for in the prompt; they are put back into the answer, and kept nowhere.
        label: the label that went out; empty where none did.
        recorded: whether the record was handed to the writer; an exchange has one record.
    """

    def __init__(self, runtime: Runtime, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
        self.runtime = runtime
        self.endpoint = endpoint
        self.scope, self.receive, self.send = scope, receive, send
        self.snapshot = runtime.snapshot
        self.at = now_us()
        self.started = time.perf_counter()
        self.number = new_id(self.at)
        self.integration: IntegrationView  # set by admit(), before anything else asks for it
        self.integration_id = ""
        self.served: Served
        self.model = ""
        self.pool = ""
        self._answering = ""
        self.request: Json = {}
        self.uploads: tuple[Upload, ...] | None = None
        self.size = 0
        self.account = ""
        self.care: minors.Care | None = None
        self.special: SpecialCare | None = None
        self.context = ANYWHERE
        self.decision: Decision | None = None
        self.answers: Sequence[Decision] = ()
        self.tokens = Tokens()
        self.label = LabelEntry()
        self.said: Sequence[Part] = ()
        self.values: tuple[masking.Token, ...] = ()
        self.sent_upstream = self.answered = self.first = 0.0
        self.checking_prompt = self.checking_answer = 0.0
        self.recorded = False
        self.asked: list[Part] = []
        self._prompt: list[Slot] = []
        self._sealed: Sealed | None = None

    async def admit(self) -> None:
        """Everything that must hold before the request counts as an exchange.

        Raises:
            AccessError, RequestError, UpstreamMissing, EvidenceUnavailable.
        """
        runtime = self.runtime
        self.integration = integration = admission.identify(runtime, self.snapshot, self.scope)
        self.integration_id = integration.id
        admission.integration_gate(runtime, integration)
        admission.capacity(runtime)
        body = await runtime.intake.read(self.scope, self.receive)
        self.size = len(body)
        if self.endpoint.forms:
            self.request, self.uploads = self.endpoint.read(header(self.scope, b"content-type"), body)
        else:
            self.request = parse(body)
        request = self.request
        self.endpoint.validate(request)
        self.model = self._answering = request["model"]
        self.served = admission.service_of(runtime, integration, self.model)
        admission.media_gate(self.endpoint, integration, request)
        self.account = admission.account_of(runtime, integration, self.scope, request)
        admission.account_gate(runtime, self.snapshot, self.account)
        if self.snapshot.trial is not None:
            self.snapshot = self.snapshot.deciding_for(self.account or self.number)
        self.care = minors.attend(self)
        self._prompt = self.endpoint.prompt(request, runtime.limits.max_json_depth)
        self.asked = [slot.part for slot in self._prompt]
        self.context = self._circumstances()
        runtime.meter(integration.id).admit(integration.limits, time.time())
        runtime.in_flight += 1

    def _circumstances(self) -> Context:
        band = self.care.band if self.care is not None else ""
        modality = circumstances.MADE[self.endpoint.makes]
        return circumstances.context_of(
            self.snapshot, self.integration, self.account, self.at, self.asked, band=band, modality=modality
        )

    def drop(self) -> None:
        """The request is over, admitted or not: its body no longer takes room."""
        self.runtime.intake.release(self.size)

    def leave(self) -> None:
        """Count the exchange out."""
        self.runtime.in_flight -= 1
        self.runtime.meter(self.integration.id).leave(self.tokens.total, time.time())

    @property
    def streaming(self) -> bool:
        """Whether the client asked for a stream."""
        return self.endpoint.streams and self.request.get("stream") is True

    @property
    def structured(self) -> bool:
        """Whether the answer is to be JSON."""
        return self.endpoint.structured(self.request)

    # --- the prompt --------------------------------------------------------------------------------------------------

    async def check_prompt(self) -> Decision:
        """Check every text of the request; cover what the policy wants masked."""
        started = time.perf_counter()
        parts = self.asked
        checker, context = self.snapshot.checker, self.context
        if sum([len(part.text) for part in parts]) > LARGE:
            decision = await asyncio.to_thread(checker.check, parts, Direction.PROMPT, context)
        else:
            decision = checker.check(parts, Direction.PROMPT, context)
        if unread_documents(self.request):
            failures = (*decision.failures, Failure("documents", (), DocumentUnread.code))
            decision = checker.policy.decide(Direction.PROMPT, decision.findings, failures, context, decision.score)
        if self.runtime.second is not None:
            decision = await self.runtime.second.on_prompt(checker, decision, parts, Direction.PROMPT, context)
        if decision.findings and not decision.action.stops:
            self._mask(decision)
        if self.care is not None:
            decision = self.care.judge(decision, parts)
        self.decision = decision
        self.checking_prompt = time.perf_counter() - started
        return decision

    def _mask(self, decision: Decision) -> None:
        """Hide from the model what the policy wants hidden: behind tokens, whose values come back in the answer, or for good."""
        checker = self.snapshot.checker
        for slot in self._prompt:
            found = checker.to_mask(slot.part, decision.findings, Direction.PROMPT, self.context)
            if found and checker.policy.masking == "tokens":
                masked = masking.mask(slot.part.text, found, self.values)
                self.values = masked.tokens
                slot.replace(masked.text)
            elif found:
                slot.replace(checker.mask(slot.part, found, Direction.PROMPT, self.context))

    def turn_to_pool(self) -> None:
        """Have the pool of the account's age band answer, where its service has pools for minors.

        Raises:
            PoolMissing: neither that pool nor another way is set. FilmUnknown: the film was made elsewhere.
        """
        pools = self.runtime.pools(self.integration.service)
        band = self.snapshot.minors_policy.band(self.care.band) if self.care is not None else None
        if pools is not None and self.care is not None and band is not None:
            self.care.sent_to(wanted := band.content.pool)
            chosen = pools.choose(wanted, self.model)
            self.care.sent_to(wanted, chosen.pool)
            self.served, self.pool, self._answering = chosen.served, chosen.pool, chosen.model
        if self.endpoint.bound_to not in (None, self.pool):
            raise FilmUnknown()

    def outgoing(self) -> Json:
        """The request as it goes upstream: the end user's own name replaced by the pseudonym, the model's by its pool's."""
        request = self.request
        request["model"] = self._answering
        for field in ("user", "safety_identifier"):
            if request.get(field):
                request[field] = self.account
        return request

    def stand_in(self, decision: Decision) -> str:
        """The words that take the place of what was stopped; the exchange's number rotates among several."""
        if self.care is not None and self.care.words:
            return self.care.words
        return self.snapshot.checker.policy.stand_in(decision.risk, int(self.number[-2:], 16))

    @cached_property
    def labels(self) -> AnswerLabels:
        """The label for this exchange's answer."""
        service = self.snapshot.services[self.integration.service]
        return AnswerLabels(service.provider, self.number, self.integration.labeller, self._closing())

    def prepare(self) -> None:
        """Make what the answer and the record need and the model's words do not change: called while the model works."""
        _ = self.labels
        if self.runtime.settings.evidence.keep_text and self.size <= LARGE:
            self._sealed = self.runtime.writer.seal_prompt(self._asked_as_kept, self.number)

    @cached_property
    def _asked_as_kept(self) -> str:
        return stored(self.asked + sent(self.uploads))

    def _closing(self) -> Callable[[str], str] | None:
        """What gives the lines after an answer's text, if anything may."""
        policy = self.snapshot.checker.policy
        if policy.domains:
            self.special = SpecialCare(policy, self.asked)
        said = [one.closing for one in (self.special, self.care) if one is not None]
        if len(said) < 2:
            return said[0] if said else None
        return lambda text: "".join([closing(text) for closing in said])

    def headers(self, labels: AnswerLabels | None = None) -> list[Header]:
        """Response headers that name the record and carry the implicit label."""
        found = [(b"x-guiju-record", self.number.encode("ascii"))]
        if labels is not None:
            found.append((b"x-guiju-aigc", labels.header))
        if self.served.demo:
            found.append((b"x-guiju-demonstration", b"true"))
        if self.care is not None:
            found += self.care.headers()
        return found

    # --- the record --------------------------------------------------------------------------------------------------

    def outcome(self, error: GuijuError | None = None) -> Outcome:
        """What to call the way this exchange ended, with ``error`` if one ended it."""
        decisions = [d for d in (self.decision, *self.answers) if d is not None]
        if any(d.action.stops for d in decisions):
            return Outcome.BLOCKED
        if isinstance(error, UpstreamError):
            return Outcome.UPSTREAM_ERROR
        if error is not None:
            return Outcome.BLOCKED if isinstance(error, AccessError) else Outcome.INTERRUPTED
        if any(d.action is Action.UNCHECKED for d in decisions):
            return Outcome.UNCHECKED
        return Outcome.COMPLETED

    async def record(self, outcome: Outcome, *, status: int = 200, error: str = "") -> Durable:
        """Make the record of this exchange durable.

        Raises:
            EvidenceUnavailable, EvidenceUnwritable, EvidenceTimeout.
        """
        future = self.submit(outcome, status=status, error=error)
        if future.done():
            return future.result()
        timer = self.runtime.loop.call_later(self.runtime.settings.evidence.wait_s, _expire, future)
        try:
            return await future
        finally:
            timer.cancel()

    def submit(self, outcome: Outcome, *, status: int = 200, error: str = "") -> asyncio.Future[Durable]:
        """Hand the record to the writer without waiting for it.

        Raises:
            EvidenceUnavailable.
        """
        ended = time.perf_counter()
        if self.care is not None:
            self.decision = self.care.settle(self.decision, outcome)
        answers = self.answers
        if self.special is not None and self.special.findings:
            answers = [*answers, Decision(Action.ADVISE, tuple(self.special.findings))]
        prompt, answer = verdicts(self.decision, answers)
        exchange = Exchange(
            account=self.account,
            answer=answer,
            at=self.at,
            delivery="stream" if self.streaming else "whole",
            endpoint=self.endpoint.name,
            error=error,
            id=self.number,
            integration=self.integration.id,
            label=self.label,
            lexicon=self.snapshot.lexicon_version,
            model=self.model,
            outcome=outcome,
            policy=self.snapshot.policy_version,
            prompt=prompt,
            service=self.integration.service,
            status=status,
            timings=self._timings(ended),
            tokens=self.tokens,
            upstream="guiju-demo" if self.served.demo else self._answering,
        )
        self.runtime.loop.call_soon(self._count, outcome, ended)  # the answer need not wait for it
        keep = self.runtime.settings.evidence.keep_text
        draft = Draft(
            exchange,
            self._asked_as_kept if keep else "",
            stored(self.said) if keep else "",
            violation=self.decision is not None
            and minors.violates(self.decision, self.snapshot.checker.policy, self.context),
            review=any(d.action is Action.REVIEW for d in (self.decision, *self.answers) if d is not None),
            sealed=self._sealed,
        )
        future = self.runtime.writer.submit(draft, self.runtime.loop, self.runtime.in_flight)
        self.recorded = True
        return future

    def _timings(self, ended: float) -> Timings:
        start = self.started
        return Timings(
            check_answer=_us(self.checking_answer),
            check_prompt=_us(self.checking_prompt),
            first_token=_us(self.first - start) if self.first else 0,
            total=_us(ended - start),
            upstream=_us(self.answered - self.sent_upstream) if self.answered else 0,
        )

    def _count(self, outcome: Outcome, ended: float) -> None:
        if self.snapshot.trial is not None:
            self._compare()
        metrics = self.runtime.metrics
        metrics.exchanges[self.integration.id, self.endpoint.name, outcome.value] += 1
        if self.decision is not None:
            metrics.actions["prompt", self.decision.action.value] += 1
            for failure in self.decision.failures:
                metrics.failures[failure.detector, failure.error] += 1
        for decision in self.answers:
            metrics.actions["answer", decision.action.value] += 1
            for failure in decision.failures:
                metrics.failures[failure.detector, failure.error] += 1
        metrics.tokens += self.tokens.total
        total = ended - self.started
        metrics.seconds.observe(total)
        metrics.added.observe(max(0.0, total - max(0.0, self.answered - self.sent_upstream)))

    def _compare(self) -> None:
        if self.decision is not None:
            self.runtime.compare(self.snapshot, Direction.PROMPT, self.decision, self.context)
        for decision in self.answers:
            self.runtime.compare(self.snapshot, Direction.ANSWER, decision, self.context)


def _us(seconds: float) -> int:
    return int(seconds * 1_000_000)


def _expire(future: asyncio.Future[Durable]) -> None:
    if not future.done():
        future.set_exception(EvidenceTimeout())
