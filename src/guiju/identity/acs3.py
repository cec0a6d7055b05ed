"""Aliyun's request signature ACS3-HMAC-SHA256, checked: that a request comes from the holder of an access key.

Guiju keeps no secrets of callers, only keyed digests of their keys. The access key pair is derived from that digest with
the installation's own key: the id finds the digest again, the secret can be made anew whenever a signature is checked.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote

import msgspec

from guiju.errors import SignatureWrong

ALGORITHM = "ACS3-HMAC-SHA256"
WINDOW = timedelta(minutes=15)
"""How far the caller's clock may be off."""

_AUTHORIZATION = re.compile(
    r"ACS3-HMAC-SHA256 +Credential=([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([0-9a-fA-F]{64})"
)
_MUST_BE_SIGNED = frozenset({"host", "x-acs-action", "x-acs-content-sha256", "x-acs-date"})


class AccessKey(msgspec.Struct, frozen=True):
    """What an Aliyun client is configured with."""

    id: str
    secret: str


def access_key(digest: str, derive: Callable[[str], str]) -> AccessKey:
    """The access key pair that belongs to an integration's key.

    Args:
        digest: the stored keyed digest of that key.
        derive: a keyed hash only this installation can make.
    """
    return AccessKey(id_of(digest), derive(f"acs3:{digest}"))


def id_of(digest: str) -> str:
    """The access key id that belongs to the digest of an integration's key."""
    return f"GJ{digest[:22].upper()}"


class Signed(msgspec.Struct, frozen=True):
    """A signed request's head, as received."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    """names in lower case"""


def named(authorization: str) -> str:
    """The access key id a request names.

    Raises:
        SignatureWrong: the header is not of this form.
    """
    found = _AUTHORIZATION.fullmatch(authorization.strip())
    if found is None:
        raise SignatureWrong(problem="Authorization")
    return found[1]


def verify(request: Signed, authorization: str, secret: str, now: datetime) -> str:
    """Check the signature over the head; the body is then held to the hash returned.

    Returns:
        the SHA-256 of the body, hexadecimal, that the caller signed.

    Raises:
        SignatureWrong: form, clock, an unsigned header that matters, or the signature itself.
    """
    found = _AUTHORIZATION.fullmatch(authorization.strip())
    if found is None:
        raise SignatureWrong(problem="Authorization")
    signed = found[2].lower().split(";")
    headers = {name: value.strip() for name, value in request.headers}
    if not _MUST_BE_SIGNED.issubset(signed) or not set(signed).issubset(headers):
        raise SignatureWrong(problem="SignedHeaders")
    _in_time(headers["x-acs-date"], now)
    canonical = "\n".join(
        (
            request.method,
            request.path or "/",
            _query(parse_qsl(request.query, keep_blank_values=True)),
            "".join(f"{name}:{headers[name]}\n" for name in sorted(signed)),
            ";".join(sorted(signed)),
            headers["x-acs-content-sha256"],
        )
    )
    text = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    expected = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, found[3].lower()):
        raise SignatureWrong(problem="Signature")
    return headers["x-acs-content-sha256"].lower()


def sign(
    pair: AccessKey, host: str, action: str, version: str, body: bytes, nonce: str, now: datetime
) -> dict[str, str]:
    """The headers of a signed form posted to the root of a service: what :func:`verify` holds a request to, and the rest."""
    digest = hashlib.sha256(body).hexdigest()
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": digest,
        "x-acs-date": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    canonical = f"POST\n/\n\n{lines}\n{names}\n{digest}"
    text = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(pair.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    told = f"{ALGORITHM} Credential={pair.id},SignedHeaders={names},Signature={signature}"
    sent = {name: value for name, value in headers.items() if name not in ("content-type", "host")}
    return {**sent, "Authorization": told}


def _in_time(date: str, now: datetime) -> None:
    try:
        sent = datetime.strptime(date, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise SignatureWrong(problem="x-acs-date") from None
    if abs(now - sent) > WINDOW:
        raise SignatureWrong(problem="x-acs-date")


def _query(pairs: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in sorted(pairs))
