"""Contents that arrive in numbered pieces, judged while they are written.

A session lives in the process that took its first piece; a caller that keeps one connection per content stays with it.
Its record is durable before the reply to its last piece, or to the piece that stopped it. A session nobody goes on with
is recorded as interrupted after :data:`IDLE_S`.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

import msgspec

from guiju.errors import EvidenceError, PieceOutOfOrder, SessionsFull, SessionTooLong, SessionUnknown
from guiju.evidence.record import new_id
from guiju.gateway.guard.entry import Entry
from guiju.moderation.stream import StreamGuard
from guiju.nouns import Decision, Direction, Finding, Part
from guiju.store.writer import now_us

if TYPE_CHECKING:  # a visit knows the runtime, which holds the sessions
    from guiju.gateway.guard.visit import Visit

log = logging.getLogger("guiju.gateway")

IDLE_S = 120.0
MOST = 10_000
LONGEST = 1_000_000


class Step(msgspec.Struct, frozen=True):
    """The reply to one piece.

    Attributes:
        release: text that may be shown now. ``held``: characters that are still held back.
        ended: nothing more will be released: the content is complete, or it was stopped.
        findings: those decided with this piece, spans counted from the first character of the content.
        record: the record's id, once the session has ended.
    """

    release: str
    held: int
    ended: bool
    decision: Decision
    findings: tuple[Finding, ...] = ()
    record: str = ""
    stand_in: str = ""


class _Session:
    def __init__(self, visit: Visit, direction: Direction, opening: str) -> None:
        role = "assistant" if direction is Direction.ANSWER else "user"
        self.context = visit.circumstances([Part("text", opening, role)])
        second = visit.runtime.second
        zone = second.streams if second is not None and direction is Direction.ANSWER else None
        self.guard = StreamGuard(visit.snapshot.checker, "text", direction, self.context, zone)
        self.visit, self.direction, self.role = visit, direction, role
        self.at = now_us()
        self.number = new_id(self.at)
        self.said: list[str] = []
        self.size = 0
        self.spent = 0.0
        self.next = 0
        self.last: tuple[str, bool] = ("", False)
        self.reply: Step | None = None
        self.last_words: Step | None = None
        self.busy = False
        self.timer: asyncio.TimerHandle | None = None

    def parts(self) -> list[Part]:
        """What came so far."""
        return [Part("text", "".join(self.said), self.role)]

    async def opinion(self, decision: Decision, final: bool) -> Decision:
        """The decision with the opinion of a guard, where one is to be asked: at the end, or about a held passage."""
        second, doubt = self.visit.runtime.second, self.guard.doubt
        if second is None or not (final or doubt is not None):
            return decision
        checker = self.visit.snapshot.checker
        if self.direction is Direction.PROMPT:
            return await second.on_prompt(checker, decision, self.parts(), self.direction, self.context)
        asked = decision if doubt is None or (final and second.doubts(decision)) else doubt
        heard = await second.on_answer(checker, asked, self.parts(), self.context)
        self.guard.heard(heard)
        return heard if heard.action.stops or asked is decision else self.guard.decision()

    def entry(self, decision: Decision, *, cut: bool = False) -> Entry:
        """What the record of the session says."""
        return Entry(
            number=self.number,
            at=self.at,
            parts=self.parts(),
            decision=decision,
            direction=self.direction,
            spent=int(self.spent * 1e6),
            streamed=True,
            cut=cut,
            context=self.context,
        )


class Pieces:
    """The sessions of one process. Used from one event loop only."""

    def __init__(self) -> None:
        self._sessions: dict[tuple[str, str], _Session] = {}

    def __len__(self) -> int:
        return len(self._sessions)

    async def take(self, visit: Visit, name: str, number: int, text: str, final: bool, direction: Direction) -> Step:
        """Judge the next piece of session ``name``. A repeat of the last piece gets the same reply again.

        Raises:
            SessionUnknown, PieceOutOfOrder, SessionTooLong, SessionsFull. EvidenceError: it ended and could not be recorded;
            the same piece may be sent again.
        """
        key = (visit.caller.id, name)
        session = self._sessions.get(key)
        if session is None:
            session = self._begin(key, visit, number, direction, text)
        if session.busy:
            raise PieceOutOfOrder(expected=session.next, got=number)
        if number == session.next - 1 and session.reply is not None and session.last == (text, final):
            return session.reply
        if number != session.next or (session.reply is not None and session.reply.ended):
            raise PieceOutOfOrder(expected=session.next, got=number)
        if session.size + len(text) > LONGEST:
            raise SessionTooLong(limit=LONGEST)
        session.busy = True
        try:
            step = await self._step(session, text, final)
        finally:
            session.busy = False
            self._wait(key, session)
        session.next, session.last, session.reply = number + 1, (text, final), step
        return step

    def close(self) -> None:
        """The process stops: record what came so far."""
        for key in list(self._sessions):
            self._expire(key)

    def _begin(self, key: tuple[str, str], visit: Visit, number: int, direction: Direction, text: str) -> _Session:
        if number != 0:
            raise SessionUnknown(session=key[1])
        if len(self._sessions) >= MOST:
            raise SessionsFull(limit=MOST)
        session = self._sessions[key] = _Session(visit, direction, text)
        return session

    async def _step(self, session: _Session, text: str, final: bool) -> Step:
        if session.last_words is None:
            step = await self._judge(session, text, final)
            if not step.ended:
                return step
            session.last_words = step
        step = session.last_words  # kept where recording fails: the caller's next try records, and judges nothing twice
        await session.visit.record(session.entry(step.decision))
        session.said.clear()
        return step

    async def _judge(self, session: _Session, text: str, final: bool) -> Step:
        started = time.perf_counter()
        guard = session.guard
        session.said.append(text)
        session.size += len(text)
        released = guard.feed(text)
        shown, findings, stop = released.text, released.findings, released.stop
        if final and stop is None:
            rest = guard.finish()
            shown, findings, stop = shown + rest.text, findings + rest.findings, rest.stop
        decision = stop or await session.opinion(guard.decision(), final)
        if stop is None and decision.action.stops:
            shown, stop = "" if final else shown, decision
        session.spent += time.perf_counter() - started
        if stop is None and not final:
            return Step(shown, guard.held, False, decision, findings)
        words = session.visit.stand_in(decision, session.number)
        return Step(shown, 0, True, decision, findings, session.number, words)

    def _wait(self, key: tuple[str, str], session: _Session) -> None:
        if session.timer is not None:
            session.timer.cancel()
        session.timer = asyncio.get_running_loop().call_later(IDLE_S, self._expire, key)

    def _expire(self, key: tuple[str, str]) -> None:
        session = self._sessions.pop(key)
        if session.timer is not None:
            session.timer.cancel()
        if session.reply is not None and session.reply.ended:
            return
        try:
            session.visit.submit(session.entry(session.guard.decision(), cut=True))
        except EvidenceError as error:
            log.error("a session that was not ended could not be recorded: %s", error.code)
