"""Finding every text in a JSON body, wherever the protocol may put one.

The walk takes all strings, and all keys that are no plain identifiers, except values that name things (models, roles,
identifiers) or carry encoded media. Such a value is passed over only while it looks like what it should be. A field
added to the protocol tomorrow is therefore checked today; leaving a text out takes a deliberate entry below.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

import msgspec

from guiju.errors import BodyTooDeep
from guiju.moderation.masking import Token, restore
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
"""Keys whose values name something as long as they are short, plain ASCII, and without blanks."""

MEDIA = frozenset(
    {"url", "data", "file_data", "image_url", "b64_json", "encrypted_content", "partial_image_b64", "result"}
)
"""Keys whose values are addresses or encoded media as long as they are plain ASCII without blanks."""

PRIVATE = frozenset({"model", "user", "safety_identifier", "prompt_cache_key"})
"""Members of a request that no model reads: they route the request or are replaced on the way."""

LOG_PROBABILITIES = frozenset({"logprobs", "top_logprobs"})
"""Subtrees that repeat the answer token by token; dropped wherever the text beside them is changed."""

_LONGEST_NAME = 256
_DOCUMENTS = (
    "data:text/",
    "data:application/json",
    "data:application/xml",
    "data:application/x-ndjson",
    "data:,",
    "data:;",
)
_MEDIA_PART = re.compile(r"image|audio|video|inline_?data", re.IGNORECASE)
"""What the type or a member of a part is called, by OpenAI and by those who copy it, where the part is no text."""
_ESCAPE = re.compile(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|.)", re.DOTALL
)


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

    def cover(self, text: str) -> None:
        """Put a masked text in its place; log probabilities beside it, which repeat it, go."""
        self.container[self.key] = text
        if isinstance(self.container, dict):
            for key in LOG_PROBABILITIES & self.container.keys():
                self.container[key] = self.container[key] and None

    def restore(self, values: Sequence[Token], *, inside_json: bool) -> bool:
        """Put back what tokens stood for in the prompt; the arguments of tool calls are JSON in any case. Whether any was."""
        text = restore(self.text, values, inside_json=inside_json or self.key == "arguments")
        if text == self.text:
            return False
        self.cover(text)
        return True


def slots(node: Any, where: str, role: str = "", depth: int = 64) -> list[Slot]:
    """Every text below ``node``, in order.

    Escapes in the arguments of tool calls (JSON inside a string) are undone in place, which leaves the JSON the same.

    Args:
        node: a decoded JSON value.
        where: the path of ``node``, the prefix of each part's ``where``; empty for a whole request.
        role: the role that applies until an object names another.
        depth: levels of nesting allowed.

    Raises:
        BodyTooDeep: nested deeper than ``depth``.
    """
    found: list[Slot] = []
    _walk(node, where, role, depth, depth, found)
    return found


def unread_documents(request: dict[str, Any]) -> bool:
    """Whether a turn carries a document that is not read here: a PDF or office file, a stored file, a file elsewhere."""
    for turns in (request.get("messages"), request.get("input")):
        for turn in turns if type(turns) is list else ():
            content = turn.get("content") if type(turn) is dict else None
            if type(content) is list and any(_unread(part) for part in content):
                return True
    return False


def _unread(part: Any) -> bool:
    if type(part) is not dict or part.get("type") not in ("file", "input_file"):
        return False
    inner = part.get("file")
    held = (inner if type(inner) is dict else part).get("file_data")
    return not (type(held) is str and held.startswith(_DOCUMENTS))


def media_parts(content: Any) -> bool:
    """Whether the content of an answer is a list with an image, a sound or a film in it, by the name of any of its parts."""
    return type(content) is list and any(type(part) is dict and _is_media(part) for part in content)


def _is_media(part: dict[str, Any]) -> bool:
    kind = part.get("type")
    named = [key for key, value in part.items() if value] + ([kind] if type(kind) is str else [])
    return any(_MEDIA_PART.search(name) for name in named)


def names(key: str, value: str) -> bool:
    """Whether ``value`` is, by its key and its looks, a name, an address or encoded media, and no text."""
    if key in NAMES:
        return len(value) <= _LONGEST_NAME and value.isascii() and " " not in value
    return key in MEDIA and value.isascii() and " " not in value


def _walk(node: Any, where: str, role: str, left: int, depth: int, found: list[Slot]) -> None:
    if left < 0:
        raise BodyTooDeep(limit=depth)
    if type(node) is dict:
        named = node.get("role")
        if type(named) is str:
            role = named
        for key, value in node.items():
            if not (key.isascii() and key.isidentifier()):
                found.append(Slot([key], 0, Part(f"{where}.(key)", key, role)))
            if type(value) is str:
                if (key in NAMES or key in MEDIA) and (names(key, value) or (not where and key in PRIVATE)):
                    if value.startswith(_DOCUMENTS):
                        found.append(Slot([value], 0, Part(f"{where}.{key}.(decoded)", _document(value), role)))
                elif value:
                    if "\\u" in value:
                        value = _unescape(node, key, value, where, role, found)
                    found.append(Slot(node, key, Part(f"{where}.{key}" if where else key, value, role)))
            elif (type(value) is dict or type(value) is list) and value and key not in LOG_PROBABILITIES:
                _walk(value, f"{where}.{key}" if where else key, role, left - 1, depth, found)
    elif type(node) is list:
        for index, value in enumerate(node):
            if type(value) is str:
                if value:
                    found.append(Slot(node, index, Part(f"{where}[{index}]", value, role)))
            elif type(value) is dict or type(value) is list:
                _walk(value, f"{where}[{index}]", role, left - 1, depth, found)


def _unescape(node: Any, key: str, value: str, where: str, role: str, found: list[Slot]) -> str:
    """A text with JSON escapes: undone in place where it is JSON, else read a second time as if it were."""
    plain = unescaped(value)
    if key == "arguments":
        node[key] = plain
        return plain
    if plain != value:
        found.append(
            Slot([plain], 0, Part(f"{where}.{key}.(unescaped)" if where else f"{key}.(unescaped)", plain, role))
        )
    return value


def _document(url: str) -> str:
    """The text in a ``data:`` address, as far as it can be read."""
    head, _, data = url.partition(",")
    if not head.endswith(";base64"):
        return unquote(data, errors="replace")
    try:
        return b64decode(data + "==", validate=False).decode("utf-8", "replace")
    except ValueError:
        return data


def unescaped(json: str) -> str:
    """JSON text with its ``\\uXXXX`` escapes undone where that changes nothing but its looks. It need not be complete."""
    return _ESCAPE.sub(_character, json)


def _character(match: re.Match[str]) -> str:
    high, low, single = match.groups()
    if high:
        return chr(0x10000 + (int(high, 16) - 0xD800) * 0x400 + int(low, 16) - 0xDC00)
    if single is None:
        return match[0]
    code = int(single, 16)
    keep = code < 0x20 or code in (0x22, 0x5C) or 0xD800 <= code <= 0xDFFF
    return match[0] if keep else chr(code)


class Unescaper:
    """Undoes the escapes of JSON that arrives in pieces, as :func:`unescaped` does for the whole."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held = ""

    def feed(self, json: str) -> str:
        """Take a piece, return what is complete; an escape that is cut stays until the rest comes."""
        text = self._held + json
        cut = _whole_escapes(text)
        self._held = text[cut:]
        return unescaped(text[:cut]) if cut else ""

    def finish(self) -> str:
        """What is left of an escape that never became whole."""
        left, self._held = self._held, ""
        return unescaped(left)


def _whole_escapes(text: str) -> int:
    """Up to where no escape is cut."""
    at = text.find("\\")
    while at >= 0:
        length = 2
        if text[at + 1 : at + 2] == "u":
            high = text[at + 2 : at + 3] in "dD" and text[at + 3 : at + 4] in "89abAB"
            paired = high and "\\u".startswith(text[at + 6 : at + 8])
            length = 12 if paired else 6
        if len(text) < at + length:
            return at
        at = text.find("\\", at + length)
    return len(text)


def stored(parts: Sequence[Part]) -> str:
    """Parts as the JSON array that evidence keeps encrypted."""
    return msgspec.json.encode(parts).decode()
