"""Whatever is served sees the caller's own address behind a trusted proxy, and the proxy's where none is trusted."""

from __future__ import annotations

from typing import Any

from guiju.gateway.behind import behind


async def _seen(trusted: tuple[str, ...], peer: str, *forwarded: bytes) -> str:
    addresses: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        addresses.append(scope["client"][0])

    headers = [(b"x-forwarded-for", value) for value in forwarded]
    await behind(app, trusted)({"type": "http", "client": (peer, 1), "headers": headers}, None, None)  # type: ignore[arg-type]
    return addresses[0]


async def test_only_a_trusted_proxy_is_believed() -> None:
    assert await _seen(("127.0.0.1",), "127.0.0.1", b"198.51.100.1") == "198.51.100.1"
    assert await _seen(("127.0.0.1",), "192.0.2.1", b"198.51.100.1") == "192.0.2.1"
    assert await _seen((), "127.0.0.1", b"198.51.100.1") == "127.0.0.1"


async def test_several_header_lines_are_one_list() -> None:
    assert await _seen(("127.0.0.1",), "127.0.0.1", b"203.0.113.9", b"198.51.100.1") == "198.51.100.1"


async def test_without_a_peer_nothing_is_made_up() -> None:
    scope = {"type": "http", "client": None, "headers": [(b"x-forwarded-for", b"198.51.100.1")]}
    seen: list[Any] = []

    async def app(given: Any, receive: Any, send: Any) -> None:
        seen.append(given["client"])

    await behind(app, ("127.0.0.1",))(scope, None, None)  # type: ignore[arg-type]
    assert seen == [None]
