"""Sending forms as any client does, through the client library of the openai package."""

from __future__ import annotations

from typing import Any

import httpx2

from tests.gateway.serving import Caller


def send(caller: Caller, path: str, body: bytes | None, name: str = "a.png", **fields: str) -> httpx2.Response:
    """POST a form with one file."""
    files: Any = {"file": (name, body)} if body is not None else {"none": (None, "")}
    headers = {"Authorization": f"Bearer {caller.key}"}
    return httpx2.post(f"{caller.gateway.base}{path}", files=files, data=fields, headers=headers, timeout=60)
