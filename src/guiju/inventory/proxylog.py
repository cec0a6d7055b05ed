"""AI services in access logs: who calls them past the gateway.

Lines of any form are read: JSON objects, the combined form of web servers, a proxy's own. A line counts where it names a known
host, or a path only such services have. The caller is the first network address or name of the line, or the JSON field that
usually holds it. Memory grows with the callers and hosts found, never with the log.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from importlib import resources

import msgspec
import yaml

_LONGEST = 16_384
_MOST = 100_000
_HOST = re.compile(r"(?<![\w.-])((?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24})(?![\w-])", re.IGNORECASE)
_ADDRESS = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
_CALLERS = ("client_ip", "remote_addr", "clientip", "src_ip", "source_ip", "client", "user", "remote_user")


class Found(msgspec.Struct, frozen=True):
    """One caller of one AI service: how many lines, and the first and last of them by number."""

    caller: str
    host: str
    service: str
    calls: int
    first: int
    last: int


class _Host(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    host: str
    zh: str


class _Hosts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    hosts: tuple[_Host, ...]
    paths: tuple[str, ...]


@cache
def _known() -> _Hosts:
    text = resources.files("guiju.inventory").joinpath("data/ai_hosts.yaml").read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), _Hosts)


def discover(lines: Iterable[str], own: Iterable[str] = ()) -> list[Found]:
    """The callers of AI services in a log, the most frequent first.

    Args:
        own: hosts that are the gateway itself; calls to them are in order.
    """
    ours = {host.lower() for host in own}
    counts: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for number, line in enumerate(lines, 1):
        line = line[:_LONGEST]
        named = _service(line)
        if named is None or named[0] in ours:
            continue
        key = (_caller(line), *named)
        if key not in counts and len(counts) >= _MOST:
            continue
        entry = counts[key]
        entry[0] += 1
        entry[1] = entry[1] or number
        entry[2] = number
    found = [Found(*key, *entry) for key, entry in counts.items()]
    return sorted(found, key=lambda one: (-one.calls, one.caller, one.host))


def _service(line: str) -> tuple[str, str] | None:
    """Host and name of the AI service a line is about."""
    hosts = [match[1].lower() for match in _HOST.finditer(line)]
    for host in hosts:
        for known in _known().hosts:
            if host == known.host or host.endswith("." + known.host):
                return host, known.zh
    if any(path in line for path in _known().paths):
        return (hosts[0] if hosts else "?"), "?"
    return None


def _caller(line: str) -> str:
    if line.lstrip().startswith("{"):
        try:
            fields = msgspec.json.decode(line)
        except (msgspec.DecodeError, RecursionError):
            fields = {}
        for name in _CALLERS:
            if isinstance(fields, dict) and isinstance(fields.get(name), str) and fields[name] not in ("", "-"):
                return str(fields[name])[:100]
    address = _ADDRESS.search(line)
    return address[0] if address else (line.split(None, 1) or ["?"])[0][:100]
