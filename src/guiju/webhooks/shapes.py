"""One event in the shape its receiver reads, signed the way that receiver checks.

Generic: ``X-Guiju-Timestamp`` and ``X-Guiju-Signature: sha256=…``, HMAC-SHA256 over ``timestamp.body``. DingTalk signs the
address, Feishu the body; WeCom has no signature, its address is the secret (each vendor's robot documentation).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from guiju.store import event_names


@dataclass(frozen=True)
class Letter:
    """A request ready to go: its address, headers and body."""

    address: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    """What is told. ``id`` names the delivery and stays the same when it is tried again; ``at`` is the second of this try."""

    id: int
    name: str
    facts: Mapping[str, object]
    at: int

    def words(self) -> str:
        """The event for people who read a chat."""
        return "\n".join(event_names.lines(self.name, self.facts))


def letter(shape: str, address: str, secret: str, event: Event) -> Letter:
    """The event for a receiver of this shape; unsigned where no secret was given.

    Raises:
        KeyError: no such shape.
    """
    return SHAPES[shape](address, secret, event)


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The generic signature: ``sha256=`` and HMAC-SHA256 of ``timestamp.body`` in hex."""
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"


def _generic(address: str, secret: str, event: Event) -> Letter:
    timestamp = str(event.at)
    body = _json({"id": event.id, "event": event.name, "at": event.at, "facts": dict(event.facts)})
    headers = {"X-Guiju-Event": event.name, "X-Guiju-Delivery": str(event.id), "X-Guiju-Timestamp": timestamp}
    if secret:
        headers["X-Guiju-Signature"] = sign(secret, timestamp, body)
    return Letter(address, body, headers)


def _dingtalk(address: str, secret: str, event: Event) -> Letter:
    if secret:
        timestamp = str(event.at * 1000)
        signature = _base64(secret, f"{timestamp}\n{secret}")
        joint = "&" if "?" in address else "?"
        address = f"{address}{joint}timestamp={timestamp}&sign={quote(signature, safe='')}"
    return Letter(address, _json({"msgtype": "text", "text": {"content": event.words()}}))


def _wecom(address: str, secret: str, event: Event) -> Letter:
    return Letter(address, _json({"msgtype": "text", "text": {"content": event.words()}}))


def _feishu(address: str, secret: str, event: Event) -> Letter:
    message: dict[str, object] = {"msg_type": "text", "content": {"text": event.words()}}
    if secret:  # the key is the string to sign, the message is empty: that is how Feishu checks it
        timestamp = str(event.at)
        message |= {"timestamp": timestamp, "sign": _base64(f"{timestamp}\n{secret}", "")}
    return Letter(address, _json(message))


SHAPES: dict[str, Callable[[str, str, Event], Letter]] = {
    "generic": _generic,
    "dingtalk": _dingtalk,
    "wecom": _wecom,
    "feishu": _feishu,
}
"""By the name a webhook has in the database."""


def _base64(key: str, message: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
