"""From a request to one of the checking ways to its reply."""

from __future__ import annotations

import logging

from guiju.errors import GuijuError, InternalFault
from guiju.gateway.guard.visit import Visit
from guiju.gateway.guard.way import Way
from guiju.gateway.runtime import Runtime
from guiju.gateway.wire import Receive, Scope, Send, encode, retry_after, send_json

log = logging.getLogger("guiju.gateway")


async def serve(runtime: Runtime, way: Way, scope: Scope, receive: Receive, send: Send) -> None:
    """Judge and tell, or say in the way's own shape why not."""
    visit = Visit(runtime, way.name, scope, receive)
    try:
        try:
            body = await visit.admit(way.identify(runtime, scope))
            reply = await way.answer(visit, body)
        except GuijuError as error:
            await _refuse(visit, way, error, send)
            return
        except Exception:
            log.exception("a check could not be made")
            await _refuse(visit, way, InternalFault(), send)
            return
        await send_json(send, 200, encode(reply))
    finally:
        visit.leave()


async def _refuse(visit: Visit, way: Way, error: GuijuError, send: Send) -> None:
    visit.refused(error)
    status, body = way.refusal(error, visit)
    await send_json(send, status, encode(body), retry_after(error, status))
