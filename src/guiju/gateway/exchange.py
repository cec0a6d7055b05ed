"""From a request to its answer: admission, the prompt's check, the model, the record."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from guiju.errors import EvidenceError, GuijuError, InternalFault, PromptBlocked
from guiju.evidence.record import Outcome
from guiju.gateway.call import Call
from guiju.gateway.departure import Departure
from guiju.gateway.endpoints import Endpoint
from guiju.gateway.films.ordering import serve_order
from guiju.gateway.made import serve_pictures, serve_sound
from guiju.gateway.runtime import Runtime
from guiju.gateway.sse import DONE, event
from guiju.gateway.streamed import serve_stream
from guiju.gateway.whole import serve_whole
from guiju.gateway.wire import Receive, Scope, Send, address, encode, send_error, send_json, start_events

log = logging.getLogger("guiju.gateway")

_MAKE: dict[str, Callable[[Call], Awaitable[None]]] = {
    "pictures": serve_pictures, "sound": serve_sound, "film": serve_order,
}  # fmt: skip
"""By what an endpoint makes."""


async def serve(runtime: Runtime, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one request to an endpoint, whatever becomes of it."""
    call = Call(runtime, endpoint, scope, receive, send)
    try:
        if await _admitted(call):
            await _served(call)
    finally:
        call.drop()


async def _admitted(call: Call) -> bool:
    """Whether the request counts as an exchange; where it does not, the caller is told why."""
    try:
        await call.admit()
        return True
    except GuijuError as error:
        refusal = error
    except Exception:
        log.exception("a request could not be admitted")
        refusal = InternalFault()
    call.runtime.refuse(refusal, call.integration_id, address(call.scope))
    await send_error(call.send, refusal)
    return False


async def _served(call: Call) -> None:
    try:
        with Departure(call.receive) as departure:
            try:
                await _exchange(call)
            except GuijuError as error:
                await _failed(call, error)
            except Exception:
                log.exception("exchange %s failed", call.number)
                if not call.recorded:  # else its answer is on the way already
                    await _failed(call, InternalFault())
            except asyncio.CancelledError:
                _abandoned(call, Outcome.CLIENT_LEFT if departure.gone else Outcome.INTERRUPTED)
                if not departure.gone:
                    raise
    finally:
        call.leave()


async def _exchange(call: Call) -> None:
    decision = await call.check_prompt()
    if decision.action.stops:
        refusal = call.care.refusal() if call.care is not None else PromptBlocked()
        if refusal is not None and (call.integration.error_style or call.endpoint.makes):
            raise refusal  # no picture or sound says what a stand-in says
        await _stand_in(call, call.stand_in(decision))
        return
    call.turn_to_pool()
    if call.endpoint.makes:
        await _MAKE[call.endpoint.makes](call)
    elif call.streaming:
        await serve_stream(call)
    else:
        await serve_whole(call)


async def _stand_in(call: Call, text: str) -> None:
    """Answer a stopped prompt in the shape of an ordinary answer. Fixed words are no AI content: they get no label."""
    endpoint, request, created = call.endpoint, call.request, int(time.time())
    await call.record(Outcome.BLOCKED)
    if not call.streaming:
        await send_json(call.send, 200, encode(endpoint.stand_in(request, text, call.number, created)), call.headers())
        return
    events = endpoint.stand_in_events(request, text, call.number, created)
    body = b"".join([event(encode(e), e["type"].encode() if "type" in e else b"") for e in events])
    await start_events(call.send, call.headers())
    await call.send({"type": "http.response.body", "body": body + DONE})


async def _failed(call: Call, error: GuijuError) -> None:
    """End with an error; nothing was sent yet. The exchange is recorded first, unless recording is what failed."""
    if not isinstance(error, EvidenceError):
        try:
            await call.record(call.outcome(error), status=error.status, error=error.code)
        except EvidenceError as lost:
            error = lost
    await send_error(call.send, error, call.headers())


def _abandoned(call: Call, outcome: Outcome) -> None:
    """The client left, or the process is stopping: record what there was, with nobody to wait for it."""
    if call.recorded:  # it left while its record was being written: one exchange, one record
        return
    try:
        call.submit(outcome)
    except EvidenceError as error:
        log.error("an abandoned exchange could not be recorded: %s", error.code)
