"""A client's side of ACS3-HMAC-SHA256, written from its description and apart from the code that checks it."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from guiju.identity.acs3 import AccessKey


def sign(pair: AccessKey, host: str, body: bytes, now: datetime) -> dict[str, str]:
    """The headers of a signed POST to the root."""
    digest = hashlib.sha256(body).hexdigest()
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "host": host,
        "x-acs-action": "TextModerationPlus",
        "x-acs-content-sha256": digest,
        "x-acs-date": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": "n1",
        "x-acs-version": "2022-03-02",
    }
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"POST\n/\n\n{lines}\n{names}\n{digest}"
    text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(request.encode()).hexdigest()
    signature = hmac.new(pair.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    credential = f"Credential={pair.id},SignedHeaders={names},Signature={signature}"
    return {**headers, "Authorization": f"ACS3-HMAC-SHA256 {credential}"}
