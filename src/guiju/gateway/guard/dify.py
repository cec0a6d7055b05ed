"""Dify's API-based extension for content moderation: one address, told apart by ``point``.

Dify names no end user, conversation or message. An application that wants accounts judged passes an input variable
``guiju_user``.
"""

from __future__ import annotations

from typing import Any

from guiju.errors import FieldInvalid
from guiju.gateway.guard.visit import Judged, Visit
from guiju.gateway.guard.way import Json, Way, text_of
from guiju.gateway.texts import slots
from guiju.gateway.wire import parse
from guiju.nouns import Direction, Part

_USER = "guiju_user"


class Dify(Way):
    name = "guard.dify"
    path = "/guard/dify"

    async def answer(self, visit: Visit, body: bytes) -> Json:
        request = parse(body)
        point = request.get("point")
        if point == "ping":
            return {"result": "pong"}
        params = request.get("params")
        if not isinstance(params, dict):
            raise FieldInvalid(field="params", problem="an object")
        if point == "app.moderation.input":
            return await _input(visit, params)
        if point == "app.moderation.output":
            return await _output(visit, params)
        raise FieldInvalid(field="point", problem="ping, app.moderation.input or app.moderation.output")


async def _input(visit: Visit, params: Json) -> Json:
    inputs: Any = params.get("inputs") or {}
    if not isinstance(inputs, dict):
        raise FieldInvalid(field="params.inputs", problem="an object")
    visit.on_behalf_of(str(inputs.get(_USER, "")))
    query = text_of(params, "query")
    named = {key: value for key, value in inputs.items() if key != _USER}
    found = slots(named, "inputs", "user", visit.runtime.limits.max_json_depth)
    parts = [slot.part for slot in found]
    if query:
        parts.append(Part("query", query, "user"))
    judged = await visit.judge(parts, Direction.PROMPT)
    if judged.decision.action.stops:
        return _instead(judged)
    if judged.texts == tuple(part.text for part in parts):
        return {"flagged": False, "action": "direct_output"}
    for slot, text in zip(found, judged.texts, strict=False):
        slot.replace(text)
    whole = {**named, **({_USER: inputs[_USER]} if _USER in inputs else {})}
    masked: Json = {"flagged": True, "action": "overridden", "inputs": whole}
    return {**masked, "query": judged.texts[-1] if query else params.get("query")}


async def _output(visit: Visit, params: Json) -> Json:
    text = text_of(params, "text")
    visit.on_behalf_of("")
    judged = await visit.judge([Part("text", text, "assistant")], Direction.ANSWER)
    if judged.decision.action.stops:
        return _instead(judged)
    if judged.texts[0] != text:
        return {"flagged": True, "action": "overridden", "text": judged.texts[0]}
    return {"flagged": False, "action": "direct_output"}


def _instead(judged: Judged) -> Json:
    return {"flagged": True, "action": "direct_output", "preset_response": judged.stand_in}
