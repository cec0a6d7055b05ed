"""Finding every text in a JSON body, wherever the protocol may put one.

The walk takes all strings except those under keys that name things (models, roles, identifiers) or carry encoded media.
A field added to the protocol tomorrow is therefore checked today; leaving a text out takes a deliberate entry below.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from guiju.errors import BodyTooDeep
from guiju.nouns import Part

NAMES = frozenset(
    {
        "model", "role", "type", "object", "id", "call_id", "tool_call_id", "item_id", "response_id", "status", "format",
        "detail", "finish_reason", "stop_reason", "service_tier", "system_fingerprint", "encoding_format", "voice",
        "tool_choice", "reasoning_effort", "effort", "verbosity", "truncation", "user", "safety_identifier",
        "prompt_cache_key", "aigc", "created_at", "event", "modality", "obfuscation", "mime_type", "media_type",
        "annotations_id", "container_id", "file_id", "server_label", "connector_id", "previous_response_id",
    }
)  # fmt: skip
"""Keys whose string values name something and hold no user text."""

MEDIA = frozenset({"url", "data", "file_data", "image_url", "b64_json", "encrypted_content", "partial_image_b64", "result"})
"""Keys whose string values are addresses or encoded media, passed through whole as long as they are plain ASCII."""

LOG_PROBABILITIES = frozenset({"logprobs", "top_logprobs"})
"""Subtrees that repeat the answer token by token; dropped wherever the text beside them is changed."""


class Slot:
    """One text and where it stands, so that it can be replaced."""

    __slots__ = ("container", "key", "part")

    def __init__(self, container: Any, key: str | int, part: Part) -> None:
        self.container, self.key, self.part = container, key, part

    @property
    def text(self) -> str:
        """What stands there now."""
        return str(self.container[self.key])

    def replace(self, text: str) -> None:
        """Put another text in its place."""
        self.container[self.key] = text


def slots(node: Any, where: str, role: str = "", depth: int = 64) -> list[Slot]:
    """Every text below ``node``, in order.

    Args:
        node: a decoded JSON value.
        where: the path of ``node``, the prefix of each part's ``where``.
        role: the role that applies until an object names another.
        depth: levels of nesting allowed.

    Raises:
        BodyTooDeep: nested deeper than ``depth``.
    """
    found: list[Slot] = []
    _walk(node, where, role, depth, depth, found)
    return found


def _walk(node: Any, where: str, role: str, left: int, depth: int, found: list[Slot]) -> None:
    if left < 0:
        raise BodyTooDeep(limit=depth)
    if type(node) is dict:
        named = node.get("role")
        if type(named) is str:
            role = named
        for key, value in node.items():
            if type(value) is str:
                if value and key not in NAMES and not (key in MEDIA and value.isascii()):
                    found.append(Slot(node, key, Part(f"{where}.{key}" if where else key, value, role)))
                    if key == "arguments" and "\\u" in value:
                        found.extend(_escaped(value, f"{where}.{key}", role))
            elif (type(value) is dict or type(value) is list) and value and key not in LOG_PROBABILITIES:
                _walk(value, f"{where}.{key}" if where else key, role, left - 1, depth, found)
    elif type(node) is list:
        for index, value in enumerate(node):
            if type(value) is str:
                if value:
                    found.append(Slot(node, index, Part(f"{where}[{index}]", value, role)))
            elif type(value) is dict or type(value) is list:
                _walk(value, f"{where}[{index}]", role, left - 1, depth, found)


def _escaped(arguments: str, where: str, role: str) -> Iterator[Slot]:
    """The texts inside tool-call arguments written with \\u escapes, read-only: a hit there cannot be masked in place."""
    try:
        value = msgspec.json.decode(arguments)
    except (msgspec.DecodeError, RecursionError):
        return
    inner: list[Slot] = []
    _walk({"decoded": value}, where, role, 32, 32, inner)
    yield from inner


def stored(parts: Sequence[Part]) -> str:
    """Parts as the JSON array that evidence keeps encrypted."""
    return msgspec.json.encode(parts).decode()
