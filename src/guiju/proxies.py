"""Whose address a request came from where reverse proxies stand in front. Pure.

Every proxy appends to ``X-Forwarded-For`` the address it was called from, so the list is believed from its end, and only
as far as the proxies are one's own: what stands further left anybody may have written.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Addresses and networks such as ``10.0.0.0/8`` or ``fd00::1``.

    Raises:
        ValueError: one of them is none.
    """
    return tuple(ipaddress.ip_network(text.strip()) for text in texts)


def caller(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """The address nearest to us that is none of the ``trusted`` proxies.

    Args:
        peer: the address the connection came from.
        forwarded: the values of ``X-Forwarded-For``, joined by commas in the order of the request.

    An entry that is no address ends the walk at the proxy that passed it on: callers then share that proxy's allowance,
    which is stricter than believing them.
    """
    found = parsed(peer)
    if found is None:
        return peer
    for text in reversed(forwarded.split(",")):
        before = parsed(_bare(text))
        if before is None or not any(found in network for network in trusted):
            break
        found = before
    return str(found)


def household(address: str) -> str:
    """What counts as one sender: the address, of IPv6 the network of 64 bits one household has; empty where there is none."""
    found = parsed(address)
    if found is None:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def parsed(text: str) -> Address | None:
    """The address; one of IPv4 written as IPv6 (``::ffff:192.0.2.1``) as what it is. None where it is no address."""
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped
    return found


def _bare(text: str) -> str:
    """An entry without the port some proxies add, and without the brackets of IPv6."""
    text = text.strip()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text
