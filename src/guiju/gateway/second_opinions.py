"""Asking a guard about texts in the grey zone: sent like to a model, under limits of its own, nothing retried.

The address stands in the settings and nowhere else, redirects are not followed, and an answer longer than a verdict can be is
not read. While no guard is set there is no object of this class, and nothing waits for it.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from guiju.errors import UpstreamError, UpstreamTimeout
from guiju.gateway.metrics import Metrics
from guiju.gateway.upstream import Upstream
from guiju.identity import acs3
from guiju.moderation import second_opinion
from guiju.moderation.checker import Checker
from guiju.moderation.context import Context
from guiju.moderation.conversation import user_turns
from guiju.moderation.second_opinion import Budget, GreyZone, Opinions, Outcome, Patience, Result
from guiju.nouns import Decision, Direction, Part
from guiju.settings import GatewaySettings, SecondOpinionSettings

_LONGEST_ANSWER = 256 * 1024
#: Characters of a text that a guard is shown: its end, where a long prompt asks what it wants.
_SHOWN = 8000


class SecondOpinions:
    """The guard of one gateway process. Used from one event loop only."""

    def __init__(self, settings: SecondOpinionSettings, limits: GatewaySettings, metrics: Metrics) -> None:
        self._settings, self._metrics = settings, metrics
        self._zone = GreyZone(settings.low, settings.high)
        self._budget, self._patience = Budget(settings.per_minute), Patience()
        self._opinions = Opinions(settings.remember)
        within = {"connect_timeout_s": settings.timeout_s, "read_timeout_s": settings.timeout_s}
        self._guard = Upstream(
            settings.upstream(),
            limits.model_copy(
                update={**within, "total_timeout_s": settings.timeout_s, "max_answer_bytes": _LONGEST_ANSWER}
            ),
        )

    @property
    def streams(self) -> GreyZone | None:
        """What it is asked about while an answer streams; None where it is not asked about answers."""
        return self._zone if self._settings.answers else None

    def doubts(self, decision: Decision) -> bool:
        """Whether a decision lies in the grey zone."""
        return self._zone.holds(decision)

    def close(self) -> None:
        """Close idle connections."""
        self._guard.close()

    async def on_prompt(
        self, checker: Checker, decision: Decision, parts: Sequence[Part], direction: Direction, context: Context
    ) -> Decision:
        """The decision on what a user sent, with the opinion on the last turn where it lies in the grey zone."""
        if not self._settings.prompts or not self._zone.holds(decision):
            return decision
        said = _last_said(_masked(checker, decision, parts, direction, context))
        return decision if said is None else await self._heard(checker, decision, direction, context, said, "")

    async def on_answer(
        self, checker: Checker, decision: Decision, parts: Sequence[Part], context: Context, asked: Sequence[Part] = ()
    ) -> Decision:
        """The decision on an answer; ``asked``: the texts of its prompt."""
        if not self._settings.answers or not self._zone.holds(decision):
            return decision
        masked = _masked(checker, decision, parts, Direction.ANSWER, context)
        text = "\n".join(part.text for part in masked if part.text)
        question = _last_said(asked)
        answer = Part(parts[0].where, text[-_SHOWN:], "assistant") if text else None
        if answer is None:
            return decision
        prompt = question.text if question is not None else ""
        return await self._heard(checker, decision, Direction.ANSWER, context, answer, prompt)

    async def _heard(
        self, checker: Checker, decision: Decision, direction: Direction, context: Context, part: Part, prompt: str
    ) -> Decision:
        outcome = await self._ask(part.text, direction, prompt)
        self._metrics.opinions[outcome.guard, outcome.result.value] += 1
        clears = self._settings.clears
        return second_opinion.weigh(checker.policy, decision, direction, context, outcome, part, clears=clears)

    async def _ask(self, text: str, direction: Direction, prompt: str) -> Outcome:
        guard, now = self._settings.style, time.monotonic()
        key = Opinions.key(guard, direction, text, prompt)
        known = self._opinions.get(key)
        if known is not None:
            return Outcome(guard, Result.REMEMBERED, opinion=known)
        if not self._patience.asks(now):
            return Outcome(guard, Result.PAUSED)
        if not self._budget.take(now):
            return Outcome(guard, Result.OVER_BUDGET)
        result, body = await self._send(text, direction, prompt)
        opinion = second_opinion.read(guard, body) if result is Result.ANSWERED else None
        if result is Result.ANSWERED and opinion is None:
            result = Result.UNREADABLE
        ended = time.monotonic()
        self._patience.came(result in (Result.ANSWERED, Result.UNREADABLE), ended)
        self._metrics.asking.observe(ended - now)
        if opinion is not None:
            self._opinions.put(key, opinion)
        return Outcome(guard, result, int((ended - now) * 1000), opinion)

    async def _send(self, text: str, direction: Direction, prompt: str) -> tuple[Result, bytes]:
        request = second_opinion.request(self._settings.style, self._settings.model, text, direction, prompt)
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                async with self._guard.post(
                    request.path, request.body, request.kind, self._signed(request.body)
                ) as answer:
                    body = await answer.body()
                    return (Result.ANSWERED, body) if answer.status == 200 else (Result.UNREACHABLE, b"")
        except TimeoutError:
            return Result.TIMED_OUT, b""
        except UpstreamError as error:
            return (Result.TIMED_OUT if isinstance(error, UpstreamTimeout) else Result.UNREACHABLE), b""

    def _signed(self, body: bytes) -> dict[str, str] | None:
        """The headers that sign a request, for services that want it."""
        how = second_opinion.styles().styles[self._settings.style]
        if not how.action:
            return None
        pair = acs3.AccessKey(self._settings.key_id, self._settings.secret())
        now, nonce = datetime.now(UTC), secrets.token_hex(16)
        return acs3.sign(pair, self._guard.authority, how.action, how.version, body, nonce, now)


def _masked(
    checker: Checker, decision: Decision, parts: Sequence[Part], direction: Direction, context: Context
) -> list[Part]:
    """The texts as a guard may see them: what the policy hides from the other side is hidden from the guard."""
    hidden = [checker.mask(part, decision.findings, direction, context) for part in parts]
    return [Part(part.where, text, part.role) for part, text in zip(parts, hidden, strict=True)]


def _last_said(parts: Sequence[Part]) -> Part | None:
    """The last turn of a user, as one text; ``None`` where nobody said anything."""
    turns = user_turns(parts)
    said = [parts[place] for place in turns[-1].parts] if turns else []
    text = "\n".join(part.text for part in said if part.text)
    return Part(said[0].where, text[-_SHOWN:], "user") if text else None
