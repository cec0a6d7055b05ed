"""One POST to a pinned network address: no redirects, a bounded answer, a time limit over all of it."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
from dataclasses import dataclass

from guiju.webhooks.address import Target
from guiju.webhooks.shapes import Letter

_MOST = 16 * 1024


@dataclass(frozen=True)
class Answer:
    """What came of a delivery. ``problem`` is empty where the receiver took it."""

    problem: str = ""

    @property
    def taken(self) -> bool:
        """Whether the receiver took it."""
        return not self.problem


class _Pinned(http.client.HTTPConnection):
    """A connection to the address that was examined, whatever the name resolves to by now."""

    def __init__(self, target: Target, timeout: float, context: ssl.SSLContext | None) -> None:
        super().__init__(target.host, target.port, timeout=timeout)
        self._target, self._context = target, context

    def connect(self) -> None:
        self.sock = socket.create_connection((self._target.ip, self._target.port), self.timeout)
        if self._context is not None:
            self.sock = self._context.wrap_socket(self.sock, server_hostname=self._target.host)


def post(target: Target, letter: Letter, timeout: float, context: ssl.SSLContext | None = None) -> Answer:
    """Send a letter. Nothing is raised: whatever goes wrong is the answer's problem.

    Args:
        context: how to trust the receiver; the computer's own authorities by default.
    """
    until = time.monotonic() + timeout
    secure = (context or ssl.create_default_context()) if target.https else None
    connection = _Pinned(target, timeout, secure)
    try:
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "guiju", "Connection": "close"}
        connection.request("POST", target.path, letter.body, {**headers, **letter.headers})
        response = connection.getresponse()
        body = _read(response, connection, until)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(f"{type(error).__name__}: {str(error)[:200]}")
    finally:
        connection.close()
    if not 200 <= response.status < 300:
        return Answer(f"HTTP {response.status}")
    return Answer(_refused(body))


def _read(response: http.client.HTTPResponse, connection: _Pinned, until: float) -> bytes:
    """At most :data:`_MOST` bytes of the answer, and no longer than ``until``: a trickle must not hold the round."""
    pieces, size = [], 0
    while size < _MOST:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer takes too long")
        if connection.sock is not None:
            connection.sock.settimeout(left)
        piece = response.read1(_MOST - size)
        if not piece:
            break
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


def _refused(body: bytes) -> str:
    """What a chat robot says in its body though the status is 200: ``errcode`` or ``code`` other than 0."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(told, dict):
        return ""
    code = told.get("errcode", told.get("code", 0))
    return "" if code in (0, None, "0") else f"code {code}: {str(told.get('errmsg') or told.get('msg') or '')[:150]}"
