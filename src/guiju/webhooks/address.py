"""Whether an address may be called, and the one network address that will be."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from guiju.errors import WebhookAddressRefused
from guiju.settings import WebhookSettings

Resolve = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True)
class Target:
    """Where to connect, decided once: what a name resolves to later does not matter."""

    https: bool
    host: str
    port: int
    path: str
    ip: str


def resolved(host: str, port: int) -> Sequence[str]:
    """Every network address of a host."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def allowed(address: str, settings: WebhookSettings) -> tuple[bool, str, int, str]:
    """Scheme (https or not), host, port and path of an address that the settings allow.

    Raises:
        WebhookAddressRefused: no such address, a password in it, or a host that is not allowed.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise WebhookAddressRefused(problem="not an address") from None
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("http", "https") or not host or any(ord(c) <= 32 or ord(c) == 127 for c in address):
        raise WebhookAddressRefused(problem="http:// or https:// with a host name")
    if parts.username or parts.password:
        raise WebhookAddressRefused(problem="a password in the address")
    if host not in {name.lower() for name in settings.allowed_hosts}:
        raise WebhookAddressRefused(problem=f"host {host} is not in allowed_hosts")
    https = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return https, host, port or (443 if https else 80), path


def target(address: str, settings: WebhookSettings, resolve: Resolve = resolved) -> Target:
    """Where a request to ``address`` goes.

    Every address the host has must be a public one, unless the settings allow private ones: one private address among
    several is how a name is made to point inside.

    Raises:
        WebhookAddressRefused; OSError: the name cannot be resolved.
    """
    https, host, port, path = allowed(address, settings)
    found = list(resolve(host, port))
    if not found:
        raise WebhookAddressRefused(problem=f"host {host} has no address")
    if not settings.allow_private and not all(_public(ip) for ip in found):
        raise WebhookAddressRefused(problem=f"host {host} lies in a private network")
    return Target(https, host, port, path, found[0])


def _public(text: str) -> bool:
    try:
        ip = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return ip.is_global and not ip.is_multicast
