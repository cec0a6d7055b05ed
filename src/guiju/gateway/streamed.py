"""Exchanges that are answered as a stream of events."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from functools import cached_property

from guiju.errors import (
    AnswerBlocked,
    EvidenceError,
    GuijuError,
    InternalFault,
    LabelMissing,
    UpstreamBroken,
    UpstreamTimeout,
)
from guiju.gateway.call import Call
from guiju.gateway.endpoints import Json
from guiju.gateway.relay import Doubtful, Relay, RelayContext, error_event
from guiju.gateway.relay_choices import ChatRelay, CompletionRelay
from guiju.gateway.relay_responses import ResponsesRelay
from guiju.gateway.second_opinions import SecondOpinions
from guiju.gateway.sse import DONE, EventReader
from guiju.gateway.whole import refusal
from guiju.gateway.wire import encode, start_events, switched_on

RETRACT = b"x-guiju-retract"

log = logging.getLogger("guiju.gateway")

_RELAYS: dict[str, type[Relay]] = {
    "chat.completions": ChatRelay,
    "completions": CompletionRelay,
    "responses": ResponsesRelay,
}


async def serve_stream(call: Call) -> None:
    """Relay the model's events as they come, each text guarded; record the exchange before the end goes out.

    Raises:
        UpstreamError, AnswerBlocked, MediaNotAllowed, EvidenceError: nothing was sent yet. Once the stream has begun,
        faults end it with an error event and ``[DONE]``.
    """
    stream = _Stream(call)
    try:
        async with asyncio.timeout(call.runtime.limits.total_timeout_s):
            await stream.run()
    except TimeoutError:
        stream.error = UpstreamTimeout()
    except GuijuError:
        raise
    except Exception:
        log.exception("exchange %s failed", call.number)
        stream.error = InternalFault()
    finally:  # also when cancelled: the record needs what was relayed
        stream.conclude()
    await stream.end()


def retracts(call: Call) -> bool:
    """Whether the front end can take back what it showed: it says so, or the policy does for it."""
    return switched_on(call.scope, RETRACT) or call.snapshot.checker.policy.streaming(call.context).retract


class _Stream:
    """One streamed answer on its way out."""

    def __init__(self, call: Call) -> None:
        self.call = call
        options = call.request.get("stream_options")
        self._show_usage = isinstance(options, dict) and options.get("include_usage") is True
        self.began = False
        self.error: GuijuError | None = None

    async def run(self) -> None:
        """Relay until the model has ended, failed, or said something that stops it."""
        call = self.call
        body = encode(self._outgoing())
        call.runtime.loop.call_soon(getattr, self, "relay")  # made while the model works
        call.sent_upstream = time.perf_counter()
        async with call.served.upstream.post(call.endpoint.path, body) as answer:
            if answer.status != 200:
                raise await refusal(call, answer)
            try:
                await self._pump(answer.pieces())
            except GuijuError as error:
                self.error = error

    async def _pump(self, pieces: AsyncIterator[bytes]) -> None:
        reader = EventReader(self.call.runtime.limits.max_event_bytes)
        relay, second = self.relay, self.call.runtime.second
        async for piece in pieces:
            out: list[bytes] = []
            try:
                relay.feed(reader.feed(piece), out)
            finally:  # what was released before a fault goes out
                if out:
                    await self._send(out)
            if second is not None:
                await self._hear(second)
            if relay.stopped or relay.complete:
                return
        rest: list[bytes] = []
        relay.feed(reader.finish(), rest)
        if rest:
            await self._send(rest)
        if second is not None:
            await self._hear(second)
        relay.done()
        if not (relay.complete or relay.stopped):
            raise UpstreamBroken()

    async def _hear(self, second: SecondOpinions) -> None:
        """Ask the guard about every text in doubt; what waited for it goes out, or is stopped."""
        relay = self.relay
        while relay.waits and not relay.stopped:
            await asyncio.gather(*[self._ask(second, text) for text in relay.doubts()])
            out: list[bytes] = []
            relay.heard(out)
            if out:
                await self._send(out)

    async def _ask(self, second: SecondOpinions, text: Doubtful) -> None:
        call, doubt = self.call, text.doubt
        if doubt is not None:
            checker, context = call.snapshot.checker, call.context
            text.heard(await second.on_answer(checker, doubt, [text.part], context, call.asked))

    def conclude(self) -> None:
        """Hand the call what its record needs."""
        call, relay = self.call, self.relay
        call.answered = time.perf_counter()
        call.tokens, call.answers, call.said = relay.tokens, relay.decisions(), relay.parts()
        if relay.sent:
            call.label = call.labels.entry(structured=call.structured)

    async def end(self) -> None:
        """Make the record durable, then let the end of the answer out."""
        call, error = self.call, self.error
        if error is None and self.relay.stopped and call.integration.error_style:
            error = AnswerBlocked()
        if error is not None and not self.began:
            raise error
        closing = self.relay.ending() if error is None else []
        if error is None and self.relay.sent and not (closing and call.labels.header in closing[-1]):
            error = LabelMissing()  # read back what goes out: no answer ends without its label
        if error is not None:
            closing = [error_event(error)]
        try:
            await call.record(call.outcome(error), error=error.code if error is not None else "")
        except EvidenceError as lost:
            if not self.began:
                raise
            closing = [error_event(lost)]
        await self._send([*closing, DONE], last=True)

    async def _send(self, events: list[bytes], *, last: bool = False) -> None:
        if not self.began:
            self.began = True
            self.call.first = time.perf_counter()
            await start_events(self.call.send, self.call.headers(self.call.labels))
        await self.call.send({"type": "http.response.body", "body": b"".join(events), "more_body": not last})

    def _outgoing(self) -> Json:
        call = self.call
        request = call.outgoing()
        if call.endpoint.usage_option and call.served.stream_usage:
            options = request.get("stream_options")
            request["stream_options"] = {**(options if isinstance(options, dict) else {}), "include_usage": True}
        return request

    @cached_property
    def relay(self) -> Relay:
        """What the events of the upstream go through."""
        call = self.call
        limits = call.runtime.limits
        context = RelayContext(
            checker=call.snapshot.checker,
            context=call.context,
            labels=call.labels,
            stand_in=call.stand_in,
            structured=call.structured,
            show_usage=self._show_usage,
            allow_media=call.integration.allow_media,
            error_style=call.integration.error_style,
            retract=retracts(call),
            integration=call.integration.name,
            depth=limits.max_json_depth,
            limit=limits.max_answer_bytes,
            values=call.values,
            zone=call.runtime.second.streams if call.runtime.second is not None else None,
        )
        return _RELAYS[call.endpoint.name](context)
