"""The caller's own address behind reverse proxies, for everything served here: refusals, floods, sign-ins, the audit log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from guiju.gateway.wire import Receive, Scope, Send
from guiju.proxies import caller, networks

Application = Callable[[Scope, Receive, Send], Awaitable[None]]
_NAME = b"x-forwarded-for"


def behind(app: Application, trusted: Sequence[str]) -> Application:
    """``app``, told the caller's address instead of the proxy's; ``app`` itself where no proxy is trusted.

    Raises:
        ValueError: an entry of ``trusted`` is no network.
    """
    if not trusted:
        return app
    own = networks(trusted)

    async def told(scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client")
        if client:
            forwarded = b",".join(value for name, value in scope["headers"] if name == _NAME)
            scope = {**scope, "client": (caller(str(client[0]), forwarded.decode("latin-1"), own), 0)}
        await app(scope, receive, send)

    return told
