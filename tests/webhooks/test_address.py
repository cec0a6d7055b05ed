"""Only allowed hosts are called, and none that leads inside."""

from __future__ import annotations

import pytest

from guiju.errors import WebhookAddressRefused
from guiju.settings import WebhookSettings
from guiju.webhooks.address import target

OPEN = WebhookSettings(allowed_hosts=("hook.example", "10.0.0.9", "[::1]", "::1"))


def to(*addresses: str):  # type: ignore[no-untyped-def]
    return lambda host, port: addresses


def test_an_allowed_host_is_resolved_once() -> None:
    found = target("https://Hook.Example/a/b?c=d", OPEN, to("93.184.216.34", "2606:2800:21f::1"))
    assert (found.https, found.host, found.port, found.path) == (True, "hook.example", 443, "/a/b?c=d")
    assert found.ip == "93.184.216.34"
    assert target("http://hook.example:8080", OPEN, to("8.8.8.8")).port == 8080


@pytest.mark.parametrize(
    ("address", "ips"),
    [
        ("https://other.example/", ("8.8.8.8",)),
        ("https://hook.example.evil.com/", ("8.8.8.8",)),
        ("https://hook.example@evil.com/", ("8.8.8.8",)),
        ("https://user:pw@hook.example/", ("8.8.8.8",)),
        ("ftp://hook.example/", ("8.8.8.8",)),
        ("file:///etc/passwd", ("8.8.8.8",)),
        ("https://hook.example:99999/", ("8.8.8.8",)),
        ("https://hook.example/a\r\nX: y", ("8.8.8.8",)),
        ("https://hook.example/", ()),
        ("https://hook.example/", ("127.0.0.1",)),
        ("https://hook.example/", ("8.8.8.8", "10.1.2.3")),  # one of them leads inside
        ("https://hook.example/", ("169.254.169.254",)),
        ("https://hook.example/", ("100.64.0.1",)),
        ("https://hook.example/", ("0.0.0.0",)),
        ("https://hook.example/", ("::1",)),
        ("https://hook.example/", ("::ffff:10.0.0.1",)),
        ("https://hook.example/", ("fe80::1%eth0",)),
        ("https://hook.example/", ("224.0.0.1",)),
        ("https://10.0.0.9/", ("10.0.0.9",)),
        ("http://[::1]/", ("::1",)),
    ],
)
def test_everything_else_is_refused(address: str, ips: tuple[str, ...]) -> None:
    with pytest.raises(WebhookAddressRefused):
        target(address, OPEN, to(*ips))


def test_private_networks_can_be_allowed() -> None:
    inside = OPEN.model_copy(update={"allow_private": True})
    assert target("http://10.0.0.9/x", inside, to("10.0.0.9")).ip == "10.0.0.9"
    with pytest.raises(WebhookAddressRefused):
        target("http://10.0.0.8/x", inside, to("10.0.0.8"))
