"""LiteLLM's generic guardrail API (``guardrail: generic_guardrail_api``, seen in 1.106).

While an answer streams, LiteLLM sends all of it so far, every few chunks. Each such check is answered with the text, masked
where the policy masks, and how many characters at its end could still become a match: with
``streaming_transform_mode: incremental_diff`` LiteLLM holds those back, and nothing of a match reaches the client. Each
check has its record; the text a record keeps is what came since the record before.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from guiju.errors import DocumentUnread, FieldInvalid
from guiju.gateway.guard.visit import Judged, Visit
from guiju.gateway.guard.way import Json, Way, text_of
from guiju.gateway.texts import slots
from guiju.gateway.wire import parse
from guiju.moderation.context import Context
from guiju.moderation.stream import StreamGuard
from guiju.nouns import Direction, Failure, Part

_REMEMBERED = 20_000
_IMAGES = Failure("images", (), DocumentUnread.code)


class LiteLLM(Way):
    name = "guard.litellm"
    path = "/beta/litellm_basic_guardrail_api"

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], list[tuple[int, int]]] = OrderedDict()

    async def answer(self, visit: Visit, body: bytes) -> Json:
        request = parse(body)
        asked = request.get("input_type")
        if asked not in ("request", "response"):
            raise FieldInvalid(field="input_type", problem="request or response")
        about = request.get("request_data") or {}
        if not isinstance(about, dict):
            raise FieldInvalid(field="request_data", problem="an object")
        visit.on_behalf_of(text_of(about, "user_api_key_end_user_id"), text_of(request, "model"))
        texts = _texts(request)
        direction = Direction.PROMPT if asked == "request" else Direction.ANSWER
        parts = _parts(texts, direction)
        kept = self._new(visit, text_of(request, "litellm_call_id"), parts) if asked == "response" else parts
        tools = _tools(request, visit)
        unread = (_IMAGES,) if request.get("images") else ()
        judged = await visit.judge([*parts, *tools], direction, unread, kept=[*kept, *tools])
        if judged.decision.action.stops:
            return {"action": "BLOCKED", "blocked_reason": judged.stand_in}
        return _go_on(visit, texts, judged, direction)

    def _new(self, visit: Visit, call: str, parts: list[Part]) -> list[Part]:
        """What of the answers no record of this call holds yet, as far as this process knows."""
        if not call:
            return parts
        key = (visit.caller.id, call)
        before = self._kept.pop(key, [])
        self._kept[key] = [(len(part.text), hash(part.text)) for part in parts]
        if len(self._kept) > _REMEMBERED:
            self._kept.popitem(last=False)
        if len(before) != len(parts):
            return parts
        return [
            Part(part.where, part.text[size:], part.role) if hash(part.text[:size]) == digest else part
            for part, (size, digest) in zip(parts, before, strict=True)
        ]


def _go_on(visit: Visit, texts: list[str], judged: Judged, direction: Direction) -> Json:
    masked = list(judged.texts[: len(texts)])
    if direction is Direction.PROMPT and masked == texts:
        return {"action": "NONE"}
    reply: Json = {"action": "GUARDRAIL_INTERVENED", "texts": masked}
    if direction is Direction.ANSWER:
        reply["stream_holdback_chars"] = [_held(visit, text, judged.context) for text in texts]
    return reply


def _held(visit: Visit, text: str, context: Context) -> int:
    """Characters at the end of ``text`` that more text could still turn into a match."""
    guard = StreamGuard(visit.snapshot.checker, "", Direction.ANSWER, context)
    guard.feed(text)
    return guard.held


def _parts(texts: list[str], direction: Direction) -> list[Part]:
    role = "user" if direction is Direction.PROMPT else "assistant"
    return [Part(f"texts[{i}]", text, role) for i, text in enumerate(texts)]


def _tools(request: Json, visit: Visit) -> list[Part]:
    """Texts of tools and of the arguments of tool calls."""
    found: list[Part] = []
    for field in ("tools", "tool_calls"):
        held: Any = request.get(field)
        if held:
            found += [slot.part for slot in slots(held, field, "tool", visit.runtime.limits.max_json_depth)]
    return found


def _texts(request: Json) -> list[str]:
    texts = request.get("texts")
    if texts is None:
        return []
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise FieldInvalid(field="texts", problem="a list of strings")
    return texts
