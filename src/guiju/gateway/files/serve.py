"""From a request with a file to its answer: the file on disk for as long as the call lasts, and no longer."""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from guiju.errors import CallerLeft, FileRoomFull, GatewayBusy, GuijuError, InternalFault
from guiju.gateway import admission
from guiju.gateway.departure import Departure
from guiju.gateway.files.desk import Desk, Sent
from guiju.gateway.files.form import receive_form
from guiju.gateway.files.room import room
from guiju.gateway.files.visit import FileVisit
from guiju.gateway.runtime import Runtime
from guiju.gateway.wire import Receive, Scope, Send, encode, send_error, send_json

log = logging.getLogger("guiju.gateway")

T = TypeVar("T")

_BLOCK = 256 * 1024


async def serve(runtime: Runtime, desk: Desk, scope: Scope, receive: Receive, send: Send) -> None:
    """Do what the desk does, or say why not."""
    visit = FileVisit(runtime, desk.name, scope, receive)

    async def work(folder: Path) -> None:
        answer = await _answer(visit, desk, folder)
        if isinstance(answer, Sent):
            await send_file(send, answer)
        else:
            await send_json(send, 200, encode(answer))

    await attended(visit, work, send)


async def attended(visit: FileVisit, work: Callable[[Path], Awaitable[None]], send: Send) -> None:
    """Admit the caller and do ``work`` in a folder that is gone afterwards; what goes wrong is told."""
    try:
        visit.enter(admission.identify(visit.runtime, visit.snapshot, visit.scope))
        with room(visit.runtime.settings.home) as folder:
            await work(Path(folder))
    except GuijuError as error:
        await _refuse(visit, error, send)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        if not full:
            log.exception("a file could not be worked on")
        await _refuse(visit, FileRoomFull() if full else InternalFault(), send)
    except Exception:
        log.exception("a file could not be worked on")
        await _refuse(visit, InternalFault(), send)
    finally:
        visit.leave()


async def _answer(visit: FileVisit, desk: Desk, folder: Path) -> object:
    runtime = visit.runtime
    if runtime.files >= runtime.limits.max_files:
        raise GatewayBusy()
    runtime.files += 1
    try:
        form = await receive_form(visit.scope, visit.receive, folder, runtime.limits)
        visit.on_behalf_of(form.fields.get("user", ""))
        return await while_waited_for(visit, desk.answer(visit, form, folder))
    finally:
        runtime.files -= 1


async def while_waited_for(visit: FileVisit, work: Awaitable[T]) -> T:
    """Do the work on a file as long as its caller is there.

    Raises:
        CallerLeft: it went. Others: what ``work`` raises.
    """
    with Departure(visit.receive) as departure:
        try:
            return await work
        except asyncio.CancelledError:
            if not departure.gone:
                raise
            raise CallerLeft() from None


async def send_file(send: Send, sent: Sent) -> None:
    """Answer with a file."""
    headers = [
        (b"content-type", sent.media_type.encode()),
        (b"content-length", b"%d" % sent.path.stat().st_size),
        (b"content-disposition", f"attachment; filename*=UTF-8''{quote(sent.name)}".encode()),
        (b"x-content-type-options", b"nosniff"),
        *((name.encode(), value.encode("latin-1")) for name, value in sent.headers.items()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    with sent.path.open("rb") as file:
        while block := await asyncio.to_thread(file.read, _BLOCK):
            await send({"type": "http.response.body", "body": block, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _refuse(visit: FileVisit, error: GuijuError, send: Send) -> None:
    visit.refused(error)
    await send_error(send, error)
